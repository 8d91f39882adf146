"""Points and spans of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.ops.scalars import EPOCH
from graft_eval.scope import Scope
from graft_eval.values.plain import parse_datetime
from sdk.language.datetimes import DELTA_FROM_COMPONENTS, FROM_COMPONENTS, Datetime, Timedelta


@evaluates(FROM_COMPONENTS)
def datetime_from_components(
    scope: Scope, *, year: int, month: int, day: int, hour: int, minute: int, second: int, microsecond: int
) -> datetime:
    try:
        return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)
    except (ValueError, OverflowError) as exc:
        raise EvaluationError(f"there is no such date: {exc}") from exc


@evaluates(Datetime.from_string)
def datetime_from_string(scope: Scope, string: str) -> datetime:
    return parse_datetime(string)


@evaluates(Datetime.from_timestamp)
def datetime_from_timestamp(scope: Scope, seconds: float) -> datetime:
    try:
        return EPOCH + timedelta(seconds=seconds)
    except (ValueError, OverflowError) as exc:
        raise EvaluationError(f"{seconds} seconds after 1970 is no date: years are 1 to 9999") from exc


@evaluates(Datetime.is_between)
def is_between(scope: Scope, moment: datetime, start: datetime, end: datetime, *, inclusive: bool) -> bool:
    return start <= moment <= end if inclusive else start < moment < end


@evaluates(DELTA_FROM_COMPONENTS)
def timedelta_from_components(
    scope: Scope,
    *,
    days: float,
    seconds: float,
    microseconds: float,
    milliseconds: float,
    minutes: float,
    hours: float,
    weeks: float,
) -> timedelta:
    try:
        return timedelta(days, seconds, microseconds, milliseconds, minutes, hours, weeks)
    except (ValueError, OverflowError) as exc:
        raise EvaluationError(f"there is no such span of time: {exc}") from exc


@evaluates(Timedelta.total_seconds)
def total_seconds(scope: Scope, span: timedelta) -> float:
    return span.total_seconds()
