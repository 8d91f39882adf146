"""Parameters of a computation, and the widgets that ask for their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

__all__ = ["Parameter", "Widget", "read_parameters"]

BARE: Final = ("name", "typespec")  # the fields that describe no widget
BLANKS: Final[Mapping[str, object]] = {"Int": 0, "Float": 0.0, "Bool": False, "Str": ""}  # not written in a widget


@dataclass(frozen=True, slots=True)
class Widget:
    """How a user interface asks for a value: a kind, such as `checkbox`, `int_slider`, `date`, and its fields."""

    kind: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a computation; `document` is its JSON, as published."""

    name: str
    typespec: Mapping[str, Any]
    widgets: tuple[Widget, ...]
    document: Mapping[str, Any]

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Return the parameter that JSON describes: name, typespec, and a field for a widget.

        >>> Parameter.from_json({"name": "n", "typespec": {"type": "Int"}, "int_slider": {"default": "3"}}).default
        3
        """
        widgets = (Widget(kind, fields) for kind, fields in document.items() if kind not in BARE)
        known = tuple(widget for widget in widgets if isinstance(widget.fields, Mapping))
        return cls(document["name"], document["typespec"], known, document)

    @property
    def default(self) -> object:
        """The JSON of the value that is taken where none is given; None if one must be."""
        type_name = str(self.typespec.get("type"))
        found = [widget.fields.get("default", BLANKS.get(type_name)) for widget in self.widgets]
        default = next((value for value in reversed(found) if value is not None), None)
        return _integer(default) if type_name == "Int" else default


def read_parameters(documents: Iterable[Mapping[str, Any]]) -> tuple[Parameter, ...]:
    """Return the parameters that JSON describes."""
    return tuple(map(Parameter.from_json, documents))


def _integer(default: object) -> object:
    """Return a widget's default; 64-bit integers are written as text, and what else text says is for the type check."""
    try:
        return int(default) if isinstance(default, str) else default
    except ValueError:
        return default
