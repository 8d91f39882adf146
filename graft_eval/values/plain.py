"""Numbers, text, dates and containers as values: those of Python."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from sys import getsizeof
from types import NoneType
from typing import Any, Final

import sdk as wf
from graft_eval.errors import EvaluationError
from graft_eval.limits import Limits
from graft_eval.values.expected import list_of, mapping_of, record_of, tuple_of
from graft_eval.values.size import check_length
from graft_eval.values.types import Sender, ValueType, bind_type, describe

__all__ = ["parse_datetime"]

BYTES_PER_STEP: Final = 64  # of text: an evaluation makes 64 MB of it at most


def parse_datetime(text: str) -> datetime:
    """Return the point in time that ISO 8601 text says, in UTC; text without a zone is UTC.

    >>> parse_datetime("2019-05-04T10:00:00+02:00").isoformat()
    '2019-05-04T08:00:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(text.strip()[:64])
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise EvaluationError(f"expected a date as ISO 8601 text such as '2019-05-04', not {describe(text)}") from exc


def _text_size(text: str, limits: Limits, what: str) -> int:
    check_length(text, limits.string, "characters", what)
    return getsizeof(text) // BYTES_PER_STEP


def _size(container: Any, limits: Limits, what: str) -> int:
    check_length(container, limits.list, "elements", what)
    return len(container)


def _summary(container: Any) -> str:
    return f"of {len(container):,}"


def _send_mapping(mapping: Any, send: Sender) -> dict[object, object]:
    return {send(key): send(member) for key, member in mapping.items()}


bind_type(ValueType(wf.NoneType._row, NoneType))
bind_type(ValueType(wf.Bool._row, bool, summary=str))
bind_type(ValueType(wf.Int._row, int, summary=str))
bind_type(
    ValueType(wf.Float._row, float, summary=str, convert=lambda value: float(value) if type(value) is int else None)
)
bind_type(ValueType(wf.Str._row, str, summary=lambda text: repr(text[:60]), size=_text_size))
bind_type(
    ValueType(
        wf.Datetime._row,
        datetime,
        summary=datetime.isoformat,
        convert=lambda value: parse_datetime(value) if isinstance(value, str) else None,
    )
)
bind_type(ValueType(wf.Timedelta._row, timedelta))
bind_type(
    ValueType(
        wf.List._row,
        list,
        summary=_summary,
        made_of=list_of,
        elements=iter,
        size=_size,
        to_wire=lambda value, send: [send(element) for element in value],
    )
)
bind_type(
    ValueType(
        wf.Tuple._row,
        tuple,
        summary=_summary,
        made_of=tuple_of,
        elements=iter,
        size=_size,
        to_wire=lambda value, send: tuple(send(element) for element in value),
    )
)
bind_type(
    ValueType(
        wf.Dict._row,
        dict,
        summary=_summary,
        made_of=mapping_of,
        elements=dict.values,
        size=_size,
        to_wire=_send_mapping,
    )
)
bind_type(ValueType(wf.KnownDict._row, dict))
bind_type(ValueType(wf.Slice._row, slice, summary=lambda value: f"{value.start}:{value.stop}:{value.step}"))
bind_type(ValueType(wf.Struct._row, dict, made_of=record_of))
