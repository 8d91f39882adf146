"""Expected types: what parameters of operations and arguments of computations take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import NoneType, UnionType
from typing import Union, get_args, get_origin

import sdk as wf
from graft_eval.errors import EvaluationError
from graft_eval.values.types import Expected, ValueType, describe, type_held_as, type_named, type_of
from sdk.contract.typespec import type_from_typespec
from sdk.language.generic import GenericProxy
from sdk.language.notation import resolve
from sdk.language.proxy import Proxy

__all__ = [
    "coerce",
    "expect",
    "expect_annotation",
    "expect_hint",
    "list_of",
    "mapping_of",
    "record_of",
    "tuple_of",
]


def coerce(value: object, typespec: Mapping[str, object]) -> object:
    """Return a value as one of the type that a typespec says.

    An Int becomes a Float if one is expected, ISO 8601 text a Datetime, a list a Tuple. Raises `EvaluationError`.

    >>> coerce([1, 2], {"composite": {"type": "List", "params": [{"type": "Float"}]}})
    [1.0, 2.0]
    """
    try:
        type_ = type_from_typespec(typespec)
    except ValueError as exc:
        raise EvaluationError(str(exc)) from exc
    return expect(type_).convert(value)


def expect(type_: type[Proxy]) -> Expected:
    """Return what is expected of a value that a proxy type stands for.

    >>> expect(wf.List[wf.Int]).includes([1, 2.5])
    False
    """
    if type_ is wf.Any:
        return ANYTHING
    bound = type_named(type_._row.name)
    if bound.made_of is None or not issubclass(type_, GenericProxy) or type_._params is None:
        return _simple(bound)
    made_of = [
        {name: expect(field) for name, field in item.items()} if isinstance(item, dict) else expect(item)
        for item in type_._made_of()
    ]
    return bound.made_of(*made_of)


def expect_hint(hint: object) -> Expected:
    """Return what a type hint takes: an int is a float too, a bool is neither, a Sequence is a list or a tuple.

    >>> expected = expect_hint(list[int] | None)
    >>> str(expected), expected.includes([1]), expected.includes([True])
    ('List[Int] or None', True, False)
    """
    if hint is object:
        return ANYTHING
    if hint is float:
        return _either("a number", expect_hint(int), _simple(type_named("Float")))
    origin = get_origin(hint)
    if hint is None or (isinstance(hint, type) and origin is None):
        return _simple(type_held_as(NoneType if hint is None else hint))
    arguments = [expect_hint(argument) for argument in get_args(hint) if argument is not Ellipsis]
    if origin in (Union, UnionType):
        return _either(" or ".join(map(str, arguments)), *arguments)
    if origin in _SEQUENCES:
        return _sequence("Tuple" if origin is tuple else "List", _SEQUENCES[origin], arguments[0])
    if origin is dict:
        return mapping_of(*arguments)
    if isinstance(origin, type):  # of what the values are made, does not matter
        return _simple(type_held_as(origin))
    raise TypeError(f"no values are known for the hint {hint!r}")


def expect_annotation(annotation: str) -> Expected:
    """Return what a parameter takes whose types the table of operations writes so, "StrLike | None".

    >>> str(expect_annotation("FloatLike | None"))
    'Int or Float or None'
    """
    options = [expect(type_) for type_ in resolve(annotation)]
    return options[0] if len(options) == 1 else _either(" or ".join(map(str, options)), *options)


def list_of(element: Expected) -> Expected:
    """Return what is expected of a list: that each element is as expected. Tuples become lists."""
    return _sequence("List", (list,), element)


def tuple_of(*members: Expected) -> Expected:
    """Return what is expected of a tuple: as many members, each as expected. Lists become tuples."""

    def includes(value: object) -> bool:
        return (
            isinstance(value, tuple)
            and len(value) == len(members)
            and all(member.includes(each) for member, each in zip(members, value, strict=True))
        )

    def convert(value: object) -> tuple[object, ...]:
        if not isinstance(value, list | tuple):
            raise EvaluationError(f"expected Tuple, not {describe(value)}")
        if len(value) != len(members):
            raise EvaluationError(f"expected Tuple of {len(members)}, not {describe(value)}")
        pairs = zip(members, value, strict=True)
        return tuple(_part(f"element {i}", member, each) for i, (member, each) in enumerate(pairs))

    return Expected("Tuple", includes, convert)


def mapping_of(key: Expected, member: Expected) -> Expected:
    """Return what is expected of a dict: that each key and each member is as expected."""

    def includes(value: object) -> bool:
        return isinstance(value, dict) and all(key.includes(k) and member.includes(v) for k, v in value.items())

    def convert(value: object) -> dict[object, object]:
        if not isinstance(value, dict):
            raise EvaluationError(f"expected Dict, not {describe(value)}")
        return {_part("a key", key, k): _part(f"member {k!r}"[:60], member, v) for k, v in value.items()}

    return Expected("Dict", includes, convert)


def record_of(members: Mapping[str, Expected]) -> Expected:
    """Return what is expected of a record: a member of each of these names, each as expected."""

    def includes(value: object) -> bool:
        return (
            isinstance(value, dict)
            and value.keys() == members.keys()
            and all(member.includes(value[name]) for name, member in members.items())
        )

    def convert(value: object) -> dict[str, object]:
        if not isinstance(value, dict) or value.keys() != members.keys():
            raise EvaluationError(f"expected a Struct of {', '.join(members)}, not {describe(value)}")
        return {name: _part(f"member {name!r}"[:60], member, value[name]) for name, member in members.items()}

    return Expected("Struct", includes, convert)


def _simple(bound: ValueType) -> Expected:
    def includes(value: object) -> bool:
        return type_of(value).python is bound.python

    def convert(value: object) -> object:
        if includes(value):
            return value
        converted = None if bound.convert is None else bound.convert(value)
        if converted is None:
            raise EvaluationError(f"expected {bound.name}, not {describe(value)}")
        return converted

    return Expected(bound.name, includes, convert)


def _either(name: str, *options: Expected) -> Expected:
    def includes(value: object) -> bool:
        return any(option.includes(value) for option in options)

    def convert(value: object) -> object:
        for option in options:
            if option.includes(value):
                return value
        for option in options:
            with suppress(EvaluationError):
                return option.convert(value)
        raise EvaluationError(f"expected {name}, not {describe(value)}")

    return Expected(name, includes, convert)


def _sequence(name: str, classes: tuple[type[list[object] | tuple[object, ...]], ...], element: Expected) -> Expected:
    def includes(value: object) -> bool:
        return isinstance(value, classes) and all(map(element.includes, value))

    def convert(value: object) -> object:
        if not isinstance(value, list | tuple):
            raise EvaluationError(f"expected {name}, not {describe(value)}")
        made = type(value) if isinstance(value, classes) else classes[0]
        return made(_part(f"element {i}", element, each) for i, each in enumerate(value))

    return Expected(name if element is ANYTHING else f"{name}[{element}]", includes, convert)


def _part(where: str, expected: Expected, value: object) -> object:
    try:
        return expected.convert(value)
    except EvaluationError as exc:
        raise EvaluationError(f"{where}: {exc}") from exc


ANYTHING = Expected("anything", lambda value: True, lambda value: value)
_SEQUENCES: dict[object, tuple[type[list[object] | tuple[object, ...]], ...]] = {
    Sequence: (list, tuple), list: (list,), tuple: (tuple,),
}  # fmt: skip
