"""Jobs: make, read, list, follow, cancel, and fetch their results."""

from __future__ import annotations

import asyncio
import json
import logging
import mimetypes
from collections.abc import AsyncIterator
from functools import partial
from typing import Final

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from tileserver.answers import preview_of, style_of
from tileserver.bodies.exports import export_body
from tileserver.bodies.jobs import job_json, log_json, read_job
from tileserver.destinations import Delivery, read_destination
from tileserver.drawing.exports import find_export
from tileserver.drawing.preview import CANVAS_KEYS
from tileserver.http.errors import BadQuery
from tileserver.http.headers import NO_STORE
from tileserver.http.requests import (
    PAGE,
    disconnection,
    next_page,
    read_bounds,
    read_json,
    read_time,
    root_of,
    single_values,
    turn_of,
)
from tileserver.jobs import folder_of, result_in
from tileserver.state import State
from tileserver.store import NotFound
from tileserver.store.job_records import STAGES

__all__ = ["ROUTES"]

WATCH_SECONDS: Final = 0.25  # between looks at whether a job has changed
PING_SECONDS: Final = 10


async def create(request: Request[State]) -> Response:
    """Queue the computation in the body."""
    request.state["caller"].check_writing()
    return await _queue(request, await read_json(request, request.state["settings"]))


async def create_geotiff(request: Request[State]) -> Response:
    """Queue the saving of the layer as a GeoTIFF: the files' own pixels, or as many as `width` and `height` say.

    It has all bands, or those of the style, a collection reduced as it says.
    """
    state, settings = request.state, request.state["settings"]
    layer = await run_in_threadpool(state["layers"].get, request.path_params, state["caller"])
    state["caller"].check_writing()
    style, bounds = style_of(request, layer, *CANVAS_KEYS).of_values(), read_bounds(request)
    canvas = (await preview_of(request, layer, "tif")).grid if _says_size(request) else None
    find = partial(find_export, state["evaluations"], layer, style, bounds, canvas, settings.job_pixels)
    export = await state["workers"].run(
        find, seconds=settings.tile_seconds, gone=disconnection(request), caller=turn_of(request)
    )
    return await _queue(request, export_body(layer, style, export))


async def _queue(request: Request[State], body: dict[str, object]) -> Response:
    state, settings, caller = request.state, request.state["settings"], request.state["caller"]
    job = await run_in_threadpool(read_job, body, settings, caller)
    delivery = Delivery(job, settings, state["catalog"])
    await run_in_threadpool(read_destination(job.destination).check, delivery)
    await run_in_threadpool(state["jobs"].add, job, settings.user_jobs)
    state["runner"].wake()
    headers = {"Location": f"/api/jobs/{job.id}", **NO_STORE}
    return JSONResponse(job_json(job, root_of(request, settings)), 202, headers)


def read(request: Request[State]) -> Response:
    """Return a job's record."""
    job = request.state["jobs"].find(request.path_params["id"], request.state["caller"])
    return JSONResponse(job_json(job, root_of(request, request.state["settings"])), headers=NO_STORE)


def list_page(request: Request[State]) -> Response:
    """Return a page of the caller's jobs, newest first."""
    state, query = request.state, single_values(request, "stage", "since", "after")
    state["caller"].check_signed_in()
    stage = query.get("stage", "").upper()
    if "stage" in query and stage not in STAGES:
        raise BadQuery.of("stage", f"one of {', '.join(STAGES)}", query["stage"])
    since = read_time("since", query["since"]) if "since" in query else None
    try:
        jobs, after = state["jobs"].page(
            state["caller"], stages=[stage] if stage else [], since=since, after=query.get("after"), limit=PAGE
        )
    except ValueError as exc:
        raise BadQuery.of("after", "what the page before gave", query["after"]) from exc
    root = root_of(request, state["settings"])
    page = {"jobs": [job_json(job, root) for job in jobs], "next": next_page(request, state["settings"], query, after)}
    return JSONResponse(page, headers=NO_STORE)


def cancel(request: Request[State]) -> Response:
    """Cancel a job, unless it is done."""
    state, job_id = request.state, request.path_params["id"]
    state["caller"].check_writing()
    job = state["jobs"].cancel(job_id, state["caller"])
    if job.stage == "CANCELLED":
        state["runner"].cancel(job_id)
    return JSONResponse(job_json(job, root_of(request, state["settings"])), headers=NO_STORE)


async def events(request: Request[State]) -> Response:
    """Stream a job's records: one now, one after each change, the last when it is done."""
    await run_in_threadpool(request.state["jobs"].find, request.path_params["id"], request.state["caller"])
    return EventSourceResponse(_follow(request), ping=PING_SECONDS)


def logs(request: Request[State]) -> Response:
    """Return the records of a job's log, oldest first."""
    state, query = request.state, single_values(request, "level", "after")
    level = logging.getLevelNamesMapping().get(query.get("level", "").upper(), logging.DEBUG)
    after = query.get("after", "0")
    if not (after.isascii() and after.isdecimal() and len(after) <= 18):
        raise BadQuery.of("after", "the id of a record", after)
    records = state["jobs"].logs(request.path_params["id"], state["caller"], after=int(after), level=level)
    return JSONResponse({"logs": [log_json(record) for record in records]}, headers=NO_STORE)


def result(request: Request[State]) -> Response:
    """Return the result of a job that has succeeded."""
    state = request.state
    job = state["jobs"].find(request.path_params["id"], state["caller"])
    path = result_in(folder_of(state["settings"], job.id))
    if job.stage != "SUCCEEDED":
        raise NotFound(f"job {job.id} is {job.stage}, and has no result" + ("" if job.is_done else " yet"))
    if not path.is_file():
        raise NotFound(f"the result of job {job.id} has been deleted")
    name = f"{job.id}{mimetypes.guess_extension(job.media_type) or ''}"
    return FileResponse(path, headers=NO_STORE, media_type=job.media_type, filename=name)


LAYER: Final = [Route("/geotiff", create_geotiff, methods=["POST"])]
ROUTES: Final = [
    Route("/api/jobs", create, methods=["POST"]),
    Route("/api/jobs", list_page),
    Route("/api/jobs/{id}", read),
    Route("/api/jobs/{id}/cancel", cancel, methods=["POST"]),
    Route("/api/jobs/{id}/events", events),
    Route("/api/jobs/{id}/logs", logs),
    Route("/api/jobs/{id}/result", result),
]


def _says_size(request: Request[State]) -> bool:
    return not {"width", "height"}.isdisjoint(request.query_params)


async def _follow(request: Request[State]) -> AsyncIterator[ServerSentEvent]:
    state, job_id = request.state, request.path_params["id"]
    root, seen = root_of(request, state["settings"]), -1
    while True:
        revision = await run_in_threadpool(state["jobs"].revision, job_id)
        if revision is None:
            return
        if revision != seen:
            job = await run_in_threadpool(state["jobs"].find, job_id, state["caller"])
            seen = job.revision
            yield ServerSentEvent(json.dumps(job_json(job, root)), id=str(seen))
            if job.is_done:
                return
        await asyncio.sleep(WATCH_SECONDS)
