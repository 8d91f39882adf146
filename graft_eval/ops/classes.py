"""Classes of pixels: values instead of others, or of ranges, or where there are none."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.plane import Choose, Constant, IsMasked, Plane
from graft_eval.planning.classes import Classified, Remapped
from graft_eval.scope import Scope
from graft_eval.values.image import Image, Imagery, combine
from sdk.language.pixels import Pixels


@evaluates(Pixels.fill)
def fill(scope: Scope, imagery: Imagery, value: float) -> Imagery:
    _check_finite("value", [value])

    def filled(plane: Plane) -> Plane:
        return Choose(IsMasked((plane,)), Constant(float(value)), plane)

    return combine(lambda image: replace(image, planes=tuple(map(filled, image.planes))), imagery)


@evaluates(Pixels.classify)
def classify(scope: Scope, imagery: Imagery, bins: Sequence[float], labels: Sequence[float] | None) -> Imagery:
    labels = list(range(len(bins) + 1)) if labels is None else labels
    if not bins or not all(one < other for one, other in pairwise([*bins, math.inf])):
        raise EvaluationError(f"bins must be one number or more, ascending, not {_shown(bins)}")
    if len(labels) != len(bins) + 1:
        raise EvaluationError(f"labels must be {len(bins) + 1}, one more than bins, not {len(labels)}")
    _check_finite("bins", bins)
    _check_finite("labels", labels)
    edges, values = tuple(map(float, bins)), tuple(map(float, labels))
    return _with_values(imagery, lambda plane: Classified(plane, edges, values), values)


@evaluates(Pixels.remap)
def remap(
    scope: Scope, imagery: Imagery, values: Sequence[float], to: Sequence[float], default: float | None
) -> Imagery:
    if not values or len(values) != len(to):
        raise EvaluationError(
            f"there must be one value or more to replace, and as many others, not {len(values)} and {len(to)}"
        )
    _check_finite("values", values)
    _check_finite("to", [*to, default or 0.0])
    pairs = sorted(zip(map(float, values), map(float, to), strict=True))
    keys, others = zip(*pairs, strict=True)
    if len(set(keys)) < len(keys):
        raise EvaluationError(f"values must differ from one another, not be {_shown(values)}")
    otherwise = None if default is None else float(default)
    shown = others if otherwise is None else (*others, otherwise)
    return _with_values(imagery, lambda plane: Remapped(plane, keys, others, otherwise), shown)


def _with_values(imagery: Imagery, function: Callable[[Plane], Plane], values: Sequence[float]) -> Imagery:
    """Return what a function makes of each band, which has these values and no others."""

    def changed(image: Image) -> Image:
        info = {name: {**known, "data_range": (min(values), max(values))} for name, known in image.bandinfo.items()}
        return replace(image, planes=tuple(map(function, image.planes)), bandinfo=info)

    return combine(changed, imagery)


def _check_finite(name: str, numbers: Sequence[float]) -> None:
    if not all(map(math.isfinite, numbers)):
        raise EvaluationError(f"{name} must be finite, not {_shown(numbers)}")


def _shown(numbers: Sequence[float]) -> str:
    return f"{', '.join(map(str, numbers[:8]))}{', …' if len(numbers) > 8 else ''}" or "none"
