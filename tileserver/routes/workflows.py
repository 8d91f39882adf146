"""Workflows: save, read, search, delete; and their versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sdk.contract.versions import check_reference
from tileserver.answers import check_viz_options
from tileserver.auth.access import check_workflow_owner
from tileserver.bodies.workflows import read_workflow, version_json, workflow_json
from tileserver.drawing.viz_bands import Offered
from tileserver.http.errors import BadQuery, BadRequest
from tileserver.http.headers import NO_STORE
from tileserver.http.requests import PAGE, next_page, read_json, root_of, single_values, workflow_id_of
from tileserver.state import State
from tileserver.store.errors import NotFound

__all__ = ["ROUTES"]


async def save(request: Request[State]) -> Response:
    """Save what the body says of a workflow."""
    state, settings, workflow_id = request.state, request.state["settings"], workflow_id_of(request)
    await run_in_threadpool(check_workflow_owner, state["workflows"], workflow_id, state["caller"])
    body = await read_json(request, settings)
    details, drafts = await run_in_threadpool(read_workflow, body, settings.limits)
    known = await run_in_threadpool(_options_of, state, workflow_id)
    changed = [
        Offered(f"versions.{index}.viz_options", draft.graft, draft.parameters, draft.viz_options)
        for index, draft in enumerate(drafts)
        if draft.viz_options and draft.viz_options != known.get(draft.version)
    ]
    await check_viz_options(request, changed)
    record, is_new = await run_in_threadpool(state["workflows"].save, workflow_id, details, drafts)
    headers = {"Location": f"/api/workflows/{workflow_id}", **NO_STORE} if is_new else NO_STORE
    return JSONResponse(workflow_json(record, root_of(request, settings)), 201 if is_new else 200, headers)


def read(request: Request[State]) -> Response:
    """Return a workflow's record."""
    state = request.state
    single_values(request)
    record = state["workflows"].find(workflow_id_of(request), state["caller"])
    return JSONResponse(workflow_json(record, root_of(request, state["settings"])), headers=NO_STORE)


def read_version(request: Request[State]) -> Response:
    """Return the record of the version that a version, an alias or `latest` names."""
    state = request.state
    single_values(request)
    workflow_id, reference = workflow_id_of(request), request.path_params["version"]
    try:
        check_reference(reference)
    except ValueError as exc:
        raise BadRequest(str(exc)) from exc
    version = state["workflows"].version(workflow_id, reference, state["caller"]).version
    return JSONResponse(version_json(workflow_id, version, root_of(request, state["settings"])), headers=NO_STORE)


def search(request: Request[State]) -> Response:
    """Return a page of the workflows that the caller may read and the query asks for, newest first."""
    state, query = request.state, single_values(request, "email", "name", "after", repeated="tags")
    tags = request.query_params.getlist("tags")
    try:
        records, after = state["workflows"].search(
            state["caller"],
            email=query.get("email"),
            name=query.get("name"),
            tags=tags,
            after=query.get("after"),
            limit=PAGE,
        )
    except ValueError as exc:
        raise BadQuery.of("after", "what the page before gave", query["after"]) from exc
    root = root_of(request, state["settings"])
    page = {"workflows": [workflow_json(record, root) for record in records]}
    following = next_page(request, state["settings"], {**query, "tags": tags}, after)
    return JSONResponse({**page, "next": following}, headers=NO_STORE)


def delete(request: Request[State]) -> Response:
    """Delete a workflow with all that is its."""
    state, workflow_id = request.state, workflow_id_of(request)
    check_workflow_owner(state["workflows"], workflow_id, state["caller"])
    state["workflows"].delete(workflow_id)
    return Response(status_code=204, headers=NO_STORE)


ROUTES: Final = [
    Route("/api/workflows", search),
    Route("/api/workflows/{id}", read),
    Route("/api/workflows/{id}", save, methods=["PUT"]),
    Route("/api/workflows/{id}", delete, methods=["DELETE"]),
    Route("/api/workflows/{id}/versions/{version}", read_version),
]


def _options_of(state: State, workflow_id: str) -> dict[str, Sequence[Mapping[str, Any]]]:
    """Return the VizOptions of each version that is there."""
    try:
        record = state["workflows"].find(workflow_id, state["caller"])
    except NotFound:
        return {}
    return {version.version: version.viz_options for version in record.versions}
