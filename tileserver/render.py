"""Computed pixels to a picture: scale to bytes, colour, show what is missing, encode."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.painting import count_levels, find_missing, pack, scale
from graft_eval.scope import Raster
from tileserver.colormaps import GREY, colour_table
from tileserver.png import encode_palette, encode_rgb

__all__ = ["Paint", "Scale", "checkerboard", "draw", "scale_to_bytes"]

Scale = tuple[float, float] | tuple[None, None]

SQUARE = 16  # pixels a side of the checkerboard's squares, at scale 1
DARK, LIGHT = 204, 255
EMPTY_KEPT = 64  # pictures without any pixel


@dataclass(frozen=True, slots=True)
class Paint:
    """How bands become colours: a scale for each (None: each its own range), a colormap, a checkerboard.

    `origin` (row, col) of the picture's first pixel in the world and `scale` place the checkerboard.
    """

    scales: Sequence[Scale] | None = None
    colormap: str | None = None
    checkerboard: bool = False
    origin: tuple[int, int] = (0, 0)
    scale: int = 1


def draw(raster: Raster, paint: Paint) -> bytes:
    """Return the PNG of up to three bands: grey or a colormap, red and green, or red, green and blue.

    A pixel that is masked or not finite in any band is missing: transparent, or the checkerboard's.

    >>> raster = Raster(np.zeros((1, 2, 2)), np.zeros((1, 2, 2), bool))
    >>> draw(raster, Paint([(0.0, 1.0)]))[:4]
    b'\\x89PNG'
    """
    shape = raster.data.shape[1:]
    missing = np.ones(shape, np.bool_)
    gone = find_missing(*_rows(raster), missing.reshape(-1)) if len(raster.data) else missing.size
    if gone == missing.size:
        rows, cols = (start % (2 * SQUARE * paint.scale) for start in paint.origin)
        return _draw_empty(shape, replace(paint, scales=None, colormap=None, origin=(rows, cols)))
    levels = scale_to_bytes(raster, paint.scales)
    if len(levels) > 1:
        return _draw_colours(levels, missing, gone > 0, paint)
    table = colour_table(paint.colormap) if paint.colormap else GREY
    return _draw_indices(levels[0], missing, table, paint) if gone else encode_palette(levels[0], table)


def scale_to_bytes(raster: Raster, scales: Sequence[Scale] | None) -> NDArray[np.uint8]:
    """Return (band, y, x) bytes: floor(255 clip((v - lo) / (hi - lo), 0, 1) + 0.5), 0 where a band is missing.

    Without a pair (lo, hi) a band takes the least and greatest of its own valid pixels. Where they are equal,
    what is above is 255 and all else 0.

    >>> raster = Raster(np.array([[[-1.0, 0.5, 2.0]]]), np.zeros((1, 1, 3), bool))
    >>> scale_to_bytes(raster, [(0.0, 1.0)]).tolist()
    [[[0, 128, 255]]]
    """
    out = np.empty(raster.data.shape, np.uint8)
    for band, (values, mask) in enumerate(zip(*_rows(raster), strict=True)):
        low, high = scales[band] if scales else (None, None)
        if low is None or high is None:
            low, high = _range(values, mask)
        _scale(values, mask, low, high, out[band].reshape(-1))
    return out


def checkerboard(shape: tuple[int, int], origin: tuple[int, int], scale: int) -> NDArray[np.bool_]:
    """Return (y, x) True in the dark squares, that of the world's first pixel among them."""
    rows, cols = ((start + np.arange(size)) // (SQUARE * scale) for start, size in zip(origin, shape, strict=True))
    dark: NDArray[np.bool_] = (rows[:, None] + cols) % 2 == 0
    return dark


def _rows(raster: Raster) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return values and mask as (band, pixel), as kernels take them."""
    bands, rows, cols = raster.data.shape
    data = np.ascontiguousarray(raster.data, np.float64).reshape(bands, rows * cols)
    return data, np.ascontiguousarray(raster.mask).reshape(bands, rows * cols)


def _range(values: NDArray[np.float64], mask: NDArray[np.bool_]) -> tuple[float, float]:
    valid = values[~mask & np.isfinite(values)]
    return (float(valid.min()), float(valid.max())) if valid.size else (0.0, 1.0)


def _scale(
    values: NDArray[np.float64], mask: NDArray[np.bool_], low: float, high: float, out: NDArray[np.uint8]
) -> None:
    if high == low:
        np.multiply((values > low) & ~mask & np.isfinite(values), np.uint8(255), out=out)
    elif math.isfinite(high - low):
        scale(values, mask, low, high - low, 1.0, out)
    else:  # the range of float64 itself: halves fit in it
        scale(values, mask, low / 2, high / 2 - low / 2, 0.5, out)


@lru_cache(EMPTY_KEPT)
def _draw_empty(shape: tuple[int, int], paint: Paint) -> bytes:
    """Draw a picture in which everything is missing."""
    return _draw_indices(np.zeros(shape, np.uint8), np.ones(shape, np.bool_), GREY, paint)


def _draw_indices(
    index: NDArray[np.uint8], missing: NDArray[np.bool_], table: NDArray[np.uint8], paint: Paint
) -> bytes:
    """Draw with a palette; missing pixels take entries that no other pixel has, or else no palette is used."""
    counts = np.empty(256, np.int64)
    count_levels(index.reshape(-1), missing.reshape(-1), counts)
    free = np.flatnonzero(counts == 0).astype(np.uint8)
    if len(free) < 2:
        return _draw_colours(np.moveaxis(table[index], -1, 0), missing, True, paint)
    table = table.copy()
    if not paint.checkerboard:
        table[free[0]] = 0
        return encode_palette(np.where(missing, free[0], index), table, int(free[0]))
    table[free[0]], table[free[1]] = DARK, LIGHT
    board = np.where(checkerboard(index.shape, paint.origin, paint.scale), free[0], free[1])
    return encode_palette(np.where(missing, board, index), table)


def _draw_colours(levels: NDArray[np.uint8], missing: NDArray[np.bool_], holes: bool, paint: Paint) -> bytes:
    """Draw two or three bands; the blue of two is 0, and there is alpha just where something is transparent."""
    shape = missing.shape
    planes = np.zeros((3, missing.size), np.uint8)
    planes[: len(levels)] = levels.reshape(len(levels), -1)
    fill = np.zeros(missing.size, np.uint8)
    if holes and paint.checkerboard:
        fill[:] = np.where(checkerboard(shape, paint.origin, paint.scale), DARK, LIGHT).reshape(-1)
    pixels = np.empty((missing.size, 4 if holes and not paint.checkerboard else 3), np.uint8)
    pack(planes, missing.reshape(-1), fill, pixels)
    return encode_rgb(pixels.reshape(*shape, -1))
