"""QGIS: layers as files that it opens."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graft_eval.errors import GraftError
from tileserver.answers import cache_control, legend_of, style_of, styled_query
from tileserver.drawing.style import CREDENTIALS
from tileserver.http.errors import BadRequest, NotImagery
from tileserver.http.requests import root_of
from tileserver.layers.coverage import Coverage
from tileserver.layers.layers import Layer
from tileserver.layers.qgis import MEDIA_TYPE, MapLayer, file_name, layer_definition, wmts_layers, xyz_layer
from tileserver.layers.tilejson import tilejson
from tileserver.state import State
from tileserver.wmts import Service
from wmts import ServiceInfo, document_url, layer_identifier

__all__ = ["ROUTES"]


async def get_definition(request: Request[State]) -> Response:
    """Answer the layer definition file: WMTS in all styles, or XYZ tiles in the style of the query, if it has one.

    A token or link of the query is carried into it.
    """
    state = request.state
    layer = await run_in_threadpool(state["layers"].get, request.path_params, state["caller"])
    style_of(request, layer)  # refused is what no tile of it could be drawn with
    if request.query_params.keys() - CREDENTIALS:
        query, legend = await styled_query(request, layer), await _legend(request, layer)
        title, layers = await run_in_threadpool(_styled, request, layer, query, legend)
    else:
        title, layers = await run_in_threadpool(_advertised, request, layer)
    coverage = await run_in_threadpool(_coverage, state, layer)
    data = layer_definition(title, layers, "\n".join(coverage.credits))
    headers = {"Cache-Control": cache_control(request, layer), "Content-Disposition": _attachment(file_name(title))}
    return Response(data, media_type=MEDIA_TYPE, headers=headers)


ROUTES: Final = [Route("/layer.qlr", get_definition)]


def _advertised(request: Request[State], layer: Layer) -> tuple[str, tuple[MapLayer, ...]]:
    """Return what the layer's capabilities document lists."""
    state, root = request.state, root_of(request, request.state["settings"])
    kind, _, name = layer.path.partition("/")
    service = Service(kind, *name.split("/"))
    info = state["services"].finder(service, root, state["caller"]).info(layer_identifier(name))
    if info is None:
        raise NotImagery(f"QGIS shows an Image or an ImageCollection, not a {layer.type[:80]}")
    carried = tuple((key, value) for key, value in request.query_params.multi_items() if key in CREDENTIALS)
    document = document_url(ServiceInfo(f"{root}/{service.path}", info.title, carried=carried))
    return info.title, wmts_layers(info, document)


async def _legend(request: Request[State], layer: Layer) -> bytes:
    try:
        legend = await legend_of(request, layer)
    except (GraftError, BadRequest, NotImagery):  # the tiles will say so
        return b""
    return await run_in_threadpool(legend.draw)


def _styled(request: Request[State], layer: Layer, query: str, legend: bytes) -> tuple[str, tuple[MapLayer, ...]]:
    """Return the tiles that the query asks for."""
    state, title = request.state, layer.title or layer.path
    coverage = _coverage(state, layer)
    found = tilejson(layer, coverage, root_of(request, state["settings"]), f"?{query}")
    return title, (xyz_layer(title, layer.description, found["tiles"][0], found["maxzoom"], coverage.bounds, legend),)


def _coverage(state: State, layer: Layer) -> Coverage:
    return state["coverages"].find(layer.image_sources, state["catalog"].revision())


def _attachment(name: str) -> str:
    """Return the header's value, in the plain form, which every client reads, if the name allows it."""
    return f'attachment; filename="{name}"' if name.isascii() else f"attachment; filename*=UTF-8''{quote(name)}"
