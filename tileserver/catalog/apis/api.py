"""STAC APIs that products are searched at, and answers of searches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tileserver.catalog.stac.collections import Document

__all__ = ["Api", "Found"]


@dataclass(frozen=True, slots=True)
class Api:
    """A product, and the STAC API at which it is searched: its root, its search, the Collection there."""

    product: str
    url: str
    search_url: str
    method: str
    collection: str
    document: Document


@dataclass(frozen=True, slots=True)
class Found:
    """Items by their ids, and why there may be more: nothing, if these are all.

    `broken_off`: the API failed after the first page, and may not the next time.
    """

    items: Mapping[str, Document]
    lacks: str = ""
    broken_off: bool = False
