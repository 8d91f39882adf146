"""OGC API – Tiles and – Maps: documents of layers, their maps and map tiles."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tileserver.answers import draw, failures_told, log_of, tags_of
from tileserver.drawing.canvas import Canvas
from tileserver.drawing.style import CREDENTIALS, Style
from tileserver.http.accept import accepts, media_ranges
from tileserver.http.errors import BadQuery
from tileserver.http.paths import mount
from tileserver.http.requests import root_of, single_values
from tileserver.ogc import JSON, MAP_KEYS, PNG, MapCanvas, Resources, Site, documents, read_map, time_of
from tileserver.ogc.definition import DEFINITION_TYPE
from tileserver.state import State
from tileserver.wmts import Service, canvas_of
from tileserver.wmts.layers import Offer
from wmts import TIME, StyleInfo

__all__ = ["ROUTES"]

Make = Callable[[Resources], dict[str, Any]]
OWN: Final = ("f", "datetime")  # keys that are none of a tile's style

LAYER: Final = "/collections/{collection}"
DRAWN: Final = (f"{LAYER}/map", f"{LAYER}/styles/{{style}}/map")
DOCUMENTS: Final[Mapping[str, Make]] = {
    "/": documents.landing_page,
    "/conformance": documents.conformance,
    "/api": documents.definition,
    "/collections": documents.collections,
    LAYER: documents.collection,
    f"{LAYER}/styles": documents.styles,
    "/tileMatrixSets": documents.matrix_sets,
    "/tileMatrixSets/{tms}": documents.matrix_set,
    **{f"{here}/tiles": documents.tilesets for here in DRAWN},
    **{f"{here}/tiles/{{tms}}": documents.tileset for here in DRAWN},
}
TYPES: Final[Mapping[Make, str]] = {documents.definition: DEFINITION_TYPE}  # of others: JSON


def _document(make: Make) -> Callable[[Request[State]], Awaitable[Response]]:
    """Return the endpoint of a document."""

    async def get(request: Request[State]) -> Response:
        media_type = TYPES.get(make, JSON)
        single_values(request, "f", *sorted(CREDENTIALS))
        _check_format(request, "json", JSON, media_type)
        answer = await run_in_threadpool(_render, make, _resources(request), media_type)
        if tags_of(request).isdisjoint({answer.headers["ETag"], "*"}):
            return answer
        return Response(status_code=304, headers={name: answer.headers[name] for name in ("ETag", "Cache-Control")})

    return get


async def get_tile(request: Request[State]) -> Response:
    """Draw a tile, or say that the caller has it."""
    _check_format(request, "png", PNG)
    offer, tile = await run_in_threadpool(_resources(request).tile)
    return await _draw(request, offer, tile.style, canvas_of(tile), OWN)


async def get_map(request: Request[State]) -> Response:
    """Draw a map, or say that the caller has it."""
    _check_format(request, "png", PNG)
    offer, style, canvas = await run_in_threadpool(_find_map, _resources(request), _single(request, MAP_KEYS))
    answer = await _draw(request, offer, style, canvas, (*OWN, *MAP_KEYS))
    answer.headers.update(canvas.headers)
    return answer


API: Final[list[BaseRoute]] = [
    Route("/", _document(documents.landing_page)),
    *(Route(path, _document(make)) for path, make in DOCUMENTS.items()),
    *(Route(path, get_map) for path in DRAWN),
    *(Route(f"{path}/tiles/{{tms}}/{{matrix}}/{{row}}/{{col}}", get_tile) for path in DRAWN),
]
# One of each layer, and one of all that are listed.
ROUTES: Final[list[BaseRoute]] = [
    route
    for path in ("/ogc/xyz/{id}", "/ogc/workflow/{id}/{version}", "/ogc")
    for route in (Route(path, _document(documents.landing_page)), mount(path, API))
]


def _render(make: Make, found: Resources, media_type: str) -> Response:
    answer = JSONResponse(make(found), media_type=media_type, headers={"Cache-Control": "private, no-cache"})
    answer.headers["ETag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    return answer


def _find_map(found: Resources, query: Mapping[str, str]) -> tuple[Offer, StyleInfo, MapCanvas]:
    offer, info = found.layer()
    return offer, found.style(info) or info.default_style, read_map(query, info.bounds, found.worlds)


async def _draw(
    request: Request[State], offer: Offer, info: StyleInfo, canvas: Canvas, own: Collection[str]
) -> Response:
    """Draw a layer as its tiles are drawn, in a style and as the keys of the query say that are not the endpoint's."""
    log = log_of(request, offer.layer)
    with failures_told(log, str(canvas)):
        style, time = _style(request, offer, info, own)
        answer = await draw(request, offer.layer, canvas, style, log)
    if time is not None:
        answer.headers["Content-Datetime"] = time
    return answer


def _style(request: Request[State], offer: Offer, info: StyleInfo, own: Collection[str]) -> tuple[Style, str | None]:
    """Return the style to draw in, and the time that is drawn."""
    asked = _single(request, ("datetime",)).get("datetime")
    time = time_of(offer, asked)
    values = {} if time is None or asked is None else {TIME: time}
    others = [(key, value) for key, value in request.query_params.multi_items() if key not in own]
    return offer.style(info.identifier, values, request.state["settings"].limits, others), time


def _single(request: Request[State], keys: Collection[str]) -> dict[str, str]:
    """Return those of a query's keys that are among these; raises `BadQuery` for one that is given twice."""
    given = {key: request.query_params.getlist(key) for key in keys if key in request.query_params}
    for key, values in given.items():
        if len(values) > 1:
            raise BadQuery(key, "must be given once")
    return {key: values[0] for key, values in given.items()}


def _check_format(request: Request[State], name: str, *types: str) -> None:
    """Raise if the client accepts only formats other than the one that there is."""
    asked = _single(request, ("f",)).get("f")
    if asked not in (None, name):
        raise BadQuery.of("f", name, asked)
    ranges = media_ranges(request.headers.get("Accept", ""))
    if asked is None and not any(accepts(ranges, type.partition(";")[0]) for type in types):
        raise HTTPException(406)


def _resources(request: Request[State]) -> Resources:
    names, state = request.path_params, request.state
    service = Service("workflow")
    if "id" in names:
        service = Service("workflow" if "version" in names else "xyz", names["id"], names.get("version", ""))
    carried = tuple((key, value) for key, value in request.query_params.multi_items() if key in CREDENTIALS)
    return Resources(
        Site(root_of(request, state["settings"]), service, carried), state["services"], state["caller"], names
    )
