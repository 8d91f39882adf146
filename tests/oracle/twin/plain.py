"""Numbers, text, dates, containers and functions: those of Python, numbers with NumPy's arithmetic."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from tests.oracle.twin.values import Feature, Features, Geometries, Groups, Picture, Pictures, Refused

__all__ = ["PLAIN", "UFUNCS", "operate"]

Function = Callable[..., Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NUMBERS = (bool, int, float)

UFUNCS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "truediv": "divide",
    "floordiv": "floor_divide", "mod": "remainder", "pow": "power", "lt": "less", "le": "less_equal", "eq": "equal",
    "ne": "not_equal", "gt": "greater", "ge": "greater_equal", "and": "bitwise_and", "or": "bitwise_or",
    "xor": "bitwise_xor", "lshift": "left_shift", "rshift": "right_shift", "invert": "invert", "neg": "negative",
    "pos": "positive", "abs": "absolute",
    **{name: name for name in (
        "log", "log2", "log10", "log1p", "sqrt", "square", "exp", "sin", "cos", "tan", "arcsin", "arccos", "arctan",
        "arctan2",
    )},
}  # fmt: skip
"""NumPy's name of every operator."""

OPERATORS: Mapping[str, Function] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "floor_divide": operator.floordiv, "remainder": operator.mod, "negative": operator.neg, "positive": operator.pos,
    "absolute": abs, "less": operator.lt, "less_equal": operator.le, "greater": operator.gt,
    "greater_equal": operator.ge, "equal": operator.eq, "not_equal": operator.ne,
}  # fmt: skip


def operate(function: str, *operands: Any) -> Any:
    """Return a function of NumPy of numbers, or an operator of anything else that Python has one for."""
    if all(isinstance(each, NUMBERS) for each in operands):
        logic = function.startswith(("bitwise", "logical", "invert")) or function in _COMPARISONS
        values = operands if logic else [int(each) if isinstance(each, bool) else each for each in operands]
        return getattr(np, function)(*values).item()
    match function, *operands:
        case "floor_divide", datetime() as moment, timedelta() as interval:
            return EPOCH + (moment - EPOCH) // interval * interval
        case "remainder", datetime() as moment, timedelta() as interval:
            return (moment - EPOCH) % interval
        case "equal" | "not_equal", _, _:
            return OPERATORS[function](*operands)
    return OPERATORS[function](*operands)


