"""Data types of arrays."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from sdk.graft.errors import ProxyTypeError
from sdk.graft.nodes import Literal
from sdk.graft.op import declare
from sdk.graft.rules import fixed
from sdk.language.notation import LIKE
from sdk.language.operation import emits
from sdk.language.proxy import TYPES, Proxy, describe

if TYPE_CHECKING:
    from numpy import dtype

__all__ = ["CHARACTERS", "NAMES", "DType", "DTypeLike"]

DTypeLike: TypeAlias = "DType | str | type[Any] | dtype[Any]"
LIKE.update(DTypeLike="DType | str | type[Untyped] | _dtype[Untyped]")

CREATE = declare(
    "wf.dtype.create",
    "type_: Str",
    fixed("DType"),
    "The data type of that name: of booleans, integers or floating-point numbers of up to 64 bits.",
    example='DType("float32")',
)
NAMES: Final = (
    "bool", "int", "float", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16",
    "float32", "float64",
)  # fmt: skip
CHARACTERS: Final = frozenset("?bBhHiIlLqQefd")  # NumPy's, for the same


class DType(Proxy):
    """The type of an array's elements: Python's `bool`, `int` or `float`, one of NumPy, or its name.

    >>> from sdk import Array
    >>> Array([1, 2]).astype("float32").dtype
    <DType>
    """

    @emits(CREATE)
    def __init__(self, type_: DTypeLike) -> None:
        self._node = self._promote(type_)._node

    @classmethod
    def _promote(cls, value: object) -> Self:
        proxy = cls._coerce(value)
        if proxy is None:
            raise ProxyTypeError(f"a dtype must be bool, int, float or one of NumPy's like them, not {describe(value)}")
        return proxy

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        name = value if isinstance(value, str) else _name(value)
        known = name in NAMES or name in CHARACTERS
        return cls._call(CREATE, TYPES["Str"]._from_node(Literal(name))) if known else None


def _name(value: Any) -> str | None:
    """Return the name of a type: that of Python's, the character of NumPy's."""
    if value in (bool, int, float):
        return str(value.__name__)
    numpy = sys.modules.get("numpy")  # whoever has one of its types has imported it; this package does not
    if numpy is None:
        return None
    is_type = isinstance(value, numpy.dtype) or (isinstance(value, type) and issubclass(value, numpy.generic))
    return str(numpy.dtype(value).char) if is_type else None
