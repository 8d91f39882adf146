"""Change stamps: cheap tests of whether a database may have changed."""

from __future__ import annotations

import threading
from sqlite3 import Connection as SQLiteConnection
from typing import cast

from sqlalchemy import Engine, event

__all__ = ["ChangeStamp"]


class ChangeStamp:
    """Stamps of a database's state: as long as the stamp is the same, so is all that can be read; thread safe.

    SQLite counts the changes that others commit, whatever their process, and tells in 5 µs; a query through
    SQLAlchemy takes 500. Other databases have no such count: their stamp is None, and they must be queried.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: SQLiteConnection | None = None  # never writes: it would not see its own changes
        self._counts = engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:")
        self._lock = threading.Lock()
        event.listen(engine, "engine_disposed", self._close)

    def current(self) -> int | None:
        """Return a number that changes with every commit of others; None if the database has none."""
        if not self._counts:
            return None
        with self._lock:
            if self._connection is None:
                self._connection = self._open()
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def _open(self) -> SQLiteConnection:
        pooled = self._engine.raw_connection()
        connection = cast(SQLiteConnection, pooled.driver_connection)
        pooled.detach()
        return connection

    def _close(self, engine: Engine) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
