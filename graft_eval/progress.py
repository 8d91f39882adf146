"""The progress of one evaluation: scenes found, read and skipped, the time of each section, cancellation."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from dataclasses import dataclass
from functools import partial

from graft_eval.errors import Cancelled
from graft_eval.fingerprint import fingerprint
from graft_eval.scene import Asset

__all__ = ["Idle", "Progress", "Spent"]

Idle = Callable[[bool], AbstractContextManager[object]]  # whether it may be for long


@dataclass(slots=True)
class Spent:
    """What the evaluations of one request have taken so far: steps, and seconds of processor."""

    steps: int = 0
    seconds: float = 0.0

    def apart(self) -> AbstractContextManager[None]:
        """Leave out the seconds inside: of pixels and searches, which have limits of their own."""
        return _Timer(time.thread_time, self._leave_out)

    def _leave_out(self, seconds: float) -> None:
        self.seconds -= seconds


class _Timer(AbstractContextManager[None]):
    """Hands over the seconds spent inside by a clock; in a third of the time that a generator takes for it."""

    __slots__ = ("_clock", "_spend", "_started")

    def __init__(self, clock: Callable[[], float], spend: Callable[[float], None]) -> None:
        self._clock, self._spend = clock, spend

    def __enter__(self) -> None:
        self._started = self._clock()

    def __exit__(self, *_: object) -> None:
        self._spend(self._clock() - self._started)


class Progress:
    """The progress of one evaluation, kept as it goes on; safe to share between the threads that read for it.

    `log(level, message)` receives records for whoever watches. Setting `cancelled` stops the evaluation at its
    next `check`, as does passing the deadline (seconds from now). It waits for other machines inside of `idle(True)`,
    for other processes and threads inside of `idle(False)`, without need of a processor.
    """

    def __init__(
        self,
        *,
        log: Callable[[int, str], None] = lambda level, message: None,
        deadline: float | None = None,
        idle: Idle = nullcontext,
    ) -> None:
        self.log = log
        self.idle = idle
        self.cancelled = threading.Event()
        self.found: set[str] = set()  # scenes that a search gave
        self.used: set[str] = set()  # scenes whose pixels were read
        self.skipped: dict[str, str] = {}  # scene -> why it was left out
        self.unread: set[str] = set()  # scenes that mosaics left out, as the limit was met
        self.records_here: set[tuple[int, str]] = set()  # logged records that hold for this place alone
        self.spent = Spent()
        self.bytes_read = 0
        self.blocks_read = 0
        self.seconds: dict[str, float] = {}
        self._fingerprints: dict[str, str] = {}
        self._seconds_allowed = deadline
        self._ends = None if deadline is None else time.monotonic() + deadline
        self._lock = threading.Lock()

    @property
    def lacking(self) -> int:
        """Number of scenes that the result lacks and might have."""
        return len(self.unread.union(self.skipped))

    @property
    def is_late(self) -> bool:
        """True once half of the time is spent: what can be left out is left out from then on.

        >>> Progress().is_late, Progress(deadline=60).is_late, Progress(deadline=0).is_late
        (False, False, True)
        """
        return self._ends is not None and 2 * (self._ends - time.monotonic()) < (self._seconds_allowed or 0)

    def check(self) -> None:
        """Raise `Cancelled` when nobody waits any more or the time is up; called between steps of work."""
        if self.cancelled.is_set():
            raise Cancelled("nobody waits for this computation any more")
        if self._ends is not None and time.monotonic() > self._ends:
            raise Cancelled(f"the computation took longer than the limit of {self._seconds_allowed:g} s")

    def timed(self, name: str) -> AbstractContextManager[None]:
        """Add the time spent inside to that of a section: search, read, compute or encode."""
        return _Timer(time.perf_counter, partial(self._spend, name))

    @contextmanager
    def overhear(self, besides: Collection[tuple[int, str]] = ()) -> Iterator[list[tuple[int, str]]]:
        """Yield a list to which the records that are logged meanwhile are added; they are logged all the same.

        Those `besides` are left out of both.
        """
        log, heard = self.log, list[tuple[int, str]]()

        def note(level: int, message: str) -> None:
            if (level, message) not in besides:
                heard.append((level, message))
                log(level, message)

        self.log = note
        try:
            yield heard
        finally:
            self.log = log

    def fingerprint(self, asset: Asset) -> str:
        """Return the fingerprint that a file had when this evaluation first looked at it.

        Raises FileNotFoundError for a local file that is not there.
        """
        known = self._fingerprints.get(asset.href)
        if known is None:
            known = self._fingerprints[asset.href] = fingerprint(asset)
        return known

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """The files that this evaluation has looked at, with the fingerprints that they had."""
        return self._fingerprints

    def aside(self, log: Callable[[int, str], None]) -> Progress:
        """Return the progress of something else that is needed on the way, with its own scenes and the same end."""
        other = copy(self)
        other.log = log
        other.found, other.used, other.skipped, other.unread = set(), set(), {}, set()
        other.records_here = set()
        return other

    def _spend(self, name: str, seconds: float) -> None:
        with self._lock:
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds

    def find(self, scene_id: str) -> None:
        """Note a scene that a search gave."""
        with self._lock:
            self.found.add(scene_id)

    def read(self, scene_id: str, *, blocks: int, size: int) -> None:
        """Note that blocks of a scene were read; `size` in bytes as decoded, none for blocks from the cache."""
        with self._lock:
            self.used.add(scene_id)
            self.blocks_read += blocks
            self.bytes_read += size

    def leave_unread(self, scenes: Collection[str], reason: str) -> None:
        """Note scenes that were not read, and say why."""
        with self._lock:
            self.unread.update(scenes)
        self.log_here(logging.WARNING, reason)

    def skip(self, scene_id: str, reason: str) -> None:
        """Leave a scene out, and say so once."""
        with self._lock:
            if scene_id in self.skipped:
                return
            self.skipped[scene_id] = reason
        self.log_here(logging.WARNING, f"scene {scene_id} skipped: {reason}")

    def log_here(self, level: int, message: str) -> None:
        """Log a record that holds for this place alone, whatever else is the same in others."""
        with self._lock:
            self.records_here.add((level, message))
        self.log(level, message)
