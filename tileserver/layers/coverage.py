"""Coverage: the bounds of a layer's data on the globe, its resolution, and whose data it is."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from cachetools import LRUCache
from pyproj.exceptions import ProjError

from graft_eval.grid import Grid
from graft_eval.scene import Asset, Scene
from tileserver.catalog import Catalog
from tileserver.layers.attribution import credits_of
from tileserver.layers.image_sources import ImageSource
from wmts import LonLatBox
from wmts.extents import ground_size

__all__ = ["EARTH", "Coverage", "Coverages", "pixel_metres"]

log = logging.getLogger(__name__)

MAX_KNOWN: Final = 20_000
EARTH: Final = LonLatBox(-180.0, -90.0, 180.0, 90.0)
UNKNOWN_METRES: Final = 10.0
METRES_PER_DEGREE: Final = 111_320.0  # of latitude
LEAST: Final = 1e-9  # degrees: documents need areas


@dataclass(frozen=True, slots=True)
class Coverage:
    """The bounds of a layer's data, and the side of its finest pixels in metres on the ground.

    `credits` has a line for each product that is loaded whole or in part, with its providers and licence.
    """

    bounds: LonLatBox
    metres: float
    credits: tuple[str, ...] = ()


EVERYWHERE: Final = Coverage(EARTH, UNKNOWN_METRES)


class Coverages:
    """Finds the coverage of layers; thread safe. Results are kept until the catalog changes."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: LRUCache[tuple[ImageSource, int], Coverage | None] = LRUCache(MAX_KNOWN)
        self._lock = threading.Lock()

    def find(self, sources: Collection[ImageSource], revision: int) -> Coverage:
        """Return the coverage of all images that a layer may load; the earth if it does not say which."""
        return self.find_all([sources], revision)[0]

    def find_all(self, layers: Sequence[Collection[ImageSource]], revision: int) -> list[Coverage]:
        """Return the coverages of many layers, in their order; the catalog is queried once."""
        wanted = {source for sources in layers for source in sources if source.name is not None}
        with self._lock:
            found = {source: self._known[source, revision] for source in wanted if (source, revision) in self._known}
        if missing := wanted - found.keys():
            found |= self._measure(missing)
            with self._lock:
                self._known.update({(source, revision): found[source] for source in missing})
        return [_around([found.get(source, EVERYWHERE) for source in sources]) for sources in layers]

    def _measure(self, sources: Collection[ImageSource]) -> dict[ImageSource, Coverage | None]:
        """Return the coverage of each; None if the catalog has no image of it."""
        names = {source: source.name for source in sources if source.name is not None}
        dated = {name for source, name in names.items() if source.start or source.end}
        extents = self._catalog.extents(set(names.values()), dated)
        metres = {name: _finest(extent.sample) for name, extent in extents.items()}
        products = {name: extent.sample.product for name, extent in extents.items()}
        credits = {product: credits_of(product, self._catalog) for product in set(products.values())}
        coverages: dict[ImageSource, Coverage | None] = dict.fromkeys(sources)
        for source, name in names.items():
            if (extent := extents.get(name)) is not None:
                bounds = _within(_with_area(extent.between(source.start, source.end)), source, metres[name])
                coverages[source] = Coverage(bounds, metres[name], credits[products[name]])
        return coverages


def _around(coverages: Sequence[Coverage | None]) -> Coverage:
    known = [one for one in coverages if one is not None]
    if len(known) <= 1:
        return known[0] if known else EVERYWHERE
    boxes = np.array([one.bounds.unrolled for one in known])
    credits = sorted({line for one in known for line in one.credits})
    return Coverage(_with_area(LonLatBox.around(boxes)), min(one.metres for one in known), tuple(credits))


def _within(box: LonLatBox, source: ImageSource, metres: float) -> LonLatBox:
    """Return the part of a box in which cut lines leave something, and a pixel around it; all of it if none does."""
    if source.within is None:
        return box
    left, bottom, right, top = source.within
    around = metres / METRES_PER_DEGREE
    west, south, east, north = box.unrolled
    low, high = max(south, bottom - around), min(north, top + around)
    across = around / max(math.cos(math.radians(max(abs(low), abs(high)))), 0.01)
    turns = [(max(west, left - across + turn), min(east, right + across + turn)) for turn in (-360, 0, 360)]
    meeting = [(first, last) for first, last in turns if first <= last]
    if len(meeting) != 1 or low > high:
        return box
    (first, last), turn = meeting[0], 360 * (meeting[0][0] > 180)
    return _with_area(LonLatBox.from_unrolled(first - turn, low, last - turn, high))


def _with_area(box: LonLatBox) -> LonLatBox:
    west, south, east, north = box.unrolled
    south, north = max(south, -90.0), min(max(north, south + LEAST), 90.0)
    return LonLatBox.from_unrolled(west, south, max(east, west + LEAST), north)


def _finest(scene: Scene) -> float:
    return min((pixel_metres(asset) for asset in {band.asset for band in scene.bands}), default=UNKNOWN_METRES)


def pixel_metres(asset: Asset) -> float:
    """Return metres on the ground of a pixel's side, in the middle of the file; a guess where nothing leads there."""
    a, b, c, d, e, f = asset.transform
    rows, cols = asset.shape
    side = min((a * a + d * d) ** 0.5, (b * b + e * e) ** 0.5)
    x, y = c + (a * cols + b * rows) / 2, f + (d * cols + e * rows) / 2
    try:
        around = Grid((x - side, y - side, x + side, y + side), asset.crs, (2, 2)).footprint.bounds
    except ProjError as exc:  # a CRS that PROJ no longer knows must not break the list of all layers
        log.warning("%s has no place on the map: %s", asset.href, exc)
        return UNKNOWN_METRES
    return ground_size(side, LonLatBox(*around), asset.crs) or UNKNOWN_METRES
