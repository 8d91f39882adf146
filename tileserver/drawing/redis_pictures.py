"""Pictures that servers share in Redis, or Valkey."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Final, TypeVar, cast

from redis import ConnectionPool, Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from graft_eval.progress import Progress
from tileserver.drawing.shared_pictures import Drawn

__all__ = ["RedisPictures"]

log = logging.getLogger(__name__)

KEEP_SECONDS: Final = 86_400
PATIENCE_SECONDS: Final = 0.25  # with a Redis that does not answer
PAUSE_SECONDS: Final = 2.0  # after a failure, in which it is not asked
LEAD_SECONDS: Final = 5.0  # for which others wait at most
POLL_SECONDS: Final = 0.02
EMPTY: Final = b"\0"
PAINTED: Final = b"\1"

T = TypeVar("T")


class RedisPictures:
    """Pictures in Redis, for a day. Every failure is a miss: then each server draws for itself."""

    def __init__(self, url: str, connections: int) -> None:
        pool = ConnectionPool.from_url(
            url,
            max_connections=connections,
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 1),  # a connection may have been closed since it was last used
        )
        self._redis = Redis(connection_pool=pool)
        self.counts = Counter[str]()
        self._paused_until = 0.0
        self._lock = threading.Lock()

    def find_or_draw(self, tag: str, progress: Progress, draw: Callable[[], Drawn]) -> tuple[Drawn, bool]:
        """Return the picture of a tag, and whether it was found; waits some seconds while another server draws it."""
        nothing: tuple[Drawn | None, bool] = None, False
        with progress.timed("search"):
            found, leads = self._try(lambda: self._find(tag, progress), nothing)
        self._count("miss" if found is None else "hit")
        if found is not None:
            return found, True
        drawn = None
        try:
            drawn = draw()
        finally:
            if drawn is not None and drawn.is_whole:
                data = (EMPTY if drawn.is_empty else PAINTED) + drawn.data
                self._try(lambda: self._redis.set(_picture(tag), data, ex=KEEP_SECONDS), None)
            if leads:
                self._try(lambda: self._redis.delete(_lead(tag)), None)
        return drawn, False

    def close(self) -> None:
        """End the connections."""
        self._redis.connection_pool.disconnect()

    def _find(self, tag: str, progress: Progress) -> tuple[Drawn | None, bool]:
        """Return the picture, or whether it is for the caller to draw it for all."""
        ends = time.monotonic() + LEAD_SECONDS
        while True:
            asked = self._redis.pipeline(transaction=False)
            asked.set(_lead(tag), 1, nx=True, px=int(1000 * LEAD_SECONDS))
            asked.get(_picture(tag))
            leads, data = cast(tuple[bool | None, bytes | None], tuple(asked.execute()))
            if data is not None:
                if leads:
                    self._redis.delete(_lead(tag))
                return Drawn(data[1:], is_empty=data[:1] == EMPTY), False
            if leads or time.monotonic() > ends:
                return None, bool(leads)
            progress.check()
            time.sleep(POLL_SECONDS)

    def _try(self, ask: Callable[[], T], otherwise: T) -> T:
        """Return what Redis answers, or the other value when it fails, or has just failed."""
        if time.monotonic() < self._paused_until:
            return otherwise
        try:
            return ask()
        except RedisError as exc:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            self._count("failed")
            log.warning("Redis cannot be asked for pictures, which are drawn here: %s", exc)
            return otherwise

    def _count(self, outcome: str) -> None:
        with self._lock:
            self.counts[outcome] += 1


def _picture(tag: str) -> str:
    return f"graftile:picture:{tag}"


def _lead(tag: str) -> str:
    return f"graftile:lead:{tag}"
