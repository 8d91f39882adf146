"""Points in time and spans of time."""

from __future__ import annotations

import datetime
from functools import partial
from typing import Self, TypeAlias

from sdk.graft.op import declare
from sdk.graft.rules import fixed
from sdk.graft.types import Form
from sdk.language.notation import LIKE
from sdk.language.operation import attribute, operation
from sdk.language.operators import operators
from sdk.language.primitives import Bool, BoolLike, Float, FloatLike, Int, IntLike, number
from sdk.language.proxy import Proxy
from sdk.language.strings import Str, StrLike

__all__ = ["Datetime", "Timedelta"]

DatetimeLike: TypeAlias = "Datetime | datetime.datetime | datetime.date | str"
LIKE.update(DatetimeLike=DatetimeLike)
MICROSECOND = datetime.timedelta(microseconds=1)

FROM_COMPONENTS = declare(
    "wf.datetime.from_components",
    "*, year: Int = None, month: Int = 1, day: Int = 1, hour: Int = 0, minute: Int = 0, second: Int = 0, "
    "microsecond: Int = 0",
    fixed("Datetime"),
    "A point in time, in UTC.",
    example="Datetime(2020, 7, 1)",
)
DELTA_FROM_COMPONENTS = declare(
    "wf.timedelta.from_components",
    "*, days: Int | Float = 0, seconds: Int | Float = 0, microseconds: Int | Float = 0, milliseconds: Int | Float = 0, "
    "minutes: Int | Float = 0, hours: Int | Float = 0, weeks: Int | Float = 0",
    fixed("Timedelta"),
    "A span of time: the sum of its parts.",
    example="Timedelta(days=14)",
)


@operators(
    {
        "+": {"Timedelta": "Datetime"},
        "-": {"Timedelta": "Datetime", "Datetime": "Timedelta"},
        "r-": {"Datetime": "Timedelta"},
        "//": {"Timedelta": "Datetime"},
        "%": {"Timedelta": "Timedelta"},
        "divmod": {"Timedelta": "Tuple[Datetime, Timedelta]"},
        "r// r% rdivmod": {},
        "< <= > >= == !=": {"Datetime": "Bool"},
    }
)
class Datetime(
    Proxy,
    takes=(datetime.datetime, datetime.date),
    ordered=True,
    form=Form("datetime", datetime.datetime, datetime.datetime.isoformat, datetime.datetime.fromisoformat),
):
    """A point in time, in UTC. Text (ISO 8601), Python's dates and datetimes, and seconds since 1970 become one.

    >>> type(Datetime(2019, 5, 4) - Datetime(2018))
    <class 'sdk.language.datetimes.Timedelta'>
    """

    _constructor = FROM_COMPONENTS.builtin

    def __init__(
        self,
        year: IntLike,
        month: IntLike = 1,
        day: IntLike = 1,
        hour: IntLike = 0,
        minute: IntLike = 0,
        second: IntLike = 0,
        microsecond: IntLike = 0,
    ) -> None:
        parts = {
            "year": year, "month": month, "day": day, "hour": hour, "minute": minute, "second": second,
            "microsecond": microsecond,
        }  # fmt: skip
        proxies = {name: Int._promote(part) for name, part in parts.items()}
        self._node = self._call(FROM_COMPONENTS, **proxies)._node

    @classmethod
    def _from_proxy(cls, value: Proxy) -> Self | None:
        if isinstance(value, Str):
            return cls.from_string(value)
        return cls.from_timestamp(value) if isinstance(value, (Int, Float)) else None

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        if isinstance(value, (datetime.datetime, datetime.date)):
            return cls.from_string(value.isoformat())
        if isinstance(value, str):
            return cls.from_string(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return cls.from_timestamp(value)
        return None

    @classmethod
    @operation("wf.datetime.from_string")
    def from_string(cls, string: StrLike) -> Self:
        """Return the point in time that an ISO 8601 text says; in UTC when it names no zone.

        >>> Datetime.from_string("2020-07-01T12:00:00+02:00")
        <Datetime>
        """

    @classmethod
    @operation("wf.datetime.from_timestamp")
    def from_timestamp(cls, seconds: FloatLike) -> Self:
        """Return the point in time that is so many seconds after 1970-01-01 UTC.

        >>> Datetime.from_timestamp(1.5e9)
        <Datetime>
        """

    @partial(operation, subject="moment")("wf.datetime.is_between", named=("inclusive",))
    def is_between(self, start: DatetimeLike, end: DatetimeLike, inclusive: BoolLike = True) -> Bool:
        """Return whether start <= self <= end, or start < self < end when not inclusive.

        >>> Datetime(2020, 7, 1).is_between("2020-06-01", "2020-07-01", inclusive=False)
        <Bool>
        """

    year = attribute("year", "Int", "The year.")
    month = attribute("month", "Int", "The month, 1 to 12.")
    day = attribute("day", "Int", "The day of the month, from 1.")
    hour = attribute("hour", "Int", "The hour, 0 to 23.")
    minute = attribute("minute", "Int", "The minute, 0 to 59.")
    second = attribute("second", "Int", "The second, 0 to 59.")
    microsecond = attribute("microsecond", "Int", "The microsecond, 0 to 999999.")


@operators(
    {
        "+ r-": {"Timedelta": "Timedelta", "Datetime": "Datetime"},
        "- %": {"Timedelta": "Timedelta"},
        "*": {"Int": "Timedelta", "Float": "Timedelta"},
        "/": {"Timedelta": "Float", "Int": "Timedelta", "Float": "Timedelta"},
        "//": {"Timedelta": "Int", "Int": "Timedelta"},
        "r/ r// r%": {},
        "-x +x abs": "Timedelta",
        "< <= > >= == !=": {"Timedelta": "Bool"},
    }
)
class Timedelta(
    Proxy,
    takes=(datetime.timedelta,),
    ordered=True,
    form=Form(
        "timedelta",
        datetime.timedelta,
        draw=lambda value: value // MICROSECOND,
        restore=lambda microseconds: datetime.timedelta(microseconds=microseconds),
        text=datetime.timedelta.total_seconds,
    ),
):
    """A span of time.

    >>> type(Timedelta(days=1) / Timedelta(hours=1))
    <class 'sdk.language.primitives.Float'>
    """

    def __init__(
        self,
        days: FloatLike = 0,
        seconds: FloatLike = 0,
        microseconds: FloatLike = 0,
        milliseconds: FloatLike = 0,
        minutes: FloatLike = 0,
        hours: FloatLike = 0,
        weeks: FloatLike = 0,
    ) -> None:
        parts = {
            "days": days, "seconds": seconds, "microseconds": microseconds, "milliseconds": milliseconds,
            "minutes": minutes, "hours": hours, "weeks": weeks,
        }  # fmt: skip
        proxies = {name: number(part) for name, part in parts.items()}
        self._node = self._call(DELTA_FROM_COMPONENTS, **proxies)._node

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        if not isinstance(value, datetime.timedelta):
            return None
        return cls(days=value.days, seconds=value.seconds, microseconds=value.microseconds)

    @partial(operation, subject="span")("wf.timedelta.total_seconds")
    def total_seconds(self) -> Float:
        """Return the length in seconds.

        >>> Timedelta(days=1, hours=1).total_seconds()
        <Float>
        """

    days = attribute("days", "Int", "The whole days; less than 0 of a span back in time.")
    seconds = attribute("seconds", "Int", "The seconds beyond the whole days, 0 to 86399.")
    microseconds = attribute("microseconds", "Int", "The microseconds beyond the whole seconds, 0 to 999999.")
