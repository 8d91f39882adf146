"""Tiles: addresses of squares of a map, and the grids of pixels that they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from graft_eval.grid import HALF_WORLD, WEB_MERCATOR, Grid
from tileserver.drawing.encoding import MEDIA_TYPES
from tileserver.http.errors import BadTile, shorten
from wmts import InvalidParameterValue, Matrix, MatrixSet, MatrixSets

__all__ = ["XYZ", "Tile"]

MAX_ZOOM: Final = 30
TILE_SIZE: Final = 256
FROM_SOUTH: Final = "tms"
QUADKEY = re.compile(rf"[0-3]{{1,{MAX_ZOOM}}}")
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
FILE_NAME = re.compile(r"(?P<y>[^.@]+)(?:@(?P<scale>[^.]*)x)?(?:\.(?P<format>[^.]*))?")


def _xyz_matrix(zoom: int) -> Matrix:
    cell_size, count = 2 * HALF_WORLD / 2**zoom / TILE_SIZE, 2**zoom
    corner = -HALF_WORLD, HALF_WORLD
    return Matrix(str(zoom), cell_size / 0.28e-3, cell_size, corner, TILE_SIZE, TILE_SIZE, count, count)


XYZ: Final = MatrixSet("WebMercatorQuad", "XYZ", WEB_MERCATOR, tuple(map(_xyz_matrix, range(MAX_ZOOM + 1))))
"""Tiles of Web Mercator down to zoom 30, which the standard's set, of the same tiles, does not reach."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of a tile matrix set; a `tileserver.drawing.canvas.Canvas`.

    `doubling` is 2 for twice the pixels a side that the set says.
    """

    matrix_set: MatrixSet
    level: int
    row: int
    col: int
    doubling: int = 1
    format: str = "png"

    @classmethod
    def from_path(cls, parts: Mapping[str, str], sets: MatrixSets) -> Self:
        """Return the tile that a path names: its parts `z`, `x`, `file` and, for a set by name, `tms`.

        The set `tms` is Web Mercator with rows from the south. Without `z` and `x` the file is called by a quadkey.

        >>> tile = Tile.from_path({"z": "3", "x": "4", "file": "2@2x.png"}, MatrixSets())
        >>> str(tile), tile.grid.shape
        ('3/4/2', (512, 512))
        """
        name = FILE_NAME.fullmatch(parts["file"])
        if name is None:
            raise BadTile(f"a tile is asked for as y.png or y@2x.png, not {shorten(parts['file'])}")
        if name["format"] not in MEDIA_TYPES:
            asked = shorten(name["format"] or parts["file"])
            raise BadTile(f"the format of a tile must be one of {', '.join(MEDIA_TYPES)}, not {asked}")
        if name["scale"] not in (None, "1", "2"):
            raise BadTile(f"the scale of a tile must be @1x or @2x, not {shorten(name['scale'])}")
        if "z" in parts:
            z, x, y = _number("zoom", parts["z"]), _number("column", parts["x"]), _number("row", name["y"])
        else:
            z, x, y = _read_quadkey(name["y"])
        flipped = parts.get("tms") == FROM_SOUTH
        matrix_set = XYZ if flipped else _matrix_set(parts.get("tms", XYZ.identifier), sets)
        level = _level(matrix_set, z)
        matrix = matrix_set.matrices[level]
        for axis, number, count in (("column", x, matrix.matrix_width), ("row", y, matrix.matrix_height)):
            if not 0 <= number < count:
                raise BadTile(f"{axis} must be 0 to {count - 1} at zoom {z}, not {number}")
        row = matrix.matrix_height - 1 - y if flipped else y
        return cls(matrix_set, level, row, x, int(name["scale"] or 1), name["format"])

    def __str__(self) -> str:
        address = f"{self.matrix.identifier}/{self.col}/{self.row}"
        return address if self.matrix_set.identifier == XYZ.identifier else f"{self.matrix_set.identifier}/{address}"

    @property
    def matrix(self) -> Matrix:
        """The level of the tile."""
        return self.matrix_set.matrices[self.level]

    @property
    def media_type(self) -> str:
        """The media type of the file."""
        return MEDIA_TYPES[self.format]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of pixels."""
        return self.matrix.tile_height * self.doubling, self.matrix.tile_width * self.doubling

    @property
    def scale(self) -> int:
        """2 for twice the usual pixels a side."""
        return max(self.shape[1] // TILE_SIZE, 1)

    @property
    def origin(self) -> tuple[int, int]:
        """Row and column of the tile's first pixel among all of the level's."""
        rows, cols = self.shape
        return self.row * rows, self.col * cols

    @property
    def grid(self) -> Grid:
        """The tile's pixels."""
        return Grid(self.matrix.tile_bounds(self.row, self.col), self.matrix_set.crs, self.shape)


def _read_quadkey(text: str) -> tuple[int, int, int]:
    """Return zoom, column and row of a tile by its quadkey: a digit for each zoom, of column and twice the row.

    >>> _read_quadkey("213")
    (3, 3, 5)
    """
    if not QUADKEY.fullmatch(text):
        raise BadTile(f"a quadkey must be 1 to {MAX_ZOOM} digits from 0 to 3, not {shorten(text)}")
    digits = [int(digit) for digit in text]
    return len(text), int("".join(str(n % 2) for n in digits), 2), int("".join(str(n // 2) for n in digits), 2)


def _number(name: str, text: str) -> int:
    if not WHOLE_NUMBER.fullmatch(text):
        raise BadTile(f"{name} must be a whole number, not {shorten(text)}")
    return int(text)


def _matrix_set(name: str, sets: MatrixSets) -> MatrixSet:
    if name == XYZ.identifier:
        return XYZ
    if name in sets.variable:
        return sets.variable[name]
    try:
        return sets.get(name, "the tile matrix set")
    except InvalidParameterValue as exc:
        raise BadTile(str(exc)) from exc


def _level(matrix_set: MatrixSet, zoom: int) -> int:
    level = matrix_set.level(str(zoom))
    if level is None:
        lowest, highest = matrix_set.matrices[0].identifier, matrix_set.matrices[-1].identifier
        raise BadTile(f"zoom must be {lowest} to {highest}, not {zoom}")
    return level
