"""Session logs as event streams."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Final

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tileserver.catalog.records import format_time
from tileserver.http.errors import BadQuery, BadRequest, shorten
from tileserver.http.requests import read_time, session_of, single_values
from tileserver.logs import LogRecord, Session, SessionLogs, View
from tileserver.state import State

__all__ = ["ROUTES"]

PING_SECONDS: Final = 10
STALLED_SECONDS: Final = 60  # after which a reader who takes nothing is cut off
ENCODED: Final = 4096  # records that are kept as they are sent
EVENT_ID: Final = 18  # digits


async def get_logs(request: Request[State]) -> Response:
    """Stream a session's records, the earlier ones first."""
    state = request.state
    layer = await run_in_threadpool(state["layers"].get, request.path_params, state["caller"])
    query = single_values(request, "session_id", "level", "start_datetime", "access_token", "link")
    session = session_of(request, layer.path)
    if session is None:
        raise BadQuery("session_id", "is missing: whose records are asked for?")
    since = read_time("start_datetime", query["start_datetime"]) if "start_datetime" in query else None
    view = View(_resumed(request), since, _level(query.get("level", "")))
    state["logs"].followers.check_room()
    events = _events(state["logs"], session, view)
    return EventSourceResponse(events, ping=PING_SECONDS, send_timeout=STALLED_SECONDS)


ROUTES: Final = [Route("/logs", get_logs)]


async def _events(logs: SessionLogs, session: Session, view: View) -> AsyncIterator[bytes]:
    async for records in logs.follow(session, view):
        yield b"".join([_encode(session, record) for record in records])


@lru_cache(ENCODED)  # once for all who follow a session
def _encode(session: Session, record: LogRecord) -> bytes:
    return ServerSentEvent(json.dumps(_record_json(session, record)), id=str(record.id)).encode()


def _record_json(session: Session, record: LogRecord) -> dict[str, object]:
    fields = {"level": logging.getLevelName(record.level), "message": record.message}
    return {"session_id": session.id, "record": {**fields, "timestamp": format_time(record.timestamp)}}


def _level(text: str) -> int:
    """Return the number of a level's name; an unknown one counts as DEBUG."""
    return logging.getLevelNamesMapping().get(text.upper(), logging.DEBUG)


def _resumed(request: Request[State]) -> int:
    """Return the id of the last event that the caller has, 0 for none."""
    text = request.headers.get("Last-Event-ID", "") or "0"
    if not (text.isascii() and text.isdecimal() and len(text) <= EVENT_ID):
        raise BadRequest(f"Last-Event-ID must be the id of an event, not {shorten(text)}")
    return int(text)
