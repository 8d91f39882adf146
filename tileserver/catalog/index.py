"""The catalog: the products and images that can be computed on, found by id, date and place."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from cachetools import LRUCache
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Engine, Row, func, select

from graft_eval.errors import NotInCatalog
from graft_eval.scene import Product, Scene, SearchProgress
from sdk.graft.near import near
from tileserver.catalog import changes, records, vectors
from tileserver.catalog.accounts import image_account, product_account
from tileserver.catalog.adding import AddOptions, AddReport, Result, add, prepare
from tileserver.catalog.apis.live import LiveSearches
from tileserver.catalog.broken import marked
from tileserver.catalog.extents import Extent, find_extents, widened
from tileserver.catalog.overrides import Overrides
from tileserver.catalog.rows import scene_from
from tileserver.catalog.search import candidates
from tileserver.catalog.tables import ChangeRow, ImageRow, ProductRow
from tileserver.settings import Settings
from tileserver.store import writing
from tileserver.store.change_stamp import ChangeStamp, change_stamp_of
from tileserver.store.outages import USE_SECONDS, Remembered

__all__ = ["Catalog"]

MAX_SCENES = 20_000  # decoded, some 5 KB each
MAX_FOUND = 200_000  # scenes in answers of searches, each one as often as it was found
BATCH = 1000  # images decoded at a time

Key = tuple[int, int]  # number and revision of an image: another content has another key


class Catalog:
    """The catalog in a database; a `graft_eval.scene.SceneCatalog`, and what the HTTP interface says of it.

    Methods are thread safe and block while the database works. What another process changes is seen at once. While the
    database is away, what was searched before is found.
    """

    def __init__(self, engine: Engine, settings: Settings, stamp: ChangeStamp | None = None) -> None:
        self._engine = engine
        self._settings = settings
        self._kept: LRUCache[Key, Scene] = LRUCache(MAX_SCENES)
        self._found: LRUCache[Hashable, Sequence[Scene]] = LRUCache(MAX_FOUND, getsizeof=_size)
        self._change_stamp = stamp or change_stamp_of(engine)
        self._revision: tuple[int | None, int, float] = None, 0, 0.0
        self._remembered = Remembered[None, int](1)
        self._live = LiveSearches(engine, settings)
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the threads that search STAC APIs."""
        self._live.close()

    def revision(self) -> int:
        """Return the number of changes so far, by all processes."""
        stamp = self._change_stamp.current()
        revision = self.known_revision(stamp)
        if revision is None:
            revision = self._remembered.ask(None, self._read_revision)
            self._revision = stamp, revision, time.monotonic() + USE_SECONDS
        return revision

    def known_revision(self, stamp: int | None) -> int | None:
        """Return what `revision` would, if the database has had this stamp since it was asked; None if it has to be."""
        known, revision, until = self._revision
        return revision if stamp is not None and stamp == known and time.monotonic() <= until else None

    def _read_revision(self) -> int:
        with self._engine.connect() as connection:
            return connection.execute(select(ChangeRow.revision)).scalar_one()

    def products(self) -> list[Product]:
        """Return all products, by id."""
        with self._engine.connect() as connection:
            return [_product(row) for row in connection.execute(_PRODUCTS.order_by(ProductRow.id))]

    def product(self, product_id: str) -> Product:
        """Return a product by its id."""
        with self._engine.connect() as connection:
            return _find_product(connection, product_id)

    def scene(self, scene_id: str, revision: int | None = None) -> Scene:
        """Return a scene by its id, `product:item`; `revision` is the current one, if the caller knows it."""
        key = self.revision() if revision is None else revision, scene_id
        with self._lock:
            known = self._found.get(key)
        if known is None:
            known = (self._scene(scene_id),)
            with self._lock:
                self._found[key] = known
        return known[0]

    def _scene(self, scene_id: str) -> Scene:
        product, _, item = scene_id.rpartition(":")
        query = select(ImageRow.number, ImageRow.revision).where(ImageRow.product == product, ImageRow.item == item)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                items = select(ImageRow.item).where(ImageRow.product == product).limit(MAX_KNOWN)
                meant = near(scene_id, [f"{product}:{known}" for known in connection.execute(items).scalars()], 0.8)
                raise NotInCatalog(f"there is no image {scene_id!r} in the catalog (ids are product:item){meant}")
            return self._decode(connection, [row])[0]

    def period(self, product_id: str) -> tuple[datetime, datetime] | None:
        """Return the dates of a product's first and last image; None if it has none, or an API may have more."""
        if self.has_api(product_id):
            return None
        query = select(func.min(ImageRow.date), func.max(ImageRow.date)).where(ImageRow.product == product_id)
        with self._engine.connect() as connection:
            first, last = connection.execute(query).one()
        return None if first is None else (first, last)

    def refresh(
        self,
        product_id: str,
        *,
        start: datetime | None,
        end: datetime | None,
        area: BaseGeometry | None,
        progress: SearchProgress,
    ) -> None:
        """Search for the images of a product at its STAC API, if it has one and that is due."""
        self._live.refresh(product_id, start, end, area, progress)

    def has_api(self, product_id: str) -> bool:
        """Return whether a product is searched at a STAC API."""
        return product_id in self._live.apis()

    def scenes(
        self,
        product_id: str,
        *,
        start: datetime | None,
        end: datetime | None,
        limit: int,
        area: BaseGeometry | None,
        revision: int | None = None,
    ) -> Sequence[Scene]:
        """Return the scenes with start <= date < end whose footprint overlaps the area, by date and id.

        The area is in longitude and latitude, cut at the antimeridian; touching it is no overlap. The limit
        counts overlapping ones. `revision` is the current one, if the caller knows it.
        """
        key = self.revision() if revision is None else revision, product_id, start, end, limit, area
        with self._lock:
            known = self._found.get(key)
        if known is None:
            known = self._search(product_id, start, end, limit, area)
            if len(known) < MAX_FOUND:
                with self._lock:
                    self._found[key] = known
        return list(known)

    def _search(
        self, product_id: str, start: datetime | None, end: datetime | None, limit: int, area: BaseGeometry | None
    ) -> Sequence[Scene]:
        if area is not None and area.is_empty:
            area, limit = None, 0
        query = candidates(product_id, start, end, area)
        found: list[Scene] = []
        with self._engine.connect() as connection:
            keys = connection.execute(query if area is not None else query.limit(limit)).all()
            if not keys:
                _find_product(connection, product_id)
            for begin in range(0, len(keys), BATCH):
                if len(found) >= limit:
                    break
                scenes = self._decode(connection, keys[begin : begin + BATCH])
                found += scenes if area is None else _overlapping(scenes, area)
        return tuple(found[:limit])

    def extents(self, names: Collection[str], dated: Collection[str]) -> Mapping[str, Extent]:
        """Return where products and images of these names lie, those of `dated` by date; see `find_extents`."""
        with self._engine.connect() as connection:
            found = find_extents(connection, names, dated, self._decode)
        apis = self._live.apis()
        return {name: widened(one, apis[name].document) if name in apis else one for name, one in found.items()}

    def product_record(self, product_id: str) -> dict[str, Any]:
        """Return the record of a product."""
        with self._engine.connect() as connection:
            return records.product_record(connection, _find_product(connection, product_id))

    def product_account(self, product_id: str) -> dict[str, list[dict[str, Any]]]:
        """Return what is odd about a product's images, and where what was decided of them is from."""
        with self._engine.connect() as connection:
            return product_account(connection, _find_product(connection, product_id).id)

    def image_record(self, image_id: str) -> dict[str, Any]:
        """Return the record of an image."""
        scene = self.scene(image_id)
        with self._engine.connect() as connection:
            return records.image_record(scene, image_account(connection, scene))

    def add(self, sources: Iterable[str], options: AddOptions = AddOptions()) -> AddReport:  # noqa: B008
        """Add what files, folders and URLs hold; what cannot be added is in the report, with the reason."""
        return add(self._engine, self._settings, sources, options)

    def add_api(self, url: str, collection: str, product_id: str = "") -> AddReport:
        """Add a Collection of a STAC API as a product that is searched there; see `adding.add_api`."""
        from tileserver.catalog.apis.adding import add_api

        try:
            return add_api(self._engine, self._settings, url, collection, product_id)
        finally:
            self._live.forget()

    def check(self, sources: Iterable[str], options: AddOptions = AddOptions()) -> Iterable[Result]:  # noqa: B008
        """Return what `add` would make of files, folders and URLs; nothing is written."""
        return prepare(self._engine, self._settings, sources, options)

    def set_overrides(self, product_id: str, overrides: Overrides) -> Overrides:
        """Add to a product's overrides, and return all of them."""
        with writing(self._engine) as connection:
            return changes.write_settings(connection, product_id, overrides)

    def clear_overrides(self, product_id: str) -> None:
        """Drop a product's overrides: its Items and files count again."""
        with writing(self._engine) as connection:
            changes.clear_settings(connection, product_id)

    def add_vectors(self, path: Path, product_id: str, title: str = "") -> int:
        """Put the features of a file in place of those that a vector product has; return how many there are."""
        with writing(self._engine) as connection:
            return vectors.add_vectors(connection, path, product_id, title)

    def vector_records(self) -> list[dict[str, Any]]:
        """Return what the HTTP interface says of the vector products, by id."""
        with self._engine.connect() as connection:
            return list(vectors.vector_records(connection))

    def features(
        self, product_id: str, *, limit: int, area: BaseGeometry | None
    ) -> Sequence[tuple[BaseGeometry, dict[str, Any]]]:
        """Return the features of a vector product that meet an area in longitude and latitude."""
        with self._engine.connect() as connection:
            return vectors.find_features(connection, product_id, limit, area)

    def remove_vectors(self, product_id: str) -> bool:
        """Remove a vector product; return whether there was one."""
        with writing(self._engine) as connection:
            return vectors.remove_vectors(connection, product_id)

    def remove(self, name: str) -> int:
        """Remove a product with all its images, or one image, by its id; return how many images went."""
        with writing(self._engine) as connection:
            images = changes.remove(connection, name)
        self._live.forget()
        return images

    def _decode(self, connection: Connection, keys: Sequence[Row[int, int]]) -> list[Scene]:
        """Return the scenes of (number, revision) pairs, in their order."""
        with self._lock:
            known = {number: scene for number, revision in keys if (scene := self._kept.get((number, revision)))}
        if missing := [number for number, _ in keys if number not in known]:
            query = select(ImageRow.__table__, ProductRow.settings).join(ProductRow, ProductRow.id == ImageRow.product)
            rows = connection.execute(query.where(ImageRow.number.in_(missing)))
            decoded = {
                (row.number, row.revision): marked(Overrides.from_json(row.settings).apply(scene_from(row._mapping)))
                for row in rows
            }
            # GEOS notes the bounds of multipolygons at first use; it must not do so in two threads at once
            shapely.bounds([scene.footprint for scene in decoded.values()])
            with self._lock:
                self._kept.update(decoded)
            known |= {number: scene for (number, _), scene in decoded.items()}
        return [known[number] for number, _ in keys]


