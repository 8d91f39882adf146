"""Patience with PostgreSQL: a server that hangs is given up, as one that is away."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from sqlalchemy import Engine, event

__all__ = ["limit_patience"]

T = TypeVar("T")


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
        return Impatient.connect(*args, **{"connect_timeout": max(2, round(seconds)), **options})

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
