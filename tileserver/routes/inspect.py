"""Inspect: evaluate now, answer in the format asked for; or say what that would take."""

from __future__ import annotations

from functools import partial
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graft_eval.progress import Progress
from tileserver.bodies.estimate import advised, estimate
from tileserver.bodies.inspection import Inspection
from tileserver.formats import accepted_format, check_fits
from tileserver.http.headers import NO_STORE, for_partial
from tileserver.http.requests import disconnection, read_json, turn_of
from tileserver.state import State

__all__ = ["ROUTES"]


async def inspect(request: Request[State]) -> Response:
    """Evaluate the computation in the body."""
    state, settings = request.state, request.state["settings"]
    state["caller"].check_signed_in()
    format = accepted_format(request.headers.get("Accept", ""))
    body = await read_json(request, settings)
    inspection = await run_in_threadpool(Inspection.from_json, body, settings.limits)
    check_fits(format, inspection.typespec)

    def compute(progress: Progress) -> tuple[bytes, str, int]:
        with advised(inspection, state["evaluations"], progress):
            data, media_type = inspection.evaluate(format, state["evaluations"], progress)
        return data, media_type, progress.lacking

    data, media_type, lacking = await state["workers"].run(
        compute, seconds=settings.inspect_seconds, gone=disconnection(request), caller=turn_of(request)
    )
    return Response(data, media_type=media_type, headers=for_partial(lacking))


async def estimate_cost(request: Request[State]) -> Response:
    """Say what the computation in the body would read and need."""
    state, settings = request.state, request.state["settings"]
    state["caller"].check_signed_in()
    body = await read_json(request, settings)
    inspection = await run_in_threadpool(Inspection.from_json, body, settings.limits)
    found = await state["workers"].run(
        partial(estimate, inspection, state["evaluations"]),
        seconds=settings.inspect_seconds,
        gone=disconnection(request),
        caller=turn_of(request),
    )
    return JSONResponse(found.to_json(), headers=NO_STORE)


ROUTES: Final = [
    Route("/api/inspect", inspect, methods=["POST"]),
    Route("/api/estimate", estimate_cost, methods=["POST"]),
]
