"""Where a layer's data is: the bounds of what its graft loads."""

from __future__ import annotations

from graft_eval.errors import NotInCatalog
from graft_eval.grid import Bounds
from graft_eval.syntax import Graft
from tileserver.catalog import Catalog
from tileserver.loads import loads_of

__all__ = ["find_bounds", "named_ids"]


def find_bounds(graft: Graft, catalog: Catalog) -> Bounds | None:
    """Return the bounds, in degrees, of the products and images that a graft names; None where nothing is known.

    `right` is beyond 180 where they cross the antimeridian.
    """
    boxes = [box for name in named_ids(graft) if (box := _box_of(name, catalog))]
    if not boxes:
        return None
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def named_ids(graft: Graft) -> set[str]:
    """Return the ids of products and images that a graft loads, those that it spells out.

    >>> from graft_eval.scope import Limits
    >>> from graft_eval.syntax import parse
    >>> named_ids(parse({"a": "my-product", "b": ["wf.ImageCollection.from_id", "a"], "returns": "b"}, Limits()))
    {'my-product'}
    """
    return {load.name for load in loads_of(graft) if load.name is not None}


def _box_of(name: str, catalog: Catalog) -> Bounds | None:
    """Return the bounds of a product or, where there is none of that id, of an image."""
    for record in (catalog.product_record, catalog.image_record):
        try:
            box = record(name)["bbox"]
        except NotInCatalog:
            continue
        if box is not None:
            west, south, east, north = box
            return west, south, east if east >= west else east + 360, north
    return None
