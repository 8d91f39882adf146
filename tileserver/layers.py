"""Layers as tiles need them: the record, and its graft parsed once."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

from cachetools import LRUCache

from graft_eval.scope import Limits
from graft_eval.syntax import Graft, parse
from tileserver.store import LayerRecord, Store

__all__ = ["Layer", "Layers"]

CACHED_KEYS: Final = 500_000  # of all grafts kept


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A published computation: its record, and the graft in it."""

    record: LayerRecord
    graft: Graft


class Layers:
    """Finds layers by id; thread safe. The store is asked every time: a deleted layer is gone at once."""

    def __init__(self, store: Store, limits: Limits) -> None:
        self._store = store
        self._limits = limits
        self._grafts: LRUCache[str, tuple[int, Graft]] = LRUCache(CACHED_KEYS, getsizeof=lambda entry: entry[0])
        self._lock = threading.Lock()

    def get(self, layer_id: str) -> Layer:
        """Return a layer; raises `NotFound` for one that is unknown, deleted or expired."""
        record = self._store.layer(layer_id)
        with self._lock:
            entry = self._grafts.get(layer_id)
        if entry is None:
            entry = len(record.graft), parse(record.graft, self._limits)
            with self._lock:
                self._grafts[layer_id] = entry
        return Layer(record, entry[1])
