"""Changes: scenes and products written to the database, and removed from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from graft_eval.errors import NotInCatalog
from graft_eval.scene import Scene
from tileserver.catalog.rows import row_of
from tileserver.catalog.tables import ChangeRow, ImageRow, ProductRow

__all__ = ["refresh_product", "remove", "write_product", "write_scenes"]


def write_scenes(connection: Connection, scenes: Iterable[tuple[Scene, str]]) -> set[str]:
    """Write scenes, each with the source it was made from, and their products; return the ids that were there.

    The products' bands and widths grow; `refresh_product` is for what an update has taken away.
    """
    revision = _advance(connection)
    there: set[str] = set()
    for scene, source in scenes:
        row = row_of(scene)
        _grow_product(connection, row)
        known = select(ImageRow.number).where(ImageRow.product == row["product"], ImageRow.item == row["item"])
        row |= {"revision": revision, "source": source, "problems": [], "stamp": ""}
        if (number := connection.execute(known).scalar()) is None:
            connection.execute(insert(ImageRow).values(row))
        else:
            connection.execute(update(ImageRow).where(ImageRow.number == number).values(row))
            there.add(scene.id)
    return there


def write_product(
    connection: Connection, product_id: str, *, title: str, description: str, properties: Mapping[str, Any]
) -> None:
    """Write what a Collection says of a product."""
    _advance(connection)
    _ensure_product(connection, product_id)
    values = {"title": title, "description": description, "properties": dict(properties)}
    connection.execute(update(ProductRow).where(ProductRow.id == product_id).values(values))


def refresh_product(connection: Connection, product_id: str) -> None:
    """Take a product's bands and width from its images anew."""
    of_product = ImageRow.product == product_id
    names = select(ImageRow.band_names).where(of_product).group_by(ImageRow.band_names)
    bands = connection.execute(names.order_by(func.min(ImageRow.number))).scalars()
    widest = connection.execute(select(func.max(ImageRow.east - ImageRow.west)).where(of_product)).scalar()
    values = {"bands": list(dict.fromkeys(name for listed in bands for name in listed)), "widest": widest or 0.0}
    connection.execute(update(ProductRow).where(ProductRow.id == product_id).values(values))


def remove(connection: Connection, name: str) -> int:
    """Remove a product with its images, else an image, by id; return how many images went.

    Raises `NotInCatalog` where neither is called so.
    """
    _advance(connection)
    images = connection.execute(select(func.count()).where(ImageRow.product == name)).scalar_one()
    if connection.execute(delete(ProductRow).where(ProductRow.id == name)).rowcount:
        return images
    product, _, item = name.rpartition(":")
    if connection.execute(delete(ImageRow).where(ImageRow.product == product, ImageRow.item == item)).rowcount:
        refresh_product(connection, product)
        return 1
    raise NotInCatalog(f"there is no product and no image {name!r} in the catalog")


def _advance(connection: Connection) -> int:
    """Count a change, and return its number."""
    counted = update(ChangeRow).values(revision=ChangeRow.revision + 1).returning(ChangeRow.revision)
    return connection.execute(counted).scalar_one()


def _ensure_product(connection: Connection, product_id: str) -> None:
    if connection.execute(select(ProductRow.id).where(ProductRow.id == product_id)).scalar() is None:
        values = {"title": product_id, "description": "", "properties": {}, "bands": [], "widest": 0.0, "settings": {}}
        connection.execute(insert(ProductRow).values(id=product_id, **values))


def _grow_product(connection: Connection, row: Mapping[str, Any]) -> None:
    of_product = ProductRow.id == row["product"]
    _ensure_product(connection, row["product"])
    bands, widest = connection.execute(select(ProductRow.bands, ProductRow.widest).where(of_product)).one()
    grown: Sequence[str] = list(dict.fromkeys([*bands, *row["band_names"]]))
    width = max(widest, row["east"] - row["west"])
    if (grown, width) != (bands, widest):
        connection.execute(update(ProductRow).where(of_product).values(bands=grown, widest=width))
