"""Convolutions of imagery, statistics of what is around, and distances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from graft_eval.barriers.convolution import Convolved, Weights
from graft_eval.barriers.distance import Distance
from graft_eval.barriers.focal import Focal
from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.ops.registry import evaluates
from graft_eval.plane import Constant, Elementwise, Plane
from graft_eval.scope import Scope
from graft_eval.values.image import Image, Imagery, combine
from sdk.language.convolution import LOAD
from sdk.language.convolution import conv2d as conv2d_proxy
from sdk.language.pixels import FOCAL_OPERATIONS, Pixels


@evaluates(LOAD)
def load(scope: Scope, *, dims: Sequence[int], data: Sequence[float]) -> Weights:
    if len(dims) != 2 or min(dims) < 1:
        raise EvaluationError(f"dims must be numbers of rows and columns, 1 or more, not {tuple(dims)}"[:200])
    rows, cols = dims
    _check_size(rows, cols, scope)
    if len(data) != rows * cols:
        raise EvaluationError(f"data must be {rows * cols:,} weights, for {rows:,} x {cols:,}, not {len(data):,}")
    return Weights((rows, cols), tuple(map(float, data)))


@evaluates(conv2d_proxy)
def conv2d(scope: Scope, obj: Imagery, filt: Weights) -> Imagery:
    def convolve(image: Image) -> Image:
        return replace(image, planes=tuple(_convolved(plane, filt) for plane in image.planes))

    return combine(convolve, obj)


@evaluates(Pixels.focal)
def focal(scope: Scope, imagery: Imagery, operation: str, size: int | Weights) -> Imagery:
    if operation not in FOCAL_OPERATIONS:
        raise EvaluationError(f"operation must be one of {', '.join(FOCAL_OPERATIONS)}, not {operation[:60]!r}")
    if isinstance(size, int):
        if size < 1:
            raise EvaluationError(f"size must be 1 or more, not {size}")
        _check_size(size, size, scope)
        footprint = Weights((size, size), (1.0,) * size**2)
    elif not any(size.values):
        raise EvaluationError("the kernel must have weights that are not 0")
    else:
        footprint = size

    def around(image: Image) -> Image:
        return replace(image, planes=tuple(Focal(plane, operation, footprint) for plane in image.planes))

    return combine(around, imagery)


@evaluates(Pixels.distance)
def distance(scope: Scope, imagery: Imagery, max_distance: float) -> Imagery:
    if not 0 < max_distance < math.inf:
        raise EvaluationError(f"max_distance must be metres, a number above 0, not {max_distance}")
    farthest = float(max_distance)

    def measured(image: Image) -> Image:
        info = {name: {**known, "data_range": (0.0, farthest)} for name, known in image.bandinfo.items()}
        return replace(image, planes=tuple(Distance(plane, farthest) for plane in image.planes), bandinfo=info)

    return combine(measured, imagery)


def _check_size(rows: int, cols: int, scope: Scope) -> None:
    if rows * cols > scope.limits.kernel:
        raise LimitExceeded(
            f"a kernel of {rows:,} x {cols:,} weights has {rows * cols:,}, more than the limit of"
            f" {scope.limits.kernel:,}"
        )


def _convolved(plane: Plane, weights: Weights) -> Plane:
    if len(weights.values) == 1:  # looks at nothing around
        return Elementwise("multiply", (plane, Constant(weights.values[0])))
    return Convolved(plane, weights)
