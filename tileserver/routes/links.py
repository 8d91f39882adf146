"""Signed links of layers: make, list, revoke."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tileserver.answers import owned_layer
from tileserver.bodies.computation import read_body
from tileserver.bodies.sharing import LinkBody
from tileserver.catalog.records import format_time
from tileserver.http.headers import NO_STORE
from tileserver.http.requests import read_json, root_of, single_values
from tileserver.state import State
from tileserver.store import LinkRecord

__all__ = ["ROUTES"]


async def create(request: Request[State]) -> Response:
    """Make a link of a layer; its key is in the answer, and nowhere after."""
    state = request.state
    layer = await run_in_threadpool(owned_layer, request)
    body = read_body(LinkBody, await read_json(request, state["settings"]))
    key, record = await run_in_threadpool(state["links"].create, layer, timedelta(seconds=body.expires_in))
    url = f"{root_of(request, state['settings'])}/{layer}/{{z}}/{{x}}/{{y}}.png?link={key}"
    headers = {"Location": f"/api/{layer}/links/{record.id}", **NO_STORE}
    return JSONResponse({**_link_json(record), "url": url}, 201, headers)


def list_links(request: Request[State]) -> Response:
    """Return the links of a layer that have not expired; their keys nobody knows any more."""
    single_values(request)
    links = request.state["links"].of(owned_layer(request, writing=False))
    return JSONResponse({"links": [_link_json(record) for record in links], "next": None}, headers=NO_STORE)


def revoke(request: Request[State]) -> Response:
    """Make a link worthless."""
    layer = owned_layer(request)
    request.state["links"].revoke(layer, request.path_params["link"])
    return Response(status_code=204, headers=NO_STORE)


ROUTES: Final = [
    route
    for layer in ("/api/xyz/{id}", "/api/workflow/{id}/{version}")
    for route in (
        Route(f"{layer}/links", create, methods=["POST"]),
        Route(f"{layer}/links", list_links),
        Route(f"{layer}/links/{{link}}", revoke, methods=["DELETE"]),
    )
]


def _link_json(record: LinkRecord) -> dict[str, object]:
    moments = {name: format_time(getattr(record, name)) for name in ("created_timestamp", "expires_timestamp")}
    return {"id": record.id, **moments}
