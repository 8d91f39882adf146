"""VizOptions hold what they are given, and refuse what cannot be drawn."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from sdk.contract.viz_option import VizOption

FULL: dict[str, Any] = {
    "id": "NDVI", "bands": ["ndvi"], "checkerboard": True, "colormap": "RdYlGn", "reduction": "median",
    "scales": [(0.0, 0.9)], "description": "Greenness",
}  # fmt: skip


def test_the_repr_is_the_documented_one() -> None:
    option = VizOption("RGB", bands="red green blue", reduction="median", description="Median RGB composite")
    assert repr(option) == (
        "VizOption(\n"
        "...   id='RGB',\n"
        "...   bands=['red', 'green', 'blue'],\n"
        "...   checkerboard=False,\n"
        "...   colormap=None,\n"
        "...   reduction='median',\n"
        "...   scales=None,\n"
        "...   description='Median RGB composite'\n"
        ")"
    )


def test_every_field_can_be_read() -> None:
    option = VizOption(**FULL)
    assert {name: getattr(option, name) for name in FULL} == FULL


def test_defaults_are_the_documented_ones() -> None:
    option = VizOption("x", ["red"])
    assert (option.checkerboard, option.colormap, option.reduction, option.scales, option.description) == (
        False, None, "mosaic", None, "",
    )  # fmt: skip


def test_it_survives_json() -> None:
    option = VizOption(**FULL)
    assert VizOption.from_json(json.loads(json.dumps(option.to_json()))) == option


def test_options_are_equal_when_all_fields_are() -> None:
    assert VizOption(**FULL) == VizOption(**FULL)
    assert hash(VizOption(**FULL)) == hash(VizOption(**FULL))
    for name, other in {"id": "x", "checkerboard": False, "scales": None, "description": ""}.items():
        assert VizOption(**{**FULL, name: other}) != VizOption(**FULL)
    assert VizOption(**FULL) != "NDVI"


SCALES: list[tuple[Any, str, list[Any]]] = [
    ((0, 0.9), "ndvi", [(0.0, 0.9)]),
    ([[0, 1]], "ndvi", [(0.0, 1.0)]),
    ([(0, 1), None, (-1, 1)], "a b c", [(0.0, 1.0), (None, None), (-1.0, 1.0)]),
    ([(None, None)], "a", [(None, None)]),
    (((1, 0), (2, 2)), "a b", [(1.0, 0.0), (2.0, 2.0)]),
    ([(np.float32(0.5), np.int16(2))], "a", [(0.5, 2.0)]),
]


@pytest.mark.parametrize(("scales", "bands", "expected"), SCALES, ids=repr)
def test_scales_may_be_written_in_several_ways(scales: Any, bands: str, expected: list[Any]) -> None:
    assert VizOption("x", bands, scales=scales).scales == expected


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"id": 1}, TypeError, "id must be a str, not 1"),
    ({"id": "~x"}, ValueError, "must not begin with ~"),
    ({"colormap": {}}, ValueError, "1 to 256 colours, not 0"),
    ({"colormap": {True: "red"}}, TypeError, "with numbers for values, not True"),
    ({"colormap": {1: 2}}, TypeError, "with a colour, or a colour and a label, not 2"),
    ({"colormap": [(0, 1)]}, TypeError, "or of intervals"),
    ({"colormap": [(1, 1, "red")]}, ValueError, "less than its upper one"),
    ({"bands": []}, ValueError, "one to three bands"),
    ({"bands": "a b c d", "colormap": None, "scales": None}, ValueError, "not 4"),
    ({"bands": 7}, TypeError, "bands must be a list of names"),
    ({"bands": ["a", 1]}, TypeError, "bands must be a list of names"),
    ({"bands": "a b", "scales": None}, ValueError, "a colormap needs exactly one band"),
    ({"checkerboard": "yes"}, TypeError, "checkerboard must be a bool"),
    ({"colormap": 5}, TypeError, "colormap must be a str"),
    ({"reduction": "first"}, ValueError, "reduction must be one of mosaic, min"),
    ({"reduction": None}, TypeError, "reduction must be a str"),
    ({"scales": "0,1"}, TypeError, "list of pairs"),
    ({"scales": [(0, 1), (0, 1)]}, ValueError, "one for each band, not 2"),
    ({"scales": [(0, 1, 2)]}, TypeError, "must be a pair"),
    ({"scales": [(0, "1")]}, TypeError, "two numbers"),
    ({"scales": [(0, None)]}, TypeError, "two numbers"),
    ({"scales": [(True, False)]}, TypeError, "two numbers"),
    ({"scales": [(0, float("nan"))]}, ValueError, "finite"),
    ({"scales": [(0, 10**400)]}, ValueError, "finite"),
    ({"scales": []}, ValueError, "not 0"),
    ({"description": None}, TypeError, "description must be a str"),
]


@pytest.mark.parametrize(("change", "error", "message"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_cannot_be_drawn_is_refused(change: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        VizOption(**{**FULL, **change})
