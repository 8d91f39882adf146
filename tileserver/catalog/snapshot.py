"""Snapshots: the catalog as one evaluation sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry

from graft_eval.scene import Product, Scene, SearchProgress
from tileserver.catalog.index import Catalog

__all__ = ["Snapshot"]


class Snapshot:
    """The catalog at a revision, or at the current one; a `graft_eval.scene.SceneCatalog` for one evaluation.

    What was asked of the catalog at this revision is answered without a look at the database.
    """

    def __init__(self, catalog: Catalog, revision: int | None = None) -> None:
        self._catalog = catalog
        self.revision = catalog.revision() if revision is None else revision

    def product(self, product_id: str) -> Product:
        """Return a product by its id."""
        return self._catalog.product(product_id)

    def scene(self, scene_id: str) -> Scene:
        """Return a scene by its id, `product:item`."""
        return self._catalog.scene(scene_id, self.revision)

    def period(self, product_id: str) -> tuple[datetime, datetime] | None:
        """Return the dates of a product's first and last image; None if it has none, or an API may have more."""
        return self._catalog.period(product_id)

    def refresh(
        self,
        product_id: str,
        *,
        start: datetime | None,
        end: datetime | None,
        area: BaseGeometry | None,
        progress: SearchProgress,
    ) -> None:
        """Search at the product's STAC API, if it has one and that is due; what it gave is seen from then on."""
        self._catalog.refresh(product_id, start=start, end=end, area=area, progress=progress)
        if self._catalog.has_api(product_id):
            self.revision = self._catalog.revision()

    def scenes(
        self, product_id: str, *, start: datetime | None, end: datetime | None, limit: int, area: BaseGeometry | None
    ) -> Sequence[Scene]:
        """Return the scenes of a time and an area, by date and id."""
        return self._catalog.scenes(product_id, start=start, end=end, limit=limit, area=area, revision=self.revision)

    def features(
        self, product_id: str, *, limit: int, area: BaseGeometry | None
    ) -> Sequence[tuple[BaseGeometry, dict[str, Any]]]:
        """Return the features of a vector product that meet an area."""
        return self._catalog.features(product_id, limit=limit, area=area)
