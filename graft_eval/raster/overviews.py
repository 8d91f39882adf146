"""Overviews: the resolutions at which a file holds its pixels, and which of them fits a grid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

from affine import Affine

from graft_eval.crs import parse_crs, transformer
from graft_eval.grid import Grid
from graft_eval.scene import Asset

__all__ = ["Overview", "fitting_overview", "half_world", "pixel_in_output"]

SLACK = 1e-6
JUMP = 16  # times farther than the pixel before: the next one is not beside it on the map
LARGEST_BLOCK = 16 << 20  # pixels of several strips
LEAST_BLOCK = 256  # pixels a side; smaller native blocks, strips of a few rows above all, are read several at once


@dataclass(frozen=True)
class Overview:
    """A resolution of a file: the lattice of its pixels in `crs`, and the blocks that it is read in.

    `number` counts overviews from the finest on; None is the full resolution, which is as good as one. `transform` is
    affine a, b, c, d, e, f.
    """

    number: int | None
    crs: str
    transform: tuple[float, float, float, float, float, float]
    shape: tuple[int, int]
    block: tuple[int, int]

    @classmethod
    def of(cls, asset: Asset, number: int | None) -> Overview:
        """Return an overview of a file: all of them cover the same ground."""
        rows, cols = shape = asset.shape if number is None else asset.overviews[number]
        tall, wide = asset.shape[0] / rows, asset.shape[1] / cols
        a, b, c, d, e, f = asset.transform
        transform = (a * wide, b * tall, c, d * wide, e * tall, f)
        height, width = (min(_several(side), most) for side, most in zip(asset.block, shape, strict=True))
        if height * width > LARGEST_BLOCK and height > (own := min(asset.block[0], shape[0])):
            height = max(own, LARGEST_BLOCK // width // own * own)
        return cls(number, asset.crs, transform, shape, (height, width))

    @property
    def blocks(self) -> tuple[int, int]:
        """How many rows and columns of blocks there are."""
        return math.ceil(self.shape[0] / self.block[0]), math.ceil(self.shape[1] / self.block[1])

    @cached_property
    def inverse(self) -> Affine:
        """CRS (x, y) to (col, row)."""
        inverse: Affine = ~Affine(*self.transform)
        return inverse

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Identity of this lattice and its blocks."""
        return self.crs, self.transform, self.shape, self.block


def _several(side: int) -> int:
    return side * math.ceil(LEAST_BLOCK / side)


def fitting_overview(asset: Asset, grid: Grid) -> Overview:
    """Return the coarsest overview whose pixels are not larger than the grid's on the wider axis.

    They are compared at the grid's centre, or where the file is the nearest to it. A grid that reaches beyond the
    edge of the world has its pixels compared where they are the largest on the ground: those at its poles, which
    nobody looks at there, would need overviews that the rest has no use for.
    """
    a, b, _, d, e, _ = asset.transform
    fitting = None
    if asset.overviews:
        at = transformer(grid.crs, asset.crs).transform(*_place_to_compare(grid))
        width, height = pixel_in_output(asset.crs, grid.crs, _nearest_within(asset, at), (a, b, d, e))
        if math.isinf(width):
            width, height = pixel_in_output(asset.crs, grid.crs, _centre(asset), (a, b, d, e))
        for number in range(asset.first_overview, len(asset.overviews)):
            rows, cols = asset.overviews[number]
            wide = width * asset.shape[1] / cols / grid.resolution[0]
            tall = height * asset.shape[0] / rows / grid.resolution[1]
            if max(wide, tall) <= 1 + SLACK:
                fitting = number
    return Overview.of(asset, fitting)


def _place_to_compare(grid: Grid) -> tuple[float, float]:
    """The centre of a grid; if it reaches beyond the edge of the world, its place nearest to the origin."""
    left, bottom, right, top = grid.bounds
    wide, tall = half_world(grid.crs)
    if max(-left, right) <= wide * (1 + SLACK) and max(-bottom, top) <= tall * (1 + SLACK):
        return (left + right) / 2, (bottom + top) / 2
    return min(max(0.0, left), right), min(max(0.0, bottom), top)


@lru_cache(maxsize=256)
def half_world(crs: str) -> tuple[float, float]:
    """Return how far along and up the edges of the world are from the origin; infinite but for degrees and Mercator.

    >>> half_world("EPSG:3857"), half_world("EPSG:4326"), half_world("EPSG:32633")
    ((20037508.342789244, 20037508.342789244), (180.0, 90.0), (inf, inf))
    """
    system = parse_crs(crs)
    operation = system.coordinate_operation
    if system.is_geographic:
        degree = math.radians(1) / system.axis_info[0].unit_conversion_factor
        return 180 * degree, 90 * degree
    method = operation.method_name if operation else ""
    if "Mercator" not in method or "Transverse" in method or "Oblique" in method or system.ellipsoid is None:
        return math.inf, math.inf
    side = math.pi * system.ellipsoid.semi_major_metre
    return side, side


def _centre(asset: Asset) -> tuple[float, float]:
    rows, cols = asset.shape
    x, y = Affine(*asset.transform) @ (cols / 2, rows / 2)
    return x, y


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

    They are measured to the next pixels, or to those before where the edge of the map lies between; infinite where
    the place, or both, have no coordinates in the target CRS.
    """
    x, y = at
    a, b, d, e = linear
    xs, ys = transformer(source, target).transform([x, x + a, x + b, x - a, x - b], [y, y + d, y + e, y - d, y - e])
    right, down, left, up = (math.hypot(xs[n] - xs[0], ys[n] - ys[0]) for n in range(1, 5))
    width, height = _without_jump(right, left), _without_jump(down, up)
    return (width, height) if math.isfinite(width) and math.isfinite(height) else (math.inf, math.inf)


def _without_jump(after: float, before: float) -> float:
    """The distance to the next pixel, unless that is nowhere, or at the other end of the map."""
    if not math.isfinite(after) or after > JUMP * before:
        return before if math.isfinite(before) else math.inf
    return after
