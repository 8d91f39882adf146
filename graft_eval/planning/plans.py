"""Plans that are kept: what planes need is the same on every grid."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property

from cachetools import LRUCache

from graft_eval.barriers.barrier import Neighbourhood
from graft_eval.barriers.mosaic import Mosaic
from graft_eval.grid import Grid
from graft_eval.piece import Halo
from graft_eval.plane import Plane
from graft_eval.planning.mosaics import Layers
from graft_eval.planning.plan import Plan, plan, reads_of, sort
from graft_eval.planning.reach import nesting_of, rank_summaries, reach_of

__all__ = ["Plans", "Prepared"]


class Prepared:
    """The parts of a plan that no grid changes: number of scenes, summaries to compute first, stages.

    Scenes of `mosaics` of many planes do not count: they read no more than the limits allow.
    """

    def __init__(self, planes: Sequence[Plane]) -> None:
        ordered = sort(planes)
        self.size = len(ordered)
        self.mosaics = any(isinstance(one, Mosaic) for one in ordered)
        self.summaries = rank_summaries(ordered)
        self.nesting = nesting_of(ordered)
        self.looked_at = len({below for one in ordered if isinstance(one, Neighbourhood) for below in one.inputs})
        self._planes, self._ordered = planes, ordered if self.looked_at else []
        self.scenes = len({read.scene.id for read in reads_of(self._read_whole() if self.mosaics else ordered)})

    @cached_property
    def steps(self) -> Plan:
        """The plan of the planes."""
        return plan(self._planes)

    def reach(self, grid: Grid) -> Halo:
        """Return how far around a grid the pixels lie that the planes need there."""
        return reach_of(self._ordered, grid)

    def _read_whole(self) -> list[Plane]:
        """Return the planes that are computed whatever is missing: those above mosaics of many, and below summaries."""
        summarized = [below for ranked in self.summaries for one in ranked for below in one.inputs]
        return sort([*self._planes, *summarized], lambda plane: isinstance(plane, Mosaic))


class Plans:
    """Prepares planes, and keeps what the last ones need; thread safe."""

    def __init__(self, planes: int) -> None:
        self._kept: LRUCache[tuple[Plane, ...], Prepared] = LRUCache(planes, getsizeof=lambda kept: kept.size)
        self._layers: LRUCache[Mosaic, Layers] = LRUCache(planes, getsizeof=lambda layers: len(layers.planes))
        self._lock = threading.Lock()

    def layers(self, mosaic: Mosaic) -> Layers:
        """Return what is known of the planes of a mosaic."""
        with self._lock:
            layers = self._layers.get(mosaic)
        if layers is None:
            layers = Layers(mosaic)
            if len(mosaic.planes) <= self._layers.maxsize:
                with self._lock:
                    self._layers[mosaic] = layers
        return layers

    def prepare(self, planes: Sequence[Plane]) -> Prepared:
        """Return what planes need: an image that is drawn tile by tile is looked through once."""
        key = tuple(planes)
        with self._lock:
            prepared = self._kept.get(key)
        if prepared is None:
            prepared = Prepared(key)
            if prepared.size <= self._kept.maxsize:
                with self._lock:
                    self._kept[key] = prepared
        return prepared
