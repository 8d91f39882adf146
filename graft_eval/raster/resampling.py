"""Resampling: bands on a grid by weighing or summarizing source pixels."""

from __future__ import annotations

import math

import numpy as np
from affine import Affine
from numpy.typing import NDArray

from graft_eval.grid import Grid
from graft_eval.kernels.resampling import CONVOLUTIONS, SUMMARIES, convolve, summarize
from graft_eval.raster.overviews import Overview, pixel_in_output
from graft_eval.raster.sampling import Sampler

__all__ = ["Footprints", "Window"]

Window = tuple[int, int, int, int]  # top, bottom, left, right


class Footprints:
    """Positions and sizes of a grid's pixels on an overview, in its pixels."""

    def __init__(self, grid: Grid, overview: Overview, sampler: Sampler) -> None:
        self._stretch = _stretch(overview, grid)
        self._down, self._along = _places(grid, overview, sampler)
        corners = grid.window(-0.5, -0.5, (grid.shape[0] + 1, grid.shape[1] + 1))
        self._size = tuple(map(_span, _places(corners, overview, sampler)))

    def window(self, overview: Overview, resampler: str) -> Window | None:
        """Return the source pixels that a resampler may look at; None if there are none."""
        edges: list[int] = []
        for place, size, stretch, side in zip(
            (self._down, self._along), self._size, self._stretch, overview.shape, strict=True
        ):
            finite = np.isfinite(place) & np.isfinite(size)
            if not finite.any():
                return None
            reach = CONVOLUTIONS[resampler][1] * stretch if resampler in CONVOLUTIONS else size[finite].max() / 2
            first, last = float(place[finite].min() - reach), float(place[finite].max() + reach)
            edges += [max(0, math.floor(first) - 1), min(side, math.ceil(last) + 1)]
        top, bottom, left, right = edges
        return (top, bottom, left, right) if top < bottom and left < right else None

    def resample(self, source: NDArray[np.float64], window: Window, resampler: str) -> NDArray[np.float64]:
        """Return the grid's pixels, (row, col), from a window of an overview; NaN is missing in both."""
        out = np.empty(self._down.shape)
        top, _, left, _ = window  # whole numbers: taken off last, they change no bit of what is left
        if resampler in CONVOLUTIONS:
            convolve(source, self._down - top, self._along - left, *CONVOLUTIONS[resampler], self._stretch, out)
        else:
            tall, wide = (size / 2 for size in self._size)
            down = self._down - tall - top, self._down + tall - top
            along = self._along - wide - left, self._along + wide - left
            summarize(source, *down, *along, SUMMARIES[resampler], out)
        return out


def _places(grid: Grid, overview: Overview, sampler: Sampler) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Down and along the overview's pixels, the centres of a grid's pixels."""
    at, inverse = sampler.coordinates(grid, overview), overview.inverse
    with np.errstate(invalid="ignore"):
        return (
            inverse.d * at.x + inverse.e * at.y + inverse.f,
            inverse.a * at.x + inverse.b * at.y + inverse.c,
        )


def _span(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the extent of pixels along an axis: the mean of their diagonals, which a slight turn does not widen."""
    with np.errstate(invalid="ignore"):
        one, other = corners[1:, 1:] - corners[:-1, :-1], corners[1:, :-1] - corners[:-1, 1:]
        span: NDArray[np.float64] = (np.abs(one) + np.abs(other)) / 2
    return span


def _stretch(overview: Overview, grid: Grid) -> tuple[float, float]:
    """Source pixels, (rows, cols), to an output pixel where those are larger, at the centre of the source.

    There, and not on the grid, so that it is the same for every grid of this resolution, and tiles meet.
    """
    a, b, _, d, e, _ = overview.transform
    rows, cols = overview.shape
    x, y = Affine(*overview.transform) @ (cols / 2, rows / 2)
    width, height = pixel_in_output(overview.crs, grid.crs, (x, y), (a, b, d, e))
    return max(1.0, grid.resolution[1] / height), max(1.0, grid.resolution[0] / width)
