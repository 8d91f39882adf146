"""Items of STAC APIs in the database: those that searches gave, and what has become of them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, or_, select, update

from tileserver.catalog.apis.api import Api, Found
from tileserver.catalog.apis.cells import Cell
from tileserver.catalog.apis.tables import ApiRow, SearchRow, StacItemRow
from tileserver.catalog.changes import Entry, write_entries
from tileserver.catalog.errors import ItemError
from tileserver.catalog.ids import escape_id
from tileserver.catalog.rows import box_around
from tileserver.catalog.search import boxes_of
from tileserver.catalog.stac.collections import Document
from tileserver.catalog.stac.items import shape_of
from tileserver.catalog.times import time_of
from wmts import LonLatBox

__all__ = [
    "find_items",
    "find_search",
    "read_apis",
    "row_of_item",
    "write_api",
    "write_failure",
    "write_found",
    "write_image",
    "write_items",
]

AT_ONCE: Final = 500  # names in a query
CHANGING: Final = ("links",)  # what says nothing of an image; some servers make it anew for every answer


def read_apis(connection: Connection) -> dict[str, Api]:
    """Return the products that are searched at STAC APIs."""
    rows = connection.execute(select(ApiRow.__table__)).mappings()
    return {row["product"]: Api(**row) for row in rows}


def write_api(connection: Connection, api: Api) -> None:
    """Write where a product is searched; what was known of it from elsewhere is asked for anew."""
    connection.execute(delete(ApiRow).where(ApiRow.product == api.product))
    columns = {column.name: getattr(api, column.name) for column in ApiRow.__table__.columns}
    connection.execute(insert(ApiRow).values(columns))


def find_search(connection: Connection, product: str, cell: Cell) -> Row[datetime, str] | None:
    """Return when a search that covers a cell was answered last, and what it may lack; None without one."""
    row = SearchRow
    covers = [row.west <= cell.west, row.south <= cell.south, row.east >= cell.east, row.north >= cell.north]
    for column, moment, sign in ((row.start, cell.start, -1), (row.end, cell.end, 1)):
        open_ended = column.is_(None)
        bounded = [] if moment is None else [column <= moment if sign < 0 else column >= moment]
        covers.append(or_(open_ended, *bounded))
    whole = or_(row.lacks == "", and_(*_same(cell)))  # one that lacks some covers itself alone
    query = select(row.asked, row.lacks).where(row.product == product, *covers, whole)
    return connection.execute(query.order_by(row.asked.desc()).limit(1)).one_or_none()


def write_found(connection: Connection, api: Api, cell: Cell, found: Found, asked: datetime) -> Mapping[str, str]:
    """Write the answer of a search, its Items alone if it was broken off; return those of `write_items`."""
    unplaced = write_items(connection, api, found.items)
    if found.broken_off:
        return unplaced
    connection.execute(delete(SearchRow).where(SearchRow.product == api.product, *_same(cell)))
    values = {"product": api.product, **asdict(cell), "asked": asked, "lacks": found.lacks}
    connection.execute(insert(SearchRow).values(values))
    return unplaced


def write_items(connection: Connection, api: Api, items: Mapping[str, Document]) -> Mapping[str, str]:
    """Write Items by their ids; those that are new or have changed wait for an image to be made of them.

    Return those that cannot be found by place and date, and so are left out, each with the reason.
    """
    rows, unplaced = list[dict[str, Any]](), dict[str, str]()
    for name, document in items.items():
        try:
            rows.append(row_of_item(api.product, name, document))
        except ItemError as exc:
            unplaced[name] = str(exc)
    known: dict[str, str] = {}
    for begin in range(0, len(rows), AT_ONCE):
        names = [row["item"] for row in rows[begin : begin + AT_ONCE]]
        query = select(StacItemRow.item, StacItemRow.digest)
        there = connection.execute(query.where(StacItemRow.product == api.product, StacItemRow.item.in_(names)))
        known |= {row.item: row.digest for row in there}
    if new := [row for row in rows if row["item"] not in known]:
        connection.execute(insert(StacItemRow), new)
    for row in rows:
        if row["item"] in known and known[row["item"]] != row["digest"]:
            of_item = StacItemRow.product == api.product, StacItemRow.item == row["item"]
            connection.execute(update(StacItemRow).where(*of_item).values(row))
    return unplaced


def find_items(
    connection: Connection,
    product: str,
    area: BaseGeometry | None,
    start: datetime | None,
    end: datetime | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Return number, item, document, failure and time of it of the Items without an image in a place and time."""
    row = StacItemRow
    wanted: list[ColumnElement[bool]] = [row.product == product, row.document.is_not(None)]
    if area is not None:
        boxes = boxes_of(area)
        turns = [box.unrolled for box in boxes] + [box.next_turn for box in boxes]
        wanted.append(
            or_(*((row.west < e) & (row.east > w) & (row.south < n) & (row.north > s) for w, s, e, n in turns))
        )
    if start is not None:
        wanted.append(row.until >= start)
    if end is not None:
        wanted.append(row.date < end)
    query = select(row.number, row.item, row.document, row.failed, row.tried).where(*wanted)
    return connection.execute(query.order_by(row.date.desc()).limit(limit)).all()


def write_image(connection: Connection, number: int, entry: Entry) -> None:
    """Write the image that was made of an Item, if that is still wanted."""
    of_item = StacItemRow.number == number
    made = update(StacItemRow).where(of_item).values(document=None, failed="", tried=None)
    if connection.execute(made).rowcount:
        write_entries(connection, [entry])


def write_failure(connection: Connection, number: int, reason: str, tried: datetime) -> None:
    """Write why no image could be made of an Item."""
    connection.execute(update(StacItemRow).where(StacItemRow.number == number).values(failed=reason, tried=tried))


def _same(cell: Cell) -> list[ColumnElement[bool]]:
    return [getattr(SearchRow, name).is_not_distinct_from(value) for name, value in asdict(cell).items()]


def row_of_item(product: str, name: str, document: Document) -> dict[str, Any]:
    """Return the row of an Item; raises `ItemError` for one that has no place or date."""
    properties = document.get("properties")
    time = time_of(properties) if isinstance(properties, dict) else None
    if time is None:
        raise ItemError("it has neither a datetime nor a start_datetime")
    date, until = time
    west, south, east, north = _box_of(document)
    content = {key: value for key, value in document.items() if key not in CHANGING}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return {
        "product": product, "item": escape_id(name), "date": date, "until": until or date,
        "west": west, "south": south, "east": east, "north": north,
        "digest": digest, "document": dict(document), "failed": "", "tried": None,
    }  # fmt: skip


def _box_of(document: Document) -> tuple[float, float, float, float]:
    """Return the unrolled box around an Item's geometry, else its bbox; raises `ItemError` if it has neither.

    One that is wider than half of the globe may cross the antimeridian, and is taken to go around.
    """
    try:
        if document.get("geometry") is None:
            bbox = [float(side) for side in document["bbox"]]
            box = LonLatBox(*bbox[:2], *bbox[len(bbox) // 2 :][:2])
        else:
            box = box_around(shape_of(document["geometry"]))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as exc:
        raise ItemError("it has no geometry that can be read") from exc
    if not all(map(math.isfinite, box)):
        raise ItemError("its geometry is empty")
    west, south, east, north = box.unrolled
    return (-180.0, south, 180.0, north) if east - west > 180 else box.unrolled
