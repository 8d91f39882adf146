"""Blocks of files: decoded once however many wait for them, and kept up to a number of bytes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby, islice

from cachetools import LRUCache
from rasterio.errors import RasterioError

from graft_eval.fingerprint import local_path
from graft_eval.raster.access import NOWHERE, RemoteAccess
from graft_eval.raster.decoding import Block, BlockKey, BlockRequest, Unreadable, decode
from graft_eval.raster.fetching import prepare_client
from graft_eval.raster.handles import Handles, prepare_thread
from graft_eval.raster.open_files import max_handles
from graft_eval.raster.read_ahead import ReadAhead
from graft_eval.raster.remote_files import FileChanged
from graft_eval.raster.signatures import expiry_note, without_queries

__all__ = ["Block", "BlockRequest", "Blocks", "CacheUse", "Unreadable"]

WAIT_SECONDS = 0.1  # seconds between looks at whether anybody still waits
REMOTE_THREADS = 64  # they wait for answers far more than they decode
MAX_REMOTE_WAITING = 64  # blocks of remote files asked for before the first of them is taken
MAX_BLOCKS_PER_READ = 16  # blocks of a remote file


@dataclass(frozen=True, slots=True)
class CacheUse:
    """How many blocks were kept when they were asked for, how many were read, and bytes: `size` of up to `limit`."""

    hits: int
    misses: int
    size: int
    limit: int


@dataclass(slots=True, eq=False)
class _Flight:
    """A block on its way, and how many wait for it."""

    future: Future[Block] = field(default_factory=Future)
    waiters: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class _Awaited:
    request: BlockRequest
    found: Block | _Flight
    started: bool  # for this request


class Blocks:
    """Reads blocks with pools of threads, one for files of this machine, one for remote ones; thread safe."""

    def __init__(self, cache_bytes: int, threads: int, access: RemoteAccess = NOWHERE) -> None:
        self._handles = Handles(max_handles(), access)
        self._local = ThreadPoolExecutor(threads, "graftile-read", prepare_thread)
        self._remote = ThreadPoolExecutor(REMOTE_THREADS, "graftile-fetch", prepare_thread)
        if access.hosts or access.signers:
            self._remote.submit(prepare_client)
        self._ahead = 2 * threads
        self._kept: LRUCache[BlockKey, Block] = LRUCache(cache_bytes, getsizeof=_size)
        self._coming: dict[object, _Flight] = {}
        self._read_ahead = ReadAhead(self._load_ahead, cache_bytes // 8)
        self._hits = self._misses = 0
        self._lock = threading.Lock()

    def stream(
        self, requests: Iterable[BlockRequest], check: Callable[[], None]
    ) -> Iterator[tuple[BlockRequest, Block | Unreadable, int]]:
        """Yield each request in order with its block, or why there is none, and the bytes decoded for it.

        A few blocks are under way at once, of remote files many, and those of one file that follow each other together.
        `check` is called while waiting, and may raise to end it; what nobody waits for any more is not read.
        """
        waiting: deque[_Awaited] = deque()
        self._read_ahead.begin()
        try:
            for is_remote, group in _groups(requests):
                waiting += self._find(group, is_remote)
                while len(waiting) > (MAX_REMOTE_WAITING if is_remote else self._ahead):
                    yield _settle(waiting[0], check)
                    waiting.popleft()
            while waiting:
                yield _settle(waiting[0], check)
                waiting.popleft()
        finally:
            self._read_ahead.end()
            with self._lock:
                for awaited in waiting:
                    if isinstance(awaited.found, _Flight):
                        awaited.found.waiters -= 1

    @property
    def use(self) -> CacheUse:
        """The use of the cache since the start."""
        with self._lock:
            return CacheUse(self._hits, self._misses, int(self._kept.currsize), int(self._kept.maxsize))

    def close(self) -> None:
        """End the threads and close the files."""
        self._read_ahead.close()
        for pool in (self._local, self._remote):
            pool.shutdown()
        self._handles.close()

    def _find(self, requests: Sequence[BlockRequest], is_remote: bool) -> list[_Awaited]:
        """Return each block if it is kept, else its flight, which starts if there is none."""
        found: list[_Awaited] = []
        starting: list[tuple[BlockRequest, _Flight]] = []
        with self._lock:
            for request in requests:
                key = request.key
                kept, flight = self._kept.get(key), self._coming.get((key, request.bands))
                if kept is not None and request.bands <= kept.keys():
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
        pool = self._remote if is_remote else self._local
        for together in _rectangles(starting) if is_remote else ([one] for one in starting):
            pool.submit(self._load, together)
        return found

    def _load_ahead(self, request: BlockRequest) -> int:
        """Read a block that nobody asks for yet, unless it is there or coming, and return its bytes."""
        key = request.key, request.bands
        with self._lock:
            if request.key in self._kept or key in self._coming:
                return 0
            flight = self._coming[key] = _Flight()
        self._load([(request, flight)])
        return 0 if flight.future.exception() else _size(flight.future.result())

    def _load(self, flights: Sequence[tuple[BlockRequest, _Flight]]) -> None:
        """Read blocks that form a rectangle, as far as anybody waits for them."""
        with self._lock:
            if not any(flight.waiters for _, flight in flights):
                self._land(flights)
                return
        try:
            blocks = self._read([request for request, _ in flights])
        except BaseException as error:
            with self._lock:
                self._land(flights)
            for _, flight in flights:
                flight.future.set_exception(error)
            return
        with self._lock:
            for (request, _), block in zip(flights, blocks, strict=True):
                whole = _joined(self._kept.pop(request.key, None), block)
                if _size(whole) <= self._kept.maxsize:
                    self._kept[request.key] = whole
            self._land(flights)
        for (_, flight), block in zip(flights, blocks, strict=True):
            flight.future.set_result(block)

    def _land(self, flights: Sequence[tuple[BlockRequest, _Flight]]) -> None:
        for request, _ in flights:
            del self._coming[request.key, request.bands]

    def _read(self, requests: Sequence[BlockRequest]) -> list[Block]:
        first = requests[0]
        try:
            try:
                return self._decode(requests)
            except FileChanged:
                self._forget(first)
                return self._decode(requests)
        except (RasterioError, OSError) as error:
            reason, note = _reason(error), expiry_note(first.asset.href)
            raise Unreadable(f"{first.name} cannot be read: {reason.removesuffix(note)}{note}") from error

    def _decode(self, requests: Sequence[BlockRequest]) -> list[Block]:
        first, asset = requests[0], requests[0].asset
        with self._handles.lend(asset.href, first.fingerprint, first.overview.number, asset.roots) as dataset:
            return decode(dataset, requests)

    def _forget(self, request: BlockRequest) -> None:
        """Drop what is kept of a file that is another by now."""
        with self._lock:
            for key in [key for key in self._kept if key[:2] == request.key[:2]]:
                del self._kept[key]


def _groups(requests: Iterable[BlockRequest]) -> Iterator[tuple[bool, list[BlockRequest]]]:
    """Yield what is looked for at once: one block of a local file, those of a remote one that follow each other."""
    for (href, *_), group in groupby(requests, lambda one: (*one.key[:4], one.bands)):
        if local_path(href) is None:
            while several := list(islice(group, MAX_BLOCKS_PER_READ)):
                yield True, several
        else:
            yield from ((False, [request]) for request in group)


def _rectangles(
    flights: Sequence[tuple[BlockRequest, _Flight]],
) -> Iterator[list[tuple[BlockRequest, _Flight]]]:
    """Yield blocks of one file in rectangles, of which GDAL fetches each in one round trip."""
    flights = sorted(flights, key=lambda one: (one[0].row, one[0].col))
    rows, cols = {request.row for request, _ in flights}, {request.col for request, _ in flights}
    if flights and len(flights) == (max(rows) - min(rows) + 1) * (max(cols) - min(cols) + 1):
        yield flights
        return
    for _, run in groupby(enumerate(flights), lambda item: (item[1][0].row, item[1][0].col - item[0])):
        yield [one for _, one in run]


def _settle(awaited: _Awaited, check: Callable[[], None]) -> tuple[BlockRequest, Block | Unreadable, int]:
    request, found = awaited.request, awaited.found
    while isinstance(found, _Flight):
        try:
            found = found.future.result(WAIT_SECONDS)
        except TimeoutError:
            check()
        except Unreadable as error:
            return request, error, 0
    return request, found, _size(found) if awaited.started else 0


def _joined(known: Block | None, block: Block) -> Block:
    """Return the planes of both; what is new is copied, for planes that are read together keep one another's memory."""
    if known is None:
        return block
    return {**known, **{band: plane.copy() for band, plane in block.items() if band not in known}}


def _size(block: Block) -> int:
    return sum(plane.nbytes for plane in block.values())


def _reason(error: Exception) -> str:
    """The innermost cause, which is GDAL's own, in one line."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    said = without_queries(str(cause).strip())
    return said.splitlines()[0][:200] if said else type(cause).__name__
