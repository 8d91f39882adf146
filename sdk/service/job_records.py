"""What the record of a job says, as objects: its arguments, its grid, the type of its result."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sdk.contract.results import RESULTS
from sdk.language.function import Function
from sdk.language.generic import type_name
from sdk.language.geocontext import GeoContext
from sdk.language.proxy import Proxy

__all__ = ["arguments_of", "geoctx_of", "result_type_of"]

PYTHON_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Int": "int", "Float": "float", "Number": "float", "Bool": "bool", "Str": "str", "List": "list",
        "Tuple": "tuple", "Dict": "dict", "KnownDict": "dict", "Struct": "dict", "Datetime": "datetime",
        "Timedelta": "timedelta", "NoneType": "NoneType", "Array": "ndarray", "MaskedArray": "MaskedArray",
    }
)  # fmt: skip


def result_type_of(type_: type[Proxy]) -> str:
    """Return the name of the type of results, of a function that of what it gives.

    >>> import sdk as wf
    >>> result_type_of(wf.Image), result_type_of(wf.List[wf.Int])
    ('ImageResult', 'list')
    """
    kind: Any = type_.return_type if issubclass(type_, Function) else type_
    name = type_name(kind).partition("[")[0]
    known = {result.__name__ for result in RESULTS.values()}
    return f"{name}Result" if f"{name}Result" in known else PYTHON_TYPES.get(name, name)


def arguments_of(type_: type[Proxy], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a function's arguments: literals as they are, what was sent as a graft as a proxy."""
    types: Mapping[str, Any] = type_.kwarg_types if issubclass(type_, Function) else {}
    return {name: types[name]._from_graft(value) if _is_graft(value) else value for name, value in values.items()}


def geoctx_of(fields: Mapping[str, Any] | None) -> GeoContext | None:
    """Return the grid of a request."""
    if fields is None:
        return None
    if _is_graft(fields):
        return GeoContext._from_graft(dict(fields))
    pairs = {name: tuple(fields[name]) for name in ("bounds", "shape") if fields.get(name) is not None}
    return GeoContext(**{**fields, **pairs})


def _is_graft(value: object) -> bool:
    return isinstance(value, Mapping) and "returns" in value
