"""The table of value types: how the evaluator holds values of each type of the language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from graft_eval.errors import EvaluationError
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Plane
from sdk.graft.types import Type

__all__ = ["Expected", "Sender", "ValueType", "bind_type", "describe", "type_held_as", "type_named", "type_of"]


@dataclass(frozen=True, slots=True)
class Expected:
    """A type that values are expected to have: its name for messages, a test, and a conversion.

    `convert` returns a value as one of the type, or raises `EvaluationError` with what was expected and what came.
    """

    name: str
    includes: Callable[[object], bool]
    convert: Callable[[Any], object]

    def __str__(self) -> str:
        return self.name


class Sender(Protocol):
    """Converts values to the form in which results are sent; pixels are computed on `grid`."""

    @property
    def grid(self) -> Grid:
        """The grid of the pixels; raises `EvaluationError` if there is none."""

    def pixels(self, planes: Sequence[Plane]) -> Any:
        """Return the pixels of planes as a masked array (band, y, x)."""

    def __call__(self, value: object) -> object:
        """Return the form in which a value is sent; raises `EvaluationError` for what cannot be."""


@dataclass(frozen=True, slots=True, eq=False)
class ValueType:
    """A type of the language, by its row, and the Python class of its values.

    - `summary` is what a message says of a value besides its type.
    - `convert` gives the value that an argument of another type stands for, None if it stands for none.
    - `made_of` gives what is expected of a value of `List[Int]` and the like, from what is expected of its parts.
    - `elements` are the values in a container, `size` what a value costs besides itself, in steps of evaluation;
      `LimitExceeded` if it is too large.
    - `attribute` gives a field, by a name that the row has.
    - `to_wire` gives what is sent of a value, `send` being that of the values in it; by default the value.
    """

    row: Type
    python: type
    summary: Callable[[Any], str] | None = None
    convert: Callable[[Any], object] | None = None
    made_of: Callable[..., Expected] | None = None
    elements: Callable[[Any], Iterable[object]] | None = None
    size: Callable[[Any, Limits, str], int] | None = None
    attribute: Callable[[Any, str], object] = getattr
    to_wire: Callable[[Any, Sender], object] | None = None

    @property
    def name(self) -> str:
        """The type's name in messages."""
        return "None" if self.python is type(None) else self.row.name


class _Table(dict[type, ValueType]):
    """Types by class; a class that is not bound has the type of its nearest base, or one of its own name."""

    def __missing__(self, python: type) -> ValueType:
        bound = next((self[base] for base in python.__mro__ if base in self), None)
        self[python] = found = bound or ValueType(Type(python.__name__, sendable=False), python)
        return found


_BY_CLASS = _Table()
_BY_NAME: dict[str, ValueType] = {}


def bind_type(bound: ValueType) -> None:
    """Add a type to the table; one that is bound already is an error. A class is that of the first type bound to it."""
    if bound.row.name in _BY_NAME:
        raise TypeError(f"{bound.row.name} has two value types")
    _BY_NAME[bound.row.name] = bound
    _BY_CLASS.setdefault(bound.python, bound)


def type_of(value: object) -> ValueType:
    """Return the type of a value.

    >>> type_of(1.5).name, type_of([1]).name
    ('Float', 'List')
    """
    return _BY_CLASS[type(value)]


def type_held_as(python: type) -> ValueType:
    """Return the type of values of a Python class."""
    return _BY_CLASS[python]


def type_named(name: str) -> ValueType:
    """Return the type of a row's name; `EvaluationError` if it is not bound."""
    if name not in _BY_NAME:
        raise EvaluationError(f"values of the type {name[:60]} are not known here")
    return _BY_NAME[name]


def describe(value: object) -> str:
    """Return what a message says of a value: its type and, if it is short, what it is.

    >>> describe("red"), describe([1, 2])
    ("Str 'red'", 'List of 2')
    """
    held = type_of(value)
    return held.name if held.summary is None else f"{held.name} {held.summary(value)}"
