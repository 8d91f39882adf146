"""Changes: scenes and products written to the database, and removed from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select, tuple_, update

from graft_eval.errors import NotInCatalog
from graft_eval.scene import Scene
from tileserver.catalog.overrides import Overrides
from tileserver.catalog.placing import place_anew
from tileserver.catalog.problems import Problem
from tileserver.catalog.rows import row_of
from tileserver.catalog.tables import ChangeRow, ImageRow, ProductRow

__all__ = [
    "Entry",
    "advance",
    "clear_settings",
    "find_sources",
    "read_settings",
    "refresh_product",
    "remove",
    "write_entries",
    "write_product",
    "write_settings",
]

PRODUCT_FIELDS: Final = ("license", "keywords", "providers")  # of a Collection, kept besides its texts


@dataclass(frozen=True, slots=True)
class Entry:
    """A scene to write: with the source that it was made from, its problems, and the source's stamp.

    `origins` says where what was decided is from; see `Image`.
    """

    scene: Scene
    source: str
    problems: Sequence[Problem] = ()
    stamp: str = ""
    origins: Mapping[str, Any] = field(default_factory=dict)


def find_sources(connection: Connection, scenes: Sequence[Scene]) -> dict[str, str]:
    """Return the sources of those images that exist under these scenes' ids."""
    return {image: source for image, (_, source) in _find(connection, scenes).items()}


def write_entries(connection: Connection, entries: Sequence[Entry]) -> set[str]:
    """Write scenes and their products; return the ids that were there.

    The products' bands and widths grow; `refresh_product` is for what an update has taken away.
    """
    if not entries:
        return set()
    revision = advance(connection)
    there = _find(connection, [entry.scene for entry in entries])
    rows = [
        row_of(entry.scene)
        | {"revision": revision, "source": entry.source, "stamp": entry.stamp}
        | {"problems": [asdict(problem) for problem in entry.problems], "origins": dict(entry.origins)}
        for entry in entries
    ]
    for product in dict.fromkeys(row["product"] for row in rows):
        _grow_product(connection, product, [row for row in rows if row["product"] == product])
    old = [(there[entry.scene.id][0], row) for entry, row in zip(entries, rows, strict=True) if entry.scene.id in there]
    if new := [row for entry, row in zip(entries, rows, strict=True) if entry.scene.id not in there]:
        connection.execute(insert(ImageRow), new)
    if old:
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0]}
        changed = [{f"new_{name}": value for name, value in row.items()} | {"old": number} for number, row in old]
        connection.execute(update(ImageRow).where(ImageRow.number == bindparam("old")).values(columns), changed)
    return set(there)


def read_settings(connection: Connection, product_id: str) -> Overrides:
    """Return a product's overrides; none of one that is not there yet."""
    settings = connection.execute(select(ProductRow.settings).where(ProductRow.id == product_id)).scalar()
    return Overrides.from_json(settings or {})


def write_settings(connection: Connection, product_id: str, overrides: Overrides) -> Overrides:
    """Add to a product's overrides, and return all of them. Raises `NotInCatalog` without such a product."""
    return _change_settings(connection, product_id, lambda known: known.merged(overrides))


def clear_settings(connection: Connection, product_id: str) -> None:
    """Drop a product's overrides: its Items and files count again, on their CRS once they are added again."""
    _change_settings(connection, product_id, lambda known: Overrides())


def write_product(connection: Connection, product_id: str, collection: Mapping[str, Any], **properties: object) -> None:
    """Write what a Collection says of a product, and further properties."""
    advance(connection)
    _ensure_product(connection, product_id)
    values = {
        "title": str(collection.get("title") or product_id),
        "description": str(collection.get("description") or ""),
        "properties": {name: collection[name] for name in PRODUCT_FIELDS if name in collection} | properties,
    }
    connection.execute(update(ProductRow).where(ProductRow.id == product_id).values(values))


