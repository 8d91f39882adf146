"""Choices: the parameters of a layer's function whose values can be listed, as their widgets say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from graft_eval.errors import EvaluationError
from graft_eval.values.plain import parse_datetime
from sdk.contract.parameters import Parameter, Widget
from tileserver.catalog.records import format_time
from wmts import TIME, Dimension, dimension_identifier, dimension_value

__all__ = ["MAX_VALUES", "Choice", "choices_of"]

MAX_VALUES: Final = 100  # of a range; what is spelled out is listed whole
STEP: Final = re.compile(r"P(?:(?P<years>\d{1,4})Y|(?P<months>\d{1,5})M|(?P<weeks>\d{1,5})W|(?P<days>\d{1,6})D)")


@dataclass(frozen=True, slots=True)
class Choice:
    """A parameter and its values: `documents` gives the JSON of each by its name in WMTS requests."""

    parameter: str
    identifier: str
    title: str
    documents: Mapping[str, object]
    default: str

    @property
    def dimension(self) -> Dimension:
        """The dimension in a capabilities document; the last one of times is the current one."""
        values = tuple(self.documents)
        is_time = self.identifier == TIME
        return Dimension(
            self.identifier,
            values,
            self.default,
            title=self.title,
            unit="ISO8601" if is_time else "1",
            current=values[-1] if is_time else None,
        )


def choices_of(parameters: Sequence[Parameter]) -> tuple[Choice, ...]:
    """Return the parameters that have a widget with a default and up to a hundred values, in their order.

    The first one of moments is the dimension `Time`.

    >>> checkbox = Parameter.from_json({"name": "cloudy", "typespec": {"type": "Bool"}, "checkbox": {}})
    >>> choices_of([checkbox])[0].documents
    {'false': False, 'true': True}
    """
    found: list[Choice] = []
    for parameter in parameters:
        for widget in parameter.widgets:
            if (listed := _listed(widget)) is not None:
                taken = {choice.identifier.casefold() for choice in found}
                is_time = widget.kind == "date" and TIME.casefold() not in taken
                identifier = TIME if is_time else dimension_identifier(parameter.name)
                if identifier.casefold() in taken:  # names of WMTS have no case: the other keeps its default
                    continue
                title = widget.label or parameter.name
                found.append(Choice(parameter.name, identifier, title, *listed))
    return tuple(found)


def _listed(widget: Widget) -> tuple[dict[str, object], str] | None:
    """Return the values of a widget and which is the default; None if they cannot be listed."""
    try:
        default, values = _values(widget)
    except (EvaluationError, ArithmeticError, TypeError, ValueError):
        return None
    if not values:
        return None
    names = {dimension_value(_text(value)): value for value in values}
    name = dimension_value(_text(default))
    return (names, name) if name in names else ({name: default, **names}, name)


def _values(widget: Widget) -> tuple[object, Sequence[object]]:
    """Return the default and the values of a widget; no values, if they are not listed."""
    match widget:
        case Widget(kind="string_select" | "int_select" | "float_select"):
            return widget.default, widget.options
        case Widget(kind="checkbox"):
            return bool(widget.default), (False, True)
        case Widget(kind="int_slider", low=int(low), high=int(high), step=int() | None as step):
            values = range(low, high + 1, 1 if step is None else step)
            return widget.default, values if len(values) <= MAX_VALUES else ()
        case Widget(kind="date", low=str(low), high=str(high), step=str(step), default=str(default)):
            return format_time(_moment(default)), _dates(_moment(default), _moment(low), _moment(high), step)
    return None, ()


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _moment(text: str) -> datetime:
    return parse_datetime(text).astimezone(UTC)


def _dates(default: datetime, low: datetime, high: datetime, written: str) -> Sequence[str]:
    step = STEP.fullmatch(written)
    if step is None:
        return ()
    moments: set[str] = set()
    for moment in _moments(low, step):
        if moment > high:
            break
        if len(moments) == MAX_VALUES:
            return ()
        moments.add(format_time(moment))
    return sorted({*moments, format_time(default)}) if moments else ()


def _moments(start: datetime, step: re.Match[str]) -> Iterator[datetime]:
    """Yield moments from the start on; months that are too short for its day are left out."""
    months = 12 * int(step["years"] or 0) + int(step["months"] or 0)
    days = 7 * int(step["weeks"] or 0) + int(step["days"] or 0)
    if not months and not days:
        raise ValueError("a step must be greater than nothing")
    count = 0
    while True:
        if days:
            yield start + timedelta(days=count * days)
        else:
            year, month = divmod(start.year * 12 + start.month - 1 + count * months, 12)
            try:
                yield start.replace(year=year, month=month + 1)
            except ValueError:
                if year > 9999:
                    return
        count += 1
