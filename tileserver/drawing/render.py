"""Computed pixels to a picture: scale to bytes, colour, show what is missing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from graft_eval.colormaps import colour_bytes
from graft_eval.palette import Palette
from graft_eval.scope import Raster
from tileserver.drawing.classes import Colours, colour_classes
from tileserver.drawing.colormaps import GREY
from tileserver.drawing.encoding import Indexed, Pixels, encode_picture
from tileserver.drawing.painting import bend, count_levels, scale

__all__ = ["Paint", "Scale", "checkerboard", "draw", "scale_to_bytes"]

Scale = tuple[float, float] | tuple[None, None]

SQUARE = 16  # pixels a side of the checkerboard's squares, at scale 1
DARK, LIGHT = 204, 255
MAX_EMPTY = 64  # pictures without any pixel


@dataclass(frozen=True, slots=True)
class Paint:
    """The rendering of bands as colours: a scale for each (None: its own range), a colormap, a checkerboard.

    With a palette, or colours of one's own, one band is drawn in those of its classes; no scale or colormap counts.

    Once scaled, bands are bent by `gamma`: see `scale_to_bytes`.

    `origin` (row, col) of the picture's first pixel in the world and `scale` place the checkerboard.
    """

    scales: Sequence[Scale] | None = None
    colormap: str | None = None
    checkerboard: bool = False
    origin: tuple[int, int] = (0, 0)
    scale: int = 1
    palette: Palette | Colours | None = None
    gamma: float = 1.0


def draw(raster: Raster, paint: Paint, format: str = "png") -> bytes:
    """Return the picture of up to three bands: grey or a colormap, red and green, or red, green and blue.

    A pixel that is masked or not finite in any band is missing: transparent, or the checkerboard's.

    >>> raster = Raster(np.zeros((1, 2, 2)), np.zeros((1, 2, 2), bool))
    >>> draw(raster, Paint([(0.0, 1.0)]))[:4]
    b'\\x89PNG'
    """
    if paint.palette is not None:
        classes = _draw_classes(*colour_classes(raster, paint.palette), paint.palette.table, paint)
        return encode_picture(classes, format)
    levels, missing = scale_to_bytes(raster, paint.scales, paint.gamma)
    gone = int(np.count_nonzero(missing))
    if gone == missing.size:
        rows, cols = (start % (2 * SQUARE * paint.scale) for start in paint.origin)
        return _draw_empty(
            missing.shape, replace(paint, scales=None, colormap=None, origin=(rows, cols), gamma=1.0), format
        )
    if len(levels) > 1:
        return encode_picture(_draw_colours(levels, missing, gone > 0, paint), format)
    table = colour_bytes(paint.colormap) if paint.colormap else GREY
    pixels = _draw_indices(levels[0], missing, table, paint) if gone else Indexed(levels[0], table)
    return encode_picture(pixels, format)


def scale_to_bytes(
    raster: Raster, scales: Sequence[Scale] | None, gamma: float = 1.0
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return (band, y, x) bytes: floor(255 clip((v - lo) / (hi - lo), 0, 1) + 0.5), 0 where a band is missing.

    The second array, (y, x), is True where any band is missing; without bands, everywhere. Without a pair (lo, hi) a
    band takes the least and greatest of its own valid pixels. If they are equal, what is above is 255, all else 0.
    With a gamma the clipped share of the scale is raised to 1 / gamma.

    >>> raster = Raster(np.array([[[-1.0, 0.5, 2.0]]]), np.zeros((1, 1, 3), bool))
    >>> scale_to_bytes(raster, [(0.0, 1.0)])[0].tolist()
    [[[0, 128, 255]]]
    """
    bands, rows, cols = raster.data.shape
    if not bands:
        return np.empty((0, rows, cols), np.uint8), np.ones((rows, cols), np.bool_)
    levels, missing = np.empty((bands, rows * cols), np.uint8), np.empty(rows * cols, np.bool_)
    data = np.ascontiguousarray(raster.data, np.float64).reshape(bands, rows * cols)
    mask = np.ascontiguousarray(raster.mask).reshape(bands, rows * cols)
    pairs = scales or [(None, None)] * bands
    terms = np.array([_terms(*pair, *plane) for pair, *plane in zip(pairs, data, mask, strict=True)])
    scale(data, mask, terms, levels, missing)
    if gamma != 1:
        bend(data, mask, terms, 1 / gamma, levels)
    return levels.reshape(bands, rows, cols), missing.reshape(rows, cols)


