"""Automatic scales: percentiles of a whole layer, the same for all its tiles."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from affine import Affine
from cachetools import LRUCache
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from graft_eval.crs import transformer
from graft_eval.errors import LimitExceeded
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.grid import HALF_WORLD, WEB_MERCATOR, Bounds, Grid
from graft_eval.progress import Progress
from graft_eval.scene import Asset
from graft_eval.scope import Raster
from graft_eval.values.image import Image
from tileserver.drawing.classes import holds_bytes
from tileserver.drawing.drawable import compute, evaluate_drawable, fingerprints
from tileserver.drawing.render import Scale
from tileserver.drawing.style import AUTO, LAYER, Style
from tileserver.layers.coverage import EARTH
from tileserver.layers.layers import Layer
from tileserver.store import LayerScales
from wmts import LonLatBox

__all__ = ["BYTES", "AutoScales", "box_around"]

log = logging.getLogger(__name__)

UNAVAILABLE: Final = (OperationalError, PoolTimeout)  # errors of the database
FRESH_SECONDS: Final = 1.0  # for which what the database has is not asked again
PERCENTILES: Final = (2.0, 98.0)
BYTES: Final = (0.0, 255.0)
OWN: Final[Scale] = (None, None)
SIDE: Final = 256  # pixels of the longer side of the sample
MAX_ENTRIES: Final = 512
CELLS: Final = 64  # a side, at whose corners places are looked for in files whose own corners are not on the map
LONLAT: Final = "OGC:CRS84"
DEGREE: Final = HALF_WORLD / 180  # metres of Web Mercator
WORLD: Final = Grid.from_xyz_tile(0, 0, 0)
WAIT_SECONDS: Final = 0.1  # seconds between looks at whether anybody still waits


@dataclass(slots=True, eq=False)
class _Entry:
    """The scales of one layer: those that are kept, when last looked at, or else those of its files as they are."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    assets: frozenset[Asset] = frozenset()
    state: object = None
    scales: Mapping[str, Scale] = field(default_factory=dict)
    kept: bool = False
    looked: float = -math.inf


