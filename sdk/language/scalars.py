"""Scalars: single numbers out of arrays."""

from __future__ import annotations

from typing import Any, Self

from sdk.graft.op import declare
from sdk.graft.rules import fixed
from sdk.language.numpy_protocol import NumPyProtocol
from sdk.language.operation import emits
from sdk.language.operators import operators
from sdk.language.primitives import Bool, Float, Int
from sdk.language.proxy import Proxy
from sdk.language.ufuncs import OPERATORS

__all__ = ["Scalar"]

CREATE = declare(
    "wf.scalar.create",
    "obj: Bool | Int | Float",
    fixed("Scalar"),
    "A number as NumPy's scalar.",
    example="Scalar(1.5)",
)
_ANY = {"Scalar": "Scalar", "Bool": "Scalar", "Int": "Scalar", "Float": "Scalar"}


@operators(
    {
        "+ - * / // % **": _ANY,
        "< <= > >= == !=": dict.fromkeys(_ANY, "Bool"),
        "-x +x abs": "Scalar",
    },
    OPERATORS,
)
class Scalar(NumPyProtocol):
    """A number that is left of an array, with a data type of NumPy: what `Array.mean()` gives.

    >>> from sdk import Array
    >>> Array([1.0, 2.0]).mean() + 1
    <Scalar>
    """

    @emits(CREATE)
    def __init__(self, obj: Any) -> None:
        self._node = self._promote(obj)._node

    @classmethod
    def _from_proxy(cls, value: Proxy) -> Self | None:
        return cls._call(CREATE, value) if isinstance(value, (Bool, Int, Float)) else None

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        for type_ in (Bool, Int, Float):
            proxy = type_._coerce(value)
            if proxy is not None:
                return cls._call(CREATE, proxy)
        return None