def checkerboard(shape: tuple[int, int], origin: tuple[int, int], scale: int) -> NDArray[np.bool_]:
    """Return (y, x) True in the dark squares, that of the world's first pixel among them."""
    rows, cols = ((start + np.arange(size)) // (SQUARE * scale) for start, size in zip(origin, shape, strict=True))
    dark: NDArray[np.bool_] = (rows[:, None] + cols) % 2 == 0
    return dark


def _terms(
    low: float | None, high: float | None, values: NDArray[np.float64], mask: NDArray[np.bool_]
) -> tuple[float, float, float]:
    """Return low and span of a band's scale, and what values are to be multiplied by before."""
    if low is None or high is None:
        valid = values[~mask & np.isfinite(values)]
        low, high = (float(valid.min()), float(valid.max())) if valid.size else (0.0, 1.0)
    if math.isfinite(high - low):
        return low, high - low, 1.0
    return low / 2, high / 2 - low / 2, 0.5  # the range of float64 itself: halves fit in it


@lru_cache(MAX_EMPTY)
def _draw_empty(shape: tuple[int, int], paint: Paint, format: str) -> bytes:
    """Return a picture in which everything is missing."""
    return encode_picture(_draw_indices(np.zeros(shape, np.uint8), np.ones(shape, np.bool_), GREY, paint), format)


def _draw_indices(
    index: NDArray[np.uint8], missing: NDArray[np.bool_], table: NDArray[np.uint8], paint: Paint
) -> Pixels:
    """Draw with a palette; missing pixels take entries that no other pixel has, or else no palette is used."""
    counts = np.empty(256, np.int64)
    count_levels(index.reshape(-1), missing.reshape(-1), counts)
    free = np.flatnonzero(counts == 0).astype(np.uint8)
    if len(free) < 2:
        return _draw_colours(np.moveaxis(table[index], -1, 0), missing, True, paint)
    table = table.copy()
    if not paint.checkerboard:
        table[free[0]] = 0
        return Indexed(np.where(missing, free[0], index), table, b"\xff" * int(free[0]) + b"\x00")
    table[free[0]], table[free[1]] = DARK, LIGHT
    board = np.where(checkerboard(index.shape, paint.origin, paint.scale), free[0], free[1])
    return Indexed(np.where(missing, board, index), table)


def _draw_classes(
    values: NDArray[np.intp], missing: NDArray[np.bool_], table: NDArray[np.uint8], paint: Paint
) -> Pixels:
    """Draw values in the colours of a table, (value, 4); what has no colour lies below the checkerboard, too."""
    used = np.flatnonzero(np.bincount(values[~missing], minlength=len(table)))
    if len(used) < 256 and not paint.checkerboard:
        places = np.zeros(len(table), np.uint8)
        places[used] = np.arange(1, len(used) + 1)
        colours = np.zeros((256, 4), np.uint8)  # the first one is what is missing
        colours[1 : len(used) + 1] = table[used]
        alpha = colours[: len(used) + 1, 3].tobytes()
        return Indexed(np.where(missing, np.uint8(0), places[values]), colours[:, :3], alpha)
    pixels = np.where(missing[..., None], np.uint8(0), table[values])
    if paint.checkerboard:
        board = np.where(checkerboard(missing.shape, paint.origin, paint.scale), DARK, LIGHT)[..., None]
        share = pixels[..., 3:] / 255
        pixels = np.floor(pixels[..., :3] * share + board * (1 - share) + 0.5).astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(pixels, -1, 0))


def _draw_colours(
    levels: NDArray[np.uint8], missing: NDArray[np.bool_], holes: bool, paint: Paint
) -> NDArray[np.uint8]:
    """Draw two or three bands; the blue of two is 0, and there is alpha just where something is transparent."""
    if len(levels) == 3 and not holes:
        return levels
    planes = np.zeros((4 if holes and not paint.checkerboard else 3, *missing.shape), np.uint8)
    np.multiply(levels, ~missing, out=planes[: len(levels)])
    if len(planes) == 4:
        np.multiply(~missing, np.uint8(255), out=planes[3])
    elif holes:
        board = np.where(checkerboard(missing.shape, paint.origin, paint.scale), np.uint8(DARK), np.uint8(LIGHT))
        np.copyto(planes, board, where=missing)
    return planes
