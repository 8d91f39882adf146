"""The queue of jobs: who runs which, so that each is run once by all the servers of a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from tileserver.store.database import writing
from tileserver.store.errors import JobLost
from tileserver.store.job_records import COLUMNS, QUEUED, UNDERWAY, JobRecord, JobRow

__all__ = ["JobQueue"]

LEASE: Final = timedelta(seconds=20)  # without a sign of life, after which another may run a job
TOLD: Final = timedelta(days=30)  # in which a job that has expired is known to have been there


class JobQueue:
    """The jobs that wait for a runner, and the leases of those that have one.

    A lease is extended as long as its runner lives. One that has ended is given to whoever asks next, and a change by
    the runner that had it is refused: it is another `attempt`. On PostgreSQL moments are the server's, not those of
    the clocks of its clients.
    """

    def __init__(self, engine: Engine, runner: str) -> None:
        self._engine = engine
        self._runner = runner

    def claim(self, running: Collection[str] = ()) -> JobRecord | None:
        """Return a job to run, now leased to this runner, or None: first those of users of whom the fewest run.

        Those that it is `running` are not given to it again, even where a clock has jumped past the end of a lease.
        """
        if not self.is_waiting():  # no lock is taken while there is nothing to do
            return None
        with writing(self._engine, announced=False) as connection:
            now, other = _now(connection), aliased(JobRow)
            theirs = select(func.count()).where(other.user == JobRow.user, other.stage.in_(UNDERWAY))
            query = (
                select(*COLUMNS)
                .where(_waits(now), JobRow.id.not_in(running))
                .order_by(theirs.scalar_subquery(), JobRow.number)
                .limit(1)
                .with_for_update(of=JobRow, skip_locked=True)
            )
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            found = JobRecord(**row._mapping)
            connection.execute(
                update(JobRow)
                .where(JobRow.id == found.id)
                .values(
                    runner=self._runner,
                    leased_until=now + LEASE,
                    stage="PREPARING",
                    attempt=found.attempt + 1,
                    interruptions=found.interruptions + (found.stage != QUEUED),
                    updated_timestamp=now,
                    revision=JobRow.revision + 1,
                )
            )
            claimed = select(*COLUMNS).where(JobRow.id == found.id)
            return JobRecord(**connection.execute(claimed).one()._mapping)

    def is_waiting(self) -> bool:
        """Return whether a job waits for a runner."""
        with self._engine.connect() as connection:
            return (
                connection.execute(select(JobRow.number).where(_waits(_now(connection))).limit(1)).scalar() is not None
            )

    def update(self, job: JobRecord, **changes: Any) -> None:
        """Change a job that this runner runs; raises `JobLost` if it does so no more."""
        with writing(self._engine, announced=False) as connection:
            moment = {"updated_timestamp": _now(connection), "revision": JobRow.revision + 1}
            if connection.execute(update(JobRow).where(_held(job)).values(**moment, **changes)).rowcount == 0:
                raise JobLost(f"job {job.id} is not run here any more")

    def extend(self, jobs: Sequence[JobRecord]) -> list[JobRecord]:
        """Extend the leases of jobs that are run here, and return those that are lost."""
        lost = []
        with writing(self._engine, announced=False) as connection:
            until = _now(connection) + LEASE
            for job in jobs:
                if connection.execute(update(JobRow).where(_held(job)).values(leased_until=until)).rowcount == 0:
                    lost.append(job)
        return lost

    def release(self, job: JobRecord) -> None:
        """Put a job back into the queue, for whoever runs on with it."""
        with writing(self._engine, announced=False) as connection:
            back = {"stage": QUEUED, "leased_until": None, "revision": JobRow.revision + 1}
            connection.execute(update(JobRow).where(_held(job)).values(**back))

    def end_leases_of_dead(self, is_dead: Callable[[str], bool]) -> None:
        """End the leases of runners that are known to be dead, so that nobody waits for their end."""
        query = select(JobRow.runner).where(JobRow.stage.in_(UNDERWAY)).distinct()
        with writing(self._engine, announced=False) as connection:
            dead = [runner for runner in connection.execute(query).scalars() if is_dead(runner)]
            ended = {"leased_until": _now(connection) - LEASE}
            connection.execute(
                update(JobRow).where(JobRow.runner.in_(dead), JobRow.stage.in_(UNDERWAY)).values(**ended)
            )

    def cached(self, identity: str) -> Sequence[JobRecord]:
        """Return the newest jobs with a result for the same computation; whether its files are the same is not said."""
        query = select(*COLUMNS).where(
            JobRow.identity == identity, JobRow.stage == "SUCCEEDED", JobRow.expires_timestamp > datetime.now(UTC)
        )
        with self._engine.connect() as connection:
            found = connection.execute(query.order_by(JobRow.number.desc()).limit(3))
            return [JobRecord(**row._mapping) for row in found]

    def delete_expired(self) -> None:
        """Delete jobs that expired long ago; until then, their owners are told that they did."""
        with writing(self._engine, announced=False) as connection:
            long_ago = _now(connection) - TOLD
            connection.execute(delete(JobRow).where(JobRow.expires_timestamp <= long_ago))

    def with_files(self, ids: Collection[str]) -> set[str]:
        """Return those of some ids whose files are needed: of jobs that are neither failed, cancelled nor expired."""
        needed = JobRow.stage.not_in(("FAILED", "CANCELLED"))
        with self._engine.connect() as connection:
            kept = JobRow.expires_timestamp > _now(connection)
            return set(connection.execute(select(JobRow.id).where(JobRow.id.in_(ids), needed, kept)).scalars())


def _waits(now: datetime) -> ColumnElement[bool]:
    # By a clock that was ahead, and jumped; not by who looked at it later than we did, and was sooner with the lease.
    ended = or_(JobRow.leased_until < now, JobRow.leased_until > now + 2 * LEASE)
    free = or_(JobRow.stage == QUEUED, and_(JobRow.stage.in_(UNDERWAY), ended))
    return and_(free, JobRow.expires_timestamp > now)


def _held(job: JobRecord) -> ColumnElement[bool]:
    return and_(JobRow.id == job.id, JobRow.attempt == job.attempt, JobRow.stage.in_(UNDERWAY))


def _now(connection: Connection) -> datetime:
    """Return the moment by the database's clock; SQLite has that of this machine."""
    if connection.dialect.name != "postgresql":
        return datetime.now(UTC)
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment
