"""Exports of layers: the pixels of an area that a job is to save."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final

from graft_eval import reduce_image
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.grid import Grid
from graft_eval.progress import Progress
from graft_eval.values.image import ImageCollection
from tileserver.drawing.drawable import evaluate_imagery, pick_bands
from tileserver.drawing.native import area_grid
from tileserver.drawing.style import Style
from tileserver.drawing.values import find_assets
from tileserver.http.errors import BadQuery, TooLarge
from tileserver.layers.areas import Area
from tileserver.layers.layers import Layer
from wmts import LonLatBox

__all__ = ["Export", "find_export"]

ANY_NUMBER: Final = sys.maxsize


@dataclass(frozen=True, slots=True)
class Export:
    """The grid of an export, and whether the layer is a collection, which has to be reduced."""

    grid: Grid
    is_collection: bool


def find_export(
    evaluations: Evaluations,
    layer: Layer,
    style: Style,
    box: LonLatBox | None,
    canvas: Grid | None,
    most: int,
    progress: Progress,
) -> Export:
    """Return what to export of a layer: on a canvas, or else the files' own pixels in a box, or wherever there are any.

    Raises `BadQuery` where the layer has no images, or not the bands of the style, and `TooLarge` for more pixels of
    all bands than `most`.
    """
    assets = find_assets(evaluations, layer, style, None if box is None else Area(box), progress)
    grid = area_grid(box, assets, ANY_NUMBER) if canvas is None else canvas
    imagery = evaluate_imagery(layer, style, evaluations.scope(progress, grid))
    image = reduce_image(imagery, style.reduction)
    image = pick_bands(image, style.bands or image.bands)
    if not image.bands:
        raise BadQuery("bounds", "must be where the layer has images: there are none to save")
    (rows, cols), bands = grid.shape, len(image.bands)
    if rows * cols * bands > most:
        raise TooLarge(
            f"{cols:,} x {rows:,} pixels of {bands} bands are {rows * cols * bands:,}, more than a job may save,"
            f" {most:,}: choose bands, an area (bounds), or larger pixels (width)"
        )
    return Export(grid, isinstance(imagery, ImageCollection))
