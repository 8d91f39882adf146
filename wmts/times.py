"""Times of a request: which of those that a layer lists is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

__all__ = ["listed_time"]

SHORTENED = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
OPEN = ("", "..")
LAST = datetime.max.replace(tzinfo=UTC)
TICK = timedelta(microseconds=1)


def listed_time(values: Iterable[str], text: str) -> str | None:
    """Return the last of the values within a time or, if there is none, the nearest before it; else None.

    A time is an instant, a year, month or day, or an interval of such, which may be open at an end.

    >>> months = ["2024-04-01T00:00:00Z", "2024-05-01T00:00:00Z", "2024-06-01T00:00:00Z"]
    >>> [listed_time(months, text) for text in ("2024-05-17T12:00:00.000Z", "2024", "../2024-04")]
    ['2024-05-01T00:00:00Z', '2024-06-01T00:00:00Z', '2024-04-01T00:00:00Z']
    """
    start, slash, end = text.partition("/")
    try:
        if slash and start not in OPEN:
            _end(start)
        last = LAST if slash and end in OPEN else _end(end if slash else start)
        known = {_end(value): value for value in values}
    except (OverflowError, ValueError):
        return None
    earlier = [moment for moment in known if moment <= last]
    return known[max(earlier)] if earlier else None


def _end(text: str) -> datetime:
    """Return the last moment of a time; ValueError for what is none."""
    shortened = SHORTENED.fullmatch(text)
    if shortened is None:
        instant = datetime.fromisoformat(text)
        return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    year, month, day = (int(part) if part else None for part in shortened.groups())
    start = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
    if day:
        return start + (timedelta(days=1) - TICK)
    following = (start.year + 1, 1) if not month or month == 12 else (start.year, month + 1)
    return datetime(*following, 1, tzinfo=UTC) - TICK if following[0] <= LAST.year else LAST
