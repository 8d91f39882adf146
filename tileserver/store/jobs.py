"""Jobs: computations in the background, as their owners see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, Engine, delete, func, insert, select, true, update

from tileserver.auth import Caller
from tileserver.store.database import reading, writing
from tileserver.store.errors import Expired, JobLimit, NotFound
from tileserver.store.job_records import COLUMNS, DONE, STAGES, JobLogRecord, JobLogRow, JobRecord, JobRow
from tileserver.store.pages import read_after, size_of, take_page

__all__ = ["Jobs"]

SIZE: Final = size_of(JobRow.graft, JobRow.parameters, JobRow.arguments)
MAX_MESSAGE: Final = 4_000  # characters
MAX_LOGS: Final = 10_000  # records of a job


class Jobs:
    """Jobs in a database, each seen by its owner alone. Methods are thread safe, and block while the database works.

    >>> from tileserver.auth import LOCAL
    >>> from tileserver.store import create_schema, open_database
    >>> create_schema(engine := open_database("sqlite://"))
    >>> jobs = Jobs(engine)
    >>> jobs.add(job := JobRecord(graft={"returns": "a", "a": 1}, typespec={"type": "Int"}, type="Int"), limit=120)
    >>> jobs.cancel(job.id, LOCAL).stage
    'CANCELLED'
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, record: JobRecord, limit: int) -> None:
        """Keep a new job; raises `JobLimit` if its user has as many unfinished ones as the limit."""
        unfinished = select(func.count()).where(
            JobRow.user == record.user, JobRow.stage.not_in(DONE), JobRow.expires_timestamp > _now()
        )
        with writing(self._engine, lock=f"jobs of {record.user}", announced=False) as connection:
            if not record.is_done and connection.execute(unfinished).scalar_one() >= limit:
                raise JobLimit(record.user, limit)
            values = {column.name: getattr(record, column.name) for column in COLUMNS}
            connection.execute(insert(JobRow).values(**values, runner=""))

    def find(self, job_id: str, caller: Caller) -> JobRecord:
        """Return a job; raises `NotFound` for one that is unknown or another's, `Expired` for one that has expired."""
        query = select(*COLUMNS).where(JobRow.id == job_id, _owned(caller))
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"job {job_id[:80]!r} does not exist")
        job = JobRecord(**row._mapping)
        if job.expires_timestamp <= _now():
            expired = f"{job.expires_timestamp:%Y-%m-%d}"
            raise Expired(f"job {job.id} has expired on {expired}, and its result is deleted: compute it again")
        return job

    def revision(self, job_id: str) -> int | None:
        """Return how often a job has changed, None if it is gone: what is asked while one waits for news."""
        with self._engine.connect() as connection:
            return connection.execute(select(JobRow.revision).where(JobRow.id == job_id)).scalar()

    def page(
        self,
        caller: Caller,
        *,
        stages: Iterable[str] = (),
        since: datetime | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> tuple[list[JobRecord], str | None]:
        """Return up to `limit` of the caller's own jobs, newest first, and the `after` of the next ones.

        `stages`, if any, and `since`, the moment of their making, select. ValueError for an `after` that no page gave.
        """
        query = select(JobRow.number, SIZE).where(JobRow.user == caller.email, JobRow.expires_timestamp > _now())
        if chosen := list(stages):
            query = query.where(JobRow.stage.in_(chosen))
        if since is not None:
            query = query.where(JobRow.created_timestamp >= since)
        if after is not None:
            query = query.where(JobRow.number < read_after(after))
        with reading(self._engine) as connection:
            numbers, following = take_page(connection, query.order_by(JobRow.number.desc()), limit)
            found = select(*COLUMNS).where(JobRow.number.in_(numbers)).order_by(JobRow.number.desc())
            return [JobRecord(**row._mapping) for row in connection.execute(found)], following

    def counts(self) -> dict[str, int]:
        """Return how many jobs of all users are in each stage."""
        counts = dict.fromkeys(STAGES, 0)
        query = select(JobRow.stage, func.count()).where(JobRow.expires_timestamp > _now()).group_by(JobRow.stage)
        with self._engine.connect() as connection:
            for stage, count in connection.execute(query):
                counts[stage] = count
        return counts

    def cancel(self, job_id: str, caller: Caller) -> JobRecord:
        """Cancel a job, unless it is done, and return it; whoever runs it finds out within a second."""
        query = update(JobRow).where(JobRow.id == job_id, JobRow.stage.not_in(DONE), _owned(caller))
        changes = {"stage": "CANCELLED", "updated_timestamp": _now(), "revision": JobRow.revision + 1}
        with writing(self._engine, announced=False) as connection:
            connection.execute(query.values(**changes))
        return self.find(job_id, caller)

    def log(self, job_id: str, records: Iterable[tuple[int, str]]) -> None:
        """Add records, (level, message), to a job's log; beyond 10,000 the oldest are dropped."""
        told = [(level, message[:MAX_MESSAGE].replace("\0", "\N{SYMBOL FOR NULL}")) for level, message in records]
        if not told:
            return
        with writing(self._engine, announced=False) as connection:
            number = connection.execute(select(JobRow.number).where(JobRow.id == job_id)).scalar()
            if number is None:
                return
            rows = [{"job": number, "level": level, "message": text, "timestamp": _now()} for level, text in told]
            connection.execute(insert(JobLogRow), rows)
            newest = select(JobLogRow.id).where(JobLogRow.job == number).order_by(JobLogRow.id.desc())
            last = newest.offset(MAX_LOGS).limit(1).scalar_subquery()
            connection.execute(delete(JobLogRow).where(JobLogRow.job == number, JobLogRow.id <= last))

    def logs(self, job_id: str, caller: Caller, *, after: int = 0, level: int = 0) -> list[JobLogRecord]:
        """Return the records of a job's log, oldest first, of a level or above; raises as `find`."""
        query = (
            select(JobLogRow.id, JobLogRow.level, JobLogRow.message, JobLogRow.timestamp)
            .join(JobRow, JobRow.number == JobLogRow.job)
            .where(JobRow.id == job_id, JobLogRow.id > after, JobLogRow.level >= level)
            .order_by(JobLogRow.id)
        )
        self.find(job_id, caller)
        with self._engine.connect() as connection:
            return [JobLogRecord(*row) for row in connection.execute(query)]


def _now() -> datetime:
    return datetime.now(UTC)


def _owned(caller: Caller) -> ColumnElement[bool]:
    return true() if caller.is_admin else JobRow.user == caller.email
