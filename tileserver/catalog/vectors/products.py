"""Vector products in the database: added from a file, found by place, listed, removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Select, delete, false, func, insert, select, union_all, update

from graft_eval.errors import LimitExceeded, NotInCatalog
from tileserver.catalog.changes import advance
from tileserver.catalog.search import boxes_of
from tileserver.catalog.tables import FeatureRow, ProductRow, VectorRow
from tileserver.catalog.vectors.files import VectorFileError, batches, read_features
from wmts import LonLatBox

__all__ = ["add_vectors", "find_features", "remove_vectors", "vector_records"]

MAX_BYTES: Final = 16 << 20  # of the geometries of one answer

Features = Sequence[tuple[BaseGeometry, dict[str, Any]]]


def add_vectors(connection: Connection, path: Path, product: str, title: str = "") -> int:
    """Put the features of a file in place of those that a product has, and return how many there are.

    Raises `VectorFileError` for a file that cannot be read or has none, and for the id of a product of imagery.
    """
    if connection.execute(select(ProductRow.id).where(ProductRow.id == product)).scalar() is not None:
        raise VectorFileError(f"{product!r} is a product of imagery; give the features another id")
    advance(connection)
    connection.execute(delete(VectorRow).where(VectorRow.id == product))
    connection.execute(insert(VectorRow).values(id=product, title=title or product, widest=0.0))
    count, widest = 0, 0.0
    for batch in batches(read_features(path)):
        rows = [_row(product, geometry, properties) for geometry, properties in batch]
        connection.execute(insert(FeatureRow), rows)
        count, widest = count + len(rows), max(widest, *(row["east"] - row["west"] for row in rows))
    if not count:
        raise VectorFileError(f"{path} holds no features with a geometry")
    connection.execute(update(VectorRow).where(VectorRow.id == product).values(widest=widest))
    return count


def find_features(connection: Connection, product: str, limit: int, area: BaseGeometry | None) -> Features:
    """Return the features of a product that meet an area in longitude and latitude, in the order of the file.

    Raises `NotInCatalog` without such a product, `LimitExceeded` if there are more than `limit`, or too large ones.
    """
    if connection.execute(select(VectorRow.id).where(VectorRow.id == product)).scalar() is None:
        raise NotInCatalog(f"there is no vector product {product!r} in the catalog")
    query = _candidates(product, area)
    count, size = connection.execute(
        select(func.count(), func.coalesce(func.sum(func.length(FeatureRow.geometry)), 0)).where(
            FeatureRow.number.in_(query)
        )
    ).one()
    if count > limit or size > MAX_BYTES:
        raise LimitExceeded(
            f"{count:,} features of {product} with {size:,} bytes of geometry lie here; the limits are {limit:,} and"
            f" {MAX_BYTES:,}: look at a smaller place"
        )
    columns = FeatureRow.geometry, FeatureRow.properties
    rows = connection.execute(select(*columns).where(FeatureRow.number.in_(query)).order_by(FeatureRow.number)).all()
    found = [(shapely.from_wkb(geometry), properties) for geometry, properties in rows]
    return found if area is None else [one for one in found if one[0].intersects(area)]


def remove_vectors(connection: Connection, product: str) -> bool:
    """Remove a product with its features; return whether there was one."""
    removed = connection.execute(delete(VectorRow).where(VectorRow.id == product)).rowcount
    if removed:
        advance(connection)
    return bool(removed)


def vector_records(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield what is known of each product: id, title, how many features it has, where they lie."""
    query = select(
        VectorRow.id, VectorRow.title, func.count(FeatureRow.number), func.min(FeatureRow.west),
        func.min(FeatureRow.south), func.max(FeatureRow.east), func.max(FeatureRow.north),
    ).join(FeatureRow, FeatureRow.product == VectorRow.id).group_by(VectorRow.id, VectorRow.title)  # fmt: skip
    for product, title, count, *box in connection.execute(query.order_by(VectorRow.id)):
        yield {"id": product, "title": title, "features": count, "bbox": list(LonLatBox.from_unrolled(*box))}


def _row(product: str, geometry: BaseGeometry, properties: dict[str, Any]) -> dict[str, Any]:
    west, south, east, north = geometry.bounds
    return {
        "product": product, "west": west, "south": south, "east": east, "north": north,
        "geometry": shapely.to_wkb(geometry), "properties": properties,
    }  # fmt: skip


def _candidates(product: str, area: BaseGeometry | None) -> Select[Any] | Any:
    """Return the query for the numbers of features whose boxes meet those of an area."""
    if area is None:
        return select(FeatureRow.number).where(FeatureRow.product == product)
    if area.is_empty:
        return select(FeatureRow.number).where(false())
    widest = select(VectorRow.widest).where(VectorRow.id == product).scalar_subquery()
    found = [
        select(FeatureRow.number).where(
            FeatureRow.product == product,
            FeatureRow.west.between(west - widest, east),
            FeatureRow.east >= west,
            FeatureRow.south <= north,
            FeatureRow.north >= south,
        )
        for west, south, east, north in (box.unrolled for box in boxes_of(area))
    ]
    return union_all(*found)
