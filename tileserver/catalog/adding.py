"""Adding: files, folders and URLs become rows of the catalog, and what cannot is reported with the reason."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice

from rasterio.errors import NotGeoreferencedWarning
from sqlalchemy import Engine

from graft_eval.raster.handles import prepare_thread
from graft_eval.scene import Scene
from tileserver.catalog.changes import refresh_product, write_product, write_scenes
from tileserver.catalog.crawl import Document, Failure, Found, crawl
from tileserver.catalog.documents import Documents
from tileserver.catalog.errors import CatalogError, ItemError
from tileserver.catalog.geotiffs import item_of_file
from tileserver.catalog.items import item_name, scene_of
from tileserver.catalog.locations import Locations
from tileserver.catalog.rasters import RasterFile, open_raster
from tileserver.settings import Settings
from tileserver.store import writing

__all__ = ["AddReport", "add"]

OPENERS = 8  # files opened at a time: it is waiting, for disks and networks, more than work
BATCH = 200  # images written in one transaction
PRODUCT_FIELDS = ("license", "keywords", "providers")  # of a Collection, kept beside its texts


@dataclass(slots=True)
class AddReport:
    """The ids of images added and updated, the products, and what failed: (name, reason)."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scene, and the Item or file that it was made from."""

    scene: Scene
    source: str


def add(engine: Engine, settings: Settings, sources: Iterable[str]) -> AddReport:
    """Add what files, folders and URLs hold, updating what is there; nothing else changes."""
    report = AddReport()
    locations = Locations(settings.asset_roots, frozenset(host.lower() for host in settings.asset_hosts))
    given = []
    for source in sources:
        try:
            locations = locations.allow(source)
            given.append(source)
        except CatalogError as exc:
            report.failed.append((source, str(exc)))
    with (
        Documents(locations) as documents,
        ThreadPoolExecutor(OPENERS, "catalog-add", prepare_thread) as pool,
        warnings.catch_warnings(),
    ):
        # Files without a place are refused with a reason; odd tags are nothing that an operator could mend.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        warnings.filterwarnings("ignore", module="rio_stac")
        adding = _Adding(engine, documents, report)
        findings = chain.from_iterable(crawl(source, documents) for source in given)
        while batch := list(islice(findings, BATCH)):
            adding.write(list(pool.map(adding.prepare, batch)))
        adding.finish()
    return report


class _Adding:
    """One run of `add`: what it has seen so far."""

    def __init__(self, engine: Engine, documents: Documents, report: AddReport) -> None:
        self._engine = engine
        self._documents = documents
        self._report = report
        self._sources: dict[str, str] = {}  # image -> what it was made from
        self._collections: dict[str, Document] = {}

    def prepare(self, found: Found | Failure) -> Prepared | Document | Failure:
        """Read what was found: an Item becomes a scene, a Collection stays the document that it is."""
        if isinstance(found, Failure):
            return found
        name, document = found.location, found.document
        try:
            if document is None:
                document = self._read(found)
            if document["type"] == "Collection":
                return document
            name = item_name(document, found.location, found.product)
            scene = scene_of(document, found.location, found.product, self._open)
        except CatalogError as exc:
            return Failure(name, str(exc))
        return Prepared(scene, found.location)

    def write(self, batch: Iterable[Prepared | Document | Failure]) -> None:
        """Write the scenes of a batch in one transaction, and keep the rest for later."""
        scenes: list[tuple[Scene, str]] = []
        for one in batch:
            match one:
                case Failure(name, reason):
                    self._report.failed.append((name, reason))
                case Prepared(scene, source) if scene.id not in self._sources:
                    self._sources[scene.id] = source
                    scenes.append((scene, source))
                case Prepared(scene, source):
                    if source != self._sources[scene.id]:  # else it was given twice
                        reason = f"{source} has the same id as {self._sources[scene.id]}"
                        self._report.failed.append((scene.id, reason))
                case collection:
                    self._collections[str(collection["id"])] = collection
        with writing(self._engine) as connection:
            there = write_scenes(connection, scenes)
        self._report.added += [scene.id for scene, _ in scenes if scene.id not in there]
        self._report.updated += [scene.id for scene, _ in scenes if scene.id in there]

    def finish(self) -> None:
        """Write the products: the texts of Collections, the bands as they are after all updates."""
        products = dict.fromkeys([image.rpartition(":")[0] for image in self._sources] + list(self._collections))
        with writing(self._engine) as connection:
            for product, collection in self._collections.items():
                write_product(
                    connection,
                    product,
                    title=str(collection.get("title") or product),
                    description=str(collection.get("description") or ""),
                    properties={name: collection[name] for name in PRODUCT_FIELDS if name in collection},
                )
            for product in products:
                refresh_product(connection, product)
        self._report.products += products

    def _read(self, found: Found) -> Document:
        if found.is_raster:
            location = self._open(found.location).asset.href
            return item_of_file(location, found.product)
        document = self._documents.read(found.location)
        if document.get("type") != "Feature":
            raise ItemError(f"it is no Item, but of type {document.get('type')!r}")
        return document

    def _open(self, href: str) -> RasterFile:
        location = self._documents.locations.check(href)
        return open_raster(location, self._documents.fingerprint(location))
