"""Listeners: functions that are called with the log records of a map layer's session, from a thread of their own."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from datetime import datetime

from sdk.service.client import Client, default_client
from sdk.service.log_stream import LogRecord, LogStream

__all__ = ["Callback", "XYZLogListener"]

Callback = Callable[[LogRecord], object]

log = logging.getLogger(__name__)


class XYZLogListener:
    """Calls functions, in a background thread, for each log record of a map layer's session.

    The thread ends when `stop` is called, when the listener is no longer referenced, when a callback raises, or
    when the server refuses to go on; the latter two are reported through `logging`.
    """

    def __init__(self, xyz_id: str, client: Client | None = None) -> None:
        self._xyz_id = xyz_id
        self._client = client
        self._callbacks: list[Callback] = []
        self._stream: LogStream | None = None
        self._thread: threading.Thread | None = None

    def add_callback(self, callback: Callback) -> None:
        """Call the function with each `LogRecord` from now on; it runs in the listener's thread."""
        if not callable(callback):
            raise TypeError(f"a callback must be a function of a log record, not {callback!r}")
        self._callbacks.append(callback)

    def listen(self, session_id: str, start_datetime: datetime | None = None, level: int | None = None) -> None:
        """Start to listen to a session.

        `start_datetime`, which must have a time zone, leaves out what is older, `level` (`logging.WARNING`) what
        is less grave. Raises RuntimeError while the listener listens to another one already.
        """
        if self.running():
            raise RuntimeError("this listener listens already: stop it first, or take another one")
        stream = LogStream(self._client or default_client(), f"xyz/{self._xyz_id}", session_id, start_datetime, level)
        # The thread must not keep the listener alive: it holds the stream, and the listener weakly.
        self._stream = stream
        self._thread = threading.Thread(
            target=_deliver_all,
            args=(stream, weakref.ref(self)),
            name=f"log listener of XYZ {self._xyz_id!r}",
            daemon=True,
        )
        weakref.finalize(self, stream.close)
        self._thread.start()

    def running(self) -> bool:
        """True while it listens."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self, timeout: float | None = None) -> bool:
        """Stop listening; wait at most `timeout` seconds for the thread to end, and return whether it did."""
        if self._stream is None or self._thread is None:
            return True
        self._stream.close()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def __repr__(self) -> str:
        return f"<XYZLogListener of {self._xyz_id!r}, {'running' if self.running() else 'not running'}>"


def _deliver_all(stream: LogStream, listener: weakref.ref[XYZLogListener]) -> None:
    try:
        for record in stream:
            if not _deliver(record, listener):
                return
    except Exception:
        log.exception("%s has ended", threading.current_thread().name)


def _deliver(record: LogRecord, reference: weakref.ref[XYZLogListener]) -> bool:
    # A function of its own: no variable of the thread's loop may keep the listener or a callback alive.
    listener = reference()
    if listener is None:
        return False
    for callback in tuple(listener._callbacks):
        callback(record)
    return True
