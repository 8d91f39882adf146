"""Parameters and their widgets, as published JSON describes them."""

from __future__ import annotations

from typing import Any

import pytest

from tileserver.layers.parameters import Parameter, Widget

DEFAULTS: dict[str, tuple[str, dict[str, Any], object]] = {
    "no widget": ("Float", {}, None),
    "as written": ("Float", {"float_slider": {"default": 0.5}}, 0.5),
    "what is blank is not written": ("Float", {"float_slider": {}}, 0.0),
    "a blank switch": ("Bool", {"checkbox": {}}, False),
    "a blank text": ("Str", {"string_select": {"options": ["a"]}}, ""),
    "64 bits come as text": ("Int", {"int_slider": {"default": "9007199254740993"}}, 9007199254740993),
    "other text is for the type check": ("Int", {"int_slider": {"default": "many"}}, "many"),
    "a type without a blank": ("Datetime", {"date": {}}, None),
    "the last of two": ("Int", {"int_select": {"default": 1}, "int_slider": {"default": 2}}, 2),
    "no object is no widget": ("Int", {"note": "text"}, None),
}


@pytest.mark.parametrize(("type_name", "fields", "default"), DEFAULTS.values(), ids=DEFAULTS)
def test_the_default_is_the_widgets(type_name: str, fields: dict[str, Any], default: object) -> None:
    assert Parameter.from_json({"name": "p", "typespec": {"type": type_name}, **fields}).default == default


def test_a_parameter_keeps_its_json() -> None:
    document = {"name": "p", "typespec": {"type": "Bool"}, "checkbox": {"label": "Cloudy"}, "note": "text"}
    parameter = Parameter.from_json(document)
    assert parameter.document == document
    assert parameter.widgets == (Widget("checkbox", {"label": "Cloudy"}),)
