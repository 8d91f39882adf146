"""Jobs as they are kept: their table, that of their logs, and the record of one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from tileserver.auth import LOCAL
from tileserver.store.database import Base, LongCount, UtcDateTime

__all__ = ["COLUMNS", "DONE", "STAGES", "UNDERWAY", "JobLogRecord", "JobLogRow", "JobRecord", "JobRow"]

QUEUED: Final = "QUEUED"
UNDERWAY: Final = ("PREPARING", "RUNNING", "SAVING")
DONE: Final = ("SUCCEEDED", "FAILED", "CANCELLED")
STAGES: Final = (QUEUED, *UNDERWAY, *DONE)
RESULT_DAYS: Final = 10


class JobRow(Base):
    """The table of jobs; `number` counts them in the order of their making.

    A job that is under way is leased: `runner` names who runs it, `attempt` counts who ever did, so that one whose
    lease another has taken over changes nothing any more. `revision` counts the changes of what callers see.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_user", "user", "stage"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    graft: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    typespec: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    type: Mapped[str]
    parameters: Mapped[Sequence[Mapping[str, Any]]] = mapped_column(JSON)
    channel: Mapped[str]
    client_version: Mapped[str]
    arguments: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    geoctx: Mapped[Mapping[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    format: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    destination: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    cache: Mapped[bool]
    user: Mapped[str]
    org: Mapped[str]
    stage: Mapped[str] = mapped_column(index=True)
    progress: Mapped[Mapping[str, int]] = mapped_column(JSON)
    read: Mapped[Mapping[str, int]] = mapped_column(JSON)
    error: Mapped[Mapping[str, str] | None] = mapped_column(JSON(none_as_null=True))
    created_timestamp: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_timestamp: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_timestamp: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    runtime: Mapped[float]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[int]
    attempt: Mapped[int]
    interruptions: Mapped[int]
    runner: Mapped[str]
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    identity: Mapped[str] = mapped_column(index=True)
    images: Mapped[Mapping[str, str]] = mapped_column(JSON)


class JobLogRow(Base):
    """A record of a job's log; ids grow with time."""

    __tablename__ = "job_logs"
    __table_args__ = (Index("job_logs_of", "job", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(LongCount, primary_key=True, autoincrement=True)
    job: Mapped[int] = mapped_column(ForeignKey(JobRow.number, ondelete="CASCADE"))
    level: Mapped[int] = mapped_column(SmallInteger)
    message: Mapped[str]
    timestamp: Mapped[datetime] = mapped_column(UtcDateTime)


def _now() -> datetime:
    return datetime.now(UTC)


def _in_ten_days() -> datetime:
    return _now() + timedelta(days=RESULT_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """A job as it is kept; moments are aware, in UTC. A new one waits in the queue.

    `progress` counts tasks, `read` scenes and bytes, `runtime` is in seconds, `size` is that of the result in bytes.
    `images` are the files that were read, with the fingerprints that they had.

    >>> job = JobRecord(graft={"returns": "a", "a": 1}, typespec={"type": "Int"}, type="Int")
    >>> len(job.id), job.stage, job.is_done
    (48, 'QUEUED', False)
    """

    graft: Mapping[str, Any]
    typespec: Mapping[str, Any]
    type: str
    parameters: Sequence[Mapping[str, Any]] = field(default_factory=list)
    channel: str = ""
    client_version: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    geoctx: Mapping[str, Any] | None = None
    format: Mapping[str, Any] = field(default_factory=lambda: {"type": "pyarrow"})
    destination: Mapping[str, Any] = field(default_factory=lambda: {"type": "download"})
    cache: bool = True
    user: str = LOCAL.email
    org: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(24))
    stage: str = QUEUED
    progress: Mapping[str, int] = field(default_factory=lambda: {"waiting": 1, "ready": 0, "running": 0, "finished": 0})
    read: Mapping[str, int] = field(default_factory=lambda: {"scenes": 0, "bytes": 0})
    error: Mapping[str, str] | None = None
    created_timestamp: datetime = field(default_factory=_now)
    updated_timestamp: datetime = field(default_factory=_now)
    expires_timestamp: datetime = field(default_factory=_in_ten_days)
    runtime: float = 0.0
    media_type: str = ""
    size: int = 0
    revision: int = 0
    attempt: int = 0
    interruptions: int = 0
    identity: str = ""
    images: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """True once nothing of it will change any more."""
        return self.stage in DONE


@dataclass(frozen=True, slots=True)
class JobLogRecord:
    """One record of a job's log; `level` is a number as in `logging`."""

    id: int
    level: int
    message: str
    timestamp: datetime


COLUMNS: Final = tuple(JobRow.__table__.columns[column.name] for column in fields(JobRecord))
