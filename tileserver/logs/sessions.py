"""Session logs: records that tiles write without waiting, and readers follow at their own pace."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from tileserver.logs.table import LogRow
from tileserver.store import writing

__all__ = ["LogRecord", "Session", "SessionLogs", "View"]

log = logging.getLogger(__name__)

KEEP: Final = timedelta(hours=24)
KEEP_RECORDS: Final = 10_000  # of a session
BUFFER: Final = 100_000  # records that wait for the database; beyond it the oldest are lost
BATCH_SECONDS: Final = 0.05  # how long records gather before they are written
POLL_SECONDS: Final = 1.0  # how long a reader may miss what another process wrote
PRUNE_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 1.0
PAGE: Final = 500
MESSAGE: Final = 4_000  # characters


@dataclass(frozen=True, slots=True)
class Session:
    """A session: a layer's id and the id that its viewer has chosen."""

    layer: str
    id: str


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One record; `level` is a number as in `logging`."""

    id: int
    level: int
    message: str
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class View:
    """Selection of a session's records: after an id, after a moment, of a level or above."""

    after: int = 0
    since: datetime | None = None
    level: int = logging.DEBUG


class SessionLogs:
    """Writes records in batches from one thread, deletes them after a day, and wakes their readers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._buffer: deque[dict[str, object]] = deque(maxlen=BUFFER)
        self._followers: dict[Session, set[Callable[[], None]]] = {}
        self._lock = threading.Lock()
        self._filled = threading.Event()
        self._closing = threading.Event()
        self._writer = threading.Thread(target=self._write_batches, name="graftile-logs", daemon=True)
        self._writer.start()

    def add(self, session: Session, level: int, message: str) -> None:
        """Add a record; it reaches the database and the readers a moment later."""
        text = message[:MESSAGE].replace("\0", "\N{SYMBOL FOR NULL}")  # which PostgreSQL cannot keep
        row = {"layer": session.layer, "session": session.id, "level": level, "message": text}
        self._buffer.append({**row, "timestamp": datetime.now(UTC)})
        self._filled.set()

    def read(self, session: Session, view: View, limit: int = PAGE) -> list[LogRecord]:
        """Return the first records of a view, oldest first."""
        since = max(view.since or datetime.min.replace(tzinfo=UTC), datetime.now(UTC) - KEEP)
        query = (
            select(LogRow.id, LogRow.level, LogRow.message, LogRow.timestamp)
            .where(LogRow.layer == session.layer, LogRow.session == session.id, LogRow.id > view.after)
            .where(LogRow.timestamp > since, LogRow.level >= view.level)
            .order_by(LogRow.id)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [LogRecord(*row) for row in connection.execute(query)]

    async def follow(self, session: Session, view: View) -> AsyncIterator[LogRecord]:
        """Yield the records of a view, then those to come, without end."""
        after = view.after
        with self._woken(session) as wake:
            while not self._closing.is_set():
                wake.clear()
                page = await run_in_threadpool(self.read, session, View(after, view.since, view.level))
                for record in page:
                    after = record.id
                    yield record
                if len(page) < PAGE:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(wake.wait(), POLL_SECONDS)

    def is_writing(self) -> bool:
        """True if records that are added will be stored."""
        return self._writer.is_alive()

    def close(self) -> None:
        """Write what is left and end the thread."""
        self._closing.set()
        self._filled.set()
        self._writer.join()

    @contextmanager
    def _woken(self, session: Session) -> Iterator[asyncio.Event]:
        """An event of the running loop that is set when records of the session have been written."""
        event, loop = asyncio.Event(), asyncio.get_running_loop()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop has closed: nobody waits
                loop.call_soon_threadsafe(event.set)

        with self._lock:
            self._followers.setdefault(session, set()).add(wake)
        try:
            yield event
        finally:
            with self._lock:
                self._followers[session].discard(wake)
                if not self._followers[session]:
                    del self._followers[session]

    def _write_batches(self) -> None:
        pruned = 0.0
        while not (self._closing.is_set() and not self._buffer):
            self._filled.wait()
            self._closing.wait(BATCH_SECONDS)
            self._filled.clear()
            batch = [self._buffer.popleft() for _ in range(len(self._buffer))]
            try:
                self._write(batch)
                if time.monotonic() - pruned > PRUNE_SECONDS:
                    self._prune()
                    pruned = time.monotonic()
            except SQLAlchemyError:
                log.exception("%d session log records could not be written", len(batch))
                if not self._closing.wait(RETRY_SECONDS):
                    self._buffer.extendleft(reversed(batch))
                    self._filled.set()

    def _write(self, batch: Sequence[dict[str, object]]) -> None:
        if not batch:
            return
        sessions = {Session(str(row["layer"]), str(row["session"])) for row in batch}
        with writing(self._engine, lock="logs") as connection:  # a reader who has an id misses none below it
            connection.execute(insert(LogRow), batch)
            for session in sessions:
                own = (LogRow.layer == session.layer, LogRow.session == session.id)
                newest = select(LogRow.id).where(*own).order_by(LogRow.id.desc()).offset(KEEP_RECORDS).limit(1)
                connection.execute(delete(LogRow).where(*own, LogRow.id <= newest.scalar_subquery()))
        with self._lock:
            waiting = [wake for session in sessions for wake in self._followers.get(session, ())]
        for wake in waiting:
            wake()

    def _prune(self) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(LogRow).where(LogRow.timestamp < datetime.now(UTC) - KEEP))
