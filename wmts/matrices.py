"""Tile matrix sets: levels, and the position of the tiles of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wmts.extents import Bounds, extent, ground_size, northing_first, parse_crs
from wmts.lonlat import LonLatBox

__all__ = ["Matrix", "MatrixSet", "TileRange"]

ROUNDING = 1e-6  # of a tile: data that reaches less far into a tile does not make it one of the layer's
FINER = 1.05  # a level counts as native while its pixels are at most so much larger than the layer's


class TileRange(NamedTuple):
    """The tiles of one matrix that a layer reaches, first and last included."""

    min_row: int
    max_row: int
    min_col: int
    max_col: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """One level of a tile matrix set.

    `origin` is the top left corner, x before y, in units of the CRS; `cell_size` the side of a pixel in the same
    units, so that 0.28 mm times `scale_denominator` is the same in metres. `coalesced` are (first row, last row,
    count): in those rows that many tiles side by side are one wide tile (OGC 17-083r4, variable width tile matrices).
    """

    identifier: str
    scale_denominator: float
    cell_size: float
    origin: tuple[float, float]
    tile_width: int
    tile_height: int
    matrix_width: int
    matrix_height: int
    coalesced: tuple[tuple[int, int, int], ...] = ()

    @property
    def tile_size(self) -> tuple[float, float]:
        """Width and height of a tile, in units of the CRS."""
        return self.cell_size * self.tile_width, self.cell_size * self.tile_height

    def tile_bounds(self, row: int, col: int) -> Bounds:
        """Return (left, bottom, right, top) of a tile, in units of the CRS."""
        (x, y), (width, height) = self.origin, self.tile_size
        for first, last, count in self.coalesced:
            if first <= row <= last:
                col, width = col // count, width * count
        return x + col * width, y - (row + 1) * height, x + (col + 1) * width, y - row * height


@dataclass(frozen=True)
class MatrixSet:
    """A tile matrix set that WMTS 1.0 can express: levels of equal tiles, rows from the top, coarse to fine.

    `crs` is a code that pyproj and rasterio read, such as `EPSG:3857`; a level is the index of a matrix, 0 the
    coarsest.
    """

    identifier: str
    title: str
    crs: str
    matrices: tuple[Matrix, ...]

    def __hash__(self) -> int:
        return hash((self.identifier, self.crs))  # the matrices would take 50 µs

    @cached_property
    def crs_urn(self) -> str:
        """The name of the CRS in documents, in the one form that every client reads."""
        authority, _, code = self.crs.partition(":")
        return f"urn:ogc:def:crs:{authority}:{'1.3' if authority == 'OGC' else ''}:{code}"

    @cached_property
    def northing_first(self) -> bool:
        """True if the CRS orders its axes northing, or latitude, first."""
        return northing_first(parse_crs(self.crs))

    @cached_property
    def is_geographic(self) -> bool:
        """True if the CRS has longitudes and latitudes."""
        return parse_crs(self.crs).is_geographic

    @cached_property
    def area_of_use(self) -> LonLatBox | None:
        """The area that the CRS is meant for; None if its authority does not say."""
        area = parse_crs(self.crs).area_of_use
        return LonLatBox(*area.bounds) if area else None

    @cached_property
    def extent(self) -> Bounds:
        """(left, bottom, right, top) of all tiles, in units of the CRS."""
        first = [matrix.tile_bounds(0, 0) for matrix in self.matrices]
        last = [matrix.tile_bounds(matrix.matrix_height - 1, matrix.matrix_width - 1) for matrix in self.matrices]
        left, top = min(tile[0] for tile in first), max(tile[3] for tile in first)
        return left, min(tile[1] for tile in last), max(tile[2] for tile in last), top

    @cached_property
    def tiling(self) -> str:
        """A text that is equal for sets whose tiles lie the same, whatever their CRS and pixels are."""
        return repr([(matrix.identifier, self._steps[level].tolist()) for level, matrix in enumerate(self.matrices)])

    def level(self, identifier: str) -> int | None:
        """Return the level of the matrix of that name; None if there is none."""
        return self._levels.get(identifier)

    def in_axis_order(self, x: float, y: float) -> tuple[float, float]:
        """Return a position as the CRS orders its axes: latitude before longitude in EPSG:4326."""
        return (y, x) if self.northing_first else (x, y)

    def extent_of(self, box: LonLatBox) -> Bounds | None:
        """Return the extent, in the set's CRS and within the set, of a box.

        None if the set shows nothing of it.
        """
        return extent(box, self.crs, self.extent)

    def native_level(self, box: LonLatBox, metres: float) -> int:
        """Return the coarsest level with pixels of at most `metres` on the ground amid a box, else the finest."""
        finest = self.matrices[-1].cell_size
        ground = ground_size(finest, box, self.crs)
        if ground is not None:
            for level, matrix in enumerate(self.matrices):
                if matrix.cell_size / finest * ground <= metres * FINER:
                    return level
        return len(self.matrices) - 1

    def tile_ranges(self, extents: Sequence[Bounds]) -> NDArray[np.int64]:
        """Return (extents, levels, 4): the tiles that each extent, in the set's CRS, reaches at each level.

        The four are those of `TileRange`; a first is greater than its last if none is reached.
        """
        x, y, width, height, cols, rows = self._steps.T
        left, bottom, right, top = np.array(extents).T[..., np.newaxis]
        min_col, min_row = np.floor((left - x) / width + ROUNDING), np.floor((y - top) / height + ROUNDING)
        max_col = np.maximum(np.ceil((right - x) / width - ROUNDING) - 1, min_col)
        max_row = np.maximum(np.ceil((y - bottom) / height - ROUNDING) - 1, min_row)
        first = np.maximum(min_row, 0), np.maximum(min_col, 0)
        last = np.minimum(max_row, rows - 1), np.minimum(max_col, cols - 1)
        return np.stack([first[0], last[0], first[1], last[1]], axis=-1).astype(np.int64)

    def ranges_of(self, box: LonLatBox) -> tuple[TileRange | None, ...]:
        """Return, for each level, the tiles that a box reaches; None for no tile."""
        seen = self.extent_of(box)
        if seen is None:
            return (None,) * len(self.matrices)
        ranges = (TileRange(*level) for level in self.tile_ranges([seen])[0].tolist())
        return tuple(r if r.min_row <= r.max_row and r.min_col <= r.max_col else None for r in ranges)

    @cached_property
    def _levels(self) -> dict[str, int]:
        return {matrix.identifier: level for level, matrix in enumerate(self.matrices)}

    @cached_property
    def _steps(self) -> NDArray[np.float64]:
        return np.array([(*m.origin, *m.tile_size, m.matrix_width, m.matrix_height) for m in self.matrices])
