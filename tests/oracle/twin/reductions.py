"""Reductions over images, bands and pixels, and composites."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tests.oracle.masked import REDUCTIONS, composite
from tests.oracle.twin.pictures import (
    alike,
    at,
    described,
    each,
    pictures,
    valid,
)
from tests.oracle.twin.values import (
    Masked,
    Picture,
    Pictures,
    Refused,
    inner,
)

__all__ = ["mosaic", "reduction", "sortby_composite"]

AXES = ("images", "bands", "pixels")


def reduction(value: Any, operation: str, axis: Any = None) -> Any:
    if isinstance(value, np.ma.MaskedArray):
        counts = np.ma.count(value, tuple(axis) if isinstance(axis, list) else axis)
        return np.int64(counts) if axis is None else np.ma.asanyarray(counts)
    known = AXES if isinstance(value, Pictures) else AXES[1:]
    axes = set(known if axis is None else [axis] if isinstance(axis, str) else axis)
    found = pictures(value)
    if operation == "mosaic":
        if axes != {"images"}:
            raise Refused("a mosaic is over images")
        return mosaic(value)
    if "pixels" in axes:
        return _over_pixels(found, operation, axes, one=isinstance(value, Picture))
    if not found:
        return Picture() if "images" in axes or isinstance(value, Picture) else Pictures()
    if axes == {"bands"}:
        return each(lambda picture: _as_one([picture], operation), value)
    return _as_one(found, operation) if "bands" in axes else _by_column(found, REDUCTIONS[operation])


def _as_one(found: Sequence[Picture], operation: str) -> Picture:
    plane = _reduced(operation, [plane for picture in found for plane in picture.planes])
    info = described(operation, [info for picture in found for info in picture.bandinfo.values()])
    return Picture((operation,), (plane,), alike([picture.properties for picture in found]), {operation: info})


def _by_column(found: Sequence[Picture], function: Callable[[Masked], Masked]) -> Picture:
    planes = [
        _finite(function(np.ma.stack(column))) for column in zip(*(picture.planes for picture in found), strict=True)
    ]
    info = {name: described(name, [picture.bandinfo[name] for picture in found]) for name in found[0].bands}
    return Picture(found[0].bands, tuple(planes), alike([picture.properties for picture in found]), info)


def _finite(plane: Masked) -> Masked:
    return valid(plane.data, np.ma.getmaskarray(plane))


def _reduced(operation: str, planes: Sequence[Masked]) -> Masked:
    return _finite(REDUCTIONS[operation](np.ma.stack(list(planes))))


def _over_pixels(found: Sequence[Picture], operation: str, axes: set[str], *, one: bool) -> Any:
    def number(planes: Sequence[Masked]) -> float:
        if not planes:
            return math.nan
        values = np.ma.concatenate([inner(plane).ravel() for plane in planes])
        (result,) = REDUCTIONS[operation](values[:, None])
        return math.nan if result is np.ma.masked else float(result)

    bands = found[0].bands if found else ()
    if one or "images" in axes:
        columns = [[picture.planes[i] for picture in found] for i in range(len(bands))]
        if "bands" in axes:
            return number([plane for column in columns for plane in column])
        return dict(zip(bands, map(number, columns), strict=True))
    if "bands" in axes:
        return [number(picture.planes) for picture in found]
    return [{band: number([plane]) for band, plane in zip(bands, picture.planes, strict=True)} for picture in found]


def mosaic(value: Pictures, reverse: bool = False) -> Picture:
    on_top = value if reverse else value[::-1]
    if not on_top:
        return Picture()
    found = _by_column(on_top, REDUCTIONS["mosaic"])
    return replace(_by_column(value, REDUCTIONS["mosaic"]), planes=found.planes)


def sortby_composite(value: Pictures, band: Any, operation: str = "argmax") -> Picture:
    by = (
        [picture.planes[at(picture, band)] for picture in value]
        if isinstance(band, str)
        else [p.planes[0] for p in band]
    )
    return _by_column(value, lambda stack: composite(operation, np.ma.stack(by), stack)) if value else Picture()
