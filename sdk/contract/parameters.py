"""Parameters of a computation, and the widgets that ask for their values, as their JSON describes them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

__all__ = ["Parameter", "Widget", "read_parameters", "widget_fields"]

BARE: Final = ("name", "typespec")  # the fields that describe no widget
BLANKS: Final[Mapping[str, object]] = {"Int": 0, "Float": 0.0, "Bool": False, "Str": ""}  # not written in a widget


@dataclass(frozen=True, slots=True)
class Widget:
    """A widget of a user interface: a kind, such as `checkbox`, `int_slider`, `date`, and its fields.

    `default` is the JSON of the value that is taken where none is given; None if there is none. `options` are the
    values of a select. `low`, `high` and `step` bound a slider or a date; None if the widget does not say.
    What cannot be read as the parameter's type stays as it came.
    """

    kind: str
    label: str = ""
    default: object = None
    options: tuple[object, ...] = ()
    low: object = None
    high: object = None
    step: object = None

    @classmethod
    def from_json(cls, kind: str, fields: Mapping[str, Any], type_name: str) -> Self:
        """Return the widget of a parameter of some type; what is 0, False or "" is not written in JSON.

        >>> Widget.from_json("int_slider", {"max": "9"}, "Int")
        Widget(kind='int_slider', label='', default=0, options=(), low=0, high=9, step=None)
        """
        listed = fields.get("options")
        options = tuple(_value(option, type_name) for option in listed) if isinstance(listed, list) else ()
        blank = BLANKS.get(type_name)
        if options and blank not in options:
            blank = options[0]
        default, step = fields.get("default"), fields.get("step")
        edge = BLANKS.get(type_name) if kind.endswith("_slider") else None
        return cls(
            kind,
            str(fields.get("label") or ""),
            blank if default is None else _value(default, type_name),
            options,
            _value(fields.get("min", edge), type_name),
            _value(fields.get("max", edge), type_name),
            _value(step, type_name),
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a computation: its name, its type as JSON, and the widgets that ask for its value."""

    name: str
    typespec: Mapping[str, Any]
    widgets: tuple[Widget, ...] = ()

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Return the parameter that JSON describes: name, typespec, and a field for a widget.

        >>> Parameter.from_json({"name": "n", "typespec": {"type": "Int"}, "int_slider": {"default": "3"}}).default
        3
        """
        type_name = _type_name(document["typespec"])
        known = {kind: fields for kind, fields in widget_fields(document).items() if isinstance(fields, Mapping)}
        widgets = tuple(Widget.from_json(kind, fields, type_name) for kind, fields in known.items())
        return cls(document["name"], document["typespec"], widgets)

    @property
    def type_name(self) -> str:
        """The name of a type that is made of no others, such as Int; of one that is, "None"."""
        return _type_name(self.typespec)

    @property
    def default(self) -> object:
        """The JSON of the value that is taken where none is given; None if one must be."""
        return next((widget.default for widget in reversed(self.widgets) if widget.default is not None), None)


def read_parameters(documents: Iterable[Mapping[str, Any]]) -> tuple[Parameter, ...]:
    """Return the parameters that JSON describes."""
    return tuple(map(Parameter.from_json, documents))


def widget_fields(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a parameter's JSON that describe widgets."""
    return {kind: fields for kind, fields in document.items() if kind not in BARE}


def _type_name(typespec: Mapping[str, Any]) -> str:
    return str(typespec.get("type"))


def _value(value: object, type_name: str) -> object:
    """Return a widget's value; 64-bit integers are written as text, and what else text says is for the type check."""
    try:
        if type_name == "Int" and isinstance(value, str):
            return int(value)
        if type_name == "Float" and isinstance(value, int | str) and not isinstance(value, bool):
            return number if math.isfinite(number := float(value)) else value
    except (OverflowError, ValueError):
        pass
    return value
