"""Announcements: changes of a PostgreSQL database, told to the servers that share it as they are committed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Final, cast

from psycopg import Connection
from psycopg import Error as PostgreSQLError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from tileserver.store.database import ANNOUNCED, CHANGES, LOGS

__all__ = ["Announcements"]

log = logging.getLogger(__name__)

CHECK_SECONDS: Final = 1.0  # after which a connection that has told nothing is asked whether it is alive
RETRY_SECONDS: Final = 1.0


class Announcements:
    """The change stamp of a PostgreSQL database, by `LISTEN`; one thread and one connection of a process.

    A change of this process counts as soon as it is committed, one of another as soon as the database tells, which
    takes some ms. There is no stamp while the connection is lost. `logs_written` is called with the writer's id when
    records of sessions were written.
    """

    def __init__(self, engine: Engine, logs_written: Callable[[str], None] = lambda writer: None) -> None:
        self._engine = engine
        self._logs_written = logs_written
        self._count = 0
        self._is_listening = False
        self._lock = threading.Lock()
        self._closing = threading.Event()
        engine.update_execution_options(**{ANNOUNCED: self._note})
        self._thread = threading.Thread(target=self._follow, name="graftile-changes", daemon=True)
        self._thread.start()

    def current(self) -> int | None:
        """Return a number that changes with every change; None if changes may have been missed."""
        with self._lock:
            return self._count if self._is_listening else None

    def close(self) -> None:
        """End the thread and its connection."""
        self._closing.set()
        self._thread.join()

    def _note(self) -> None:
        with self._lock:
            self._count += 1

    def _follow(self) -> None:
        """Listen, and again as soon as the connection is lost."""
        while not self._closing.is_set():
            try:
                self._listen()
            except (PostgreSQLError, SQLAlchemyError) as exc:
                if self._is_listening:
                    log.warning("changes of the database are not heard of, so that each tile asks: %s", exc)
                    self._is_listening = False
                else:
                    self._closing.wait(RETRY_SECONDS)

    def _listen(self) -> None:
        """Note what is announced, until the connection is lost."""
        pooled = self._engine.raw_connection()
        connection = cast(Connection[Any], pooled.driver_connection)
        pooled.detach()
        with connection:
            connection.autocommit = True
            for channel in (CHANGES, LOGS):
                connection.execute(f"LISTEN {channel}")
            self._note()  # what has changed meanwhile was not heard
            self._is_listening = True
            while not self._closing.is_set():
                for notice in connection.notifies(timeout=CHECK_SECONDS):
                    if notice.channel == LOGS:
                        self._logs_written(notice.payload)
                    else:
                        self._note()
                connection.execute("SELECT 1")