def refresh_product(connection: Connection, product_id: str) -> None:
    """Take a product's bands and width from its images anew."""
    of_product = ImageRow.product == product_id
    names = select(ImageRow.band_names).where(of_product).group_by(ImageRow.band_names)
    bands = connection.execute(names.order_by(func.min(ImageRow.number))).scalars()
    widest = connection.execute(select(func.max(ImageRow.east - ImageRow.west)).where(of_product)).scalar()
    settings = connection.execute(select(ProductRow.settings).where(ProductRow.id == product_id)).scalar() or {}
    overrides = Overrides.from_json(settings)
    renamed = [name for listed in bands for name in overrides.rename(listed)]
    values = {"bands": list(dict.fromkeys(renamed)), "widest": widest or 0.0}
    connection.execute(update(ProductRow).where(ProductRow.id == product_id).values(values))


def remove(connection: Connection, name: str) -> int:
    """Remove a product with its images, else an image, by id; return how many images went.

    Raises `NotInCatalog` if neither is called so.
    """
    advance(connection)
    images = connection.execute(select(func.count()).where(ImageRow.product == name)).scalar_one()
    if connection.execute(delete(ProductRow).where(ProductRow.id == name)).rowcount:
        return images
    product, _, item = name.rpartition(":")
    if connection.execute(delete(ImageRow).where(ImageRow.product == product, ImageRow.item == item)).rowcount:
        refresh_product(connection, product)
        return 1
    raise NotInCatalog(f"there is no product and no image {name!r} in the catalog")


def advance(connection: Connection) -> int:
    """Count a change, and return its number."""
    counted = update(ChangeRow).values(revision=ChangeRow.revision + 1).returning(ChangeRow.revision)
    return connection.execute(counted).scalar_one()


def _ensure_product(connection: Connection, product_id: str) -> None:
    if connection.execute(select(ProductRow.id).where(ProductRow.id == product_id)).scalar() is None:
        values = {"title": product_id, "description": "", "properties": {}, "bands": [], "widest": 0.0, "settings": {}}
        connection.execute(insert(ProductRow).values(id=product_id, **values))


def _find(connection: Connection, scenes: Sequence[Scene]) -> dict[str, tuple[int, str]]:
    """Return number and source of the images that are there, by id."""
    keys = [(scene.product, scene.id.removeprefix(f"{scene.product}:")) for scene in scenes]
    query = select(ImageRow.product, ImageRow.item, ImageRow.number, ImageRow.source)
    rows = connection.execute(query.where(tuple_(ImageRow.product, ImageRow.item).in_(keys))) if keys else ()
    return {f"{product}:{item}": (number, source) for product, item, number, source in rows}


def _change_settings(connection: Connection, product_id: str, change: Callable[[Overrides], Overrides]) -> Overrides:
    row = connection.execute(select(ProductRow.settings).where(ProductRow.id == product_id)).one_or_none()
    if row is None:
        raise NotInCatalog(f"there is no product {product_id!r} in the catalog")
    known = Overrides.from_json(row.settings)
    changed = change(known)
    if changed != known:
        others = {name: value for name, value in row.settings.items() if name not in known.to_json()}
        values = {"settings": {**others, **changed.to_json()}}
        connection.execute(update(ProductRow).where(ProductRow.id == product_id).values(values))
        if changed.crs is not None:
            place_anew(connection, product_id, changed.crs)
        elif known.crs is not None:
            connection.execute(update(ImageRow).where(ImageRow.product == product_id).values(stamp=""))
        # what is remembered of an image is remembered by its revision
        revised = update(ImageRow).where(ImageRow.product == product_id).values(revision=advance(connection))
        connection.execute(revised)
        refresh_product(connection, product_id)
    return changed


def _grow_product(connection: Connection, product_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    of_product = ProductRow.id == product_id
    _ensure_product(connection, product_id)
    columns = ProductRow.bands, ProductRow.widest, ProductRow.settings
    bands, widest, settings = connection.execute(select(*columns).where(of_product)).one()
    overrides = Overrides.from_json(settings)
    names = [name for row in rows for name in overrides.rename(row["band_names"])]
    grown: Sequence[str] = list(dict.fromkeys([*bands, *names]))
    width = max(widest, *(row["east"] - row["west"] for row in rows))
    if (grown, width) != (bands, widest):
        connection.execute(update(ProductRow).where(of_product).values(bands=grown, widest=width))
