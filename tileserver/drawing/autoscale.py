"""Automatic scales: percentiles of a whole layer, the same for all its tiles."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from affine import Affine
from cachetools import LRUCache

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
from tileserver.drawing.style import LAYER, Style
from tileserver.layers.coverage import EARTH
from tileserver.layers.layers import Layer
from wmts import LonLatBox

__all__ = ["BYTES", "AutoScales", "box_around"]

PERCENTILES: Final = (2.0, 98.0)
BYTES: Final = (0.0, 255.0)
SIDE: Final = 256  # pixels of the longer side of the sample
MAX_ENTRIES: Final = 512
CELLS: Final = 64  # a side, at whose corners places are looked for in files whose own corners are not on the map
LONLAT: Final = "OGC:CRS84"
DEGREE: Final = HALF_WORLD / 180  # metres of Web Mercator
WORLD: Final = Grid.from_xyz_tile(0, 0, 0)
WAIT_SECONDS: Final = 0.1  # seconds between looks at whether anybody still waits


@dataclass(slots=True, eq=False)
class _Entry:
    """The scales of one layer as long as its files are the same."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    assets: frozenset[Asset] = frozenset()
    state: object = None
    scales: Mapping[str, Scale] = field(default_factory=dict)


class AutoScales:
    """Percentiles 2 and 98 of each band of a layer.

    They are those of one sample: the layer evaluated over the extent of all its files, on a Web Mercator grid of
    256 pixels on the longer side, so that they cost about as much as a tile. Kept until a file or the catalog changes.
    """

    def __init__(self, evaluations: Evaluations) -> None:
        self._evaluations = evaluations
        self._entries: LRUCache[tuple[object, ...], _Entry] = LRUCache(MAX_ENTRIES)
        self._lock = threading.Lock()

    def find(self, layer: Layer, style: Style, progress: Progress, revision: int) -> Mapping[str, Scale]:
        """Return a pair for each band; (None, None), with a warning in the log, for one without a valid pixel.

        A band whose classes are drawn in colours of their own has none; with scales of the layer, one of bytes as
        files have them has 0 to 255.
        """
        key = (layer.graft.hash, style.arguments, style.bands, style.reduction, style.shows_classes, style.scales)
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
        while not entry.lock.acquire(timeout=WAIT_SECONDS):  # another tile of the layer computes them
            progress.check()
        try:
            if entry.state != (revision, fingerprints(entry.assets, progress)):
                aside = progress.aside(lambda level, message: progress.log(level, f"scales=auto: {message}"))
                entry.assets, entry.scales = self._measure(layer, style, aside)
                hurried = aside.unread and aside.is_late  # with more time, the next tile may know better
                entry.state = None if hurried else (revision, fingerprints(entry.assets, progress))
            return entry.scales
        finally:
            entry.lock.release()

    def _measure(self, layer: Layer, style: Style, progress: Progress) -> tuple[frozenset[Asset], dict[str, Scale]]:
        everywhere = evaluate_drawable(layer, style, self._evaluations.scope(progress, WORLD))
        assets = everywhere.assets
        if style.shows_classes and everywhere.palette is not None:
            return assets, {}
        if style.scales == LAYER and everywhere.image.planes and all(map(holds_bytes, everywhere.image.planes)):
            return assets, dict.fromkeys(everywhere.image.bands, BYTES)
        image, raster = self._sample(layer, style, progress, assets)
        scales: dict[str, Scale] = {}
        for band, name in enumerate(image.bands):
            is_bytes = style.scales == LAYER and holds_bytes(image.planes[band])
            scales[name] = BYTES if is_bytes else _percentiles(raster, band)
            if scales[name] == (None, None):
                progress.log(logging.WARNING, f"band {name} has no valid pixel to take them from: each tile its own")
        return assets, scales

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
