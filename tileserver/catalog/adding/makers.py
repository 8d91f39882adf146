"""Makers: threads make images of what is found; processes help, where there is much of it, all of it local."""

from __future__ import annotations

import logging
import os
import signal
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from loky import ProcessPoolExecutor
from rasterio.errors import NotGeoreferencedWarning

from graft_eval.raster.handles import prepare_thread
from tileserver.catalog.adding.findings import Finding
from tileserver.catalog.adding.making import Maker, Result
from tileserver.catalog.locations import Locations
from tileserver.catalog.stac.documents import Documents

__all__ = ["Processes", "make_all"]

log = logging.getLogger(__name__)

THREADS: Final = 8  # files opened at a time, while networks are waited for
BATCH: Final = 200  # images made together, and written in one transaction
FEW: Final = 400  # images for which no processes are started
CHUNK: Final = 25  # images sent to a process together
AHEAD: Final = 2  # batches that processes work on while an earlier one is written


def make_all(findings: Iterable[Finding], documents: Documents, strict: bool) -> Iterator[list[Result]]:
    """Yield what findings become, in their order, a batch at a time.

    Half of the work on a file is GDAL's on its coordinate reference system, during which rasterio holds the
    interpreter's lock: more threads gain nothing there, processes do. They take a second or two to start.
    """
    findings = iter(findings)
    maker, processes = Maker(documents, strict), Processes(documents.locations, strict)
    threads = ThreadPoolExecutor(THREADS, "catalog-add", prepare_thread)
    pending: deque[tuple[list[Finding], list[Future[list[Result]]]]] = deque()
    seen = 0

    def collect() -> list[Result]:
        batch, futures = pending.popleft()
        return processes.collect(futures) or list(threads.map(maker.make, batch))

    try:
        while batch := list(islice(findings, BATCH)):
            if processes.are_ready:
                pending.append((batch, processes.submit(batch)))
                if len(pending) > AHEAD:
                    yield collect()
                continue
            yield list(threads.map(maker.make, batch))
            seen += len(batch)
            if seen >= FEW and not documents.locations.hosts:
                processes.start()
        while pending:
            yield collect()
    finally:
        threads.shutdown(cancel_futures=True)
        processes.close()


class Processes:
    """As many processes as there are cores, each of which makes images; they end with one that crashes."""

    def __init__(self, locations: Locations, strict: bool) -> None:
        self._locations = locations
        self._strict = strict
        # those of the standard library would run a caller's script again, or copy this process with its threads
        self._pool: ProcessPoolExecutor | None = None
        self._first: Future[list[Result]] | None = None

    def start(self) -> None:
        """Start them, unless that has been done; they work from when they `are_ready` on."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(os.cpu_count(), initializer=_prepare)
            self._first = next(iter(self.submit([])), None)

    @property
    def are_ready(self) -> bool:
        """True once the first of them has begun to work, and none has crashed."""
        return self._first is not None and self._first.done() and self._first.exception() is None

    def submit(self, findings: Sequence[Finding]) -> list[Future[list[Result]]]:
        """Have them make images of findings; nothing where they have come to an end."""
        assert self._pool is not None
        chunks = [findings[begin : begin + CHUNK] for begin in range(0, len(findings), CHUNK)]
        try:
            return [self._pool.submit(_make, chunk, self._locations, self._strict) for chunk in chunks or [[]]]
        except BrokenProcessPool as exc:
            return self._give_up(exc)

    def collect(self, futures: Sequence[Future[list[Result]]]) -> list[Result]:
        """Return what has been made; nothing where they have come to an end."""
        try:
            return [result for future in futures for result in future.result()]
        except BrokenProcessPool as exc:
            return self._give_up(exc)

    def _give_up(self, exc: BrokenProcessPool) -> list[Any]:
        log.warning("files are read by threads from here on: %s", exc)
        self._first = None
        return []

    def close(self) -> None:
        """End them, whatever they do."""
        if self._pool is not None:
            self._pool.shutdown(kill_workers=True)


def _prepare() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the process that writes
    warnings.simplefilter("ignore", NotGeoreferencedWarning)
    prepare_thread()


def _make(findings: Sequence[Finding], locations: Locations, strict: bool) -> list[Result]:
    maker = _maker(locations, strict)
    return [maker.make(finding) for finding in findings]


@lru_cache(maxsize=1)
def _maker(locations: Locations, strict: bool) -> Maker:
    return Maker(Documents(locations), strict)
