"""Dicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, Self, TypeVar

from sdk.graft.errors import ProxyTypeError
from sdk.graft.types import Form
from sdk.language.containers import (
    CONTAINS,
    DICT,
    DICT_FROM_PAIRS,
    DICT_ITEMS,
    DICT_KEYS,
    DICT_VALUES,
    GET,
    LENGTH,
    List,
)
from sdk.language.generic import GenericProxy, Params, concrete
from sdk.language.operation import emits
from sdk.language.primitives import Bool
from sdk.language.proxy import TYPES, Proxy
from sdk.language.tuples import Tuple

__all__ = ["Dict", "KnownDict"]

K = TypeVar("K")
V = TypeVar("V")


class _Mapping(GenericProxy, Generic[K, V], abstract=True):
    """Base of Dict and KnownDict."""

    @classmethod
    def _types(cls) -> tuple[type[Proxy], type[Proxy]]:
        key_type, value_type = cls._made_of()[-2:]
        return key_type, value_type

    @property
    def key_type(self) -> type[Proxy]:
        """The proxy type of the keys."""
        return self._types()[0]

    @property
    def value_type(self) -> type[Proxy]:
        """The proxy type of the values."""
        return self._types()[1]

    def _type_at(self, key: object) -> Any:
        return self.value_type

    def __getitem__(self, key: object) -> V:
        value: V = self._type_at(key)._call(GET, self, self.key_type._promote(key))
        return value

    @emits(GET)
    def get(self, key: object, default: object) -> V:
        type_ = self._type_at(key)
        value: V = type_._call(GET, self, self.key_type._promote(key), type_._promote(default))
        return value

    @emits(CONTAINS)
    def contains(self, key: object) -> Bool:
        return Bool._call(CONTAINS, self, self.key_type._promote(key))

    length = LENGTH

    @emits(DICT_KEYS)
    def keys(self) -> List[K]:
        keys: List[K] = concrete(List, self.key_type)._call(DICT_KEYS, self)
        return keys

    @emits(DICT_VALUES)
    def values(self) -> List[V]:
        values: List[V] = concrete(List, self.value_type)._call(DICT_VALUES, self)
        return values

    @emits(DICT_ITEMS)
    def items(self) -> List[Tuple[K, V]]:
        items: List[Tuple[K, V]] = concrete(List, concrete(Tuple, *self._types()))._call(DICT_ITEMS, self)
        return items


class Dict(_Mapping[K, V], Generic[K, V], form=Form("dict", dict, lambda value: [*map(list, value.items())], dict)):
    """A dict whose keys have one type, and its values one.

    >>> from sdk import Int, Str
    >>> Dict[Str, Int](a=1, b=2)["a"]
    <Int>
    """

    def __init__(self, *dct: object, **kwargs: object) -> None:
        key_type, _ = self._types()
        if len(dct) > 1:
            raise TypeError(f"{type(self).__name__} takes one mapping or iterable of pairs, not {len(dct)}")
        if kwargs and key_type is not TYPES["Str"]:
            raise ProxyTypeError(f"the keys of a {type(self).__name__} are no names; give a mapping")
        if dct and not kwargs:
            self._node = self._promote(dct[0])._node
        else:
            given: Any = dct[0] if dct else {}
            self._node = self._promote(dict(given) | kwargs)._node

    @classmethod
    def _example(cls) -> str:
        return "Dict[Str, Int]"

    @classmethod
    def _check_params(cls, params: Params) -> None:
        super()._check_params(params)
        if len(params) != 2:
            raise TypeError(f"a Dict is made of the types of its keys and its values, not of {len(params)}")

    @classmethod
    @emits(DICT_FROM_PAIRS)
    def from_pairs(cls, pairs: object) -> Self:
        return cls._call(DICT_FROM_PAIRS, concrete(List, concrete(Tuple, *cls._types()))._promote(pairs))

    @classmethod
    def _promote(cls, value: object) -> Self:
        if isinstance(value, Iterable) and not isinstance(value, (Proxy, str, bytes)):
            key_type, value_type = cls._types()
            pairs = list(value.items()) if isinstance(value, Mapping) else [tuple(pair) for pair in value]
            if key_type is TYPES["Str"] and all(isinstance(key, str) for key, _ in pairs):
                return cls._call(DICT, **{key: value_type._promote(item) for key, item in pairs})
            flat = [type_._promote(part) for pair in pairs for type_, part in zip(cls._types(), pair, strict=True)]
            return cls._call(DICT, *flat)
        return super()._promote(value)

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        if not isinstance(value, Mapping):
            return None
        try:
            return cls._promote(value)
        except ProxyTypeError:
            return None


class KnownDict(_Mapping[K, V], Generic[K, V]):
    """A dict some of whose keys are known, with the types of their values; others have the general type."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        raise NotImplementedError("a KnownDict is what some operations give; it cannot be made. Make a Dict")

    @classmethod
    def _check_params(cls, params: Params) -> None:
        if len(params) != 3 or not isinstance(params[0], dict):
            raise TypeError("a KnownDict is made of a dict of known keys and the types of other keys and values")
        super()._check_params((*params[0].values(), *params[1:]))

    @classmethod
    def _example(cls) -> str:
        return "KnownDict[{'x': Float}, Str, Int]"

    def _type_at(self, key: object) -> Any:
        return self._made_of()[0].get(key, self.value_type) if isinstance(key, str) else self.value_type
