"""Parameters and their widgets, as published JSON describes them."""

from __future__ import annotations

from typing import Any

import pytest

import sdk as wf
from sdk.contract.parameters import Parameter, Widget
from sdk.service.computation import Computation

DEFAULTS: dict[str, tuple[str, dict[str, Any], object]] = {
    "no widget": ("Float", {}, None),
    "as written": ("Float", {"float_slider": {"default": 0.5}}, 0.5),
    "what is blank is not written": ("Float", {"float_slider": {}}, 0.0),
    "a blank switch": ("Bool", {"checkbox": {}}, False),
    "a blank text": ("Str", {"input": {}}, ""),
    "a blank that is an option": ("Str", {"string_select": {"options": ["a", ""]}}, ""),
    "a blank that is no option": ("Str", {"string_select": {"options": ["a", "b"]}}, "a"),
    "a number as text": ("Float", {"float_slider": {"default": "0.5"}}, 0.5),
    "no finite number": ("Float", {"float_slider": {"default": "inf"}}, "inf"),
    "64 bits come as text": ("Int", {"int_slider": {"default": "9007199254740993"}}, 9007199254740993),
    "other text is for the type check": ("Int", {"int_slider": {"default": "many"}}, "many"),
    "a type without a blank": ("Datetime", {"date": {}}, None),
    "the last of two": ("Int", {"int_select": {"default": 1}, "int_slider": {"default": 2}}, 2),
    "no object is no widget": ("Int", {"note": "text"}, None),
}


@pytest.mark.parametrize(("type_name", "fields", "default"), DEFAULTS.values(), ids=DEFAULTS)
def test_the_default_is_the_widgets(type_name: str, fields: dict[str, Any], default: object) -> None:
    assert Parameter.from_json({"name": "p", "typespec": {"type": type_name}, **fields}).default == default


def test_options_and_bounds_are_of_the_parameters_type() -> None:
    listed = {"options": ["1", "2"], "label": "Month"}
    sliding = {"max": 2, "step": "0.5"}
    fields = {
        "name": "p",
        "typespec": {"type": "Float"},
        "float_select": listed,
        "float_slider": sliding,
        "note": "text",
    }
    assert Parameter.from_json(fields).widgets == (
        Widget("float_select", "Month", 1.0, (1.0, 2.0)),
        Widget("float_slider", "", 0.0, (), 0.0, 2.0, 0.5),
    )


def test_what_cannot_be_read_stays_as_it_came() -> None:
    [widget] = Parameter.from_json(
        {"name": "p", "typespec": {"type": "Int"}, "int_slider": {"options": 3, "max": [1], "label": None}}
    ).widgets
    assert widget == Widget("int_slider", "", 0, (), 0, [1])


def test_an_argument_must_be_given_when_its_widgets_have_no_default() -> None:
    date = {"name": "date", "typespec": {"type": "Datetime"}, "date": {"label": "Day"}}
    switch = {"name": "cloudy", "typespec": {"type": "Bool"}, "checkbox": {}}
    note = {"name": "n", "typespec": {"type": "Int"}, "note": "text"}
    function = wf.Function.from_object(
        wf.ifelse(wf.parameter("cloudy", wf.Bool), wf.parameter("date", wf.Datetime).month, wf.parameter("n", wf.Int))
    )
    assert Computation(function, [date, switch, note]).required == ["date", "n"]
