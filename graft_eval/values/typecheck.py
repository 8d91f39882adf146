"""Arguments of a computation: whether they are of the types that its parameters have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import NoneType

from graft_eval.errors import EvaluationError
from graft_eval.values.function import Function
from graft_eval.values.geocontext import GeoContext
from graft_eval.values.image import Groupby, Image, ImageCollection
from graft_eval.values.kinds import describe

__all__ = ["coerce", "parse_datetime"]

TypeSpec = Mapping[str, object]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "NoneType": (NoneType,), "Int": (int,), "Float": (float,), "Bool": (bool,), "Str": (str,),
    "Datetime": (datetime,), "Timedelta": (timedelta,), "Image": (Image,), "ImageCollection": (ImageCollection,),
    "GeoContext": (GeoContext,), "Slice": (slice,), "List": (list,), "Tuple": (tuple,), "Dict": (dict,),
    "KnownDict": (dict,), "Struct": (dict,), "Function": (Function,), "ImageCollectionGroupby": (Groupby,),
}  # fmt: skip


def coerce(value: object, typespec: TypeSpec) -> object:
    """Return a value as one of a type, or raise `EvaluationError` with what was expected and what came.

    An Int becomes a Float where one is expected, ISO 8601 text a Datetime, a list a Tuple.

    >>> coerce([1, 2], {"composite": {"type": "List", "params": [{"type": "Float"}]}})
    [1.0, 2.0]
    """
    composite = typespec.get("composite")
    if isinstance(composite, Mapping):
        name, params = str(composite.get("type")), composite.get("params")
        return _composite(value, name, params if isinstance(params, Sequence) else ())
    name = str(typespec.get("type"))
    if name == "Any":
        return value
    if name == "Float" and type(value) is int:
        return float(value)
    if name == "Datetime" and isinstance(value, str):
        return parse_datetime(value)
    return _expect(value, name)


def _expect(value: object, name: str) -> object:
    types = _TYPES.get(name)
    if types is None:
        raise EvaluationError(f"values of the type {name[:60]} are not known here")
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise EvaluationError(f"expected {name}, not {describe(value)}")
    return value


def _composite(value: object, name: str, params: Sequence[TypeSpec]) -> object:
    if name in ("List", "Tuple"):
        if not isinstance(value, list | tuple):
            raise EvaluationError(f"expected {name}, not {describe(value)}")
        if name == "List":
            return [_inner(f"element {i}", element, params[0]) for i, element in enumerate(value)]
        if len(value) != len(params):
            raise EvaluationError(f"expected Tuple of {len(params)}, not {describe(value)}")
        return tuple(
            _inner(f"element {i}", each, param) for i, (each, param) in enumerate(zip(value, params, strict=True))
        )
    found = _expect(value, name)
    if name == "Dict" and isinstance(found, dict):
        key, member = params
        return {_inner("a key", k, key): _inner(f"member {k!r}"[:60], v, member) for k, v in found.items()}
    return found


def _inner(where: str, value: object, typespec: TypeSpec) -> object:
    try:
        return coerce(value, typespec)
    except EvaluationError as exc:
        raise EvaluationError(f"{where}: {exc}") from exc


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
