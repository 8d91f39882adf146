"""XYZ objects: make, read, list, renew, delete."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tileserver.answers import check_viz_options
from tileserver.auth.access import check_layer_owner
from tileserver.bodies.xyz import layer_json, read_layer, read_renewal
from tileserver.drawing.style import SWITCHES
from tileserver.drawing.viz_bands import Offered
from tileserver.http.errors import BadQuery
from tileserver.http.headers import NO_STORE
from tileserver.http.requests import PAGE, next_page, read_json, root_of, single_values
from tileserver.state import State

__all__ = ["ROUTES"]


async def create(request: Request[State]) -> Response:
    """Make an object of the computation in the body."""
    state, settings, caller = request.state, request.state["settings"], request.state["caller"]
    caller.check_writing()
    body = await read_json(request, settings)
    record = await run_in_threadpool(read_layer, body, settings.limits, caller)
    await check_viz_options(request, [Offered("viz_options", record.graft, record.parameters, record.viz_options)])
    await run_in_threadpool(state["store"].add_layer, record)
    # Its first tile, if this process draws it, then waits for neither the database nor the parser: 2 of the 3 ms that
    # it took longer than the second.
    await run_in_threadpool(_look, state, record.id)
    headers = {"Location": f"/api/xyz/{record.id}", **NO_STORE}
    return JSONResponse(layer_json(record, root_of(request, settings)), 201, headers)


def _look(state: State, layer_id: str) -> None:
    """Ask the database what the layer's tiles would, which has changed."""
    state["layers"].get({"id": layer_id}, state["caller"])
    state["catalog"].revision()


def read(request: Request[State]) -> Response:
    """Return an object's record."""
    record = request.state["store"].layer(request.path_params["id"], request.state["caller"])
    return JSONResponse(layer_json(record, root_of(request, request.state["settings"])), headers=NO_STORE)


def list_page(request: Request[State]) -> Response:
    """Return a page of the caller's objects, newest first."""
    state, query = request.state, single_values(request, "public", "after")
    caller = state["caller"]
    caller.check_signed_in()
    public = query.get("public")
    if public is not None and public not in SWITCHES:
        raise BadQuery.of("public", "true or false", public)
    try:
        records, after = state["store"].layers(
            user=None if caller.is_local else caller.email,
            public=None if public is None else SWITCHES[public],
            after=query.get("after"),
            limit=PAGE,
        )
    except ValueError as exc:
        raise BadQuery.of("after", "what the page before gave", query["after"]) from exc
    root = root_of(request, state["settings"])
    page = {"xyz": [layer_json(record, root) for record in records]}
    return JSONResponse({**page, "next": next_page(request, state["settings"], query, after)}, headers=NO_STORE)


async def renew(request: Request[State]) -> Response:
    """Keep an object for longer."""
    state, settings, layer = request.state, request.state["settings"], request.path_params["id"]
    days = read_renewal(await read_json(request, settings))
    await run_in_threadpool(check_layer_owner, state["store"], layer, state["caller"])
    record = await run_in_threadpool(state["store"].renew_layer, layer, days)
    return JSONResponse(layer_json(record, root_of(request, settings)), headers=NO_STORE)


def delete(request: Request[State]) -> Response:
    """Delete an object."""
    state, layer = request.state, request.path_params["id"]
    check_layer_owner(state["store"], layer, state["caller"])
    state["store"].delete_layer(layer)
    return Response(status_code=204, headers=NO_STORE)


ROUTES: Final = [
    Route("/api/xyz", create, methods=["POST"]),
    Route("/api/xyz", list_page),
    Route("/api/xyz/{id}", read),
    Route("/api/xyz/{id}/renew", renew, methods=["POST"]),
    Route("/api/xyz/{id}", delete, methods=["DELETE"]),
]
