"""Drawing: the tile and the pixel that a WMTS request means, as the layer's own computation gives them."""

from __future__ import annotations

from dataclasses import dataclass

from graft_eval.evaluations import Evaluations
from graft_eval.grid import Grid, transformer
from graft_eval.progress import Work
from tileserver.drawing.drawable import compute, evaluate_image
from tileserver.drawing.style import Style
from tileserver.layers.layers import Layer
from wmts import TILE_FORMATS, FeatureInfo, Pixel, Tile

__all__ = ["MatrixTile", "find_values"]

TILE_SIZE = 256


@dataclass(frozen=True, slots=True)
class MatrixTile:
    """A tile of any tile matrix set; a `tileserver.drawing.canvas.Canvas`."""

    name: str
    grid: Grid
    origin: tuple[int, int]
    scale: int
    media_type: str

    @classmethod
    def of(cls, tile: Tile) -> MatrixTile:
        """Return the canvas of a tile that was asked for."""
        rows, cols = tile.shape
        name = f"{tile.matrix_set.identifier}/{tile.matrix.identifier}/{tile.col}/{tile.row}"
        grid = Grid(tile.bounds, tile.crs, tile.shape)
        return cls(name, grid, (tile.row * rows, tile.col * cols), max(cols // TILE_SIZE, 1), tile.format)

    @property
    def format(self) -> str:
        """The suffix of the file."""
        return TILE_FORMATS[self.media_type]

    def __str__(self) -> str:
        return self.name


def find_values(evaluations: Evaluations, layer: Layer, style: Style, pixel: Pixel, work: Work) -> FeatureInfo:
    """Return the value of every band at a pixel of a tile, a collection reduced as the style says.

    It is taken from the whole tile, as what a computation says of all pixels together is that of the tile drawn.
    """
    scope = evaluations.scope(work, MatrixTile.of(pixel.tile).grid)
    image = evaluate_image(layer, style, scope)
    raster = compute(image, scope)
    values = {
        band: None if raster.mask[index, pixel.j, pixel.i] else float(raster.data[index, pixel.j, pixel.i])
        for index, band in enumerate(image.bands)
    }
    left, bottom, right, top = pixel.bounds
    lon, lat = transformer(pixel.tile.crs, "OGC:CRS84").transform((left + right) / 2, (bottom + top) / 2)
    return FeatureInfo(layer.title or layer.path, lon, lat, values)
