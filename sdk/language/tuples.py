"""Tuples: a fixed number of values, each of its own type."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, Self, TypeVarTuple

from sdk.graft.errors import ProxyTypeError
from sdk.graft.types import Form
from sdk.language.containers import GET, LENGTH, TUPLE
from sdk.language.generic import GenericProxy, concrete
from sdk.language.operators import ROWS, operators
from sdk.language.primitives import Int
from sdk.language.proxify import proxify
from sdk.language.proxy import TYPES, Proxy, describe
from sdk.language.slices import Slice

__all__ = ["Tuple"]

Ts = TypeVarTuple("Ts")


@operators({"< <= > >= == !=": {"Self": "Bool"}})
class Tuple(GenericProxy, Generic[*Ts], ordered=True, form=Form("tuple", tuple, list, tuple)):
    """A tuple. Its length is known, so it can be unpacked, iterated and indexed like Python's.

    >>> from sdk.language.strings import Str
    >>> number, name = Tuple[Int, Str]([1, "a"])
    >>> name
    <Str>
    """

    def __init__(self, iterable: object) -> None:
        self._made_of()
        self._node = self._promote(iterable)._node

    @classmethod
    def _example(cls) -> str:
        return "Tuple[Int, Str]"

    @classmethod
    def _promote(cls, value: object) -> Self:
        types = cls._made_of()
        if not isinstance(value, Iterable) or isinstance(value, (Proxy, str, bytes, Mapping)):
            return super()._promote(value)
        values = list(value)
        if len(values) != len(types):
            raise ProxyTypeError(f"{cls.__name__} has {len(types)} elements, not {len(values)}")
        return cls._call(TUPLE, *(type_._promote(item) for type_, item in zip(types, values, strict=True)))

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        if not isinstance(value, (tuple, list)):
            return None
        try:
            return cls._promote(value)
        except ProxyTypeError:
            return None

    def __len__(self) -> int:
        return len(self._made_of())

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in builtins.range(len(self)))

    def __getitem__(self, item: object) -> Any:
        types = self._made_of()
        if isinstance(item, slice):
            return concrete(Tuple, *types[item])._call(GET, self, Slice._promote(item))
        index = Int._coerce(item)
        if index is None:
            raise ProxyTypeError(f"{type(self).__name__} is indexed by Int or a slice, not {describe(item)}")
        position = index.literal_value
        if position is None:
            type_ = types[0] if len(set(types)) == 1 else TYPES["Any"]
        elif -len(types) <= position < len(types):
            type_ = types[position]
        else:
            raise IndexError(f"{type(self).__name__} has {len(types)} elements; there is none at {position}")
        return type_._call(GET, self, index)

    length = LENGTH

    def __add__(self, other: object) -> Any:
        right = _tuple(other)
        return NotImplemented if right is None else _joined(self, right)

    def __radd__(self, other: object) -> Any:
        left = _tuple(other)
        return NotImplemented if left is None else _joined(left, self)


def _tuple(value: object) -> Proxy | None:
    """Return a value as a Tuple, when it is one."""
    proxy = proxify(value) if isinstance(value, tuple) else value
    return proxy if isinstance(proxy, Tuple) else None


def _joined(left: Any, right: Any) -> Any:
    return concrete(Tuple, *left._made_of(), *right._made_of())._call(ROWS["+"], left, right)
