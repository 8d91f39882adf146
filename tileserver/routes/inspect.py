"""Inspect: evaluate now, answer in the format asked for."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graft_eval.progress import Progress
from tileserver.bodies.inspection import Inspection
from tileserver.formats import accepted_format
from tileserver.http.headers import NO_STORE
from tileserver.http.requests import disconnection, read_json
from tileserver.state import State

__all__ = ["ROUTES"]


async def inspect(request: Request[State]) -> Response:
    """Evaluate the computation in the body."""
    state, settings = request.state, request.state["settings"]
    state["caller"].check_signed_in()
    format = accepted_format(request.headers.get("Accept", ""))
    body = await read_json(request, settings)
    inspection = await run_in_threadpool(Inspection.from_json, body, settings.limits)

    def compute(progress: Progress) -> tuple[bytes, str, int]:
        data, media_type = inspection.evaluate(format, state["evaluations"], progress)
        return data, media_type, len(progress.skipped)

    data, media_type, skipped = await state["workers"].run(
        compute, seconds=settings.inspect_seconds, gone=disconnection(request)
    )
    headers = {**NO_STORE, "Graftile-Partial": str(skipped)} if skipped else NO_STORE
    return Response(data, media_type=media_type, headers=headers)


ROUTES: Final = [Route("/api/inspect", inspect, methods=["POST"])]
