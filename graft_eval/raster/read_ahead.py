"""Read-ahead: the blocks of remote files that a map needs next, besides those that are asked for."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice, product
from typing import Final

from cachetools import LRUCache

from graft_eval.raster.decoding import BlockRequest
from graft_eval.raster.handles import prepare_thread, start_threads
from graft_eval.raster.overviews import Overview

__all__ = ["ReadAhead"]

THREADS: Final = 8
PAN_THREADS: Final = 4  # of them, for where a pan comes to
FEW_FILES: Final = 3  # of which a view waits for answers; of more, for the processor
MAX_BLOCKS: Final = 48  # of all files: two more of each of 24
MAX_BYTES: Final = 64 << 20  # of them, decoded; what the threads have begun comes on top
MAX_PIXELS: Final = 1 << 20  # of a block
PAUSE_SECONDS: Final = 0.05  # without anything asked for, after which a view is complete
MAX_PANS: Final = 1024  # overviews of files
MAX_PLACES: Final = 1024  # blocks of each that are in view

Places = Set[tuple[int, int]]  # row, column


class ReadAhead:
    """Reads blocks around those that several tiles ask for at once, and in the direction of a pan; thread safe.

    Tiles of a map that are asked for at once are followed by those beside them: what is around their blocks is read
    with them, if they are of few files, as it takes a round of latency less. What all computations have asked for until
    none does any more is a view; where it moves to is read then, and given up when a computation begins.
    """

    def __init__(self, load: Callable[[BlockRequest], int], max_bytes: int) -> None:
        """Take a function that reads a block, unless it is kept, and returns the bytes that it takes."""
        self._load = load
        self._max_bytes = min(max_bytes, MAX_BYTES)
        self._threads = ThreadPoolExecutor(THREADS, "graftile-ahead", prepare_thread)
        self._seen: LRUCache[object, Places] = LRUCache(MAX_PANS)
        self._view: dict[object, tuple[BlockRequest, set[tuple[int, int]]]] = {}  # of computations under way
        self._around: deque[BlockRequest] = deque(maxlen=MAX_BLOCKS)
        self._surrounded: dict[object, set[tuple[int, int]]] = {}  # in this view, and what is around
        self._next: deque[BlockRequest] = deque()
        self._computations = self._bytes = 0
        self._ended = 0.0
        self._pausing = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start threads before anything is asked for."""
        start_threads(self._threads, THREADS)

    def begin(self) -> None:
        """Note that a computation asks for blocks."""
        with self._lock:
            self._computations += 1
            self._next.clear()

    def note(self, requests: Sequence[BlockRequest]) -> None:
        """Note the blocks of one overview of a remote file that a computation asks for."""
        one = requests[0]
        pan, workers = one.key[:4], 0
        if math.prod(one.overview.block) > MAX_PIXELS:
            return
        with self._lock:
            if pan in self._view or len(self._view) < MAX_PANS:
                is_first = pan not in self._view
                places = self._view.setdefault(pan, (one, set()))[1]
                if len(places) < MAX_PLACES:
                    places.update((request.row, request.col) for request in requests)
                    workers = 0 if is_first else self._surround(one, places)
        for _ in range(workers):
            self._threads.submit(self._work)

    def end(self) -> None:
        """Note that a computation has blocks that it asked for; others may follow soon."""
        with self._lock:
            self._computations -= 1
            self._ended = time.monotonic()
            if self._computations or not self._view or self._pausing:
                return
            self._pausing = True
        self._threads.submit(self._pause)

    def close(self) -> None:
        """End the threads."""
        self.begin()
        with self._lock:
            self._around.clear()
        self._threads.shutdown()

    def _surround(self, one: BlockRequest, places: set[tuple[int, int]]) -> int:
        """Find what is around blocks that several computations ask for; return how many threads are to read it."""
        if self._computations < 2 or len({other.asset.href for other, _ in self._view.values()}) > FEW_FILES:
            return 0
        known = self._surrounded.setdefault(one.key[:4], set())
        around = [place for place in blocks_around(places - known, one.overview) if place not in places | known]
        known |= places.union(around)
        self._around.extendleft(replace(one, row=row, col=col) for row, col in reversed(around))
        return min(THREADS, len(around))

    def _pause(self) -> None:
        """Wait until nothing has been asked for during a while, and read what is next."""
        while True:
            with self._lock:
                left = self._ended + PAUSE_SECONDS - time.monotonic()
                if self._computations or left <= 0:
                    self._pausing = False
                    workers = 0 if self._computations else self._plan()
                    break
            time.sleep(left)
        for _ in range(workers):
            self._threads.submit(self._work)

    def _plan(self) -> int:
        """Find what is next of all views, and return how many threads are to read it."""
        for pan, (one, places) in self._view.items():
            before = self._seen.get(pan, places)
            self._next += [replace(one, row=row, col=col) for row, col in next_blocks(before, places, one.overview)]
            self._seen[pan] = places
        self._view.clear()
        self._around.clear()
        self._surrounded.clear()
        self._next = deque(islice(self._next, MAX_BLOCKS))
        self._bytes = 0
        return min(PAN_THREADS, len(self._next))

    def _work(self) -> None:
        while (request := self._take()) is not None:
            size = self._load(request)
            with self._lock:
                self._bytes += size

    def _take(self) -> BlockRequest | None:
        with self._lock:
            if self._bytes >= self._max_bytes:
                return None
            if self._around:
                return self._around.popleft()
            return self._next.popleft() if self._next and not self._computations else None


def blocks_around(places: Places, overview: Overview) -> list[tuple[int, int]]:
    """Return the blocks beside some, and at their corners last."""
    (rows, cols), found = overview.blocks, dict[tuple[int, int], None]()
    for down, along in sorted(product((-1, 0, 1), repeat=2), key=lambda step: abs(step[0]) + abs(step[1])):
        found |= {(row + down, col + along): None for row, col in sorted(places)}
    return [(row, col) for row, col in found if (row, col) not in places and 0 <= row < rows and 0 <= col < cols]


def next_blocks(before: Places, now: Places, overview: Overview) -> list[tuple[int, int]]:
    """Return the blocks beyond the edge that a view moves to; none if it stands still."""
    shape = overview.blocks
    (top, bottom, down), (left, right, along) = (_edges(before, now, axis) for axis in (0, 1))
    rows = range(top + min(down, 0), bottom + max(down, 0) + 1)
    cols = range(left + min(along, 0), right + max(along, 0) + 1)
    return [
        (row, col)
        for row in rows
        for col in cols
        if not (top <= row <= bottom and left <= col <= right) and 0 <= row < shape[0] and 0 <= col < shape[1]
    ]


def _edges(before: Places, now: Places, axis: int) -> tuple[int, int, int]:
    """Return the first and the last row, or column, and 1 or -1 as they move up or down in number, else 0."""
    old, new = ([place[axis] for place in places] for places in (before, now))
    first, last = min(new), max(new)
    moved = first + last - min(old) - max(old)
    return first, last, (moved > 0) - (moved < 0)
