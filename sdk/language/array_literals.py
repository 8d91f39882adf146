"""Nested lists of numbers as grafts hold them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from sdk.graft.errors import ProxyTypeError
from sdk.graft.nodes import Apply, Literal, Node, Quoted
from sdk.language.containers import LIST
from sdk.language.primitives import Float
from sdk.language.proxy import Proxy, describe, plain_number

__all__ = ["is_plain", "literal_of"]

MAX_AXES: Final = 64  # as many axes as NumPy's arrays have at most
_TYPES: Final = (bool, int, float)


def is_plain(values: object) -> bool:
    """Return whether nested lists hold no proxies."""
    if isinstance(values, (list, tuple)):
        return all(map(is_plain, values))
    return not isinstance(values, Proxy)


def literal_of(values: Any) -> Node:
    """Return a number, or nested lists of numbers, as a node; all become of the widest type, as in NumPy.

    Raises `ProxyTypeError` for what is no boolean, integer or float, `ValueError` for lists of unequal lengths.

    >>> literal_of([[1, 2.5]]).value
    [[1.0, 2.5]]
    """
    _check_shape(values, 0)
    types = {type(value) for value in _leaves(values)}
    widest = max(types, key=_TYPES.index) if types else float
    return _node(values, widest)


def _node(values: Any, type_: type[float]) -> Node:
    if not isinstance(values, (list, tuple)):
        value = type_(plain_number(values))  # type: ignore[arg-type]
        return Literal(value) if math.isfinite(value) else Float._promote(value)._node
    if all(math.isfinite(value) for value in _leaves(values)):
        return Quoted(_converted(values, type_))
    return Apply(LIST.builtin, tuple(_node(value, type_) for value in values), {})  # JSON has no NaN


def _converted(values: Any, type_: type[float]) -> Any:
    if isinstance(values, (list, tuple)):
        return [_converted(value, type_) for value in values]
    return type_(plain_number(values))  # type: ignore[arg-type]


def _leaves(values: Any) -> Iterator[Any]:
    if isinstance(values, (list, tuple)):
        for value in values:
            yield from _leaves(value)
    else:
        yield plain_number(values)


def _check_shape(values: Any, depth: int) -> tuple[int, ...]:
    """Return the lengths of nested lists along each axis; those along one must be equal."""
    if not isinstance(values, (list, tuple)):
        if type(plain_number(values)) not in _TYPES:
            raise ProxyTypeError(f"an array is made of bool, int or float, not of {describe(values)}")
        return ()
    if depth == MAX_AXES:
        raise ValueError(f"an array has at most {MAX_AXES} axes")
    shapes = {_check_shape(value, depth + 1) for value in values}
    if len(shapes) > 1:
        raise ValueError("an array is made of lists of equal lengths")
    return (len(values), *next(iter(shapes), ()))
