"""Resolution of requests to tiles and pixels, checked against the layer and the tile matrix sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wmts.exceptions import (
    InvalidParameterValue,
    OperationNotSupported,
    PointIJOutOfRange,
    TileOutOfRange,
    as_not_found,
)
from wmts.extents import Bounds
from wmts.matrices import Matrix, MatrixSet, TileRange
from wmts.matrixsets import MatrixSets
from wmts.model import TIME, Dimension, LayerInfo, StyleInfo
from wmts.requests import FeatureInfoRequest, TileRequest
from wmts.times import listed_time

__all__ = ["FindLayer", "Pixel", "Tile", "resolve_pixel", "resolve_tile"]

FindLayer = Callable[[str], LayerInfo | None]


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile that the layer has: what to compute (`crs`, `bounds`, `shape`), how to draw it, and as what.

    `dimensions` gives a value of the layer for each of its dimensions, by identifier.
    """

    layer: LayerInfo
    style: StyleInfo
    format: str
    matrix_set: MatrixSet
    level: int
    row: int
    col: int
    dimensions: Mapping[str, str]

    @property
    def matrix(self) -> Matrix:
        """The level of the tile."""
        return self.matrix_set.matrices[self.level]

    @property
    def crs(self) -> str:
        """The CRS of the bounds, such as `EPSG:3857`."""
        return self.matrix_set.crs

    @property
    def bounds(self) -> Bounds:
        """(left, bottom, right, top) in the CRS, x before y."""
        return self.matrix.tile_bounds(self.row, self.col)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of pixels."""
        return self.matrix.tile_height, self.matrix.tile_width


@dataclass(frozen=True, slots=True)
class Pixel:
    """A pixel of a tile, `i` from the left and `j` from the top, and the media type to tell its values in."""

    tile: Tile
    i: int
    j: int
    info_format: str

    @property
    def bounds(self) -> Bounds:
        """(left, bottom, right, top) of the pixel in the tile's CRS."""
        left, _, _, top = self.tile.bounds
        size = self.tile.matrix.cell_size
        return left + self.i * size, top - (self.j + 1) * size, left + (self.i + 1) * size, top - self.j * size


def resolve_tile(request: TileRequest, find_layer: FindLayer, matrix_sets: MatrixSets) -> Tile:
    """Return the tile that is asked for.

    Every set of `matrix_sets` is answered, and every level of it, whether or not the layer links to it: documents
    differ in the sets that they were asked to name, and QGIS asks for levels beyond the limits. Raises
    ServiceException with the standard's code and locator, and status 404 for a request by address.
    """
    with as_not_found(request.restful):
        return _resolve(request, find_layer, matrix_sets)


def resolve_pixel(request: FeatureInfoRequest, find_layer: FindLayer, matrix_sets: MatrixSets) -> Pixel:
    """Return the pixel that is asked for; raises ServiceException as `resolve_tile`."""
    tile = resolve_tile(request.tile, find_layer, matrix_sets)
    with as_not_found(request.tile.restful):
        if not tile.layer.info_formats:
            raise OperationNotSupported("GetFeatureInfo")
        if request.info_format not in tile.layer.info_formats:
            expected = f"one of {', '.join(tile.layer.info_formats)}"
            raise InvalidParameterValue("InfoFormat", expected, request.info_format)
        for name, value, size in (("I", request.i, tile.shape[1]), ("J", request.j, tile.shape[0])):
            if not 0 <= value < size:
                raise PointIJOutOfRange(name, 0, size - 1, value)
    return Pixel(tile, request.i, request.j, request.info_format)


def _resolve(request: TileRequest, find_layer: FindLayer, matrix_sets: MatrixSets) -> Tile:
    layer = find_layer(request.layer)
    if layer is None:
        raise InvalidParameterValue("layer", "a layer of this service", request.layer)
    style = _style(layer, request.style)
    if request.format not in layer.formats:
        raise InvalidParameterValue("format", f"one of {', '.join(layer.formats)}", request.format)
    matrix_set = matrix_sets.get(request.matrix_set)
    # As WMTS of GeoServer and others: TILEMATRIX=EPSG:3857:3
    level = matrix_set.level(request.matrix.removeprefix(f"{request.matrix_set}:"))
    if level is None:
        expected = f"one of {', '.join(matrix.identifier for matrix in matrix_set.matrices)}"
        raise InvalidParameterValue("TileMatrix", expected, request.matrix)
    _check_range(request, matrix_set.ranges_of(layer.bounds)[level], matrix_set)
    dimensions = {
        dimension.identifier: _value(dimension, request.dimensions.get(dimension.identifier.casefold(), ""))
        for dimension in layer.dimensions
    }
    return Tile(layer, style, request.format, matrix_set, level, request.row, request.col, dimensions)


def _style(layer: LayerInfo, identifier: str) -> StyleInfo:
    if not identifier:
        return layer.default_style
    for style in layer.styles:
        if style.identifier == identifier:
            return style
    if identifier.casefold() == "default":
        return layer.default_style
    raise InvalidParameterValue("style", f"one of {', '.join(style.identifier for style in layer.styles)}", identifier)


def _check_range(request: TileRequest, tiles: TileRange | None, matrix_set: MatrixSet) -> None:
    if tiles is None:
        raise InvalidParameterValue("TileMatrixSet", "one that shows the layer", matrix_set.identifier)
    for name, first, last, value in (
        ("TileRow", tiles.min_row, tiles.max_row, request.row),
        ("TileCol", tiles.min_col, tiles.max_col, request.col),
    ):
        if not first <= value <= last:
            raise TileOutOfRange(name, first, last, value)


def _value(dimension: Dimension, text: str) -> str:
    if text in dimension.values:
        return text
    if not text or text.casefold() == "default":
        return dimension.default
    if text.casefold() == "current" and dimension.current is not None:
        return dimension.current
    if dimension.identifier == TIME and (value := listed_time(dimension.values, text)) is not None:
        return value
    raise InvalidParameterValue(dimension.identifier, f"one of {', '.join(dimension.values)}", text)
