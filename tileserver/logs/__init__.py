"""Session logs: records of a session's tiles, stored for a day."""

from __future__ import annotations

from tileserver.logs.sessions import LogRecord, Session, SessionLogs, View

__all__ = ["LogRecord", "Session", "SessionLogs", "View"]
