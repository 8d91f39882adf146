"""Session logs: records that tiles write without waiting, and readers follow at their own pace."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from tileserver.auth.secrets import new_id
from tileserver.logs.followers import Followers
from tileserver.logs.records import LogRecord, Session, View
from tileserver.logs.table import LogRow
from tileserver.store import is_away, writing
from tileserver.store.database import LOGS, announce

__all__ = ["SessionLogs"]

log = logging.getLogger(__name__)

KEEP: Final = timedelta(hours=24)
KEEP_RECORDS: Final = 10_000  # of a session
KEEP_OF_LAYER: Final = 100_000
KEEP_OF_ALL: Final = 1_000_000
MAX_FOLLOWERS: Final = 1_000
BUFFER: Final = 100_000  # records that wait for the database; beyond it the oldest are lost
BATCH_SECONDS: Final = 0.05  # how long records gather before they are written
POLL_SECONDS: Final = 1.0  # how long readers may miss what another process wrote, where it is not announced
PRUNE_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 1.0
PAGE: Final = 500
MESSAGE: Final = 4_000  # characters


class SessionLogs:
    """Writes records in batches from one thread, which reads new ones once for all who follow them.

    They are deleted after a day, or as soon as their session, layer or server has too many.
    """

    def __init__(self, engine: Engine, max_followers: int = MAX_FOLLOWERS) -> None:
        self._engine = engine
        self._id = new_id()
        self._buffer: deque[dict[str, object]] = deque(maxlen=BUFFER)
        self.followers = Followers(max_followers)
        self._seen: int | None = None  # the id of the last record that followers were given
        self._written: set[str] = set()  # layers, since the last look at how many records they have
        self._looking = threading.Lock()
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

    async def follow(self, session: Session, view: View) -> AsyncIterator[list[LogRecord]]:
        """Yield the records of a view, then those to come, without end.

        A reader who does not keep up loses the oldest of those that wait for it; nobody waits for a reader.
        """
        with self.followers.joined(session) as follower:
            await run_in_threadpool(self._begin_to_look)
            while page := await run_in_threadpool(self.read, session, view):
                yield page
                view = replace(view, after=page[-1].id)
                if len(page) < PAGE:
                    break
            while not self._closing.is_set():
                if records := [record for record in await follower.take() if view.includes(record)]:
                    yield records
                    view = replace(view, after=records[-1].id)

    def look(self, writer: str) -> None:
        """Look soon for the records that a writer has told of, another process."""
        if self.followers and writer != self._id:
            self._filled.set()

    def is_writing(self) -> bool:
        """True if records that are added will be stored."""
        return self._writer.is_alive()

    def close(self) -> None:
        """Write what is left and end the thread."""
        self._closing.set()
        self._filled.set()
        self.followers.wake()
        self._writer.join()

    def _begin_to_look(self) -> None:
        """Look for new records from now on, if there was nobody to look for them."""
        with self._looking:
            if self._seen is None:
                with self._engine.connect() as connection:
                    self._seen = connection.execute(select(func.max(LogRow.id))).scalar() or 0
        self._filled.set()

    def _look(self) -> None:
        """Give the records to followers that this process or others have written since the last look."""
        with self._looking:
            if not self.followers:
                self._seen = None
            while self._seen is not None:
                query = select(LogRow.layer, LogRow.session, LogRow.id, LogRow.level, LogRow.message, LogRow.timestamp)
                with self._engine.connect() as connection:
                    rows = connection.execute(query.where(LogRow.id > self._seen).order_by(LogRow.id).limit(PAGE)).all()
                if rows:
                    self._seen = rows[-1].id
                    self.followers.push([(Session(row.layer, row.session), LogRecord(*row[2:])) for row in rows])
                if len(rows) < PAGE:
                    break

    def _write_batches(self) -> None:
        pruned = 0.0
        while not (self._closing.is_set() and not self._buffer):
            self._filled.wait(POLL_SECONDS if self.followers else None)
            self._closing.wait(BATCH_SECONDS)
            self._filled.clear()
            batch = [self._buffer.popleft() for _ in range(len(self._buffer))]
            try:
                self._write(batch)
                batch = []
                self._look()
                if time.monotonic() - pruned > PRUNE_SECONDS:
                    self._prune()
                    pruned = time.monotonic()
            except SQLAlchemyError as exc:
                if not is_away(exc):
                    log.exception("%d session log records could not be written", len(batch))
                if not self._closing.wait(RETRY_SECONDS):
                    self._buffer.extendleft(reversed(batch))
                    self._filled.set()

    def _write(self, batch: Sequence[dict[str, object]]) -> None:
        if not batch:
            return
        sessions = {Session(str(row["layer"]), str(row["session"])) for row in batch}
        with writing(
            self._engine, lock="logs", announced=False
        ) as connection:  # a reader who has an id misses none below it
            connection.execute(insert(LogRow), batch)
            announce(connection, LOGS, self._id)
            for session in sessions:
                own = (LogRow.layer == session.layer, LogRow.session == session.id)
                newest = select(LogRow.id).where(*own).order_by(LogRow.id.desc()).offset(KEEP_RECORDS).limit(1)
                connection.execute(delete(LogRow).where(*own, LogRow.id <= newest.scalar_subquery()))
        self._written |= {session.layer for session in sessions}

    def _prune(self) -> None:
        """Delete what is old, and the oldest of layers and of the server beyond what they may have."""
        layers, self._written = self._written, set()
        with writing(self._engine, announced=False) as connection:
            connection.execute(delete(LogRow).where(LogRow.timestamp < datetime.now(UTC) - KEEP))
            newest = connection.execute(select(func.max(LogRow.id))).scalar() or 0
            connection.execute(delete(LogRow).where(LogRow.id <= newest - KEEP_OF_ALL))
            for layer in layers:
                count = connection.execute(select(func.count()).where(LogRow.layer == layer)).scalar() or 0
                if count > KEEP_OF_LAYER:
                    own = select(LogRow.id).where(LogRow.layer == layer).order_by(LogRow.id.desc())
                    last = own.offset(KEEP_OF_LAYER).limit(1).scalar_subquery()
                    connection.execute(delete(LogRow).where(LogRow.layer == layer, LogRow.id <= last))
