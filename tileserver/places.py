"""Places: where a layer's data lies on the globe, and how fine it is."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

from cachetools import LRUCache

from graft_eval.errors import NotInCatalog
from graft_eval.grid import Bounds, Grid
from graft_eval.scene import Asset, Scene
from graft_eval.syntax import Graft
from tileserver.catalog import Catalog
from tileserver.catalog.rows import bounding_box
from tileserver.viewer.extent import named_ids
from wmts.extents import ground_size

__all__ = ["Place", "Places"]

KEPT: Final = 20_000
EARTH: Final[Bounds] = (-180.0, -90.0, 180.0, 90.0)
UNKNOWN_METRES: Final = 10.0
LEAST: Final = 1e-9  # degrees: documents need areas


@dataclass(frozen=True, slots=True)
class Place:
    """`bounds` (west, south, east, north) in degrees, west > east across the antimeridian; `metres` a pixel's side."""

    bounds: Bounds
    metres: float


EVERYWHERE: Final = Place(EARTH, UNKNOWN_METRES)


class Places:
    """Finds the places of grafts from what they load; thread safe. Kept until the catalog changes."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._sources: LRUCache[tuple[str, int], Place | None] = LRUCache(KEPT)
        self._places: LRUCache[tuple[str, int], Place] = LRUCache(KEPT)
        self._lock = threading.Lock()

    def find(self, graft: Graft, revision: int) -> Place:
        """Return the place around all products and images that a graft names; everywhere, where it names none."""
        key = graft.hash, revision
        with self._lock:
            known = self._places.get(key)
        if known is None:
            known = _around([place for name in named_ids(graft) if (place := self._source(name, revision))])
            with self._lock:
                self._places[key] = known
        return known

    def _source(self, name: str, revision: int) -> Place | None:
        key = name, revision
        with self._lock:
            if key in self._sources:
                return self._sources[key]
        place = self._measure(name)
        with self._lock:
            self._sources[key] = place
        return place

    def _measure(self, name: str) -> Place | None:
        """Return the place of a product, as fine as the first of its images, or of an image; None of neither."""
        try:
            box = self._catalog.product_record(name)["bbox"]
            scenes = list(self._catalog.scenes(name, start=None, end=None, limit=1, area=None))
        except NotInCatalog:
            try:
                scenes = [self._catalog.scene(name)]
            except NotInCatalog:
                return None
            box = list(bounding_box(scenes[0].footprint))
        if box is None or not scenes:
            return None
        west, south, east, north = box
        return Place(_within_turn((west, south, east + 360 * (east < west), north)), _finest(scenes[0]))


def _around(places: list[Place]) -> Place:
    if not places:
        return EVERYWHERE
    boxes = [
        (west, south, east + 360 * (east < west), north) for west, south, east, north in (p.bounds for p in places)
    ]
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    box = min(lefts), min(bottoms), max(rights), max(tops)
    return Place(_within_turn(box), min(place.metres for place in places))


def _within_turn(box: Bounds) -> Bounds:
    west, south, east, north = box
    south, north = max(south, -90.0), min(max(north, south + LEAST), 90.0)
    east = max(east, west + LEAST)
    if east - west >= 360 or (east > 180 and east - 360 >= west):
        return -180.0, south, 180.0, north
    return west, south, east - 360 if east > 180 else east, north


def _finest(scene: Scene) -> float:
    return min((_pixel(asset) for asset in {band.asset for band in scene.bands}), default=UNKNOWN_METRES)


def _pixel(asset: Asset) -> float:
    """Return metres on the ground of a pixel's side, in the middle of the file."""
    a, b, c, d, e, f = asset.transform
    rows, cols = asset.shape
    side = min((a * a + d * d) ** 0.5, (b * b + e * e) ** 0.5)
    x, y = c + (a * cols + b * rows) / 2, f + (d * cols + e * rows) / 2
    around = Grid((x - side, y - side, x + side, y + side), asset.crs, (2, 2)).footprint.bounds
    return ground_size(side, around, asset.crs) or UNKNOWN_METRES
