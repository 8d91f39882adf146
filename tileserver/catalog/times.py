"""Times: when an Item's image was taken, a moment or from one to another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pystac.utils import str_to_datetime

from tileserver.catalog.errors import ItemError

__all__ = ["parse_cf_time", "parse_time", "time_of"]

CALENDARS: Final = ("", "standard", "gregorian", "proleptic_gregorian")
SECONDS: Final = {
    "millisecond": 0.001, "msec": 0.001, "second": 1.0, "sec": 1.0, "": 1.0, "minute": 60.0, "min": 60.0,
    "hour": 3600.0, "hr": 3600.0, "h": 3600.0, "day": 86400.0, "d": 86400.0, "week": 604800.0,
}  # fmt: skip


def time_of(properties: Mapping[str, Any]) -> tuple[datetime, datetime | None] | None:
    """Return an Item's `datetime`, else its `start_datetime` and `end_datetime`; None if it has none of them.

    >>> time_of({"datetime": None, "start_datetime": "2022-11-01T00:00:00Z", "end_datetime": "2022-11-08T00:00:00Z"})[1]
    datetime.datetime(2022, 11, 8, 0, 0, tzinfo=datetime.timezone.utc)
    """
    moment, start, end = (_read(properties, name) for name in ("datetime", "start_datetime", "end_datetime"))
    if moment is not None:
        return moment, None
    if start is not None and end is not None:
        if end < start:
            raise ItemError(f"its end_datetime {properties['end_datetime']} lies before its start_datetime")
        return start, end
    alone = end if start is None else start
    return None if alone is None else (alone, None)


def parse_time(text: str) -> datetime:
    """Return a moment, in UTC where no zone is given; raises ValueError. Digits below the microsecond are dropped.

    >>> parse_time("2024-05-01T12:00:00.123456789+02:00")
    datetime.datetime(2024, 5, 1, 10, 0, 0, 123456, tzinfo=datetime.timezone.utc)
    """
    try:
        moment = datetime.fromisoformat(text)  # a tenth of the time
    except (TypeError, ValueError):
        moment = str_to_datetime(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def parse_cf_time(value: str, units: str, calendar: str = "") -> datetime:
    """Return the moment that a number stands for, as the conventions for climate and forecast write it.

    Raises `ItemError` if it is in a calendar other than ours, or in units that are no fixed time.

    >>> parse_cf_time("31", "days since 2020-01-01")
    datetime.datetime(2020, 2, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if calendar.lower() not in CALENDARS:
        raise ItemError(f"its times are of the calendar {calendar}: {', '.join(CALENDARS[1:])} can be read")
    unit, _, start = units.partition(" since ")
    seconds = SECONDS.get(unit.strip().lower().removesuffix("s"))
    try:
        if seconds is None:
            raise ValueError
        return parse_time(start.strip().removesuffix(" UTC")) + timedelta(seconds=seconds * float(value))
    except (ValueError, OverflowError) as exc:
        raise ItemError(f"its time {value} in {units!r} is no date") from exc


def _read(properties: Mapping[str, Any], name: str) -> datetime | None:
    value = properties.get(name)
    if value is None or value == "":
        return None
    try:
        return parse_time(value)
    except (TypeError, ValueError, OverflowError, AttributeError) as exc:
        raise ItemError(f"its {name} is no date: {value!r}") from exc
