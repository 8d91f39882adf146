"""The table of types: one row for each type of the graft language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

__all__ = ["TYPES", "Attribute", "Form", "Type", "declare_type", "form_of", "form_tagged"]


@dataclass(frozen=True, slots=True)
class Form:
    """The JSON form of a Python type that JSON lacks: an object of one key, the tag.

    `draw` takes a value apart into text, numbers, lists and further values, and `restore` puts it together again.
    `text` gives what readers of plain JSON get, who know no tags; unless given, what `draw` gives.
    """

    tag: str
    python: type
    draw: Callable[[Any], Any]
    restore: Callable[[Any], Any]
    text: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """One type: its name in typespecs and messages, and what is to know of its values.

    `takes` are the Python types of values that become one without being told so. Values of an `ordered` type can be
    sorted, those of a `sendable` one be results. `attributes` are the fields of a value, with their types as
    annotations write them.
    """

    name: str
    takes: tuple[type, ...] = ()
    ordered: bool = False
    sendable: bool = True
    form: Form | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


class Attribute(property):
    """A property that stands for a field of the value; `type` is that of the field, as annotations write it."""

    def __init__(self, get: Callable[[Any], Any], type: str, doc: str) -> None:
        super().__init__(get)
        self.__doc__ = doc  # of the instance: before Python 3.12 that of the class hides what `property` is given
        self.type = type


_TABLE: dict[str, Type] = {}
_FORMS: dict[type, Form] = {}
_TAGGED: dict[str, Form] = {}
TYPES: Final[Mapping[str, Type]] = MappingProxyType(_TABLE)


def declare_type(row: Type) -> Type:
    """Add a row to the table and return it; a name that stands in it already is an error."""
    if row.name in _TABLE:
        raise ValueError(f"type {row.name!r} is declared twice")
    _TABLE[row.name] = row
    if row.form is not None:
        _FORMS[row.form.python] = _TAGGED[row.form.tag] = row.form
    return row


def form_of(value: object) -> Form | None:
    """Return the form of a value; None if JSON has one of its own, or if there is none.

    >>> import sdk
    >>> form_of((1, 2)).tag
    'tuple'
    """
    return next((_FORMS[base] for base in type(value).__mro__ if base in _FORMS), None)


def form_tagged(tag: str) -> Form:
    """Return the form of a tag; `KeyError` if there is none."""
    return _TAGGED[tag]
