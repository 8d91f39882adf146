"""Arithmetic, comparison and mathematics: one evaluator for every row that has a NumPy function."""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from graft_eval.errors import EvaluationError
from graft_eval.ops.array_elements import compute_arrays, cost_of_arrays, is_array, is_scalar
from graft_eval.ops.registry import bind, evaluates
from graft_eval.ops.scalars import compute
from graft_eval.plane import Constant, Elementwise, Plane
from graft_eval.scope import Scope
from graft_eval.values.image import Image, Imagery, combine, common, describe_band, unique
from graft_eval.values.types import describe
from sdk.graft.op import OPERATIONS, Op
from sdk.language.operators import ROWS

__all__ = ["apply_elementwise", "band_at", "band_count", "merge", "plane_at"]

_MAX_NAME = 256  # names grow with every operation on differently named bands, and double with some
_KEPT = 240
_SYMBOLS = {"truediv": "div"}  # two wire names of one operation give bands of one name


def apply_elementwise(scope: Scope, function: str, symbol: str, operands: Sequence[object]) -> object:
    """Return a NumPy function of imagery and numbers, of arrays, or of plain values."""
    if not any(isinstance(operand, Imagery) for operand in operands):
        if any(map(is_array, operands)):
            return compute_arrays(function, operands)
        return compute(function, operands, scope.limits)

    def apply(*images: Image) -> Image:
        remaining = iter(images)
        return _apply(function, symbol, [next(remaining) if isinstance(x, Imagery) else x for x in operands])

    return combine(apply, *(operand for operand in operands if isinstance(operand, Imagery)))


def _apply(function: str, symbol: str, operands: Sequence[object]) -> Image:
    images = [operand for operand in operands if isinstance(operand, Image)]
    count = band_count(images)
    names, planes = [], []
    for i in range(count):
        named = [band_at(image, i) for image in images if len(image.bands) == count]
        names.append(named[0] if len(set(named)) == 1 else f"_{symbol}_".join(named))
        planes.append(Elementwise(function, tuple(plane_at(operand, i) for operand in operands)))
    return merge(images, names, planes)


def merge(images: Sequence[Image], names: Sequence[str], planes: Sequence[Plane]) -> Image:
    """Return an image of new bands made of the bands of others, described by what those say alike.

    Names that are there already are numbered, and long ones shortened.
    """
    bands = unique(map(_shortened, names))
    info = {
        name: describe_band(name, [image.bandinfo[band_at(image, i)] for image in images])
        for i, name in enumerate(bands)
    }
    return Image(bands, tuple(planes), common(image.properties for image in images), info)


def _shortened(name: str) -> str:
    """Return a name, or the beginning of a long one with a digest of the whole."""
    if len(name) <= _MAX_NAME:
        return name
    return f"{name[:_KEPT]}_{sha256(name.encode(errors='surrogatepass')).hexdigest()[:8]}"


def band_at(image: Image, index: int) -> str:
    """Return the name of a band; one band goes with any index."""
    return image.bands[0 if len(image.bands) == 1 else index]


def plane_at(operand: object, index: int) -> Plane:
    """Return the plane of an image's band, or of a number."""
    if isinstance(operand, Image):
        return operand.planes[0 if len(operand.planes) == 1 else index]
    if not isinstance(operand, bool | int | float):
        raise EvaluationError(f"imagery goes with imagery and numbers, not with {describe(operand)}")
    return Constant(operand)


def band_count(images: Sequence[Image]) -> int:
    """Return the number of bands that images give together: one band goes with any number, others must be equal."""
    widest = max(images, key=lambda image: len(image.bands))
    for image in images:
        if len(image.bands) not in (1, len(widest.bands)):
            bands = [f"{len(each.bands)} bands ({', '.join(each.bands[:20])})" for each in (widest, image)]
            raise EvaluationError(
                f"{' and '.join(bands)} do not go together: the counts must be equal, or one of them 1"
            )
    return len(widest.bands)


def _bind(operation: Op) -> None:
    function = operation.numpy or ""
    name = operation.builtin.rpartition(".")[2]
    symbol = _SYMBOLS.get(name, name)

    def evaluate(scope: Scope, *operands: object) -> object:
        value = apply_elementwise(scope, function, symbol, operands)
        if operation.result.name != "arrays_or" or not all(map(is_scalar, operands)):
            return value
        if value is np.ma.masked:
            return math.nan if operation.result.of[0] == "Float" else False
        return value.item() if isinstance(value, np.generic) else value

    bind(operation, evaluate, {}, lambda scope, operands, named: cost_of_arrays(function, operands, scope.limits))


for _operation in set(OPERATIONS.values()):
    if _operation.numpy is not None and not _operation.whole:
        _bind(_operation)


@evaluates(ROWS["divmod"])
def divmod_(scope: Scope, x: object, y: object) -> tuple[object, object]:
    quotient = apply_elementwise(scope, "floor_divide", "floordiv", (x, y))
    return quotient, apply_elementwise(scope, "remainder", "mod", (x, y))
