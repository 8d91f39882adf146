"""The catalog: products and images, from STAC and plain GeoTIFFs to scenes found by date and place."""

from __future__ import annotations

from tileserver.catalog.adding import AddReport
from tileserver.catalog.index import Catalog

__all__ = ["AddReport", "Catalog"]
