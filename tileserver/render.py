"""Computed pixels to a picture: scale to bytes, colour, show what is missing, encode."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graft_eval.scope import Raster
from tileserver.colormaps import GREY, colour_table
from tileserver.png import encode_palette, encode_rgb

__all__ = ["Paint", "Scale", "checkerboard", "draw", "scale_to_bytes"]

Scale = tuple[float, float] | tuple[None, None]

SQUARE = 16  # pixels a side of the checkerboard's squares, at scale 1
DARK, LIGHT = 204, 255


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
    missing = _find_missing(raster)
    levels = scale_to_bytes(raster, paint.scales)
    if len(levels) > 1:
        return _draw_colours(levels, missing, paint)
    index = levels[0] if len(levels) else np.zeros(missing.shape, np.uint8)
    return _draw_indices(index, missing, colour_table(paint.colormap) if paint.colormap else GREY, paint)


def _find_missing(raster: Raster) -> NDArray[np.bool_]:
    """Return (y, x) True where any band is masked or not finite; everywhere, where there is no band."""
    bands, rows, cols = raster.data.shape
    if bands == 0:
        return np.ones((rows, cols), bool)
    missing: NDArray[np.bool_] = np.any(raster.mask | ~np.isfinite(raster.data), axis=0)
    return missing


def scale_to_bytes(raster: Raster, scales: Sequence[Scale] | None) -> NDArray[np.uint8]:
    """Return (band, y, x) bytes: floor(255 clip((v - lo) / (hi - lo), 0, 1) + 0.5), 0 where a band is missing.

    Without a pair (lo, hi) a band takes the least and greatest of its own valid pixels. Where they are equal,
    what is above is 255 and all else 0.

    >>> raster = Raster(np.array([[[-1.0, 0.5, 2.0]]]), np.zeros((1, 1, 3), bool))
    >>> scale_to_bytes(raster, [(0.0, 1.0)]).tolist()
    [[[0, 128, 255]]]
    """
    out = np.empty(raster.data.shape, np.uint8)
    values = np.empty(raster.data.shape[1:])  # one for all bands: fresh memory costs more than the arithmetic
    for band, (data, mask) in enumerate(zip(raster.data, raster.mask, strict=True)):
        np.copyto(values, data)
        invalid = mask | ~np.isfinite(values)
        low, high = scales[band] if scales else (None, None)
        if low is None or high is None:
            low, high = _range(values, invalid)
        np.copyto(values, low, where=invalid)
        _scale(values, low, high, out[band])
    return out


def checkerboard(shape: tuple[int, int], origin: tuple[int, int], scale: int) -> NDArray[np.bool_]:
    """Return (y, x) True in the dark squares, that of the world's first pixel among them."""
    rows, cols = ((start + np.arange(size)) // (SQUARE * scale) for start, size in zip(origin, shape, strict=True))
    dark: NDArray[np.bool_] = (rows[:, None] + cols) % 2 == 0
    return dark


def _range(values: NDArray[np.float64], invalid: NDArray[np.bool_]) -> tuple[float, float]:
    if invalid.all():
        return 0.0, 1.0
    return float(values.min(where=~invalid, initial=np.inf)), float(values.max(where=~invalid, initial=-np.inf))


def _scale(values: NDArray[np.float64], low: float, high: float, out: NDArray[np.uint8]) -> None:
    """Scale finite values into `out`; works in `values`."""
    if high == low:
        np.multiply(values > low, np.uint8(255), out=out)
        return
    if not math.isfinite(high - low):  # the range of float64 itself: halves fit in it
        values /= 2
        low, high = low / 2, high / 2
    with np.errstate(over="ignore"):  # what overflows is far outside of the scale, and clipped
        values -= low
        values /= high - low
    np.clip(values, 0.0, 1.0, out=values)
    values *= 255.0
    values += 0.5
    np.copyto(out, values, casting="unsafe")  # drops the fraction: the floor of what is not negative


def _draw_indices(
    index: NDArray[np.uint8], missing: NDArray[np.bool_], table: NDArray[np.uint8], paint: Paint
) -> bytes:
    """Draw with a palette; missing pixels take entries that no other pixel has, or else no palette is used."""
    if not missing.any():
        return encode_palette(index, table)
    counts = np.bincount(index[~missing], minlength=256)
    free = np.flatnonzero(counts == 0).astype(np.uint8)
    if len(free) < 2:
        return _draw_colours(np.moveaxis(table[index], -1, 0), missing, paint)
    table = table.copy()
    if not paint.checkerboard:
        table[free[0]] = 0
        return encode_palette(np.where(missing, free[0], index), table, int(free[0]))
    table[free[0]], table[free[1]] = DARK, LIGHT
    board = np.where(checkerboard(index.shape, paint.origin, paint.scale), free[0], free[1])
    return encode_palette(np.where(missing, board, index), table)


def _draw_colours(levels: NDArray[np.uint8], missing: NDArray[np.bool_], paint: Paint) -> bytes:
    """Draw two or three bands; the blue of two is 0, and there is alpha just where something is transparent."""
    planes = [*levels, np.zeros_like(missing, np.uint8)][:3]
    if missing.any():
        board = checkerboard(missing.shape, paint.origin, paint.scale)
        fill = np.where(board, np.uint8(DARK), np.uint8(LIGHT)) if paint.checkerboard else np.uint8(0)
        planes = [np.where(missing, fill, plane) for plane in planes]
        if not paint.checkerboard:
            planes.append(np.where(missing, np.uint8(0), np.uint8(255)))
    return encode_rgb(np.stack(planes, axis=-1))
