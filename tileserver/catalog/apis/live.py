"""Live searches: products of STAC APIs, searched when a computation needs them and kept with their age.

A search is for a cell: a box and months around what is asked for. It is made once for all who need it, by threads of
its own; when it is older than `api_seconds`, it is made again while what is known is used. Images are made of Items,
which opens their files, once a computation meets them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from cachetools import LRUCache
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine

from graft_eval.scene import SearchProgress
from tileserver.catalog.apis.api import Api
from tileserver.catalog.apis.cells import Cell, cells_of
from tileserver.catalog.apis.images import LiveImages, documents_of, wait_for
from tileserver.catalog.apis.items import find_search, read_apis, write_found
from tileserver.catalog.errors import CatalogError, Refused
from tileserver.settings import Settings
from tileserver.store import writing
from tileserver.store.outages import Remembered

__all__ = ["LiveSearches"]

log = logging.getLogger(__name__)

SEARCHING_THREADS: Final = 4
PATIENCE_SECONDS: Final = 8.0  # with an API, before what is known is used
PAUSE_SECONDS: Final = 30.0  # in which an API that has failed is not asked again
LONGEST_PAUSE: Final = 86_400.0  # seconds that an API may ask for
BROKEN_OFF_SECONDS: Final = 300.0  # after which a search that was broken off is made again
USE_SECONDS: Final = 1.0  # of the list of products that are searched at APIs
MAX_KEPT: Final = 50_000  # searches that are known to be answered
NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a cell: since when, what its answer may lack, and why it could not be asked just now.

    `unplaced` are Items that were left out, with the reasons; for `broken_off` see `Found`.
    """

    asked: datetime
    lacks: str = ""
    failed: str = ""
    broken_off: bool = False
    unplaced: Mapping[str, str] = field(default_factory=dict)


