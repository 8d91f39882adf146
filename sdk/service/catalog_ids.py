"""Ids of the catalog's images and products that a computation names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sdk.language.image import Image
from sdk.language.image_collection import ImageCollection

__all__ = ["catalog_ids"]

_KINDS: Final = {
    Image.from_id.op.builtin: "images",  # type: ignore[attr-defined]
    ImageCollection.from_id.op.builtin: "products",  # type: ignore[attr-defined]
}


def catalog_ids(graft: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a graft loads by an id that it names: images or products, and the id.

    >>> list(catalog_ids(Image.from_id("field:a").graft))
    [('images', 'field:a')]
    """
    literals: dict[str, Any] = {}
    bodies = [graft]
    while bodies:
        body = bodies.pop()
        literals |= {key: value for key, value in body.items() if isinstance(value, str) and key != "returns"}
        bodies += [value for value in body.values() if isinstance(value, dict)]
        for value in body.values():
            match value:
                case [str(function), str(key), *_] if function in _KINDS and key in literals:
                    yield _KINDS[function], literals[key]
