"""Patience with PostgreSQL: a server that hangs is given up, as one that is away, and not asked until it is back."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Generator
from contextlib import suppress
from typing import Any, Final, TypeVar

from psycopg import Connection, OperationalError
from sqlalchemy import URL, Engine, PoolProxiedConnection, QueuePool, event

__all__ = ["Away", "Outage", "limit_patience"]

log = logging.getLogger(__name__)

T = TypeVar("T")

CONNECT_SECONDS: Final = 2  # which libpq takes as the least
PROBE_SECONDS: Final = 1.0  # between two looks whether a database is back


class Away(OperationalError):
    """The database did not answer a moment ago, and is not asked: many who wait for it would take all threads."""

    is_logged = True


class Outage:
    """The time in which a database cannot be connected to; thread safe.

    It begins when a connection fails, and ends when a thread, which looks once a second, can connect again.
    """

    def __init__(self, url: URL) -> None:
        self._arguments = url.get_dialect()().create_connect_args(url)
        self._lasts = False
        self._closed = threading.Event()
        self._lock = threading.Lock()

    def pool(self) -> type[QueuePool]:
        """Return a class of pools that give no connections while it lasts."""
        outage = self

        class Guarded(QueuePool):
            __module__ = QueuePool.__module__  # by which pools name their loggers

            def connect(self) -> PoolProxiedConnection:
                """Return a connection; raises `Away` at once while there is none."""
                if outage._lasts:
                    raise Away("the database does not answer")
                try:
                    return super().connect()
                except OperationalError as exc:
                    outage._begin(exc)
                    raise

        return Guarded

    def close(self) -> None:
        """Look no more."""
        self._closed.set()

    def _begin(self, reason: Exception) -> None:
        with self._lock:
            if self._lasts:
                return
            self._lasts = True
        log.error("the database does not answer, and is not asked until it does: %s", reason)
        threading.Thread(target=self._watch, name="graftile-database", daemon=True).start()

    def _watch(self) -> None:
        args, options = self._arguments
        while not self._closed.wait(PROBE_SECONDS):
            with suppress(OperationalError):
                Connection.connect(*args, **{"connect_timeout": CONNECT_SECONDS, **options}).close()
                log.warning("the database answers again")
                break
        self._lasts = False


def limit_patience(engine: Engine, seconds: float) -> None:
    """Give up connections of an engine to PostgreSQL that do not answer for so many seconds, with OperationalError."""

    class Impatient(Connection[Any]):
        def wait(self, gen: Generator[Any, Any, T], *args: Any, **options: Any) -> T:
            """Wait for an answer, and not for long: the server's own timeouts are of no use when it is stopped."""
            try:
                return super().wait(_until(gen, seconds), *args, **options)
            except _Stalled as exc:
                self.close()
                raise OperationalError(f"the database has not answered for {seconds:g} s") from exc

    def connect(dialect: object, record: object, args: tuple[Any, ...], options: dict[str, Any]) -> Connection[Any]:
        return Impatient.connect(*args, **{"connect_timeout": CONNECT_SECONDS, **options})

    event.listen(engine, "do_connect", connect)


class _Stalled(Exception):
    """Nothing has come."""


def _until(gen: Generator[Any, Any, T], seconds: float) -> Generator[Any, Any, T]:
    """Pass on what a generator of psycopg waits for, until time is up; it looks now and then at what is ready."""
    ends = time.monotonic() + seconds
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > ends:
                raise _Stalled
            wanted = gen.send(ready)
    except StopIteration as done:
        result: T = done.value
        return result
