"""Workers: a bounded pool of threads for all that computes, shared by those who ask for the same."""

from __future__ import annotations

import asyncio
import inspect
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Generic, TypeVar

from starlette.requests import ClientDisconnect

from graft_eval.errors import Cancelled
from graft_eval.progress import Progress
from graft_eval.raster.handles import start_threads
from tileserver.http.errors import Busy
from tileserver.turns import Turns

__all__ = ["MAX_IDLE", "Log", "Workers", "ignore_log"]

Log = Callable[[int, str], None]
T = TypeVar("T")

MAX_IDLE: Final = 8  # computations that wait, whose places others take
SHARE: Final = 0.75  # of the queue, for one caller
UNWATCHED_SECONDS: Final = 0.25  # in which nobody is thought to leave: as long as 32 waiting tiles take
GRACE_SECONDS: Final = 0.5  # after its deadline, in which a computation may stop by itself, with its own words


def ignore_log(level: int, message: str) -> None:
    """A log that keeps nothing."""


class _SharedLog:
    """Gives every record to all who wait for a computation, those who join late the earlier ones too."""

    def __init__(self) -> None:
        self._records: list[tuple[int, str]] = []
        self._logs: list[Log] = []
        self._lock = threading.Lock()

    def __call__(self, level: int, message: str) -> None:
        with self._lock:
            self._records.append((level, message))
            for log in self._logs:
                log(level, message)

    def join(self, log: Log) -> None:
        with self._lock:
            self._logs.append(log)
            for record in self._records:
                log(*record)


