"""Arrays of numbers."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Self

from sdk.graft.errors import ProxyTypeError
from sdk.language.array_literals import is_plain, literal_of
from sdk.language.base_array import CREATE, ROWS, SCALARS, SIGNS, BaseArray
from sdk.language.containers import List
from sdk.language.operation import emits
from sdk.language.operators import operators
from sdk.language.primitives import Bool, Float, Int
from sdk.language.proxify import array_type, proxify
from sdk.language.proxy import Proxy, describe
from sdk.language.scalars import Scalar

__all__ = ["Array"]


@operators(
    {
        SIGNS: {**dict.fromkeys(SCALARS, "Array"), "MaskedArray": "MaskedArray", "Array": "Array"},
        "-x +x abs ~x": "Array",
    },
    ROWS,
)
class Array(BaseArray):
    """An array of booleans, integers or floating-point numbers, with NumPy's semantics.

    It is made of nested lists or of an array of NumPy, whose numbers travel in the graft. NumPy's functions take it:
    those of `wf.numpy`, and NumPy's own.

    >>> array = Array([[1, 2], [3, 4]])
    >>> array[0] * 2, array.mean(), array.mean(axis=0)
    (<Array>, <Scalar>, <Array>)
    """

    @emits(CREATE)
    def __init__(self, arr: Any) -> None:
        made = self._of(arr)
        if made is None:
            raise ProxyTypeError(
                f"an Array is made of nested lists of numbers, or of NumPy's array, not {describe(arr)}"
            )
        self._node = made._node

    @classmethod
    def _of(cls, value: Any) -> Self | None:
        kind = array_type(value)
        if kind is not None and kind is not cls:
            return None
        if isinstance(value, Proxy):
            return cls._coerce(value)
        if kind is not None:
            if value.dtype.kind not in "biuf":
                raise ProxyTypeError(f"an Array is made of booleans, integers or floats, not of {value.dtype}")
            value = value.tolist()
        elif not is_plain(value):
            return cls._coerce(proxify(value))
        elif not isinstance(value, (list, tuple, bool, int, float)) and not hasattr(value, "tolist"):
            return None
        return cls._call(CREATE, cls._from_node(literal_of(_lists(value))))

    @classmethod
    def _from_proxy(cls, value: Proxy) -> Self | None:
        element = value
        while isinstance(element, List):
            element = element._element_type()._from_node(element._node)
        numbers = isinstance(element, (Bool, Int, Float, Scalar))
        return cls._call(CREATE, value) if numbers else None

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        with suppress(TypeError, ValueError):
            return cls._of(value)
        return None


def _lists(value: Any) -> Any:
    """Return nested lists with NumPy's arrays in them as lists, too."""
    if isinstance(value, (list, tuple)):
        return [_lists(item) for item in value]
    return value.tolist() if array_type(value) is not None else value