_COMPARISONS = {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal"}


def moment_of(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def attribute(value: Any, name: str) -> Any:
    match value:
        case Picture():
            return {"properties": value.properties, "bandinfo": value.bandinfo, "ndarray": value}[name]
        case Pictures():
            raise Refused("imagery has its own attributes")
        case dict():
            return value[name]
    return getattr(value, name)


def item(container: Any, key: Any, *default: Any) -> Any:
    if isinstance(container, Groups):
        return container.get(key, Pictures())
    if isinstance(container, dict):
        return container.get(key, *default) if default else container[key]
    if isinstance(key, slice):
        return _like(container, container[key])
    if isinstance(container, Pictures) and not container:
        return Picture()
    return container[key]


def elements(sequence: Any) -> list[Any]:
    return [sequence.band(i) for i in range(len(sequence.bands))] if isinstance(sequence, Picture) else list(sequence)


def _like(sequence: Any, found: Any) -> Any:
    """Return elements in a collection of the same kind."""
    return type(sequence)(found) if isinstance(sequence, Pictures | Features | Geometries) else found


def mapped(sequence: Any, function: Function) -> Any:
    results = [function(each) for each in elements(sequence)]
    kinds: dict[type, type] = {Features: Feature, Geometries: BaseGeometry}
    kind = kinds.get(type(sequence))
    return _like(sequence, results) if kind and all(isinstance(each, kind) for each in results) else results


def ordered(keys: list[Any], *, reverse: bool = False) -> list[int]:
    """Return places by ascending keys: NaN comes after all others, None after that."""

    def rank(i: int) -> int:
        return 2 if keys[i] is None else int(isinstance(keys[i], float) and math.isnan(keys[i]))

    places = [i for i in range(len(keys)) if not rank(i)]
    return [
        *sorted(places, key=lambda i: keys[i], reverse=reverse),
        *(i for at in (1, 2) for i in range(len(keys)) if rank(i) == at),
    ]


def in_order(sequence: Any, key: Function | None = None, *, reverse: bool = False) -> Any:
    found = elements(sequence)
    return _like(sequence, [found[i] for i in ordered([key(each) if key else each for each in found], reverse=reverse)])


def backwards(sequence: Any) -> Any:
    return _like(sequence, sequence[::-1])


def folded(sequence: Any, function: Function, **initial: Any) -> Any:
    found = elements(sequence)
    return (
        Picture()
        if isinstance(sequence, Pictures) and not found and not initial
        else reduce(function, found, *initial.values())
    )


def _text(name: str) -> Function:
    def call(text: str, *arguments: Any, **named: Any) -> Any:
        return getattr(text, name)(*arguments, *(each for each in named.values() if each is not None))

    return call


def _split(name: str) -> Function:
    return lambda text, sep=None, maxsplit=-1: getattr(text, name)(sep, maxsplit)


PLAIN: dict[str, Any] = {
    "wf.constants.pi": math.pi, "wf.constants.e": math.e, "wf.constants.nan": math.nan, "wf.constants.inf": math.inf,
    "wf.Ellipsis": ...,
    "wf.getattr": attribute, "wf.get": item, "wf.length": len, "wf.list": lambda *found: list(found),
    "wf.tuple": lambda *found: found, "wf.list.copy": list, "wf.struct": lambda **found: found,
    "wf.dict.create": lambda *found, **named: dict(zip(found[::2], found[1::2], strict=True)) | named,
    "wf.dict.from_pairs": dict, "wf.dict.keys": list, "wf.dict.values": lambda found: list(found.values()),
    "wf.dict.items": lambda found: list(found.items()),
    "wf.contains": lambda container, value: value in container,
    "wf.range": lambda start, stop=None, step=1: list(
        range(0, start, step) if stop is None else range(start, stop, step)
    ),
    "wf.zip": lambda *found: list(zip(*map(elements, found), strict=False)),
    "wf.map": mapped, "wf.sorted": in_order, "wf.reversed": backwards, "wf.reduce": folded,
    "wf.filter": lambda sequence, function: _like(sequence, [each for each in elements(sequence) if function(each)]),
    "wf.ifelse": lambda condition, yes, no: yes() if condition else no(),
    "wf.divmod": lambda x, y: (operate("floor_divide", x, y), operate("remainder", x, y)),
    "wf.Slice.create": lambda start, stop, step: slice(start, stop, step),
    "wf.Int.cast": int, "wf.Float.cast": float,
    "wf.datetime.from_string": moment_of,
    "wf.datetime.from_timestamp": lambda seconds: datetime.fromtimestamp(seconds, UTC),
    "wf.datetime.from_components": lambda **parts: datetime(**parts, tzinfo=UTC),
    "wf.datetime.is_between": lambda moment, start, end, inclusive: (
        _moment(start) <= moment <= _moment(end) if inclusive else _moment(start) < moment < _moment(end)
    ),
    "wf.timedelta.from_components": timedelta, "wf.timedelta.total_seconds": timedelta.total_seconds,
    **{f"wf.Str.{name}": _text(name) for name in (
        "capitalize", "center", "count", "endswith", "expandtabs", "find", "isalnum", "isalpha", "isdigit", "islower",
        "isspace", "istitle", "isupper", "join", "ljust", "lower", "lstrip", "partition", "replace", "rfind", "rjust",
        "rpartition", "rstrip", "splitlines", "startswith", "strip", "swapcase", "title", "upper", "zfill",
    )},
    "wf.Str.format": str.format, "wf.Str.split": _split("split"), "wf.Str.rsplit": _split("rsplit"),
}  # fmt: skip


def _moment(value: Any) -> datetime:
    return moment_of(value) if isinstance(value, str) else value
