"""Types that are made of other types: `List[Int]`, `Dict[Str, Float]`."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar, cast
from weakref import WeakValueDictionary

from sdk.language.proxy import Proxy

__all__ = ["GenericProxy", "Params", "concrete", "type_name"]

Params = tuple[Any, ...]  # of proxy types, and of dicts from names to proxy types

_MADE: WeakValueDictionary[object, type[GenericProxy]] = WeakValueDictionary()  # so that List[Int] is List[Int]


class _Choice(type):
    """Lets a type be written with what it is made of, `List[Int]`."""

    def __getitem__(cls, params: Any) -> Any:
        if isinstance(params, TypeVar) or (isinstance(params, tuple) and isinstance(params[0], TypeVar)):
            return cls  # as a base class, for type checkers
        return concrete(cls, *(params if isinstance(params, tuple) else (params,)))


class GenericProxy(Proxy, metaclass=_Choice, abstract=True):
    """Base of the types that have a form for each choice of the types that they are made of."""

    _params: ClassVar[Params | None] = None

    @classmethod
    def _check_params(cls, params: Params) -> None:
        """Raise a `TypeError` when the type cannot be made of these."""
        for item in params:
            if not (isinstance(item, type) and issubclass(item, Proxy)):
                raise TypeError(f"{cls.__name__}[…] is made of proxy types such as Int, not of {item!r}")

    @classmethod
    def _made_of(cls) -> Params:
        """Return what the type is made of; the bare type has no values."""
        if cls._params is None:
            raise TypeError(f"{cls.__name__} must say what it is made of, such as {cls._example()}")
        return cls._params

    @classmethod
    def _example(cls) -> str:
        return f"{cls.__name__}[Int]"


def concrete(generic: type, *params: Any) -> Any:
    """Return the form of a generic type that is made of these types.

    >>> from sdk.language.containers import List
    >>> from sdk.language.primitives import Int
    >>> concrete(List, Int) is List[Int]
    True
    """
    if not issubclass(generic, GenericProxy):
        raise TypeError(f"{generic.__name__} is not made of other types")
    if generic._params is not None:
        raise TypeError(f"{generic.__name__} says what it is made of; it takes no further types")
    generic._check_params(params)
    identity = (generic, *(tuple(item.items()) if isinstance(item, dict) else item for item in params))
    made = _MADE.get(identity)
    if made is None:
        name = f"{generic.__name__}[{', '.join(map(_text, params))}]"
        fields = {"_params": params, "__module__": generic.__module__, "__doc__": generic.__doc__}
        made = _MADE.setdefault(identity, cast(type[GenericProxy], _Choice(name, (generic,), fields)))
    return made


def type_name(type_: type[Proxy]) -> str:
    """Return the name of a type as its signature writes it.

    >>> from sdk.language.containers import List
    >>> from sdk.language.primitives import Int
    >>> type_name(List[Int])
    'List[Int]'
    """
    return type_.__name__


def _text(item: Any) -> str:
    if isinstance(item, dict):
        return "{" + ", ".join(f"{name!r}: {type_.__name__}" for name, type_ in item.items()) + "}"
    return str(item.__name__)
