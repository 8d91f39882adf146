"""Records of sessions, and what is asked of them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

__all__ = ["LogRecord", "Session", "View"]


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

    def includes(self, record: LogRecord) -> bool:
        """Return True for a record of this selection."""
        is_new = self.since is None or record.timestamp > self.since
        return is_new and record.id > self.after and record.level >= self.level
