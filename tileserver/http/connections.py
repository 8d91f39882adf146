"""Connections: those on which no request comes are closed, and answers to HTTP/1.0 are not chunked."""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

__all__ = ["Connection"]

HEAD_SECONDS: Final = (
    10.0  # in which the head of a request must have come, from its first byte or the connection's start
)


class Connection(HttpToolsProtocol):
    """A connection that is closed when the head of a request does not come in time."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        """Wait for the rest of a head, of which the first byte has come."""
        super().on_message_begin()
        if self._waiting is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().on_headers_complete()
        if self.scope["http_version"] == "1.0":
            self.cycle.__class__ = _UntilClosed

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


class _UntilClosed(RequestResponseCycle):
    """An answer to HTTP/1.0, which knows no chunks: one without a length ends with the connection."""

    async def send(self, message: ASGISendEvent) -> None:
        """Send a part of the answer as it is."""
        if message["type"] == "http.response.start":
            named = {name.lower() for name, _ in message.get("headers", ())}
            self.chunked_encoding = None if b"content-length" in named else False
            self._is_stream = b"content-length" not in named
        elif message["type"] == "http.response.body" and self._is_stream:
            self.expected_content_length = len(message.get("body", b""))
        await super().send(message)
