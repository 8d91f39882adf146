"""The database: opening it, transactions, the base of its tables, and types of columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from typing import ClassVar, Final

from sqlalchemy import (
    URL,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    String,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

__all__ = [
    "ANNOUNCED", "CHANGES", "LOGS", "Base", "LongCount", "Text", "UtcDateTime", "announce", "is_away",
    "open_database", "reading", "writing",
]  # fmt: skip

BUSY_SECONDS: Final = 30  # how long a connection waits for another one's write
CONNECTIONS: Final = 20  # to a server, of one process
CHANGES: Final = "graftile_changes"  # channels of PostgreSQL's notifications
LOGS: Final = "graftile_logs"
ANNOUNCED: Final = "graftile_announced"  # option of an engine: what to call after each change

# Ordered and compared by code point everywhere, as SQLite does and Python.
Text: Final = String().with_variant(String(collation="C"), "postgresql")
LongCount: Final = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts by itself in an INTEGER alone


class Base(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map: ClassVar = {str: Text}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; a naive one is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as the database stores it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone, {value.isoformat()} has none")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the aware moment."""
        return None if value is None else value.replace(tzinfo=UTC)


def open_database(url: str, patience: float | None = None) -> Engine:
    """Open a database, SQLite or PostgreSQL; the folder of an SQLite file is made when missing.

    A server that does not answer for `patience` seconds is given up, and asked again once it is back; without, it is
    waited for.

    SQLite runs with a write-ahead log, so that readers and a writer of several processes do not block each
    other, with foreign keys, and waits for other writers instead of failing.
    """
    location = _with_driver(make_url(url))
    if location.get_backend_name() != "sqlite":
        from tileserver.store.patience import Outage, limit_patience  # psycopg takes 0.25 s to import

        outage = Outage(location) if patience is not None else None
        engine = create_engine(
            location,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=True,
            pool_timeout=patience or BUSY_SECONDS,
            poolclass=outage.pool() if outage else None,
            hide_parameters=True,
        )
        if outage and patience is not None:
            limit_patience(engine, patience)
            event.listen(engine, "engine_disposed", lambda engine: outage.close())
        return engine
    if location.database and location.database != ":memory:":
        Path(location.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(location, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def is_away(error: Exception) -> bool:
    """Return True for an error of an outage that has begun before, and has been logged."""
    return getattr(getattr(error, "orig", None), "is_logged", False)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that reads, all of it from one state of the database."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, lock: str | None = None, announced: bool = True) -> Iterator[Connection]:
    """A transaction that writes: committed at the end, rolled back on an error.

    Two that name the same `lock` run one after the other, in all processes. On SQLite all do: it takes its one lock
    at the start, as a transaction that reads first and finds another writer when it wants to write fails at once,
    however long it may wait.

    The change is announced to all processes, unless no layer or image can depend on it.
    """
    with engine.execution_options(graftile_writes=True).begin() as connection:
        if lock is not None and connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(lock, 0))))
        yield connection
        if announced:
            announce(connection, CHANGES)
    if announced and (note := engine.get_execution_options().get(ANNOUNCED)):
        note()


def announce(connection: Connection, channel: str, payload: str = "") -> None:
    """Tell all servers, with the commit, of what a transaction has written; PostgreSQL alone does."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_notify(channel, payload)))


def _with_driver(location: URL) -> URL:
    """Return the URL with the name of the installed driver."""
    plain = location.drivername in ("postgres", "postgresql")
    return location.set(drivername="postgresql+psycopg") if plain else location


def _prepare_sqlite(connection: SQLiteConnection, record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the begin event starts transactions, not the driver
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("graftile_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