class LiveSearches:
    """Searches STAC APIs for what computations need; thread safe."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._apis: tuple[float, dict[str, Api]] = 0.0, {}
        self._remembered = Remembered[None, dict[str, Api]](1)
        self._known: LRUCache[tuple[str, Cell], _Known] = LRUCache(MAX_KEPT)
        self._settled: LRUCache[Hashable, float] = LRUCache(MAX_KEPT)
        self._searching: dict[tuple[str, Cell], Future[_Known]] = {}
        self._pauses: dict[str, tuple[float, str]] = {}  # until when an API is not asked, and why
        self._images = LiveImages(engine, settings)
        self._lock = threading.Lock()

    def refresh(
        self,
        product: str,
        start: datetime | None,
        end: datetime | None,
        area: BaseGeometry | None,
        progress: SearchProgress,
    ) -> None:
        """Search for what is in a place and time, and make images of it, as far as that is not known yet."""
        api = self.apis().get(product)
        key = product, start, end, area
        if api is None or self._settled.get(key, 0.0) > time.monotonic():
            return
        cells = cells_of(area, start, end)
        known = self._search_all(api, cells, progress)
        complete = self._report_searches(api, known, progress)
        complete &= self._images.make(api, start, end, area, progress)
        if complete and known:
            oldest = min(one.asked for one in known)
            age = (datetime.now(UTC) - oldest).total_seconds()
            with self._lock:
                self._settled[key] = time.monotonic() + self._settings.api_seconds - age

    def apis(self) -> dict[str, Api]:
        """Return the products that are searched at STAC APIs."""
        until, known = self._apis
        if time.monotonic() > until:
            known = self._remembered.ask(None, self._read_apis)
            self._apis = time.monotonic() + USE_SECONDS, known
        return known

    def forget(self) -> None:
        """Look anew which products are searched at STAC APIs."""
        self._apis = 0.0, {}

    def _read_apis(self) -> dict[str, Api]:
        with self._engine.connect() as connection:
            return read_apis(connection)

    def close(self) -> None:
        """End the threads; searches that have not begun are dropped."""
        if pool := vars(self).get("_searchers"):
            pool.shutdown(cancel_futures=True)
        self._images.close()

    @cached_property
    def _searchers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(SEARCHING_THREADS, "graftile-search")

    def _search_all(self, api: Api, cells: Sequence[Cell], progress: SearchProgress) -> list[_Known]:
        """Return what is known of cells once the API has answered, or what is known without, where it is slow."""
        found = [self._look_up(api, cell) for cell in cells]
        waiting = {cell: one for cell, one in zip(cells, found, strict=True) if isinstance(one, Future)}
        slow = f"it has not answered in {PATIENCE_SECONDS:g} s"
        if waiting and not wait_for(waiting.values(), progress, PATIENCE_SECONDS):
            slow = self._pause(api, slow, PAUSE_SECONDS)
        unknown = _Known(NEVER, failed=slow)
        return [one if isinstance(one, _Known) else one.result() if one.done() else unknown for one in found]

    def _look_up(self, api: Api, cell: Cell) -> _Known | Future[_Known]:
        """Return what is known of a cell, while the API is asked again if that is old; else the search for it."""
        key = api.product, cell
        with self._lock:
            known, flight = self._known.get(key), self._searching.get(key)
        if known is None and flight is None:
            with self._engine.connect() as connection:
                row = find_search(connection, api.product, cell)
            known = _Known(row.asked, row.lacks) if row else None
            if known is not None:
                with self._lock:
                    self._known[key] = known
        if known is not None and self._is_fresh(known):
            return known
        until, reason = self._pauses.get(api.url, (0.0, ""))
        if until > time.monotonic() and not (flight and flight.done()):
            return replace(known or _Known(NEVER), failed=reason)
        if flight is None:
            with self._lock:
                if (flight := self._searching.get(key)) is None:
                    flight = self._searching[key] = self._searchers.submit(self._search, api, cell, known)
        return known or flight

    def _is_fresh(self, known: _Known) -> bool:
        seconds = self._settings.api_seconds
        age = (datetime.now(UTC) - known.asked).total_seconds()
        return age < (min(seconds, BROKEN_OFF_SECONDS) if known.broken_off else seconds)

    def _search(self, api: Api, cell: Cell, known: _Known | None) -> _Known:
        """Search a cell, and write what came."""
        from tileserver.catalog.apis.client import search  # 0.3 s, for those who need it

        asked = datetime.now(UTC)
        try:
            with documents_of(self._settings, api.url) as documents:
                found = search(api, cell, self._settings.api_items, documents)
            with writing(self._engine) as connection:
                there = api.product in read_apis(connection)  # it may have been removed meanwhile
                unplaced = write_found(connection, api, cell, found, asked) if there else {}
            now = _Known(asked, found.lacks, broken_off=found.broken_off, unplaced=unplaced)
            with self._lock:
                self._known[api.product, cell] = now
                self._pauses.pop(api.url, None)
            return now
        except CatalogError as exc:
            after = exc.retry_after if isinstance(exc, Refused) else None
            reason = self._pause(api, str(exc), min(max(PAUSE_SECONDS, after or 0.0), LONGEST_PAUSE))
            return replace(known or _Known(NEVER), failed=reason)
        finally:
            with self._lock:
                self._searching.pop((api.product, cell), None)

    def _pause(self, api: Api, reason: str, seconds: float) -> str:
        """Leave an API alone for a while; return the reason, and until when."""
        log.warning("%s is not asked for %.0f s: %s", api.url, seconds, reason)
        reason += f" (it is asked again after {datetime.now(UTC) + timedelta(seconds=seconds):%H:%M:%S} UTC)"
        with self._lock:
            self._pauses[api.url] = time.monotonic() + seconds, reason
        return reason

    def _report_searches(self, api: Api, known: Sequence[_Known], progress: SearchProgress) -> bool:
        """Say what answers lack; return whether the API could be asked, to the end."""
        where = f"{api.product}: the STAC API {urlsplit(api.url).netloc}"
        for lacks, broken_off in dict.fromkeys((one.lacks, one.broken_off) for one in known if one.lacks):
            message = f"{where} was not read to the end: {lacks}; others are left out"
            if broken_off:
                progress.leave_unread({f"{api.product}:"}, message)
            else:
                progress.log_here(logging.WARNING, message)
        unplaced = {name: reason for one in known for name, reason in one.unplaced.items()}
        if unplaced:
            name, reason = next(iter(unplaced.items()))
            others = f" and {len(unplaced) - 1} more" if len(unplaced) > 1 else ""
            progress.log_here(logging.WARNING, f"{where} gave images that are left out: {name} ({reason}){others}")
        failed = [one for one in known if one.failed]
        for one in failed[:1]:
            oldest = min(one.asked for one in failed)
            kept = "nothing is" if oldest == NEVER else f"what was found at {oldest:%Y-%m-%d %H:%M} UTC is"
            message = f"{where} cannot be searched: {one.failed}; {kept} known of this place and time"
            if oldest == NEVER:
                progress.leave_unread({f"{api.product}:"}, message)
            else:
                progress.log_here(logging.WARNING, message)
        return not failed and not any(one.broken_off for one in known)
