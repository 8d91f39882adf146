"""Boxes of longitude and latitude, on both sides of the antimeridian."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box, union_all
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from wmts import LonLatBox

EUROPE, FIJI = LonLatBox(-10.0, 35.0, 30.0, 70.0), LonLatBox(177.0, -19.0, -178.0, -16.0)
WORLD = LonLatBox(-180.0, -90.0, 180.0, 90.0)
WESTS, EASTS = st.integers(-180, 179).map(float), st.integers(-179, 180).map(float)
BOXES = st.builds(LonLatBox, WESTS, st.just(-1.0), EASTS, st.just(1.0)).filter(lambda one: one.west != one.east)


def test_a_box_across_the_antimeridian_is_two_parts_or_one_beyond_180() -> None:
    assert FIJI.crosses_antimeridian
    assert FIJI.parts == ((177.0, -19.0, 180.0, -16.0), (-180.0, -19.0, -178.0, -16.0))
    assert FIJI.unrolled == (177.0, -19.0, 182.0, -16.0)
    assert FIJI.middle == (179.5, -17.5)
    assert FIJI.uncrossed == (-180.0, -19.0, 180.0, -16.0)


def test_another_box_is_what_it_is() -> None:
    assert not EUROPE.crosses_antimeridian
    assert EUROPE.parts == (EUROPE,)
    assert EUROPE.unrolled == EUROPE.uncrossed == EUROPE
    assert EUROPE.middle == (10.0, 52.5)


@pytest.mark.parametrize("bounds", [(-180, -90, 180, 90), (0, -90, 360, 90), (10, -90, 400, 90)])
def test_a_whole_turn_is_all_longitudes(bounds: tuple[float, float, float, float]) -> None:
    assert LonLatBox.from_unrolled(*bounds) == WORLD


@given(BOXES)
def test_parts_and_the_unrolled_box_are_the_same_area(one: LonLatBox) -> None:
    assert LonLatBox.from_unrolled(*one.unrolled) == one
    parts = union_all([box(*part) for part in one.parts])
    assert _on_globe(box(*one.unrolled)).symmetric_difference(parts).area == 0


@given(st.lists(BOXES, min_size=1, max_size=5))
def test_a_box_around_others_holds_them(boxes: list[LonLatBox]) -> None:
    around = LonLatBox.around(np.array([one.unrolled for one in boxes]))
    assert -180 <= around.west <= 180
    left_out = union_all([box(*part) for one in boxes for part in one.parts]) - _on_globe(box(*around.unrolled))
    assert left_out.area == 0


def _on_globe(area: BaseGeometry) -> BaseGeometry:
    """The area within longitudes -180 to 180."""
    return area.intersection(box(*WORLD)).union(translate(area, -360).intersection(box(*WORLD)))
