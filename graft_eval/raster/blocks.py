"""Blocks of files: decoded once however many wait for them, and kept up to a number of bytes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from rasterio.errors import RasterioError

from graft_eval.progress import Idle
from graft_eval.raster.access import NOWHERE, RemoteAccess
from graft_eval.raster.block_groups import grouped, is_remote_file, rectangles
from graft_eval.raster.decoding import Block, BlockRequest, Unreadable, decode
from graft_eval.raster.fetching import prepare_client
from graft_eval.raster.handles import Handles, is_prepared, prepare_thread, start_threads
from graft_eval.raster.kept_blocks import KeptBlocks, size_of
from graft_eval.raster.open_files import max_handles
from graft_eval.raster.read_ahead import ReadAhead
from graft_eval.raster.remote_files import FileChanged
from graft_eval.raster.signatures import expiry_note, without_queries

__all__ = ["Block", "BlockRequest", "Blocks", "CacheUse", "Unreadable"]

WAIT_SECONDS = 0.1  # seconds between looks at whether anybody still waits
REMOTE_THREADS = 64  # they wait for answers far more than they decode
STARTED_THREADS = 4  # of them, before anything is asked for
MAX_REMOTE_WAITING = 64  # blocks of remote files asked for before the first of them is taken
LOOK_SECONDS = 0.2  # for which blocks that other processes have dropped may stay in memory


@dataclass(frozen=True, slots=True)
class CacheUse:
    """How many blocks were kept when they were asked for, how many were read, and bytes: `size` of up to `limit`."""

    hits: int
    misses: int
    size: int
    limit: int


@dataclass(slots=True, eq=False)
class _Flight:
    """A block on its way, how many wait for it, and whether a thread reads it already."""

    future: Future[Block] = field(default_factory=Future)
    waiters: int = 1
    is_taken: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Awaited:
    request: BlockRequest
    found: Block | _Flight
    started: bool  # for this request


class Blocks:
    """Reads blocks with pools of threads, one for files of this machine, one for remote ones; thread safe."""

    def __init__(
        self, cache_bytes: int, threads: int, access: RemoteAccess = NOWHERE, folder: Path | None = None
    ) -> None:
        """Take the folder in which the processes of a server share blocks, if there are several."""
        self._handles = Handles(max_handles(), access)
        self._local = ThreadPoolExecutor(threads, "graftile-read", prepare_thread)
        self._remote = ThreadPoolExecutor(REMOTE_THREADS, "graftile-fetch", prepare_thread)
        start_threads(self._local, threads)
        self._ahead = 2 * threads
        self._kept = KeptBlocks(cache_bytes, folder)
        self._coming: dict[object, _Flight] = {}
        self._read_ahead = ReadAhead(self._load_ahead, cache_bytes // 8)
        if access.hosts or access.signers:
            self._remote.submit(prepare_client)
            start_threads(self._remote, STARTED_THREADS)
            self._read_ahead.start()
        self._hits = self._misses = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        if self._kept.is_shared:
            threading.Thread(target=self._look_at_others, name="graftile-shared", daemon=True).start()

    def stream(
        self,
        requests: Iterable[BlockRequest],
        check: Callable[[], None],
        idle: Idle = nullcontext,
    ) -> Iterator[tuple[BlockRequest, Block | Unreadable, int]]:
        """Yield each request in order with its block, or why there is none, and the bytes decoded for it.

        A few blocks are under way at once, of remote files many, and those of one file that follow each other together.
        `check` is called while waiting, and may raise to end it; what nobody waits for any more is not read. Other
        machines, processes and threads are waited for inside of `idle`. This thread reads local files, too, if it is
        prepared for that.
        """
        waiting: deque[_Awaited] = deque()
        self._read_ahead.begin()
        try:
            for is_remote, group in grouped(requests):
                waiting += self._find(group, is_remote, is_prepared() and not any(one.started for one in waiting))
                while len(waiting) > (MAX_REMOTE_WAITING if is_remote else self._ahead):
                    yield self._settle(waiting[0], check, idle)
                    waiting.popleft()
            while waiting:
                yield self._settle(waiting[0], check, idle)
                waiting.popleft()
        finally:
            self._read_ahead.end()
            self._leave(waiting)

    @property
    def use(self) -> CacheUse:
        """The use of the cache since the start."""
        with self._lock:
            return CacheUse(self._hits, self._misses, self._kept.size, self._kept.limit)

    def close(self) -> None:
        """End the threads and close the files."""
        self._closing.set()
        self._read_ahead.close()
        for pool in (self._local, self._remote):
            pool.shutdown()
        self._handles.close()
        self._kept.close()

    def _find(self, requests: Sequence[BlockRequest], is_remote: bool, reads_itself: bool) -> list[_Awaited]:
        """Return each block if it is kept, else its flight, which starts if there is none.

        It is left to this thread if that `reads_itself`, and the file is local.
        """
        found: list[_Awaited] = []
        starting: list[tuple[BlockRequest, _Flight]] = []
        if self._kept.is_shared:
            self._take_from_others(requests)
        with self._lock:
            for request in requests:
                key = request.key
                kept, flight = self._kept.get(request), self._coming.get((key, request.bands))
                if kept is not None:
                    self._hits += 1
                    found.append(_Awaited(request, kept, False))
                elif flight is not None:
                    flight.waiters += 1
                    found.append(_Awaited(request, flight, False))
                else:
                    self._misses += 1
                    flight = self._coming[key, request.bands] = _Flight()
                    starting.append((request, flight))
                    found.append(_Awaited(request, flight, True))
        if is_remote:
            self._read_ahead.note(requests)
            for together in rectangles(starting):
                self._remote.submit(self._load, together)
        elif not reads_itself:
            for one in starting:
                self._local.submit(self._load, [one])
        return found

    def _settle(
        self, awaited: _Awaited, check: Callable[[], None], idle: Idle
    ) -> tuple[BlockRequest, Block | Unreadable, int]:
        """Return a request with its block, or why there is none, and the bytes decoded for it."""
        request, found = awaited.request, awaited.found
        if isinstance(found, _Flight):
            is_far = is_remote_file(request)
            if awaited.started and not is_far and is_prepared():
                check()
                self._load([(request, found)], idle)
            try:
                with idle(is_far) if (is_far or not awaited.started) and not found.future.done() else nullcontext():
                    found = _wait(found.future, check)
            except Unreadable as error:
                return request, error, 0
        return request, found, size_of(found) if awaited.started else 0

    def _leave(self, waiting: Iterable[_Awaited]) -> None:
        """Wait no more; what this thread would have read is read by another, if others wait for it."""
        for awaited in waiting:
            if isinstance(flight := awaited.found, _Flight):
                with self._lock:
                    flight.waiters -= 1
                if awaited.started and not (flight.is_taken or is_remote_file(awaited.request)):
                    self._local.submit(self._load, [(awaited.request, flight)])

    def _take_from_others(self, requests: Sequence[BlockRequest]) -> None:
        """Have blocks at hand that other processes have decoded."""
        with self._lock:
            lacking = [request for request in requests if self._kept.get(request) is None]
        found = [(request, block) for request in lacking if (block := self._kept.find(request)) is not None]
        with self._lock:
            for request, block in found:
                self._kept.put(request, block)

    def _look_at_others(self) -> None:
        """Drop, again and again, blocks that other processes no longer keep."""
        while not self._closing.wait(LOOK_SECONDS):
            inodes = self._kept.inodes()
            with self._lock:
                self._kept.drop_removed(inodes)

    def _load_ahead(self, request: BlockRequest) -> int:
        """Read a block that nobody asks for yet, unless it is there or coming, and return its bytes."""
        key = request.key, request.bands
        with self._lock:
            if self._kept.get(request) is not None or key in self._coming:
                return 0
            flight = self._coming[key] = _Flight()
        self._load([(request, flight)])
        return 0 if flight.future.exception() else size_of(flight.future.result())

    def _load(self, flights: Sequence[tuple[BlockRequest, _Flight]], idle: Idle = nullcontext) -> None:
        """Read blocks that form a rectangle, as far as anybody waits for them, unless a thread does so already."""
        with self._lock:
            if flights[0][1].is_taken:
                return
            flights[0][1].is_taken = True
            if not any(flight.waiters for _, flight in flights):
                self._land(flights)
                return
        try:
            blocks = self._find_or_read([request for request, _ in flights], idle)
        except BaseException as error:
            with self._lock:
                self._land(flights)
            for _, flight in flights:
                flight.future.set_exception(error)
            return
        with self._lock:
            for (request, _), block in zip(flights, blocks, strict=True):
                self._kept.put(request, block)
            self._land(flights)
        for (_, flight), block in zip(flights, blocks, strict=True):
            flight.future.set_result(block)

    def _land(self, flights: Sequence[tuple[BlockRequest, _Flight]]) -> None:
        for request, _ in flights:
            del self._coming[request.key, request.bands]

    def _find_or_read(self, requests: Sequence[BlockRequest], idle: Idle) -> Sequence[Block]:
        """Return blocks that form a rectangle, which another process may be decoding."""
        if not self._kept.is_shared:
            return self._read(requests)
        with self._kept.turn(requests[0], idle):
            found = [block for request in requests if (block := self._kept.find(request)) is not None]
            if len(found) == len(requests):
                return found
            blocks = self._read(requests)
            with self._lock:
                blocks = [self._kept.joined(request, block) for request, block in zip(requests, blocks, strict=True)]
            return [self._kept.share(request, block) for request, block in zip(requests, blocks, strict=True)]

    def _read(self, requests: Sequence[BlockRequest]) -> list[Block]:
        first = requests[0]
        try:
            try:
                return decode(self._handles, requests)
            except FileChanged:
                self._forget(first)
                return decode(self._handles, requests)
        except (RasterioError, OSError) as error:
            reason, note = _reason(error), expiry_note(first.asset.href)
            raise Unreadable(f"{first.name} cannot be read: {reason.removesuffix(note)}{note}") from error

    def _forget(self, request: BlockRequest) -> None:
        """Drop what is kept of a file that is another by now."""
        with self._lock:
            self._kept.forget(request)


def _wait(future: Future[Block], check: Callable[[], None]) -> Block:
    while True:
        try:
            return future.result(WAIT_SECONDS)
        except TimeoutError:
            check()


def _reason(error: Exception) -> str:
    """The innermost cause, which is GDAL's own, in one line."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    said = without_queries(str(cause).strip())
    return said.splitlines()[0][:200] if said else type(cause).__name__
