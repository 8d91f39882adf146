"""Widgets are parameters whose JSON says how to ask for them, and what is taken where nobody does."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

import sdk as wf
from sdk.contract.parameters import Parameter
from sdk.contract.typespec import parameters_json

WIDGETS: Any = wf.widgets


@pytest.mark.parametrize(
    ("widget", "type_", "kind", "fields", "default"),
    [
        (WIDGETS.slider("w", 0, 5, 1, 2), wf.Int, "int_slider", {"default": "2", "max": "5", "step": "1"}, 2),
        (WIDGETS.slider("w", 1, 5), wf.Int, "int_slider", {"default": "1", "max": "5", "min": "1"}, 1),
        (WIDGETS.slider("w", 0, 9, 0.5, 2), wf.Float, "float_slider", {"default": 2.0, "max": 9.0, "step": 0.5}, 2.0),
        (WIDGETS.checkbox("w", True, "on"), wf.Bool, "checkbox", {"default": True, "label": "on"}, True),
        (WIDGETS.input("w", "a"), wf.Str, "string_input", {"default": "a"}, "a"),
        (WIDGETS.input("w", 3), wf.Int, "int_input", {"default": "3"}, 3),
        (WIDGETS.select("w", ["a", "b"]), wf.Str, "string_select", {"default": "a", "options": ["a", "b"]}, "a"),
        (WIDGETS.select("w", [2, 5], "slider", 5), wf.Int, "int_select",
         {"default": "5", "format": "SLIDER", "options": ["2", "5"]}, 5),
        (WIDGETS.select("w", [1, 2.5]), wf.Float, "float_select", {"default": 1.0, "options": [1.0, 2.5]}, 1.0),
        (WIDGETS.date("w", datetime.date(2020, 7, 1)), wf.Datetime, "date",
         {"default": "2020-07-01T00:00:00Z"}, "2020-07-01T00:00:00Z"),
        (WIDGETS.date("w", "2020-07-01T02:00:00+02:00"), wf.Datetime, "date",
         {"default": "2020-07-01T00:00:00Z"}, "2020-07-01T00:00:00Z"),
        (WIDGETS.image("w", label="which"), wf.Image, "image", {"label": "which"}, None),
        (WIDGETS.imagecollection("w"), wf.ImageCollection, "image_collection", {}, None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_widget_is_a_parameter_and_says_how_to_ask_for_it(
    widget: Any, type_: Any, kind: str, fields: dict[str, Any], default: object
) -> None:
    (document,) = parameters_json(widget)
    assert type(widget) is type_
    assert document == {"name": "w", "typespec": {"type": type_.__name__}, kind: fields}
    assert Parameter.from_json(document).default == default


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: WIDGETS.slider("w", 0, 5, default=9), ValueError, "must lie from 0 to 5, not at 9"),
        (lambda: WIDGETS.slider("w", 0, 5, step=0), ValueError, "the step of a slider must be more than 0"),
        (lambda: WIDGETS.slider("w", "a", 5), TypeError, "must be numbers"),
        (lambda: WIDGETS.checkbox("w", 1), TypeError, "must be True or False, not 1"),
        (lambda: WIDGETS.select("w", []), ValueError, "one option or more"),
        (lambda: WIDGETS.select("w", ["a"], "list"), ValueError, "format must be one of dropdown, radio, slider"),
        (lambda: WIDGETS.select("w", ["a"], default="b"), ValueError, "one of its options, not 'b'"),
        (lambda: WIDGETS.select("w", ["a", 1]), TypeError, "must be numbers"),
        (lambda: WIDGETS.input("returns", "a"), ValueError, "cannot name a parameter"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_widget_that_makes_no_sense_is_refused(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()
