"""Tiles: addresses of squares of a map, and the grids of pixels that they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import morecantile
from pyproj import CRS

from graft_eval.grid import Grid
from tileserver.http.errors import BadTile, shorten

__all__ = ["MAX_ZOOM", "MEDIA_TYPES", "WEB_MERCATOR_QUAD", "Tile"]

WEB_MERCATOR_QUAD: Final = "WebMercatorQuad"
MAX_ZOOM: Final = 30
TILE_SIZE: Final = 256
MEDIA_TYPES: Final[Mapping[str, str]] = {"png": "image/png"}
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
FILE_NAME = re.compile(r"(?P<y>[^.@]+)(?:@(?P<scale>[^.]*)x)?(?:\.(?P<format>[^.]*))?")


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile: column x from the west and row y from the north at zoom z, `scale` 2 for twice the pixels a side."""

    z: int
    x: int
    y: int
    scale: int = 1
    format: str = "png"
    matrix_set: str = WEB_MERCATOR_QUAD

    @classmethod
    def from_path(cls, parts: Mapping[str, str]) -> Tile:
        """Return the tile that a path names: its parts `z`, `x`, `file` and, but for Web Mercator, `tms`.

        >>> Tile.from_path({"z": "3", "x": "4", "file": "2@2x.png"})
        Tile(z=3, x=4, y=2, scale=2, format='png', matrix_set='WebMercatorQuad')
        """
        name = FILE_NAME.fullmatch(parts["file"])
        if name is None:
            raise BadTile(f"a tile is asked for as y.png or y@2x.png, not {shorten(parts['file'])}")
        if name["format"] not in MEDIA_TYPES:
            asked = shorten(name["format"] or parts["file"])
            raise BadTile(f"the format of a tile must be one of {', '.join(MEDIA_TYPES)}, not {asked}")
        if name["scale"] not in (None, "1", "2"):
            raise BadTile(f"the scale of a tile must be @1x or @2x, not {shorten(name['scale'])}")
        z, x, y = _number("zoom", parts["z"]), _number("column", parts["x"]), _number("row", name["y"])
        tile = cls(z, x, y, int(name["scale"] or 1), name["format"], parts.get("tms", WEB_MERCATOR_QUAD))
        tile._check()
        return tile

    def __str__(self) -> str:
        address = f"{self.z}/{self.x}/{self.y}"
        return address if self.matrix_set == WEB_MERCATOR_QUAD else f"{self.matrix_set}/{address}"

    @property
    def media_type(self) -> str:
        """The media type of the tile's file."""
        return MEDIA_TYPES[self.format]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of pixels."""
        if self.matrix_set == WEB_MERCATOR_QUAD:
            return TILE_SIZE * self.scale, TILE_SIZE * self.scale
        matrix = _matrix_set(self.matrix_set).matrix(self.z)
        return matrix.tileHeight * self.scale, matrix.tileWidth * self.scale

    @property
    def origin(self) -> tuple[int, int]:
        """Row and column of the tile's first pixel among all of the zoom's."""
        rows, cols = self.shape
        return self.y * rows, self.x * cols

    @property
    def grid(self) -> Grid:
        """The tile's pixels."""
        if self.matrix_set == WEB_MERCATOR_QUAD:
            return Grid.from_xyz_tile(self.x, self.y, self.z, TILE_SIZE * self.scale)
        bounds = _matrix_set(self.matrix_set).xy_bounds(morecantile.Tile(self.x, self.y, self.z))
        return Grid((bounds.left, bounds.bottom, bounds.right, bounds.top), _crs(self.matrix_set), self.shape)

    def _check(self) -> None:
        lowest, highest = 0, MAX_ZOOM
        if self.matrix_set != WEB_MERCATOR_QUAD:
            matrices = _matrix_set(self.matrix_set)
            lowest, highest = matrices.minzoom, matrices.maxzoom
        if not lowest <= self.z <= highest:
            raise BadTile(f"zoom must be {lowest} to {highest}, not {self.z}")
        cols, rows = 2**self.z, 2**self.z
        if self.matrix_set != WEB_MERCATOR_QUAD:
            matrix = matrices.matrix(self.z)
            cols, rows = matrix.matrixWidth, matrix.matrixHeight
        for name, number, count in (("column", self.x, cols), ("row", self.y, rows)):
            if not 0 <= number < count:
                raise BadTile(f"{name} must be 0 to {count - 1} at zoom {self.z}, not {number}")


def _number(name: str, text: str) -> int:
    if not WHOLE_NUMBER.fullmatch(text):
        raise BadTile(f"{name} must be a whole number, not {shorten(text)}")
    return int(text)


@lru_cache(maxsize=64)
def _matrix_set(name: str) -> morecantile.TileMatrixSet:
    if name not in morecantile.tms.list():
        known = ", ".join(sorted(morecantile.tms.list()))
        raise BadTile(f"the tile matrix set must be one of {known}, not {shorten(name)}")
    return morecantile.tms.get(name)


@lru_cache(maxsize=64)
def _crs(name: str) -> str:
    """The CRS of a matrix set as text: its code where it has one."""
    crs = CRS.from_user_input(_matrix_set(name).crs.srs)
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.to_wkt()
