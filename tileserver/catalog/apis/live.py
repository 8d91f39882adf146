"""Live searches: products of STAC APIs, searched when a computation needs them and kept with their age.

A search is for a cell: a box and months around what is asked for. It is made once for all who need it, by threads of
its own; when it is older than `api_seconds`, it is made again while what is known is used. Images are made of Items,
which opens their files, once a computation meets them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Hashable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from cachetools import LRUCache
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, Row

from graft_eval.raster.handles import prepare_thread
from graft_eval.scene import SearchProgress
from tileserver.catalog.adding.findings import Failure, FoundItem
from tileserver.catalog.adding.making import Maker, Prepared
from tileserver.catalog.apis.api import Api
from tileserver.catalog.apis.cells import Cell, cells_of
from tileserver.catalog.apis.items import (
    find_items,
    find_search,
    read_apis,
    write_failure,
    write_found,
    write_image,
)
from tileserver.catalog.changes import read_settings
from tileserver.catalog.errors import CatalogError, Refused
from tileserver.catalog.locations import Locations
from tileserver.catalog.stac.collections import FoundCollection
from tileserver.catalog.stac.documents import Documents
from tileserver.settings import Settings
from tileserver.store import writing
from tileserver.store.outages import Remembered

__all__ = ["LiveSearches", "documents_of", "item_of"]

log = logging.getLogger(__name__)

SEARCHING_THREADS: Final = 4
OPENING_THREADS: Final = 16
PATIENCE_SECONDS: Final = 8.0  # with an API, before what is known is used
PAUSE_SECONDS: Final = 30.0  # in which an API that has failed is not asked again
RETRY_SECONDS: Final = 300.0  # after which an Item of which no image could be made is tried again
USE_SECONDS: Final = 1.0  # of the list of products that are searched at APIs
LOOK_SECONDS: Final = 0.1  # between looks at whether anybody still waits
MAX_OPENED: Final = 500  # Items of which images are made for one search
MAX_KEPT: Final = 50_000  # searches that are known to be answered
NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a cell: since when, what its answer may lack, and why it could not be asked just now."""

    asked: datetime
    lacks: str = ""
    failed: str = ""


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
        self._opening: dict[int, Future[None]] = {}
        self._pauses: dict[str, tuple[float, str]] = {}  # until when an API is not asked, and why
        self._makers: dict[Locations, Maker] = {}
        self._made: list[tuple[int, Prepared | Failure]] = []
        self._lock, self._write_lock = threading.Lock(), threading.Lock()

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
        complete &= self._make_images(api, start, end, area, progress)
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
        for name in ("_searchers", "_openers"):
            if pool := vars(self).get(name):
                pool.shutdown(cancel_futures=True)

    @cached_property
    def _searchers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(SEARCHING_THREADS, "graftile-search")

    @cached_property
    def _openers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(OPENING_THREADS, "graftile-look", prepare_thread)

    def _search_all(self, api: Api, cells: Sequence[Cell], progress: SearchProgress) -> list[_Known]:
        """Return what is known of cells once the API has answered, or what is known without, where it is slow."""
        found = [self._look_up(api, cell) for cell in cells]
        waiting = {cell: one for cell, one in zip(cells, found, strict=True) if isinstance(one, Future)}
        if waiting and not _wait(waiting.values(), progress, PATIENCE_SECONDS):
            self._pause(api, f"it has not answered in {PATIENCE_SECONDS:g} s", PAUSE_SECONDS)
        slow = _Known(NEVER, failed=f"it has not answered in {PATIENCE_SECONDS:g} s")
        return [one if isinstance(one, _Known) else one.result() if one.done() else slow for one in found]

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
        if flight is None:
            until, reason = self._pauses.get(api.url, (0.0, ""))
            if until > time.monotonic():
                return _Known(known.asked if known else NEVER, known.lacks if known else "", reason)
            with self._lock:
                if (flight := self._searching.get(key)) is None:
                    flight = self._searching[key] = self._searchers.submit(self._search, api, cell, known)
        return known or flight

    def _is_fresh(self, known: _Known) -> bool:
        return datetime.now(UTC) - known.asked < timedelta(seconds=self._settings.api_seconds)

    def _search(self, api: Api, cell: Cell, known: _Known | None) -> _Known:
        """Search a cell, and write what came."""
        from tileserver.catalog.apis.client import search  # 0.3 s, for those who need it

        asked = datetime.now(UTC)
        try:
            with Documents(self._locations(api)) as documents:
                found = search(api, cell, self._settings.api_items, documents)
            with writing(self._engine) as connection:
                if api.product in read_apis(connection):  # it may have been removed meanwhile
                    write_found(connection, api, cell, found, asked)
            now = _Known(asked, found.lacks)
            with self._lock:
                self._known[api.product, cell] = now
                self._pauses.pop(api.url, None)
            return now
        except CatalogError as exc:
            after = exc.retry_after if isinstance(exc, Refused) else None
            self._pause(api, str(exc), max(PAUSE_SECONDS, after or 0.0))
            return _Known(known.asked if known else NEVER, known.lacks if known else "", str(exc))
        finally:
            with self._lock:
                self._searching.pop((api.product, cell), None)

    def _pause(self, api: Api, reason: str, seconds: float) -> None:
        log.warning("%s is not asked for %.0f s: %s", api.url, seconds, reason)
        with self._lock:
            self._pauses[api.url] = time.monotonic() + seconds, reason

    def _report_searches(self, api: Api, known: Sequence[_Known], progress: SearchProgress) -> bool:
        """Say what answers lack; return whether the API could be asked."""
        where = f"{api.product}: the STAC API {urlsplit(api.url).netloc}"
        for lacks in dict.fromkeys(one.lacks for one in known if one.lacks):
            progress.log_here(logging.WARNING, f"{where} was not read to the end: {lacks}; others are left out")
        failed = [one for one in known if one.failed]
        for one in failed[:1]:
            oldest = min(one.asked for one in failed)
            kept = "nothing is" if oldest == NEVER else f"what was found at {oldest:%Y-%m-%d %H:%M} UTC is"
            message = f"{where} cannot be searched: {one.failed}; {kept} known of this place and time"
            if oldest == NEVER:
                progress.leave_unread({f"{api.product}:"}, message)
            else:
                progress.log_here(logging.WARNING, message)
        return not failed

    def _make_images(
        self,
        api: Api,
        start: datetime | None,
        end: datetime | None,
        area: BaseGeometry | None,
        progress: SearchProgress,
    ) -> bool:
        """Make images of the Items in a place and time that have none; return whether there are none left."""
        with self._engine.connect() as connection:
            rows = find_items(connection, api.product, area, start, end, MAX_OPENED)
        if not rows:
            return True
        before = datetime.now(UTC) - timedelta(seconds=RETRY_SECONDS)
        failed = {row.item: row.failed for row in rows if row.failed and row.tried > before}
        futures = {row.item: self._open(api, row) for row in rows if row.item not in failed}
        _wait(futures.values(), progress, None)
        for future in futures.values():
            if future.done():
                future.result()  # raises what is no fault of the Item
        unmade = [item for item, future in futures.items() if not future.done()]
        if unmade or len(rows) == MAX_OPENED:
            names = {f"{api.product}:{item}" for item in unmade} or {f"{api.product}:"}
            images = f"{len(unmade)} images" if unmade else "more images"
            progress.leave_unread(names, f"{api.product}: the files of {images} are still being looked at")
        with self._engine.connect() as connection:
            left = find_items(connection, api.product, area, start, end, MAX_OPENED)
        failed |= {row.item: row.failed for row in left if row.failed}
        for item, reason in failed.items():
            progress.skip(f"{api.product}:{item}", reason)
        return not unmade and not failed and len(rows) < MAX_OPENED

    def _open(self, api: Api, row: Row[Any]) -> Future[None]:
        with self._lock:
            flight = self._opening.get(row.number)
            if flight is None:
                flight = self._opening[row.number] = self._openers.submit(self._make, api, row)
                flight.add_done_callback(lambda _: self._opening.pop(row.number, None))
        return flight

    def _make(self, api: Api, row: Row[Any]) -> None:
        """Make an image of an Item, and write it, with others that are ready by then."""
        with self._engine.connect() as connection:
            crs = read_settings(connection, api.product).crs
        result = self._maker(api).make(item_of(api, row.document, crs))
        assert isinstance(result, Prepared | Failure)
        if isinstance(result, Failure) and result.traceback:
            log.error("a defect in the catalog: %s cannot be added\n%s", result.name, result.traceback)
        with self._lock:
            self._made.append((row.number, result))
        with self._write_lock:
            with self._lock:
                ready, self._made = self._made, []
            if ready:
                with writing(self._engine) as connection:
                    for number, made in ready:
                        if isinstance(made, Prepared):
                            write_image(connection, number, made.entry)
                        else:
                            write_failure(connection, number, made.reason, datetime.now(UTC))

    def _maker(self, api: Api) -> Maker:
        with self._lock:
            locations = self._locations(api)
            if locations not in self._makers:
                self._makers[locations] = Maker(Documents(locations), strict=False)
            return self._makers[locations]

    def _locations(self, api: Api) -> Locations:
        return documents_of(self._settings, api.url).locations


def documents_of(settings: Settings, url: str) -> Documents:
    """Return a reader of what a STAC API says and names: at its own host and at `asset_hosts`, no file of ours."""
    access = settings.access
    return Documents(Locations((), access.hosts, access.signers).allow(url))


def item_of(api: Api, document: Any, crs: str | None = None) -> FoundItem:
    """Return an Item of an API as one of the product."""
    location = f"{api.url}/collections/{api.collection}/items/{document['id']}"
    collection = FoundCollection(location, {**api.document, "id": api.product})
    return FoundItem(location, api.product, {**document, "collection": api.product}, collection, crs)


def _wait(futures: Iterable[Future[Any]], progress: SearchProgress, seconds: float | None) -> bool:
    """Wait for futures while somebody waits and there is time; return whether all are done."""
    ends = None if seconds is None else time.monotonic() + seconds
    left = set(futures)
    while left and not progress.is_late and (ends is None or time.monotonic() < ends):
        progress.check()
        left = wait(left, LOOK_SECONDS).not_done
    return not left
