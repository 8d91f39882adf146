"""Arithmetic, comparison and choice, pixel by pixel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.oracle.masked import elementwise
from tests.oracle.twin.arrays import call, is_array
from tests.oracle.twin.pictures import (
    Imagery,
    alike,
    described,
    each,
    numbered,
    shortened,
    valid,
)
from tests.oracle.twin.plain import operate
from tests.oracle.twin.values import (
    Masked,
    Picture,
    Refused,
)

__all__ = ["applied", "where"]


def merged(images: Sequence[Picture], names: Sequence[str], planes: Sequence[Masked]) -> Picture:
    bands = numbered(map(shortened, names))
    infos = {
        name: described(name, [image.bandinfo[image.bands[i % len(image.bands)]] for image in images])
        for i, name in enumerate(bands)
    }
    return Picture(bands, tuple(planes), alike([image.properties for image in images]), infos)


def widths(images: Sequence[Picture]) -> int:
    counts = {len(image.bands) for image in images}
    if len(counts - {1}) > 1:
        raise Refused("band counts must match")
    return max(counts)


def plane_of(operand: Any, index: int, like: Masked) -> Masked:
    if isinstance(operand, Picture):
        return operand.planes[index % len(operand.planes)]
    if not isinstance(operand, bool | int | float):
        raise Refused(f"imagery does not go with {operand!r}")
    return np.ma.masked_invalid(np.full(like.shape, operand))


def applied(function: str, symbol: str, *operands: Any) -> Any:
    """Return a function of NumPy of imagery, arrays, or plain values."""
    if any(isinstance(operand, Imagery) for operand in operands):
        return each(lambda *found: _applied(function, symbol, found), *operands)
    if any(map(is_array, operands)):
        return call(function)(*operands)
    return operate(function, *operands)


def _applied(function: str, symbol: str, operands: Sequence[Any]) -> Picture:
    images = [operand for operand in operands if isinstance(operand, Picture)]
    names, planes = [], []
    for i in range(widths(images)):
        given = [plane_of(operand, i, images[0].planes[0]) for operand in operands]
        mask = np.logical_or.reduce([np.ma.getmaskarray(plane) for plane in given])
        planes.append(valid(elementwise(function, [plane.data for plane in given]), mask))
        named = {image.bands[i]: None for image in images if len(image.bands) == widths(images)}
        names.append(f"_{symbol}_".join(named))
    return merged(images, names, planes)


def where(condition: Any, x: Any, y: Any) -> Any:
    def choose(*operands: Any) -> Picture:
        images = [operand for operand in operands if isinstance(operand, Picture)]
        names, planes = [], []
        for i in range(widths(images)):
            truth, yes, no = (plane_of(operand, i, images[0].planes[0]) for operand in operands)
            mask = np.where(truth.data != 0, np.ma.getmaskarray(yes), np.ma.getmaskarray(no))
            planes.append(valid(np.where(truth.data != 0, yes.data, no.data), mask | np.ma.getmaskarray(truth)))
            band, *by = (
                "_or_".join({image.bands[i % len(image.bands)]: None for image in found if isinstance(image, Picture)})
                for found in (operands[1:], operands[:1])
            )
            names.append(f"{band or by[0]}_where_{by[0]}" if by[0] else band)
        return merged(images, names, planes)

    return each(choose, condition, x, y)
