"""Legends of layers: what the colours of a style mean where the layer has pixels."""

from __future__ import annotations

from collections.abc import Iterator

from graft_eval.grid import Grid
from graft_eval.progress import Progress
from tileserver.drawing.classes import Colours, classes_of
from tileserver.drawing.legend import OWN, Legend
from tileserver.drawing.pictures import Painter
from tileserver.drawing.style import Style
from tileserver.layers.coverage import Coverage
from tileserver.layers.layers import Layer
from wmts import LonLatBox

__all__ = ["find_legend", "sample_grids"]


def find_legend(painter: Painter, layer: Layer, style: Style, coverage: Coverage, progress: Progress) -> Legend:
    """Return the legend of a style, read at the centre of a layer's bounds, or else anywhere in them.

    Of a layer without scenes it is that of the bands that the style names.
    """
    for grid in sample_grids(coverage.bounds):
        drawable = painter.drawable(layer, style, grid, progress)
        if bands := drawable.image.bands:
            break
    bands = bands or style.bands
    if isinstance(style.colormap, Colours):
        return Legend(bands, (OWN,) * len(bands), classes=style.colormap.classes)
    if drawable.palette is not None and style.shows_classes:
        return Legend(bands, (OWN,), classes=classes_of(drawable.palette, drawable.image.bandinfo[bands[0]]))
    if isinstance(style.scales, str):
        found = painter.auto_scales(layer, style, progress)
        return Legend(bands, tuple(found.get(band, OWN) for band in bands), style.colormap, gamma=style.gamma)
    scales = style.scales if bands and style.scales else (OWN,) * len(bands)
    return Legend(bands, scales, style.colormap, gamma=style.gamma)


def sample_grids(box: LonLatBox) -> Iterator[Grid]:
    """Yield a pixel in the middle, which few scenes meet, and one of everything."""
    (lon, lat), step = box.middle, 1e-6
    yield Grid((lon - step, lat - step, lon + step, lat + step), "OGC:CRS84", (1, 1))
    yield Grid(box.uncrossed, "OGC:CRS84", (1, 1))
