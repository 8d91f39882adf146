"""Levels: the resolutions at which a file holds its pixels, and which of them fits a grid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

from affine import Affine

from graft_eval.grid import Grid, transformer
from graft_eval.scene import Asset

__all__ = ["Level", "fitting_level", "pixel_in_output"]

SLACK = 1e-6
LEAST_BLOCK = 256  # pixels a side; smaller native blocks, strips of a few rows above all, are read several at once


@dataclass(frozen=True)
class Level:
    """One resolution of a file: the lattice of its pixels in `crs`, and the blocks that it is read in.

    `overview` counts from the finest, None is the full resolution. `transform` is affine a, b, c, d, e, f.
    """

    overview: int | None
    crs: str
    transform: tuple[float, float, float, float, float, float]
    shape: tuple[int, int]
    block: tuple[int, int]

    @classmethod
    def of(cls, asset: Asset, overview: int | None) -> Level:
        """Return a level of a file: all levels cover the same ground."""
        rows, cols = shape = asset.shape if overview is None else asset.overviews[overview]
        tall, wide = asset.shape[0] / rows, asset.shape[1] / cols
        a, b, c, d, e, f = asset.transform
        transform = (a * wide, b * tall, c, d * wide, e * tall, f)
        height, width = (min(_several(side), most) for side, most in zip(asset.block, shape, strict=True))
        return cls(overview, asset.crs, transform, shape, (height, width))

    @cached_property
    def inverse(self) -> Affine:
        """CRS (x, y) to (col, row)."""
        inverse: Affine = ~Affine(*self.transform)
        return inverse

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What tells this lattice and its blocks from another."""
        return self.crs, self.transform, self.shape, self.block


def _several(side: int) -> int:
    return side * math.ceil(LEAST_BLOCK / side)


def fitting_level(asset: Asset, grid: Grid) -> Level:
    """Return the coarsest level whose pixels are not larger than the grid's on the wider axis.

    They are compared at the grid's centre, or where the file is the nearest to it.
    """
    a, b, _, d, e, _ = asset.transform
    fitting = None
    if asset.overviews:
        left, bottom, right, top = grid.bounds
        centre = transformer(grid.crs, asset.crs).transform((left + right) / 2, (bottom + top) / 2)
        width, height = pixel_in_output(asset.crs, grid.crs, _nearest_within(asset, centre), (a, b, d, e))
        for overview, (rows, cols) in enumerate(asset.overviews):
            wide = width * asset.shape[1] / cols / grid.resolution[0]
            tall = height * asset.shape[0] / rows / grid.resolution[1]
            if max(wide, tall) <= 1 + SLACK:
                fitting = overview
    return Level.of(asset, fitting)


def _nearest_within(asset: Asset, place: tuple[float, float]) -> tuple[float, float]:
    """The place in the envelope of a file that is the nearest to one; its centre, if that is nowhere."""
    a, b, c, d, e, f = asset.transform
    rows, cols = asset.shape
    x, y = (
        min(max(at, start + min(0.0, along) + min(0.0, down)), start + max(0.0, along) + max(0.0, down))
        if math.isfinite(at)
        else start + (along + down) / 2
        for at, start, along, down in zip(place, (c, f), (a * cols, d * cols), (b * rows, e * rows), strict=True)
    )
    return x, y


@lru_cache(maxsize=4096)
def pixel_in_output(
    source: str, target: str, at: tuple[float, float], linear: tuple[float, float, float, float]
) -> tuple[float, float]:
    """Return width and height, in units of the target CRS, of a source pixel of affine terms (a, b, d, e) at a place.

    Infinite where the place, or the next pixel, has no coordinates in the target CRS.
    """
    x, y = at
    a, b, d, e = linear
    xs, ys = transformer(source, target).transform([x, x + a, x + b], [y, y + d, y + e])
    width, height = math.hypot(xs[1] - xs[0], ys[1] - ys[0]), math.hypot(xs[2] - xs[0], ys[2] - ys[0])
    return (width, height) if math.isfinite(width) and math.isfinite(height) else (math.inf, math.inf)
