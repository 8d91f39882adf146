"""What values are called in messages, and whether a value is of the kind that a type hint says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import NoneType, UnionType
from typing import Union, get_args, get_origin

from graft_eval.values.function import Function

__all__ = ["Kinds", "describe", "kind_of", "kinds_of"]

_NAMES: dict[type, str] = {
    NoneType: "None", bool: "Bool", int: "Int", float: "Float", str: "Str", list: "List", tuple: "Tuple",
    dict: "Dict", datetime: "Datetime", timedelta: "Timedelta", slice: "Slice",
}  # fmt: skip


def kind_of(value: object) -> str:
    """Return the language's name of a value's type.

    >>> kind_of(1.5), kind_of([1])
    ('Float', 'List')
    """
    if isinstance(value, Function):
        return "Function"
    return _NAMES.get(type(value), type(value).__name__)


def describe(value: object) -> str:
    """Return what a message says of a value: its type and, where it is short, what it is.

    >>> describe("red"), describe([1, 2])
    ("Str 'red'", 'List of 2')
    """
    match value:
        case None:
            return "None"
        case bool() | int() | float():
            return f"{kind_of(value)} {value}"
        case str():
            return f"Str {value[:60]!r}"
        case list() | tuple() | dict():
            return f"{kind_of(value)} of {len(value):,}"
        case datetime():
            return f"Datetime {value.isoformat()}"
    return kind_of(value)


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a parameter takes: a test, and its name for messages."""

    name: str
    include: Callable[[object], bool]

    def __str__(self) -> str:
        return self.name


def kinds_of(hint: object) -> Kinds:
    """Return what a type hint takes: an int is a float too, a bool is neither, a Sequence is a list or a tuple.

    >>> kinds = kinds_of(list[int] | None)
    >>> str(kinds), kinds.include([1]), kinds.include([True])
    ('List[Int] or None', True, False)
    """
    if hint is object:
        return Kinds("anything", lambda value: True)
    if hint is None or hint is NoneType:
        return Kinds("None", lambda value: value is None)
    if hint is float:
        return Kinds("a number", lambda value: type(value) is float or type(value) is int)
    arguments = [kinds_of(argument) for argument in get_args(hint) if argument is not Ellipsis]
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return Kinds(
            " or ".join(kinds.name for kinds in arguments),
            lambda value: any(kinds.include(value) for kinds in arguments),
        )
    if origin in (Sequence, list, tuple):
        return _sequence(arguments[0], (list, tuple) if origin is Sequence else (origin,))
    if origin is dict:
        return _mapping(*arguments)
    if isinstance(hint, type):
        if hint in (bool, int, str):
            return Kinds(_NAMES[hint], lambda value: type(value) is hint)
        return Kinds(_NAMES.get(hint, hint.__name__), lambda value: isinstance(value, hint))
    raise TypeError(f"no kind of value is known for the hint {hint!r}")


def _sequence(element: Kinds, types: tuple[type, ...]) -> Kinds:
    def include(value: object) -> bool:
        return isinstance(value, list | tuple) and isinstance(value, types) and all(map(element.include, value))

    name = "Tuple" if types == (tuple,) else "List"
    return Kinds(name if element.name == "anything" else f"{name}[{element.name}]", include)


def _mapping(key: Kinds, member: Kinds) -> Kinds:
    def include(value: object) -> bool:
        return isinstance(value, dict) and all(key.include(k) and member.include(v) for k, v in value.items())

    return Kinds("Dict", include)
