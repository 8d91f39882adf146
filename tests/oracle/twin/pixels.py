"""Masks, ranges, colours and what is around a pixel."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import matplotlib
import numpy as np
from shapely.geometry.base import BaseGeometry

from tests.oracle.twin.pictures import (
    Imagery,
    changed,
    described,
    each,
    pictures,
    valid,
)
from tests.oracle.twin.shapes import drawn, geometry_of
from tests.oracle.twin.values import (
    Feature,
    Features,
    Geometries,
    Masked,
    Picture,
    Refused,
    World,
    inner,
)

__all__ = ["clip_values", "colormap", "conv2d", "getmask", "masks", "replaced_empty", "scale_values"]

CHANNELS = ("red", "green", "blue")


def masks(world: World) -> Callable[..., Any]:
    def mask(value: Imagery, by: Any, replace: bool = False) -> Any:
        if isinstance(by, Feature | Features | Geometries | BaseGeometry | dict):
            outside = ~drawn(geometry_of(by), world.grid)
            by = Picture(("mask",), (np.ma.MaskedArray(outside, np.zeros_like(outside)),), {}, {"mask": {}})
        if not pictures(by):
            return value
        if len(pictures(by)[0].bands) != 1:
            raise Refused("a mask has one band")

        def masked(plane: Masked, other: Masked) -> Masked:
            truth, unknown = other.data != 0, np.ma.getmaskarray(other)
            hidden = truth | unknown if replace else np.ma.getmaskarray(plane) | (truth & ~unknown)
            return valid(plane.data, hidden)

        return each(lambda picture, one: changed(picture, lambda plane, _: masked(plane, one.planes[0])), value, by)

    return mask


def getmask(value: Imagery) -> Any:
    def of(picture: Picture) -> Picture:
        hidden = np.logical_or.reduce([np.ma.getmaskarray(plane) for plane in picture.planes])
        plane = np.ma.MaskedArray(hidden, np.zeros_like(hidden))
        return Picture(("mask",), (plane,), picture.properties, {"mask": described("mask", [])})

    return each(of, value)


def _bounds(bound: Any, count: int) -> list[Any]:
    found = list(bound) if isinstance(bound, list | tuple) else [bound] * count
    if len(found) != count:
        raise Refused("a bound for each band")
    return found


def clip_values(value: Imagery, low: Any, high: Any) -> Any:
    if low is None and high is None:
        raise Refused("min or max")

    def clip(picture: Picture) -> Picture:
        lows, highs = (_bounds(bound, len(picture.bands)) for bound in (low, high))
        return changed(
            picture, lambda plane, i: np.ma.MaskedArray(np.clip(plane.data, lows[i], highs[i]), np.ma.getmask(plane))
        )

    return each(clip, value)


def _extreme(value: float | None, function: Any, plane: Masked) -> float:
    """Return a bound, or a plane's own extreme on the grid; NaN if it has none."""
    found = function(inner(plane)) if value is None else value
    return math.nan if found is np.ma.masked else float(found)


def scale_values(value: Imagery, low: float, high: float, domain_low: Any, domain_high: Any) -> Any:
    def scale(picture: Picture) -> Picture:
        lows, highs = (_bounds(bound, len(picture.bands)) for bound in (domain_low, domain_high))

        def scaled(plane: Masked, i: int) -> Masked:
            least, most = _extreme(lows[i], np.ma.min, plane), _extreme(highs[i], np.ma.max, plane)
            part = (plane.data.astype(float) - least) / np.float64(most - least)
            return valid(low + part * (high - low), np.ma.getmaskarray(plane))

        return changed(picture, scaled)

    return each(scale, value)


def colormap(value: Imagery, name: str, vmin: float | None, vmax: float | None) -> Any:
    def colour(picture: Picture) -> Picture:
        (plane,) = picture.planes
        least, most = _extreme(vmin, np.ma.min, plane), _extreme(vmax, np.ma.max, plane)
        numbers = plane.data.astype(float)
        # Of one value alone, as Matplotlib has it: what is not above it is the first colour.
        part = numbers > least if least == most else (numbers - least) / (most - least)
        part = valid(part.astype(float), np.ma.getmaskarray(plane))
        entries = np.clip(np.floor(256 * np.clip(part.filled(0), 0, 1)), 0, 255).astype(int)
        table = matplotlib.colormaps[name].resampled(256)(np.arange(256))
        planes = tuple(np.ma.MaskedArray(table[entries, i], np.ma.getmask(part)) for i in range(3))
        info = {channel: described(channel, []) for channel in CHANNELS}
        return Picture(CHANNELS, planes, picture.properties, info)

    return each(colour, value)


def conv2d(value: Imagery, kernel: Any) -> Any:
    def convolved(plane: Masked, _: int) -> Masked:
        rows, cols = kernel.shape
        values = np.ma.filled(plane.astype(float), np.nan)
        padded = np.pad(values, ((rows // 2,) * 2, (cols // 2,) * 2), constant_values=np.nan)
        total = np.zeros(values.shape)
        for row, col in np.ndindex(rows, cols):
            total += kernel[row, col] * padded[row : row + values.shape[0], col : col + values.shape[1]]
        return np.ma.masked_invalid(total)

    return each(lambda picture: changed(picture, convolved), value)


def replaced_empty(value: Imagery, fill: Any, mask: bool, bandinfo: Mapping[str, Any] | None) -> Any:
    if pictures(value):
        return value
    raise Refused("the twin fills nothing")
