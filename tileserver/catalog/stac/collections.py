"""Collections that Items belong to, for their metadata of all bands."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache

from tileserver.catalog.errors import CatalogError
from tileserver.catalog.stac.documents import Documents
from tileserver.catalog.stac.hrefs import resolve_href

__all__ = ["Collections", "Document", "FoundCollection"]

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FoundCollection:
    """A Collection."""

    location: str
    document: Document


MAX_LINKED = 256
NONE = FoundCollection("", {})


class Collections:
    """The Collections that Items link to; thread safe."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._linked: LRUCache[str, FoundCollection] = LRUCache(MAX_LINKED)
        self._lock = threading.Lock()

    def find(self, item: Document, location: str, met: FoundCollection | None) -> FoundCollection:
        """Return an Item's Collection: one that was met, by its name, else what it links to; else an empty one."""
        if met is not None and met.document.get("id") == item.get("collection"):
            return met
        links = item.get("links")
        for link in links if isinstance(links, list) else ():
            if isinstance(link, dict) and link.get("rel") == "collection" and isinstance(link.get("href"), str):
                return self._read(resolve_href(link["href"], location))
        return NONE

    def _read(self, location: str) -> FoundCollection:
        with self._lock:
            known = self._linked.get(location)
            if known is None:
                try:
                    document = self._documents.read(location)
                    known = FoundCollection(location, document if document.get("type") == "Collection" else {})
                except CatalogError:  # not there, or on a host that is not allowed: nothing is told
                    known = NONE
                self._linked[location] = known
        return known
