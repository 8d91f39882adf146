"""Legends of layers: as a picture, and in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graft_eval.grid import Grid
from graft_eval.progress import Progress
from tileserver.answers import cache_control, style_of
from tileserver.drawing.classes import classes_of
from tileserver.drawing.legend import OWN, Legend
from tileserver.drawing.pictures import Painter
from tileserver.drawing.style import Style
from tileserver.http.requests import disconnection
from tileserver.layers.coverage import Coverage
from tileserver.layers.layers import Layer
from tileserver.state import State
from wmts import LonLatBox

__all__ = ["ROUTES"]


async def get_picture(request: Request[State]) -> Response:
    """Draw the legend."""
    layer, legend = await _legend_of(request)
    data = await run_in_threadpool(legend.draw)
    return Response(data, media_type="image/png", headers={"Cache-Control": cache_control(request, layer)})


async def get_numbers(request: Request[State]) -> Response:
    """Tell the legend."""
    layer, legend = await _legend_of(request)
    return JSONResponse(legend.to_json(), headers={"Cache-Control": cache_control(request, layer)})


ROUTES: Final = [Route("/legend.png", get_picture), Route("/legend.json", get_numbers)]


async def _legend_of(request: Request[State]) -> tuple[Layer, Legend]:
    state = request.state
    layer = await run_in_threadpool(state["layers"].get, request.path_params, state["caller"])
    style = style_of(request, layer).of_layer()
    revision = await run_in_threadpool(state["catalog"].revision)
    coverage = await run_in_threadpool(state["coverages"].find, layer.image_sources, revision)
    legend = await state["workers"].run(
        partial(_find_legend, state["painter"], layer, style, coverage),
        seconds=state["settings"].tile_seconds,
        gone=disconnection(request),
    )
    return layer, legend


def _find_legend(painter: Painter, layer: Layer, style: Style, coverage: Coverage, progress: Progress) -> Legend:
    """Return the legend of a style, read at the centre of a layer's bounds, or else anywhere in them.

    Of a layer without scenes it is that of the bands that the style names.
    """
    for grid in _grids(coverage.bounds):
        drawable = painter.drawable(layer, style, grid, progress)
        if bands := drawable.image.bands:
            break
    bands = bands or style.bands
    if drawable.palette is not None and style.shows_classes:
        return Legend(bands, (OWN,), classes=classes_of(drawable.palette, drawable.image.bandinfo[bands[0]]))
    if isinstance(style.scales, str):
        found = painter.auto_scales(layer, style, progress)
        return Legend(bands, tuple(found.get(band, OWN) for band in bands), style.colormap)
    scales = style.scales if bands and style.scales else (OWN,) * len(bands)
    return Legend(bands, scales, style.colormap)


def _grids(box: LonLatBox) -> Iterator[Grid]:
    """Yield a pixel in the middle, which few scenes meet, and one of everything."""
    (lon, lat), step = box.middle, 1e-6
    yield Grid((lon - step, lat - step, lon + step, lat + step), "OGC:CRS84", (1, 1))
    yield Grid(box.uncrossed, "OGC:CRS84", (1, 1))
