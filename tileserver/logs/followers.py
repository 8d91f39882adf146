"""Followers: the readers of sessions in this process, each of whom gets new records at its own pace."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from typing import Final

from tileserver.logs.records import LogRecord, Session

__all__ = ["Follower", "Followers", "TooManyFollowers"]

MAX_WAITING: Final = 2_000  # records that wait for a reader; beyond it the oldest are lost to it


class TooManyFollowers(Exception):
    """As many readers of logs as the server takes are connected."""


class Follower:
    """A reader of one session; made in the event loop that it reads in."""

    def __init__(self) -> None:
        self._records: deque[LogRecord] = deque(maxlen=MAX_WAITING)
        self._event = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def push(self, records: Sequence[LogRecord]) -> None:
        """Give it records, from any thread; waits for nothing."""
        self._records.extend(records)
        self.wake()

    def wake(self) -> None:
        """Let it go on, from any thread."""
        with suppress(RuntimeError):  # the loop has closed: nobody waits
            self._loop.call_soon_threadsafe(self._event.set)

    async def take(self) -> list[LogRecord]:
        """Return the records that wait, once there are some or it is woken."""
        await self._event.wait()
        self._event.clear()
        return [self._records.popleft() for _ in range(len(self._records))]


class Followers:
    """All followers of a process; `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._of: dict[Session, set[Follower]] = {}
        self._count = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self._count

    def check_room(self) -> None:
        """Raise `TooManyFollowers` if there is no room for one more."""
        if self._count >= self._most:
            raise TooManyFollowers(
                f"{self._count} readers of logs are connected, which is the limit; try again shortly"
            )

    @contextmanager
    def joined(self, session: Session) -> Iterator[Follower]:
        """Yield a follower of a session, as long as it is followed."""
        follower = Follower()
        with self._lock:
            self._of.setdefault(session, set()).add(follower)
            self._count += 1
        try:
            yield follower
        finally:
            with self._lock:
                self._count -= 1
                self._of[session].discard(follower)
                if not self._of[session]:
                    del self._of[session]

    def push(self, records: Sequence[tuple[Session, LogRecord]]) -> None:
        """Give each follower the records of its session."""
        for session, found in groupby(sorted(records, key=_by_session), key=lambda pair: pair[0]):
            own = [record for _, record in found]
            with self._lock:
                followers = list(self._of.get(session, ()))
            for follower in followers:
                follower.push(own)

    def wake(self) -> None:
        """Let all go on."""
        with self._lock:
            followers = [follower for found in self._of.values() for follower in found]
        for follower in followers:
            follower.wake()


def _by_session(pair: tuple[Session, LogRecord]) -> tuple[str, str, int]:
    session, record = pair
    return session.layer, session.id, record.id
