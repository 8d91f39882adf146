"""Readers and aliases of workflows: list, grant and revoke; set and remove."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sdk.contract.versions import check_alias
from sdk.service.readers import reader_of
from tileserver.auth.access import check_workflow_owner
from tileserver.bodies.computation import read_body
from tileserver.bodies.sharing import AliasBody
from tileserver.http.errors import BadRequest
from tileserver.http.headers import NO_STORE
from tileserver.http.requests import read_json, single_values, workflow_id_of
from tileserver.state import State

__all__ = ["ROUTES"]


def list_readers(request: Request[State]) -> Response:
    """Return the readers that a workflow is shared with, in the order of granting."""
    single_values(request)
    workflow_id = _owned(request, writing=False)
    readers = [{"target": target} for target in request.state["readers"].of(workflow_id)]
    return JSONResponse({"readers": readers, "next": None}, headers=NO_STORE)


def add_reader(request: Request[State]) -> Response:
    """Share a workflow."""
    target = _target_of(request)
    workflow_id = _owned(request)
    request.state["caller"].check_sharing(target)
    is_new = request.state["readers"].add(workflow_id, target)
    return JSONResponse({"target": target}, 201 if is_new else 200, headers=NO_STORE)


def remove_reader(request: Request[State]) -> Response:
    """Share a workflow no more."""
    target = _target_of(request)
    request.state["readers"].remove(_owned(request), target)
    return Response(status_code=204, headers=NO_STORE)


async def set_alias(request: Request[State]) -> Response:
    """Let an alias stand for a version."""
    state, alias = request.state, _alias_of(request)
    workflow_id = await run_in_threadpool(_owned, request)
    body = read_body(AliasBody, await read_json(request, state["settings"]))
    is_new = await run_in_threadpool(state["aliases"].set, workflow_id, alias, body.version)
    return JSONResponse({"alias": alias, "version": body.version}, 201 if is_new else 200, headers=NO_STORE)


def remove_alias(request: Request[State]) -> Response:
    """Let an alias stand for nothing."""
    alias = _alias_of(request)
    request.state["aliases"].remove(_owned(request), alias)
    return Response(status_code=204, headers=NO_STORE)


ROUTES: Final = [
    Route("/api/workflows/{id}/readers", list_readers),
    Route("/api/workflows/{id}/readers/{target}", add_reader, methods=["PUT"]),
    Route("/api/workflows/{id}/readers/{target}", remove_reader, methods=["DELETE"]),
    Route("/api/workflows/{id}/aliases/{alias}", set_alias, methods=["PUT"]),
    Route("/api/workflows/{id}/aliases/{alias}", remove_alias, methods=["DELETE"]),
]


def _owned(request: Request[State], *, writing: bool = True) -> str:
    """Return the id of the workflow in the path, which the caller may change."""
    state, workflow_id = request.state, workflow_id_of(request)
    check_workflow_owner(state["workflows"], workflow_id, state["caller"], writing=writing)
    return workflow_id


def _target_of(request: Request[State]) -> str:
    target = str(request.path_params["target"])
    try:
        reader_of(target)
    except ValueError as exc:
        raise BadRequest(str(exc)) from exc
    return target


def _alias_of(request: Request[State]) -> str:
    try:
        return check_alias(request.path_params["alias"])
    except ValueError as exc:
        raise BadRequest(str(exc)) from exc
