"""Drawing: the tile and the pixel that a WMTS request means, as the layer's own computation gives them."""

from __future__ import annotations

import math

from graft_eval.crs import transformer
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.progress import Progress
from graft_eval.scope import values_at
from tileserver.drawing.drawable import compute, evaluate_image
from tileserver.drawing.style import Style
from tileserver.drawing.tiles import Tile
from tileserver.layers.layers import Layer
from wmts import TILE_FORMATS, FeatureInfo, Pixel
from wmts import Tile as Asked

__all__ = ["canvas_of", "find_values"]


def canvas_of(tile: Asked) -> Tile:
    """Return what to draw a tile on that was asked for."""
    return Tile(tile.matrix_set, tile.level, tile.row, tile.col, format=TILE_FORMATS[tile.format])


def find_values(evaluations: Evaluations, layer: Layer, style: Style, pixel: Pixel, progress: Progress) -> FeatureInfo:
    """Return the value of every band at a pixel of a tile, a collection reduced as the style says.

    It is taken from the whole tile, as what a computation says of all pixels together is that of the tile drawn.
    """
    scope = evaluations.scope(progress, canvas_of(pixel.tile).grid)
    image = evaluate_image(layer, style, scope)
    raster = compute(image, scope)
    found = values_at(scope, image.planes, raster, (pixel.j, pixel.i), scope.pixel_grid())
    values = {band: None if math.isnan(value) else value for band, value in zip(image.bands, found, strict=True)}
    left, bottom, right, top = pixel.bounds
    lon, lat = transformer(pixel.tile.crs, "OGC:CRS84").transform((left + right) / 2, (bottom + top) / 2)
    return FeatureInfo(layer.title or layer.path, lon, lat, values)
