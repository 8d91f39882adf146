"""Extents of the images of products in space and time, for many products at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, func, select, tuple_

from graft_eval.scene import Scene
from tileserver.catalog.rows import box_around
from tileserver.catalog.tables import ImageRow
from wmts import LonLatBox

__all__ = ["Extent", "find_extents", "widened"]

MAX_IMAGES: Final = 10_000  # of a product whose images are told apart by date: 0.1 s to read, 0.4 MB
HALF_TURN: Final = 180.0
BOX: Final = (ImageRow.west, ImageRow.south, ImageRow.east, ImageRow.north)

Decode = Callable[[Connection, Sequence[Row[int, int]]], Sequence[Scene]]


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """The images of a product, or a single one.

    `boxes` are (n, 4): west, south, east and north in degrees, east beyond 180 across the antimeridian. `dates` are
    theirs, rising, in seconds since 1970, `ends` the ends of their times, the same for moments; None if one box is
    around all images. `sample` is one of the images.
    """

    boxes: NDArray[np.float64]
    dates: NDArray[np.float64] | None
    sample: Scene
    ends: NDArray[np.float64] | None = None

    def between(self, start: datetime | None, end: datetime | None) -> LonLatBox:
        """Return the box around the images with start <= date < end; around all, where there are none, or no dates."""
        if self.dates is None or self.ends is None:
            return LonLatBox.around(self.boxes)
        last = len(self.dates) if end is None else int(np.searchsorted(self.dates, end.timestamp()))
        within = self.boxes[:last]
        if start is not None:
            within = within[self.ends[:last] >= start.timestamp()]
        return LonLatBox.around(within if len(within) else self.boxes)


def widened(extent: Extent, collection: Mapping[str, Any]) -> Extent:
    """Return an extent with the box of all that a Collection has, of which the images known are a part."""
    try:
        box = [float(side) for side in collection["extent"]["spatial"]["bbox"][0]]
        west, south, east, north = box if len(box) == 4 else (*box[:2], *box[3:5])
    except (IndexError, KeyError, TypeError, ValueError):  # it does not say
        return extent
    return replace(extent, boxes=np.array([LonLatBox(west, south, east, north).unrolled]), dates=None, ends=None)


def find_extents(
    connection: Connection, names: Collection[str], dated: Collection[str], decode: Decode
) -> Mapping[str, Extent]:
    """Return the extents of those that are names of products with images, or else of images.

    Those of the `dated` products are by date, unless they have more than `MAX_IMAGES`; so are those that may lie
    around the antimeridian.
    """
    around = func.min(BOX[0]), func.min(BOX[1]), func.max(BOX[2]), func.max(BOX[3])
    query = select(ImageRow.product, func.count(), func.min(ImageRow.number), *around)
    products = connection.execute(query.where(ImageRow.product.in_(names)).group_by(ImageRow.product)).all()
    counts = {product: count for product, count, *_ in products}
    items = [(product, item) for product, _, item in (name.rpartition(":") for name in set(names) - counts.keys())]
    sampled = ImageRow.number.in_([number for _, _, number, *_ in products])
    wanted = sampled | tuple_(ImageRow.product, ImageRow.item).in_(items)
    samples = decode(connection, connection.execute(select(ImageRow.number, ImageRow.revision).where(wanted)).all())
    found = {scene.id: Extent(_box(scene), None, scene) for scene in samples}
    by_product = {scene.product: scene for scene in samples if scene.product in counts}
    for product, _, _, *box in products:
        found[product] = Extent(np.array([box]), None, by_product[product])
    told_apart = [
        product
        for product, count, _, west, _, east, _ in products
        if 1 < count <= MAX_IMAGES and (product in dated or east - west > HALF_TURN)
    ]
    return found | _by_date(connection, told_apart, by_product)


def _by_date(connection: Connection, products: Collection[str], samples: Mapping[str, Scene]) -> dict[str, Extent]:
    if not products:
        return {}
    query = select(ImageRow.product, ImageRow.date, ImageRow.until, *BOX).where(ImageRow.product.in_(products))
    rows: dict[str, list[Row[str, datetime, datetime | None, float, float, float, float]]] = {
        product: [] for product in products
    }
    for row in connection.execute(query.order_by(ImageRow.product, ImageRow.date)):
        rows[row.product].append(row)
    return {
        product: Extent(
            np.array([row[3:] for row in listed], float),
            np.array([row.date.timestamp() for row in listed]),
            samples[product],
            np.array([(row.until or row.date).timestamp() for row in listed]),
        )
        for product, listed in rows.items()
    }


def _box(scene: Scene) -> NDArray[np.float64]:
    return np.array([box_around(scene.footprint).unrolled])