class AutoScales:
    """Percentiles 2 and 98 of each band of a layer.

    They are those of one sample: the layer evaluated over the extent of all its files, on a Web Mercator grid of
    256 pixels on the longer side, so that they cost about as much as a tile. The first that are found, if all bands
    have some, are kept in the database: they hold in all servers, whatever becomes of the imagery, until forgotten.
    """

    def __init__(self, evaluations: Evaluations, kept: LayerScales) -> None:
        self._evaluations = evaluations
        self._kept = kept
        self._entries: LRUCache[tuple[str, str], _Entry] = LRUCache(MAX_ENTRIES)
        self._lock = threading.Lock()

    def find(self, layer: Layer, style: Style, progress: Progress, revision: int) -> Mapping[str, Scale]:
        """Return a pair for each band; (None, None), with a warning in the log, for one without a valid pixel.

        A band whose classes are drawn in colours of their own has none; with scales of the layer, one of bytes as
        files have them has 0 to 255.
        """
        return self._entry(layer, style, progress, revision).scales

    def forget(self, layer: Layer) -> None:
        """Forget the scales of a layer, whatever the style."""
        self._kept.forget(layer.identity)
        with self._lock:
            for key in [key for key in self._entries if key[0] == layer.identity]:
                del self._entries[key]

    def _entry(self, layer: Layer, style: Style, progress: Progress, revision: int) -> _Entry:
        drawn = (style.arguments.identity, style.bands, style.reduction, style.shows_classes, style.scales)
        key = layer.identity, hashlib.sha256(json.dumps(drawn).encode()).hexdigest()[:32]
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
        while not entry.lock.acquire(timeout=WAIT_SECONDS):  # another tile of the layer computes them
            progress.check()
        try:
            if not self._is_kept(key, entry) and entry.state != (revision, fingerprints(entry.assets, progress)):
                self._measure(key, entry, layer, style, progress, revision)
            return entry
        finally:
            entry.lock.release()

    def _is_kept(self, key: tuple[str, str], entry: _Entry) -> bool:
        """Return whether scales are kept, which the entry then has: the database is asked once a second at most."""
        if time.monotonic() - entry.looked > FRESH_SECONDS:
            entry.looked = time.monotonic()
            try:
                found = self._kept.find(*key)
            except UNAVAILABLE:
                return entry.kept
            if found is None and entry.kept:
                entry.state = None  # they were forgotten, to be found anew
            entry.kept = found is not None
            if found is not None:
                entry.scales = found
        return entry.kept

    def _measure(
        self, key: tuple[str, str], entry: _Entry, layer: Layer, style: Style, progress: Progress, revision: int
    ) -> None:
        """Find the scales of an entry, and keep them if they are final, and of all bands."""
        aside = progress.aside(lambda level, message: progress.log(level, f"scales=auto: {message}"))
        everywhere = evaluate_drawable(layer, style, self._evaluations.scope(aside, WORLD))
        entry.assets, image = everywhere.assets, everywhere.image
        hurried, is_final = False, True
        if style.shows_classes and everywhere.palette is not None:
            entry.scales, is_final = {}, False
        elif style.scales == LAYER and all(map(holds_bytes, image.planes)):
            entry.scales = dict.fromkeys(image.bands, BYTES)
        elif style.scales == LAYER:
            auto = self._entry(layer, replace(style, scales=AUTO), progress, revision)
            bands = zip(image.bands, image.planes, strict=True)
            entry.scales = {name: BYTES if holds_bytes(plane) else auto.scales.get(name, OWN) for name, plane in bands}
            hurried, is_final = auto.state is None and not auto.kept, auto.kept
        else:
            entry.scales = self._percentiles(layer, style, aside, entry.assets)
            hurried = bool(aside.unread) and aside.is_late  # with more time, the next tile may know better
        entry.state = None if hurried else (revision, fingerprints(entry.assets, progress))
        if is_final and not hurried and entry.scales and all(map(_is_finite, entry.scales.values())):
            self._keep(key, entry)

    def _keep(self, key: tuple[str, str], entry: _Entry) -> None:
        """Keep what was found, or take what another server has kept meanwhile."""
        try:
            found = self._kept.keep(*key, entry.scales)
        except UNAVAILABLE as exc:
            log.warning("scales of %s cannot be kept, and are found again: %s", key[0], exc)
            return
        if found is not None:
            entry.scales, entry.kept, entry.looked = found, True, time.monotonic()

    def _percentiles(
        self, layer: Layer, style: Style, progress: Progress, assets: Collection[Asset]
    ) -> dict[str, Scale]:
        image, raster = self._sample(layer, style, progress, assets)
        scales = {name: _percentiles(raster, band) for band, name in enumerate(image.bands)}
        for name in (name for name, scale in scales.items() if scale == OWN):
            progress.log(logging.WARNING, f"band {name} has no valid pixel to take them from: each tile its own")
        return scales

    def _sample(
        self, layer: Layer, style: Style, progress: Progress, assets: Collection[Asset]
    ) -> tuple[Image, Raster]:
        """Compute the layer where its files are; if that is beyond the limits, where the middle one of them is."""
        try:
            return self._compute(layer, style, progress, assets)
        except LimitExceeded as exc:
            if len(assets) < 2:
                raise
            progress.log(logging.INFO, f"taken from the place of one file: {exc}")
            middle = sorted(assets, key=lambda asset: asset.href)[len(assets) // 2]
            return self._compute(layer, style, progress, [middle])

    def _compute(self, layer: Layer, style: Style, progress: Progress, assets: Iterable[Asset]) -> tuple[Image, Raster]:
        scope = self._evaluations.scope(progress, _sample_grid(_extent(assets)))
        image = evaluate_drawable(layer, style, scope).image
        return image, compute(image, scope)


def _is_finite(scale: Scale) -> bool:
    low, high = scale
    return low is not None and high is not None and math.isfinite(low) and math.isfinite(high)


def _percentiles(raster: Raster, band: int) -> Scale:
    values = raster.data[band].astype(float)
    valid = values[~raster.mask[band] & np.isfinite(values)]
    if not valid.size:
        return None, None
    low, high = np.percentile(valid, PERCENTILES)
    return float(low), float(high)


def _extent(assets: Iterable[Asset]) -> Bounds:
    """Return the Web Mercator bounds around all files, the world's if there are none.

    They reach beyond the world's right edge if the files lie on both sides of the antimeridian.
    """
    box = box_around(assets)
    if box is None:
        return WORLD.bounds
    west, south, east, north = box.unrolled
    _, (bottom, top) = transformer(LONLAT, WEB_MERCATOR).transform([0, 0], [max(south, -90.0), min(north, 90.0)])
    return west * DEGREE, max(bottom, -HALF_WORLD), east * DEGREE, min(top, HALF_WORLD)


def box_around(assets: Iterable[Asset]) -> LonLatBox | None:
    """Return the narrowest box around all files, None if there are none."""
    boxes = {_box_of(asset).unrolled for asset in assets}
    return LonLatBox.around(np.array([*boxes])) if boxes else None


def _box_of(asset: Asset) -> LonLatBox:
    rows, cols = asset.shape
    corners = [Affine(*asset.transform) @ corner for corner in ((0, 0), (cols, 0), (0, rows), (cols, rows))]
    xs, ys = zip(*corners, strict=True)
    bounds = transformer(asset.crs, LONLAT).transform_bounds(min(xs), min(ys), max(xs), max(ys))
    return LonLatBox(*bounds) if all(map(math.isfinite, bounds)) else _box_within(asset)


def _box_within(asset: Asset) -> LonLatBox:
    """Return the box around those places in a file that are on the map; the world's where none is.

    The corners of a satellite's view of the whole disc look past the earth.
    """
    rows, cols = np.meshgrid(*(np.linspace(0, size, CELLS + 1) for size in asset.shape), indexing="ij")
    a, b, c, d, e, f = asset.transform
    lons, lats = transformer(asset.crs, LONLAT).transform(a * cols + b * rows + c, d * cols + e * rows + f)
    known = np.stack([lons, lats])[:, np.isfinite(lons) & np.isfinite(lats)]
    if not known.size:
        return EARTH
    (west, south), (east, north) = known.min(axis=1).tolist(), known.max(axis=1).tolist()
    return LonLatBox(west, south, east, north)


def _sample_grid(bounds: Bounds) -> Grid:
    left, bottom, right, top = bounds
    pixel = max(right - left, top - bottom) / SIDE
    cols, rows = math.ceil((right - left) / pixel), math.ceil((top - bottom) / pixel)
    return Grid((left, top - rows * pixel, left + cols * pixel, top), WEB_MERCATOR, (rows, cols))
