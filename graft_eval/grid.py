"""Grids: where the pixels of an array lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from affine import Affine
from pyproj import CRS, Transformer
from shapely import segmentize
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from graft_eval.lonlat import outline_in_lonlat

__all__ = ["WEB_MERCATOR", "Bounds", "Grid", "transformer"]

Bounds = tuple[float, float, float, float]  # left, bottom, right, top
WEB_MERCATOR = "EPSG:3857"
HALF_WORLD = 20037508.342789244  # metres from the origin to the edge of the world in EPSG:3857


@dataclass(frozen=True)
class Grid:
    """A north-up grid of pixels: `shape` (rows, cols) of them fill `bounds` (left, bottom, right, top) in `crs`.

    `cutline`, a geometry in longitude and latitude, masks what lies outside it.

    >>> Grid.from_xyz_tile(0, 0, 0).resolution
    (156543.03392804097, 156543.03392804097)
    """

    bounds: Bounds
    crs: str
    shape: tuple[int, int]
    cutline: BaseGeometry | None = None

    @classmethod
    def from_xyz_tile(cls, x: int, y: int, z: int, size: int = 256) -> Grid:
        """Return the grid of a Web Mercator tile, rows from the top, `size` pixels a side."""
        side = 2 * HALF_WORLD / 2**z
        left, top = x * side - HALF_WORLD, HALF_WORLD - y * side
        right, bottom = (x + 1) * side - HALF_WORLD, HALF_WORLD - (y + 1) * side
        return cls((left, bottom, right, top), WEB_MERCATOR, (size, size))

    @property
    def resolution(self) -> tuple[float, float]:
        """Width and height of a pixel in units of the CRS."""
        left, bottom, right, top = self.bounds
        rows, cols = self.shape
        return (right - left) / cols, (top - bottom) / rows

    @cached_property
    def transform(self) -> Affine:
        """Pixel (col, row) to CRS (x, y); whole numbers are the upper left corners of pixels."""
        width, height = self.resolution
        return Affine(width, 0.0, self.bounds[0], 0.0, -height, self.bounds[3])

    @cached_property
    def footprint(self) -> BaseGeometry:
        """The outline in longitude and latitude, edges densified, cut at the antimeridian."""
        return _footprint(self.bounds, self.crs)

    def window(self, row: int, col: int, shape: tuple[int, int]) -> Grid:
        """Return the part of this grid that starts at (row, col); it may reach beyond the edges."""
        left, top = self.transform @ (col, row)
        right, bottom = self.transform @ (col + shape[1], row + shape[0])
        return replace(self, bounds=(left, bottom, right, top), shape=shape)

    def blocks(self, size: int) -> Iterator[tuple[int, int, Grid]]:
        """Yield (row, col, grid) of blocks of at most size x size pixels that tile this grid."""
        rows, cols = self.shape
        for row in range(0, rows, size):
            for col in range(0, cols, size):
                yield row, col, self.window(row, col, (min(size, rows - row), min(size, cols - col)))


@lru_cache(maxsize=256)  # by text: the hash of a CRS object writes it out anew, 0.15 ms each time
def transformer(source: str, target: str) -> Transformer:
    """Return the transformation between two CRS, x before y; a thread safe one of pyproj's."""
    return Transformer.from_crs(CRS.from_user_input(source), CRS.from_user_input(target), always_xy=True)


@lru_cache(maxsize=4096)  # tiles are asked for again: 0.2 ms each
def _footprint(bounds: Bounds, crs: str) -> BaseGeometry:
    outline = box(*bounds)
    longest = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    dense: Polygon = segmentize(outline, longest / 16)
    return outline_in_lonlat(dense, transformer(crs, "OGC:CRS84"))