@dataclass(slots=True, eq=False)
class _Flight(Generic[T]):
    """A computation under way and how many wait for it."""

    future: Future[T]
    progress: Progress
    log: _SharedLog
    ends: float
    waiters: int = 0
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Workers:
    """Runs functions of a `Progress` in `threads` threads; up to `queue` further ones wait for one.

    They are taken from each caller in turn, and one caller may fill three quarters of the queue. A caller who has
    nothing else under way does not wait for others' computations to end: a spare thread is theirs while all are taken.
    While a computation waits for other machines, another takes its place: a map of remote files shows a view after one
    round of latency instead of one for each tile.
    The threads are its own: a full pool never keeps the event loop's helpers from their work.
    """

    def __init__(self, threads: int, queue: int, prepare: Callable[[], None] | None = None) -> None:
        """Take what each thread calls first."""
        self._pool = ThreadPoolExecutor(threads + MAX_IDLE, "graftile-worker", prepare)
        self._spare = ThreadPoolExecutor(1, "graftile-spare", prepare)
        start_threads(self._pool, threads + 1)  # one has the place of another that waits
        start_threads(self._spare, 1)
        self._flights: dict[Hashable, _Flight[Any]] = {}
        self._turns: Turns[Callable[[], None]] = Turns()
        self._running: set[Progress] = set()
        self._of_caller: Counter[Hashable] = Counter()
        self._size = threads, queue
        self._free = threads  # of the places for computations that need a processor; fewer than none for a while
        self._idle = 0
        self._is_closing = False
        self._lock = threading.Lock()

    async def run(
        self,
        function: Callable[[Progress], T],
        *,
        seconds: float,
        log: Log = ignore_log,
        gone: Coroutine[object, object, None] | None = None,
        key: Hashable = None,
        caller: Hashable = None,
    ) -> T:
        """Return what the function gives; one call for all that ask with an equal `key` at the same time.

        `seconds` is the time allowed, waiting for a thread included; `caller` is whose turn it takes, and `gone` ends
        when they have lost interest. The function's `Progress` is cancelled when its time is up or nobody waits any
        more. Raises `Busy`, `Cancelled`, or `ClientDisconnect` when `gone` ended first.
        """
        flight: _Flight[T] | None = self._flights.get(key) if key is not None else None
        try:
            flight = flight or self._start(function, seconds, key, caller)
            flight.waiters += 1
            flight.log.join(log)
            await self._wait(flight, gone)
            if flight.done.done():
                return flight.future.result()
            flight.progress.cancelled.set()
            raise Cancelled(f"the computation took longer than the limit of {seconds:g} s")
        finally:
            if gone is not None and inspect.getcoroutinestate(gone) == inspect.CORO_CREATED:
                gone.close()
            if flight is not None:
                self._leave(flight, key)

    @property
    def load(self) -> tuple[int, int]:
        """How many computations run, and how many wait for a thread."""
        count, waiting = len(self._running), len(self._turns)
        return max(count - waiting, 0), waiting

    def close(self) -> None:
        """Cancel what runs, drop what waits, and return when all threads have ended."""
        self._is_closing = True
        for progress in list(self._running):
            progress.cancelled.set()
        for pool in (self._pool, self._spare):
            pool.shutdown(wait=True, cancel_futures=True)

    def _start(self, function: Callable[[Progress], T], seconds: float, key: Hashable, caller: Hashable) -> _Flight[T]:
        threads, queue = self._size
        if len(self._running) >= threads + queue:
            raise Busy(f"{threads} computations run and {queue} wait, which is the server's limit; try again shortly")
        if self._of_caller[caller] >= (most := threads + math.ceil(queue * SHARE)):
            raise Busy(f"{most} computations of yours run or wait, which is one caller's limit; try again shortly")
        is_first = caller not in self._of_caller and len(self._running) >= threads
        log = _SharedLog()
        progress = Progress(log=log, deadline=seconds, idle=self._give_way)
        loop = asyncio.get_running_loop()
        future: Future[T] = Future()
        flight = _Flight(future, progress, log, time.monotonic() + seconds)
        self._running.add(progress)
        self._of_caller[caller] += 1

        done = flight.done  # not the flight, which holds the future: its result would live on

        def land() -> None:
            self._of_caller[caller] -= 1
            if not self._of_caller[caller]:
                del self._of_caller[caller]
            if not done.done():
                done.set_result(None)

        def settle(future: Future[T]) -> None:
            self._running.discard(progress)
            with suppress(RuntimeError):  # the loop has closed: nobody waits
                loop.call_soon_threadsafe(land)

        future.add_done_callback(settle)
        self._turns.put(caller, partial(_fulfil, future, function, progress))
        self._begin()
        if is_first:
            self._spare.submit(_call, partial(self._turns.take_of, caller))
        if key is not None:
            self._flights[key] = flight
        return flight

    def _begin(self) -> None:
        """Have a thread compute what waits, if there is a place."""
        with self._lock:
            if self._free <= 0 or not self._turns or self._is_closing:
                return
            self._free -= 1
        self._pool.submit(self._work)

    def _work(self) -> None:
        """Compute one thing after the other that waits, as long as there is a place."""
        while True:
            with self._lock:
                thing = None if self._free < 0 or self._is_closing else self._turns.take()
                if thing is None:
                    self._free += 1
                    return
            thing()
            del thing  # its result would live on

    @contextmanager
    def _give_way(self, is_long: bool) -> Iterator[None]:
        """Let another computation have the place of this one meanwhile, unless there are many of those.

        While it is not for long just one does so, as each takes memory.
        """
        with self._lock:
            gives = int(self._idle < (MAX_IDLE if is_long else 1))
            self._idle += gives
            self._free += gives
        self._begin()
        try:
            yield
        finally:
            with self._lock:
                self._idle -= gives
                self._free -= gives

    async def _wait(self, flight: _Flight[T], gone: Coroutine[object, object, None] | None) -> None:
        """Wait until the computation is done or its time is up; raises `ClientDisconnect` when `gone` ends first."""
        # Most are done before it is worth a task to watch for the caller's leaving: 0.1 ms of the event loop's time.
        remaining = flight.ends + GRACE_SECONDS - time.monotonic()
        await asyncio.wait({flight.done}, timeout=min(UNWATCHED_SECONDS, remaining))
        if flight.done.done():
            return
        watch = asyncio.ensure_future(_follow(gone)) if gone is not None else None
        awaited = {flight.done} if watch is None else {flight.done, watch}
        try:
            remaining = flight.ends + GRACE_SECONDS - time.monotonic()
            await asyncio.wait(awaited, timeout=remaining, return_when=asyncio.FIRST_COMPLETED)
            if watch is not None and watch.done() and not flight.done.done():
                raise ClientDisconnect
        finally:
            if watch is not None:
                watch.cancel()

    def _leave(self, flight: _Flight[T], key: Hashable) -> None:
        flight.waiters -= 1
        if flight.done.done() or not flight.waiters:
            if self._flights.get(key) is flight:
                del self._flights[key]
            if not flight.done.done():
                flight.progress.cancelled.set()
                flight.future.cancel()


def _call(take: Callable[[], Callable[[], None] | None]) -> None:
    """Do what is taken, unless another thread has taken it before."""
    if (thing := take()) is not None:
        thing()


def _fulfil(future: Future[T], function: Callable[[Progress], T], progress: Progress) -> None:
    """Give a future what a function gives or raises, unless nobody waits for it any more."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(function(progress))
    except BaseException as exc:  # as the pool's own futures do: whoever waits is told
        future.set_exception(exc)


async def _follow(gone: Coroutine[object, object, None]) -> None:
    """Wait for the end of a coroutine that stays its owner's, even where this is cancelled before it begins."""
    await gone
