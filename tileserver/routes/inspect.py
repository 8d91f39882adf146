"""Inspect: evaluate now, answer in the format asked for; or say what that would take."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graft_eval.progress import Progress
from tileserver.bodies.estimate import advised, estimate
from tileserver.bodies.inspection import Inspection
from tileserver.formats import accepted_format, check_fits, numbers_of
from tileserver.http.headers import NO_STORE, for_partial
from tileserver.http.requests import disconnection, read_json, turn_of
from tileserver.reservations import Reservation
from tileserver.state import State

__all__ = ["ROUTES"]

BYTES: Final = 32  # of a number and its mask, computed and encoded


async def inspect(request: Request[State]) -> Response:
    """Evaluate the computation in the body."""
    state, settings = request.state, request.state["settings"]
    state["caller"].check_signed_in()
    format = accepted_format(request.headers.get("Accept", ""))
    body = await read_json(request, settings)
    inspection = await run_in_threadpool(Inspection.from_json, body, settings.limits)
    check_fits(format, inspection.typespec)

    def compute(progress: Progress) -> Response:
        evaluations = state["evaluations"]
        with advised(inspection, evaluations, progress):
            value, grid = inspection.value(evaluations, progress)
            reservation = state["reservations"].reserve(numbers_of(value, grid) * BYTES)
            data, media_type = inspection.encode(value, grid, format, evaluations, progress)
        return _Result(data, media_type, for_partial(progress.lacking), reservation)

    return await state["workers"].run(
        compute, seconds=settings.inspect_seconds, gone=disconnection(request), caller=turn_of(request)
    )


class _Result(Response):
    """A result whose memory is reserved until it is sent, or nobody waits for it any more."""

    def __init__(self, data: bytes, media_type: str, headers: Mapping[str, str], reservation: Reservation) -> None:
        super().__init__(data, media_type=media_type, headers=headers)
        self._reservation = reservation


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
