"""Request ids, and the access log: a line of JSON for each request."""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from contextvars import ContextVar
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tileserver.http.paths import LAYERS, is_below, route_path

__all__ = ["ACCESS", "REQUEST_ID", "AccessLog"]

ACCESS: Final = logging.getLogger("graftile.access")
REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="")
GIVEN: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
READ: Final = re.compile(r"(\w+)=(\d+)")
STAGE: Final = re.compile(r"(\w+);dur=([\d.]+)")


class AccessLog:
    """Gives each request an id, that of `X-Request-Id` if it has one, tells it in the answer, and logs the request.

    Queries, which may hold credentials, are not logged.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and log it when it has been answered."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        given = Headers(scope=scope).get("X-Request-Id", "")
        id = given if GIVEN.fullmatch(given) else secrets.token_hex(8)
        REQUEST_ID.set(id)
        started, size = time.perf_counter(), 0
        answered: Message = {"status": 499, "headers": []}  # as if the client had gone

        async def send_with_id(message: Message) -> None:
            nonlocal answered, size
            if message["type"] == "http.response.start":
                answered = message
                message["headers"] = [*message["headers"], (b"x-request-id", id.encode())]
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            if ACCESS.isEnabledFor(logging.INFO):
                ACCESS.info(_line(scope, id, answered, size, time.perf_counter() - started))


def _line(scope: Scope, id: str, answered: Message, size: int, seconds: float) -> str:
    path, headers = route_path(scope), Headers(raw=answered["headers"])
    fields: dict[str, object] = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "request_id": id,
        "method": scope["method"],
        "path": path,
        "status": answered["status"],
        "bytes": size,
        "ms": round(1000 * seconds, 1),
    }
    if is_below(path, LAYERS):
        kind, *address = path.strip("/").removeprefix("wmts/").removeprefix("ogc/").split("/")
        fields["layer"] = "/".join([kind, *address[: 2 if kind == "workflow" else 1]])
    if timing := headers.get("Server-Timing"):
        fields["stages"] = {name: float(ms) for name, ms in STAGE.findall(timing)}
    if read := headers.get("Graftile-Read"):
        fields |= {f"{name}_read": int(count) for name, count in READ.findall(read)}
    if partial := headers.get("Graftile-Partial"):
        fields["lacking_scenes"] = int(partial)
    return json.dumps(fields, ensure_ascii=False)
