"""Streams of a session's log records, over connections that may break."""

from __future__ import annotations

import json
import logging
import random
import socket
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sdk.service.client import Client
from sdk.service.exceptions import GraftileError, RequestTimeout, ResourceExhausted, ServerError, ServerUnreachable

if TYPE_CHECKING:
    import httpx2

__all__ = ["LogRecord", "LogStream", "Record"]

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
SILENCE_SECONDS: Final = 60.0  # servers send a sign of life every few seconds
FIRST_WAIT_SECONDS: Final = 0.1
MAX_WAIT_SECONDS: Final = 10.0
JITTER: Final = random.Random()  # its own: seeds that programs set stay theirs

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Record:
    """A message with its level (DEBUG, INFO, WARNING or ERROR) and its `timestamp` in UTC."""

    level: str
    message: str
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A record of a session; its level, message and timestamp can be reached directly."""

    session_id: str
    record: Record

    @property
    def level(self) -> str:
        """DEBUG, INFO, WARNING or ERROR."""
        return self.record.level

    @property
    def message(self) -> str:
        """Text of the record."""
        return self.record.message

    @property
    def timestamp(self) -> datetime:
        """Moment of the record, in UTC."""
        return self.record.timestamp

    @classmethod
    def from_json(cls, text: str) -> LogRecord:
        """Return the record that an event of a server holds."""
        fields = json.loads(text)
        record = fields["record"]
        when = datetime.fromisoformat(record["timestamp"])
        return cls(fields["session_id"], Record(record["level"], record["message"], when))


class LogStream:
    """The records of a session from a server, one after the other, without an end.

    A broken connection is made again, and goes on after the last record that was given. What the server refuses
    (a layer that does not exist) is raised, and so is a server that cannot be reached in the first place.
    `close`, from any thread, ends the iteration.
    """

    def __init__(
        self,
        client: Client,
        layer: str,
        session_id: str,
        start_datetime: datetime | None = None,
        level: int | None = None,
    ) -> None:
        """Check the arguments; nothing is sent before the first record is asked for. `layer` is as `xyz/{id}`."""
        self._client = client
        self._path = f"/{layer}/logs"
        self._level = _checked_level(level)
        self._query = [("session_id", session_id), ("level", _name_of(self._level))]
        if start_datetime is not None:
            self._query.append(("start_datetime", _checked_start(start_datetime).isoformat()))
        self._last_id = ""
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def __iter__(self) -> Iterator[LogRecord]:
        connected = False
        failures = 0
        while not self._closed.is_set():
            wait = 0.0
            try:
                with closing(self._connection()) as records:
                    for record in records:
                        if self._closed.is_set():
                            return
                        connected = True
                        if record is None:
                            continue
                        failures = 0
                        if _number_of(record.level) >= self._level:
                            yield record
            except (ServerUnreachable, RequestTimeout, ServerError, ResourceExhausted) as error:
                if not connected and not self._closed.is_set():
                    raise
                log.info("the log of %s is interrupted: %s", self._path, error)
                wait = getattr(error, "retry_after", None) or 0.0
            backoff = min(MAX_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**failures) * JITTER.uniform(0.5, 1.0)
            failures = min(failures + 1, 10)
            self._closed.wait(max(wait, backoff))

    def close(self) -> None:
        """End the iteration, also while it waits for a record."""
        self._closed.set()
        with self._lock:
            if self._socket is not None:
                # Closing a socket does not wake a thread that reads from it; the base class's method also
                # leaves the TLS state alone, which that thread still uses.
                with suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _connection(self) -> Generator[LogRecord | None, None, None]:
        """Yield None when connected, and then the records that one connection gives."""
        from httpx2 import EventSource

        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if self._last_id:
            headers["Last-Event-ID"] = self._last_id
        with self._client.stream(self._path, query=self._query, headers=headers, silence=SILENCE_SECONDS) as response:
            if not response.headers.get("Content-Type", "").startswith("text/event-stream"):
                raise GraftileError(f"{response.url} answers with something else than log records: is it a graftile?")
            yield None
            with self._closable(response):
                if self._closed.is_set():
                    return
                for event in EventSource(response):
                    self._last_id = event.id or self._last_id
                    if event.data:
                        yield LogRecord.from_json(event.data)

    @contextmanager
    def _closable(self, response: httpx2.Response) -> Iterator[None]:
        with self._lock:
            self._socket = response.extensions["network_stream"].get_extra_info("socket")
        try:
            yield
        finally:
            with self._lock:
                self._socket = None


def _checked_start(start: datetime) -> datetime:
    if not isinstance(start, datetime):
        raise TypeError(f"start_datetime must be a datetime, not {start!r}")
    if start.utcoffset() is None:
        raise ValueError(f"start_datetime must have a time zone, like datetime.now(timezone.utc); {start} has none")
    return start


def _checked_level(level: int | None) -> int:
    if level is not None and not isinstance(level, int):
        raise TypeError(f"level must be a number like logging.WARNING, not {level!r}")
    return logging.DEBUG if level is None else level


def _name_of(level: int) -> str:
    """Return the name of the least severe level that is at least as severe as a number."""
    return next((name for name in LEVELS if _number_of(name) >= level), LEVELS[-1])


def _number_of(level: str) -> int:
    return logging.getLevelNamesMapping().get(level, logging.DEBUG)
