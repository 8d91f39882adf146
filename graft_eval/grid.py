"""Grids: the CRS, bounds and shape of arrays of pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise, product

import numpy as np
import shapely
from affine import Affine
from shapely import segmentize
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from graft_eval.crs import LONLAT, transformer
from graft_eval.errors import EvaluationError
from graft_eval.lonlat import follow_antimeridian, outline_in_lonlat

__all__ = ["WEB_MERCATOR", "Bounds", "Grid"]

Bounds = tuple[float, float, float, float]  # left, bottom, right, top
WEB_MERCATOR = "EPSG:3857"
HALF_WORLD = 20037508.342789244  # metres from the origin to the edge of the world in EPSG:3857
SQUARE = 256  # pixels a side
SLACK = 1e-6  # of a pixel: what is this near to the middle of two is there
ALIKE = 1e-3  # of a pixel: places that are this near to one another are the same
ROUNDINGS = 4  # that an edge has been through, each of half a unit in the last place


@dataclass(frozen=True)
class Grid:
    """A north-up grid of pixels: `shape` (rows, cols) of them fill `bounds` (left, bottom, right, top) in `crs`.

    `cutline`, a geometry in longitude and latitude, masks pixels whose centre lies outside it; with `all_touched`,
    those that it does not touch anywhere. Places are counted from the origin of the CRS in pixels, so that grids whose
    pixels are the same have them at the same coordinates to the last bit.

    >>> Grid.from_xyz_tile(0, 0, 0).resolution
    (156543.03392804097, 156543.03392804097)
    """

    bounds: Bounds
    crs: str
    shape: tuple[int, int]
    cutline: BaseGeometry | None = None
    all_touched: bool = False

    @classmethod
    def from_xyz_tile(cls, x: int, y: int, z: int, size: int = 256) -> Grid:
        """Return the grid of a Web Mercator tile, rows from the top, `size` pixels a side."""
        side = 2 * HALF_WORLD / 2**z
        half = 2**z / 2
        left, top = (x - half) * side, (half - y) * side
        right, bottom = (x + 1 - half) * side, (half - y - 1) * side
        return cls((left, bottom, right, top), WEB_MERCATOR, (size, size))

    @cached_property
    def resolution(self) -> tuple[float, float]:
        """Width and height of a pixel in units of the CRS."""
        return self._across[1], self._down[1]

    @cached_property
    def first(self) -> tuple[float, float]:
        """Row and column of the first pixel, counted down and along from the origin of the CRS."""
        return self._down[0], self._across[0]

    @cached_property
    def transform(self) -> Affine:
        """Pixel (col, row) to CRS (x, y); whole numbers are the upper left corners of pixels."""
        width, height = self.resolution
        row, col = self.first
        return Affine(width, 0.0, col * width, 0.0, -height, -row * height)

    @cached_property
    def footprint(self) -> BaseGeometry:
        """The outline in longitude and latitude, edges densified, cut at the antimeridian."""
        return _footprint(self.bounds, self.crs)

    def search_area(self, margin: int = 0) -> BaseGeometry:
        """Return the area in longitude and latitude of the pixels that are not cut off, and of those around them.

        With a margin, of so many pixels, it may hold a little more.
        """
        rows, cols = self.shape
        around = self.window(-margin, -margin, (rows + 2 * margin, cols + 2 * margin)) if margin else self
        if self.cutline is None:
            return around.footprint
        beside = (margin + self.all_touched) * math.hypot(*self.resolution)
        return around.footprint.intersection(_buffer(self.cutline, self.crs, beside))

    def window(self, row: float, col: float, shape: tuple[int, int]) -> Grid:
        """Return the part of this grid that starts at (row, col); it may reach beyond the edges."""
        width, height = self.resolution
        top, left = self.first[0] + row, self.first[1] + col
        bounds = left * width, -(top + shape[0]) * height, (left + shape[1]) * width, -top * height
        return Grid(bounds, self.crs, shape, self.cutline, self.all_touched)

    def offset_from(self, other: Grid) -> tuple[int, int] | None:
        """Return the row and the column of another grid at which this one begins; None if pixels are not the same."""
        if self.crs != other.crs or not np.allclose(self.resolution, other.resolution, rtol=ALIKE, atol=0):
            return None
        down, along = (here - there for here, there in zip(self.first, other.first, strict=True))
        row, col = round(down), round(along)
        return (row, col) if max(abs(down - row), abs(along - col)) < ALIKE else None

    def pieces(self, size: int) -> Iterator[tuple[int, int, Grid]]:
        """Yield (row, col, grid) of pieces of at most size x size pixels that tile this grid."""
        rows, cols = self.shape
        for row in range(0, rows, size):
            for col in range(0, cols, size):
                yield row, col, self.window(row, col, (min(size, rows - row), min(size, cols - col)))

    @cached_property
    def square(self) -> Grid:
        """The square that holds the first pixel, of those of 256 x 256 pixels counted from the origin of the CRS.

        A tile of 256 pixels of Web Mercator is one, but for that of the whole world. No cutline cuts it.
        """
        down, along = (_nearest_pixel(first) // SQUARE * SQUARE - first for first in self.first)
        return Grid(self.window(down, along, (SQUARE, SQUARE)).bounds, self.crs, (SQUARE, SQUARE))

    def squares(self) -> Iterator[tuple[int, int, Grid]]:
        """Yield (row, col, grid) of the parts of this grid in each of those squares."""
        rows, cols = (_cuts(_nearest_pixel(first), side) for first, side in zip(self.first, self.shape, strict=True))
        for top, bottom in pairwise(rows):
            for left, right in pairwise(cols):
                yield top, left, self.window(top, left, (bottom - top, right - left))

    def whole_squares(self) -> Iterator[tuple[int, int, Grid]]:
        """Yield (row, col, square) of those that this grid meets, each as a whole: it may begin before the grid."""
        rows, cols = (
            range(-(_nearest_pixel(first) % SQUARE), side, SQUARE)
            for first, side in zip(self.first, self.shape, strict=True)
        )
        for row, col in product(rows, cols):
            yield row, col, self.window(row, col, (SQUARE, SQUARE))

    @cached_property
    def _across(self) -> tuple[float, float]:
        return _on_lattice(self.bounds[0], self.bounds[2], self.shape[1])

    @cached_property
    def _down(self) -> tuple[float, float]:
        return _on_lattice(-self.bounds[3], -self.bounds[1], self.shape[0])


def _nearest_pixel(place: float) -> int:
    return math.floor(place + 0.5 + SLACK)  # halves always up: grids may be shifted by half a pixel


def _cuts(first: int, side: int) -> list[int]:
    """Return the offsets, with both ends, at which pixels from the first one on are cut into squares."""
    return [0, *range(SQUARE - first % SQUARE, side, SQUARE), side]


@lru_cache(maxsize=4096)  # the tiles of a column, or of a row, have the same
def _on_lattice(start: float, stop: float, pixels: int) -> tuple[float, float]:
    """Return the number of the first pixel, counted from the origin, and the size of one.

    Rounded edges of a part would give another size than those of the whole: what divides the world of Web Mercator by
    a power of 2, or has few digits, is taken for that, and whole and half pixels from the origin for those.
    """
    size = (stop - start) / pixels
    if not 0 < size < math.inf:
        raise EvaluationError(f"{pixels} pixels from {start} to {stop} have no size that numbers can say")
    halvings = min(max(0, round(math.log2(HALF_WORLD) - math.log2(size))), 60)
    farthest = max(abs(start), abs(stop))
    for even, reached in ((HALF_WORLD / 2**halvings, HALF_WORLD), (float(f"{size:.9g}"), farthest)):
        first = round(start / even * 2) / 2
        if max(abs(first * even - start), abs((first + pixels) * even - stop)) <= ROUNDINGS * math.ulp(reached):
            return first, even
    return start / size, size


def _buffer(area: BaseGeometry, crs: str, distance: float) -> BaseGeometry:
    """Return an area of longitudes and latitudes widened by a distance in units of a CRS; the world if that fails."""
    if not distance:
        return area
    there = _transform(area, LONLAT, crs)
    if not np.isfinite(shapely.get_coordinates(there)).all():
        return box(-180, -90, 180, 90)
    return follow_antimeridian(_transform(there.buffer(distance), crs, LONLAT))


def _transform(area: BaseGeometry, source: str, target: str) -> BaseGeometry:
    between = transformer(source, target)
    return shapely.transform(area, lambda points: np.column_stack(between.transform(points[:, 0], points[:, 1])))


@lru_cache(maxsize=4096)  # tiles are asked for again: 0.2 ms each
def _footprint(bounds: Bounds, crs: str) -> BaseGeometry:
    outline = box(*bounds)
    longest = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    dense: Polygon = segmentize(outline, longest / 16)
    return outline_in_lonlat(dense, transformer(crs, LONLAT))
