"""The table of log records."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from tileserver.store.database import Base, LongCount, UtcDateTime

__all__ = ["LogRow"]


class LogRow(Base):
    """A record of a session; ids grow with time and are never reused."""

    __tablename__ = "session_logs"
    __table_args__ = (Index("session_logs_of", "layer", "session", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(LongCount, primary_key=True, autoincrement=True)
    layer: Mapped[str]  # its path
    session: Mapped[str]
    level: Mapped[int] = mapped_column(SmallInteger)
    message: Mapped[str]
    timestamp: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
