"""Pages of lists, bounded in records and in bytes."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, String, cast, func, or_
from sqlalchemy.orm import InstrumentedAttribute

__all__ = ["PAGE_BYTES", "has_text", "read_after", "size_of", "take_page"]

PAGE_BYTES: Final = 16 << 20  # as much as the largest body; a record that is larger is a page of its own
PREFETCHED_RECORDS: Final = 10  # records that are measured at once


def size_of(column: InstrumentedAttribute[Any], *more: InstrumentedAttribute[Any]) -> ColumnElement[int]:
    """Return the number of characters that columns of a row take as stored."""
    total: ColumnElement[int] = func.length(cast(column, String))
    for another in more:
        total += func.length(cast(another, String))
    return total


def take_page(connection: Connection, query: Select[int, Any], limit: int) -> tuple[list[int], str | None]:
    """Return the numbers of the records of a page, and the `after` of the next one, None at the end.

    The query gives number and size of all records that follow, in their order; no more are measured than are needed.
    """
    numbers: list[int] = []
    total = 0
    with connection.execute(query.limit(limit + 1).execution_options(yield_per=PREFETCHED_RECORDS)) as rows:
        for number, size in rows:
            total += size
            if numbers and (total > PAGE_BYTES or len(numbers) == limit):
                return numbers, str(numbers[-1])
            numbers.append(number)
    return numbers, None


def has_text(text: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return the condition of rows of which a column has a text, in capitals or not."""
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def read_after(after: str) -> int:
    """Return the number of the last record of the page before; raises ValueError for what no page gave."""
    if not (after.isascii() and after.isdecimal() and len(after) <= 18):
        raise ValueError(f"after must be what an earlier answer gave, not {after!r}")
    return int(after)
