"""The catalog: products and images, from STAC and plain GeoTIFFs to scenes found by date and place."""

from __future__ import annotations

from tileserver.catalog.adding import AddOptions, AddReport
from tileserver.catalog.files.groups import read_pattern
from tileserver.catalog.index import Catalog
from tileserver.catalog.overrides import Overrides
from tileserver.catalog.problems import Problem
from tileserver.catalog.snapshot import Snapshot

__all__ = ["AddOptions", "AddReport", "Catalog", "Overrides", "Problem", "Snapshot", "read_pattern"]