def _size(scenes: Sequence[Scene]) -> int:
    return len(scenes) + 1


MAX_KNOWN: Final = 1000  # products among which one of like name is sought
_PRODUCTS = select(ProductRow.id, ProductRow.title, ProductRow.description, ProductRow.bands)


def _find_product(connection: Connection, product_id: str) -> Product:
    row = connection.execute(_PRODUCTS.where(ProductRow.id == product_id)).one_or_none()
    if row is None:
        known = connection.execute(select(ProductRow.id).order_by(ProductRow.id).limit(MAX_KNOWN)).scalars()
        meant = near(product_id, known)
        raise NotInCatalog(f"there is no product {product_id!r} in the catalog{meant} (`graftile catalog list`)")
    return _product(row)


def _product(row: Row[str, str, str, list[str]]) -> Product:
    return Product(id=row.id, title=row.title, description=row.description, bands=tuple(row.bands))


def _overlapping(scenes: Sequence[Scene], area: BaseGeometry) -> list[Scene]:
    footprints = np.array([scene.footprint for scene in scenes], dtype=object)
    # Polygons that meet and do more than touch share some area. They are not prepared: GEOS crashes where threads share
    # prepared ones, and a rectangle, as a tile is, meets others as fast without.
    overlap = shapely.intersects(area, footprints) & ~shapely.touches(area, footprints)
    return [scene for scene, overlaps in zip(scenes, overlap, strict=True) if overlaps]
