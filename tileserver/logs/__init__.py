"""Session logs: records of a session's tiles, stored for a day."""

from __future__ import annotations

from tileserver.logs.followers import TooManyFollowers
from tileserver.logs.records import LogRecord, Session, View
from tileserver.logs.sessions import SessionLogs

__all__ = ["LogRecord", "Session", "SessionLogs", "TooManyFollowers", "View"]
