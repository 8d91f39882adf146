"""Making of images out of findings, or of failures with their reasons."""

from __future__ import annotations

import threading
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from cachetools import LRUCache

from tileserver.catalog.adding.findings import (
    Failure,
    Finding,
    FoundCollection,
    FoundFiles,
    FoundItem,
    FoundStep,
    PassedOver,
    Unchanged,
)
from tileserver.catalog.adding.known import stamp_of
from tileserver.catalog.changes import Entry
from tileserver.catalog.errors import CatalogError, ItemError
from tileserver.catalog.files.images import date_of_file, image_of_files
from tileserver.catalog.files.variables import image_of_step
from tileserver.catalog.layouts import layout_problems
from tileserver.catalog.locations import is_url
from tileserver.catalog.overview_samples import check_overviews
from tileserver.catalog.rasters import RasterFile, open_raster
from tileserver.catalog.stac.collections import Collections
from tileserver.catalog.stac.documents import Documents
from tileserver.catalog.stac.items import Image, item_name, scene_of

__all__ = ["Maker", "Prepared", "Result"]

MAX_OPENED: Final = 1000
MAX_COMPARED: Final = 32  # images of a product whose overviews are compared; files of one product are made alike


@dataclass(frozen=True, slots=True)
class Prepared:
    """An image that can be written, and what it was made from: the source's own name, and its part."""

    entry: Entry
    part: int


Result = Prepared | FoundCollection | Unchanged | PassedOver | Failure


class Maker:
    """Makes images; thread safe. With `strict`, images of which a band cannot be read are failures."""

    def __init__(self, documents: Documents, strict: bool) -> None:
        self._documents = documents
        self._collections = Collections(documents)
        self._strict = strict
        # many Items may name one file
        self._opened: LRUCache[tuple[str, str, str | None, bool], RasterFile] = LRUCache(MAX_OPENED)
        self._compared: Counter[str] = Counter()
        self._odd: set[str] = set()  # products of which some overviews lie
        self._lock = threading.Lock()

    def make(self, found: Finding) -> Result:
        """Read what was found. Whatever goes wrong is its own failure; what nobody has foreseen has a traceback."""
        name = ""
        try:
            match found:
                case FoundItem():
                    found = self._read(found)
                    assert found.document is not None
                    name = item_name(found.document, found.location, found.product)
                    return self._item(found)
                case FoundStep():
                    name = f"{found.product}:{found.step.image}"
                    return self._step(found)
                case FoundFiles():
                    name = next(iter(found.files.values()))
                    return self._files(found)
                case FoundCollection(location, document) if not isinstance(document.get("id"), str):
                    return Failure(location, "it is no valid Collection: 'id' is missing")
                case _:
                    return found
        except CatalogError as exc:
            return Failure(name or _location_of(found), str(exc))
        except Exception as exc:
            name = name or _location_of(found)
            reason = f"graftile has a defect, which the log describes ({type(exc).__name__}: {exc})"
            return Failure(name, reason, traceback.format_exc())

    def _read(self, found: FoundItem) -> FoundItem:
        if found.document is not None:
            return found
        [document, *others] = self._documents.read_all(found.location)[0] or [{}]
        if document.get("type") != "Feature" or others:
            raise ItemError(f"it is no Item, but of type {document.get('type')!r}")
        return replace(found, document=document)

    def _item(self, found: FoundItem) -> Result:
        document = found.document
        assert document is not None
        collection = self._collections.find(document, found.location, found.collection)
        open_file = partial(self._open, crs=found.crs)
        image = scene_of(document, found.location, found.product, open_file, lambda: collection.document, date_of_file)
        stamped = {found.location, *([collection.location] if collection.location else [])}
        return self._prepared(image, found.location, found.part, found.parts, stamped)

    def _files(self, found: FoundFiles) -> Result:
        files = {band: self._open(location, found.crs, measured=True) for band, location in found.files.items()}
        image = image_of_files(found.image, found.product, files)
        source = next(iter(found.files.values()))
        return self._prepared(image, source, 0, 1, {source})

    def _step(self, found: FoundStep) -> Result:
        files = {one.location: self._open(one.location, found.crs) for one in found.step.slices}
        image = image_of_step(found.step, found.product, files)
        return self._prepared(image, found.location, found.part, found.parts, {found.location})

    def _prepared(self, image: Image, source: str, part: int, parts: int, stamped: Iterable[str]) -> Result:
        gaps = [problem for problem in image.problems if problem.level == "gap"]
        if gaps and self._strict:
            return Failure(image.scene.id, "; ".join(dict.fromkeys(problem.text for problem in gaps)))
        image = self._with_checked_overviews(image)
        prints: Mapping[str, str] = {}
        if not gaps and not any(map(is_url, stamped)):
            with suppress(CatalogError, OSError):
                prints = {location: self._documents.fingerprint(location) for location in stamped}
        problems = (*image.problems, *layout_problems(image.scene))
        return Prepared(Entry(image.scene, source, problems, stamp_of(prints, parts), image.origins), part)

    def _with_checked_overviews(self, image: Image) -> Image:
        """Compare the overviews of a product's first images, then of ever fewer, unless some were odd."""
        product = image.scene.product
        with self._lock:
            self._compared[product] += 1
            number = self._compared[product]
            if number > MAX_COMPARED and product not in self._odd and number & (number - 1):
                return image
        bands, problems = check_overviews(image.scene.bands, self._documents.locations.access)
        if problems:
            with self._lock:
                self._odd.add(product)
        return replace(image, scene=replace(image.scene, bands=bands), problems=[*image.problems, *problems])

    def _open(self, href: str, crs: str | None, measured: bool = False) -> RasterFile:
        location = self._documents.locations.check(href)
        key = location, self._documents.fingerprint(location), crs, measured
        with self._lock:
            known = self._opened.get(key)
        if known is None:
            locations = self._documents.locations
            known = open_raster(location, key[1], locations.access, crs, roots=locations.folders, measured=measured)
            with self._lock:
                self._opened[key] = known
        return known


def _location_of(found: Finding) -> str:
    match found:
        case FoundItem(location) | FoundCollection(location) | FoundStep(location):
            return location
        case FoundFiles(_, _, files):
            return next(iter(files.values()))
        case _:
            return ""
