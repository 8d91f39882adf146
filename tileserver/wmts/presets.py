"""Presets: the VizOptions of layers that can be drawn, as long as their imagery has the bands that these name."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cachetools import LRUCache

from graft_eval.errors import Cancelled
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.limits import Limits
from graft_eval.progress import Progress
from tileserver.catalog import Catalog
from tileserver.drawing.viz_bands import find_absent
from tileserver.layers.coverage import Coverage
from tileserver.layers.layers import Layer

__all__ = ["Presets"]

log = logging.getLogger(__name__)

MAX_LAYERS: Final = 10_000


class Presets:
    """Finds which VizOptions of layers can be drawn; thread safe.

    What was found holds until one of the products that a layer names has other bands.
    """

    def __init__(self, catalog: Catalog, evaluations: Evaluations, limits: Limits) -> None:
        self._catalog = catalog
        self._evaluations = evaluations
        self._limits = limits
        self._absent: LRUCache[object, Mapping[str, str]] = LRUCache(MAX_LAYERS)
        self._bands: tuple[int, Mapping[str, tuple[str, ...]]] = (-1, {})
        self._lock = threading.Lock()

    def find(self, layer: Layer, coverage: Coverage, revision: int, ends: float) -> Sequence[Mapping[str, Any]] | None:
        """Return the options of a layer without those whose bands are absent, each of which the log tells once.

        Where nobody knows, as without arguments, they are all of them; None if it is not known when time `ends`, on the
        monotonic clock.
        """
        if not layer.viz_options:
            return layer.viz_options
        named = tuple((option["id"], *option["bands"]) for option in layer.viz_options)
        key = layer.identity, named, self._bands_of(layer, revision)
        with self._lock:
            absent = self._absent.get(key)
        if absent is None:
            absent = self._find(layer, coverage, ends - time.monotonic())
            if absent is None:
                return None
            with self._lock:
                self._absent[key] = absent
        return [option for option in layer.viz_options if option["id"] not in absent]

    def _bands_of(self, layer: Layer, revision: int) -> tuple[object, ...]:
        """Return the bands of the products that a layer names; of all products, if it computes their names."""
        known, bands = self._bands
        if known != revision:
            bands = {product.id: product.bands for product in self._catalog.products()}
            self._bands = revision, bands
        names = [source.name for source in layer.image_sources]
        if None in names:
            return tuple(bands.values())
        return tuple(bands.get(name) or bands.get(name.partition(":")[0]) for name in names if name is not None)

    def _find(self, layer: Layer, coverage: Coverage, seconds: float) -> Mapping[str, str] | None:
        if seconds <= 0:
            return None
        try:
            absent = find_absent(layer, self._evaluations, coverage.bounds, self._limits, Progress(deadline=seconds))
        except Cancelled:
            return None
        for reason in absent.values():
            log.warning("a style of %s is left out of its documents: %s", layer.path, reason)
        return absent
