"""Live images: made of the Items that a STAC API has given, which opens their files, once a computation meets them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, Row

from graft_eval.raster.handles import prepare_thread
from graft_eval.scene import SearchProgress
from tileserver.catalog.adding.findings import Failure, FoundItem
from tileserver.catalog.adding.making import Maker, Prepared
from tileserver.catalog.apis.api import Api
from tileserver.catalog.apis.items import (
    find_items,
    write_failure,
    write_image,
)
from tileserver.catalog.changes import read_settings
from tileserver.catalog.locations import Locations
from tileserver.catalog.stac.collections import FoundCollection
from tileserver.catalog.stac.documents import Documents
from tileserver.settings import Settings
from tileserver.store import writing

__all__ = ["LiveImages", "documents_of", "item_of", "wait_for"]

log = logging.getLogger(__name__)

OPENING_THREADS: Final = 16
MAX_OPENED: Final = 500  # Items of which images are made for one search
MAX_SAID: Final = 5  # of them that are named where none could be made
RETRY_SECONDS: Final = 300.0  # after which an Item of which no image could be made is tried again
LOOK_SECONDS: Final = 0.1  # between looks at whether anybody still waits


class LiveImages:
    """Makes images of Items, each once for all who need it, by threads of its own; thread safe."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._opening: dict[int, Future[None]] = {}
        self._makers: dict[Locations, Maker] = {}
        self._made: list[tuple[int, Prepared | Failure]] = []
        self._lock, self._write_lock = threading.Lock(), threading.Lock()

    def make(
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
        wait_for(futures.values(), progress, None)
        for future in futures.values():
            if future.done():
                future.result()  # raises what is no fault of the Item
        unmade = [item for item, future in futures.items() if not future.done()]
        more = len(rows) == MAX_OPENED
        if unmade or more:
            names = {f"{api.product}:{item}" for item in unmade} or {f"{api.product}:"}
            images = f"{len(unmade)}{' or more' * more} images" if unmade else "more images"
            progress.leave_unread(names, f"{api.product}: the files of {images} are still being looked at")
        with self._engine.connect() as connection:
            left = find_items(connection, api.product, area, start, end, MAX_OPENED)
        failed |= {row.item: row.failed for row in left if row.failed}
        for item, reason in list(failed.items())[:MAX_SAID]:
            progress.skip(f"{api.product}:{item}", reason)
        if further := {f"{api.product}:{item}" for item in list(failed)[MAX_SAID:]}:
            progress.leave_unread(further, f"{api.product}: {len(further)} more images skipped for reasons like these")
        return not unmade and not failed and not more

    def close(self) -> None:
        """End the threads; what has not begun is dropped."""
        if pool := vars(self).get("_openers"):
            pool.shutdown(cancel_futures=True)

    @cached_property
    def _openers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(OPENING_THREADS, "graftile-look", prepare_thread)

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
            locations = documents_of(self._settings, api.url).locations
            if locations not in self._makers:
                self._makers[locations] = Maker(Documents(locations), strict=False)
            return self._makers[locations]


def documents_of(settings: Settings, url: str) -> Documents:
    """Return a reader of what a STAC API says and names: at its own host and at `asset_hosts`, no file of ours."""
    access = settings.access
    return Documents(Locations((), access.hosts, access.signers).allow(url))


def item_of(api: Api, document: Any, crs: str | None = None) -> FoundItem:
    """Return an Item of an API as one of the product."""
    location = f"{api.url}/collections/{api.collection}/items/{document['id']}"
    collection = FoundCollection(location, {**api.document, "id": api.product})
    return FoundItem(location, api.product, {**document, "collection": api.product}, collection, crs)


def wait_for(futures: Iterable[Future[Any]], progress: SearchProgress, seconds: float | None) -> bool:
    """Wait for futures while somebody waits and there is time; return whether all are done."""
    ends = None if seconds is None else time.monotonic() + seconds
    left = set(futures)
    while left and not progress.is_late and (ends is None or time.monotonic() < ends):
        progress.check()
        left = wait(left, LOOK_SECONDS).not_done
    return not left
