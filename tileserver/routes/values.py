"""Values of layers: at a point, and their statistics in an area."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graft_eval.errors import GraftSyntaxError
from graft_eval.graft.jsontext import load_json
from graft_eval.progress import Progress
from tileserver.answers import cache_control, failures_told, log_of, style_of
from tileserver.bodies.area import AreaBody
from tileserver.bodies.computation import read_body
from tileserver.drawing.values import find_point, find_statistics
from tileserver.http.errors import BadBody, BadQuery
from tileserver.http.headers import for_partial
from tileserver.http.requests import disconnection, read_bounds, read_json, read_number, turn_of, value_of
from tileserver.layers.areas import Area
from tileserver.layers.layers import Layer
from tileserver.state import State

__all__ = ["ROUTES"]


async def get_point(request: Request[State]) -> Response:
    """Return the value of each band at a place, and those of each image of a collection."""
    layer = await _layer_of(request)
    style = style_of(request, layer, "lon", "lat")
    lon, lat = read_number(request, "lon", -180.0, 180.0), read_number(request, "lat", -90.0, 90.0)
    if lon is None or lat is None:
        raise BadQuery("lon" if lon is None else "lat", "is missing: a point is asked for as lon=13.4&lat=52.5")
    find = partial(find_point, request.state["evaluations"], layer, style, lon, lat)
    return await _answer(request, layer, "point", find)


async def get_statistics(request: Request[State]) -> Response:
    """Return statistics of each band, with a histogram, of an area or of the whole layer."""
    layer = await _layer_of(request)
    bounds, text = read_bounds(request), value_of(request, "geometry")
    if bounds is not None and text is not None:
        raise BadQuery("geometry", "and bounds exclude each other")
    area = None if bounds is None else Area(bounds)
    if text is not None:
        try:
            document = load_json(text.encode(), request.state["settings"].limits)
            area = await run_in_threadpool(Area.from_geojson, document)
        except GraftSyntaxError as exc:
            raise BadQuery("geometry", f"must be a polygon as GeoJSON has it (not JSON: {exc})") from exc
        except ValueError as exc:
            raise BadQuery("geometry", f"must be {exc}") from exc
    return await _answer_statistics(request, layer, area, "bounds", "geometry")


async def post_statistics(request: Request[State]) -> Response:
    """Return statistics of each band, with a histogram, of the polygon in the body."""
    layer = await _layer_of(request)
    body = read_body(AreaBody, await read_json(request, request.state["settings"]))
    try:
        area = await run_in_threadpool(Area.from_geojson, body.model_dump())
    except ValueError as exc:
        raise BadBody(f"the body must be {exc}") from exc
    return await _answer_statistics(request, layer, area)


ROUTES: Final = [
    Route("/point", get_point),
    Route("/statistics", get_statistics),
    Route("/statistics", post_statistics, methods=["POST"]),
]


async def _answer_statistics(request: Request[State], layer: Layer, area: Area | None, *own: str) -> Response:
    find = partial(find_statistics, request.state["evaluations"], layer, style_of(request, layer, *own), area)
    return await _answer(request, layer, "statistics", find)


async def _layer_of(request: Request[State]) -> Layer:
    return await run_in_threadpool(request.state["layers"].get, request.path_params, request.state["caller"])


async def _answer(
    request: Request[State], layer: Layer, name: str, find: Callable[[Progress], dict[str, Any]]
) -> Response:
    def compute(progress: Progress) -> tuple[dict[str, Any], int]:
        return find(progress), progress.lacking

    log = log_of(request, layer)
    with failures_told(log, name):
        found, lacking = await request.state["workers"].run(
            compute,
            seconds=request.state["settings"].tile_seconds,
            log=log,
            gone=disconnection(request),
            caller=turn_of(request),
        )
    headers = for_partial(lacking) if lacking else {"Cache-Control": cache_control(request, layer)}
    return JSONResponse(found, headers=headers)
