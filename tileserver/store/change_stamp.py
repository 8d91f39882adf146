"""Change stamps: cheap tests of whether a database may have changed."""

from __future__ import annotations

import threading
from sqlite3 import Connection as SQLiteConnection
from typing import Final, Protocol, cast

from sqlalchemy import Engine, event

__all__ = ["NO_STAMP", "ChangeStamp", "NoStamp", "SQLiteStamp", "change_stamp_of"]


class ChangeStamp(Protocol):
    """Stamps of a database's state: as long as the stamp is the same, so is all that can be read; thread safe."""

    def current(self) -> int | None:
        """Return a number that changes with every commit; None if there is none, and the database must be queried."""


class NoStamp:
    """The stamp of a database that tells nothing of its changes."""

    def current(self) -> None:
        """Return None."""


NO_STAMP: Final = NoStamp()


class SQLiteStamp:
    """Stamps of an SQLite file.

    SQLite counts the changes that others commit, whatever their process, and tells in 5 µs; a query through
    SQLAlchemy takes 500.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: SQLiteConnection | None = None  # never writes: it would not see its own changes
        self._lock = threading.Lock()
        event.listen(engine, "engine_disposed", self._close)

    def current(self) -> int:
        """Return a number that changes with every commit of others."""
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


def change_stamp_of(engine: Engine) -> ChangeStamp:
    """Return the stamp that a database has by itself: SQLite's files have one."""
    is_file = engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:")
    return SQLiteStamp(engine) if is_file else NO_STAMP
