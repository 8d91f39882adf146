"""TileJSON of layers, and the style of MapLibre that shows it, in the style of the query."""

from __future__ import annotations

from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tileserver.answers import cache_control, styled_query
from tileserver.http.requests import root_of
from tileserver.layers.layers import Layer
from tileserver.layers.maplibre import maplibre_style
from tileserver.layers.tilejson import tilejson
from tileserver.state import State

__all__ = ["ROUTES"]


async def get_tilejson(request: Request[State]) -> Response:
    """Describe the layer in the style of the query, which its tiles and legend carry on."""
    layer, document = await _describe(request)
    return JSONResponse(document, headers={"Cache-Control": cache_control(request, layer)})


async def get_style(request: Request[State]) -> Response:
    """Return a style of MapLibre whose map shows the layer in the style of the query.

    A token or link of the query is carried into the address of its tiles.
    """
    layer, document = await _describe(request)
    return JSONResponse(maplibre_style(document), headers={"Cache-Control": cache_control(request, layer)})


ROUTES: Final = [Route("/tilejson.json", get_tilejson), Route("/style.json", get_style)]


async def _describe(request: Request[State]) -> tuple[Layer, dict[str, Any]]:
    """Return the layer, and its TileJSON."""
    state = request.state
    layer = await run_in_threadpool(state["layers"].get, request.path_params, state["caller"])
    query = await styled_query(request, layer)
    revision = await run_in_threadpool(state["catalog"].revision)
    coverage = await run_in_threadpool(state["coverages"].find, layer.image_sources, revision)
    return layer, tilejson(layer, coverage, root_of(request, state["settings"]), f"?{query}" if query else "")
