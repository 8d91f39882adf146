"""What proxies do, and what they refuse."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sdk as wf
from tests.language.canonical import canonical

# Any, since the tests also write what a type checker would refuse.
IMAGE: Any = wf.Image.from_id("product:scene")
COLLECTION: Any = wf.ImageCollection.from_id("product")
ANY: Any = IMAGE.properties["cloud_cover"]
INT: Any = wf.Int(7)
FLOAT: Any = wf.Float(1.5)
TEXT: Any = "5"
BOOL, STR = wf.Bool(True), wf.Str("text")
DATE, DAYS = wf.Datetime(2019, 5, 4), wf.Timedelta(days=14)


def calls(proxy: Any, builtin: str) -> list[Any]:
    """Return the calls of a builtin, with literals in place of their keys."""
    graft = proxy.graft
    return [
        [graft.get(key, key) if isinstance(key, str) else {k: graft[v] for k, v in key.items()} for key in value[1:]]
        for value in graft.values()
        if isinstance(value, list) and value and value[0] == builtin
    ]


@pytest.mark.parametrize(
    ("attempt", "instead"),
    [
        (lambda: 1 if INT > 3 else 2, r"wf\.ifelse\(c, a, b\)"),
        (lambda: BOOL and BOOL, "use &, |, ~"),
        (lambda: not BOOL, "use &, |, ~"),
        (lambda: [image + 1 for image in COLLECTION], r"\.map\(function\)"),
        (lambda: [band + 1 for band in IMAGE], r"\.map_bands\(function\)"),
        (lambda: len(COLLECTION), r"\.length\(\)"),
        (lambda: IMAGE in COLLECTION, r"\.contains\(value\)"),
        (lambda: "a" in STR, r"\.contains\(value\)"),
        (lambda: sorted([INT, INT]), r"wf\.ifelse"),
    ],
    ids=["if", "and", "not", "for", "for bands", "len", "in", "in text", "sorted"],
)
def test_what_python_cannot_know_says_what_to_write_instead(attempt: Callable[[], Any], instead: str) -> None:
    with pytest.raises(TypeError, match=instead.replace("|, ", r"\|, ")):
        attempt()


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (INT + 1, wf.Int),
        (INT + 1.5, wf.Float),
        (1.5 + INT, wf.Float),
        (INT / 2, wf.Float),
        (INT < 2, wf.Bool),
        (2 - FLOAT, wf.Float),
        (IMAGE + 1, wf.Image),
        (1.5 * IMAGE, wf.Image),
        (FLOAT * IMAGE, wf.Image),
        (INT > IMAGE, wf.Image),
        (IMAGE == 1, wf.Image),
        (INT == IMAGE, wf.Image),
        (IMAGE & BOOL, wf.Image),
        (BOOL | IMAGE, wf.Image),
        (IMAGE - COLLECTION, wf.ImageCollection),
        (COLLECTION / IMAGE, wf.ImageCollection),
        (ANY + IMAGE, wf.Any),
        (IMAGE + ANY, wf.Any),
        (INT + ANY, wf.Any),
        (ANY < INT, wf.Bool),
        (INT < ANY, wf.Bool),
        (INT == ANY, wf.Bool),
        (wf.sqrt(ANY), wf.Any),
        (-IMAGE, wf.Image),
        (~BOOL, wf.Bool),
        (DATE - DATE, wf.Timedelta),
        (DATE - DAYS, wf.Datetime),
        (DAYS + DATE, wf.Datetime),
        (datetime.datetime(2020, 1, 1) - DATE, wf.Timedelta),
        (datetime.date(2020, 1, 1) > DATE, wf.Bool),
        (DAYS / 2, wf.Timedelta),
        (DAYS / DAYS, wf.Float),
        (STR + "!", wf.Str),
        (divmod(INT, 2), wf.Tuple[wf.Int, wf.Int]),
        (divmod(DATE, DAYS), wf.Tuple[wf.Datetime, wf.Timedelta]),
        (wf.where(COLLECTION > 1, IMAGE, 0), wf.ImageCollection),
        (wf.arctan2(1, FLOAT), wf.Float),
        (wf.arctan2(IMAGE, 2), wf.Image),
        (IMAGE.mask(COLLECTION > 1), wf.ImageCollection),
    ],
)
def test_operators_give_the_type_that_fits_both_sides(value: Any, type_: type) -> None:
    assert type(value) is type_


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (lambda: np.float64(2) * IMAGE, wf.Image),
        (lambda: np.int64(2) - COLLECTION, wf.ImageCollection),
        (lambda: np.float32(2) < IMAGE, wf.Image),
        (lambda: IMAGE * np.float64(2), wf.Image),
        (lambda: INT + np.int16(2), wf.Int),
        (lambda: np.float64(2) ** INT, wf.Float),
        (lambda: np.sqrt(IMAGE), wf.Image),
        (lambda: np.exp(FLOAT), wf.Float),
        (lambda: np.add(IMAGE, INT), wf.Image),
        (lambda: np.maximum(INT, 2.5), wf.Float),
        (lambda: np.abs(IMAGE), wf.Image),
    ],
)
def test_numpys_numbers_and_functions_work_on_proxies(value: Callable[[], Any], type_: type) -> None:
    assert type(value()) is type_


def test_numpys_numbers_become_literals() -> None:
    assert calls(np.float64(2.5) * IMAGE, "wf.mul")[0][0] == 2.5


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: np.array([1.0, 2.0]) * IMAGE, "a NumPy array does not go with Image"),
        (lambda: STR == IMAGE, "a Str can be compared with Str, not Image"),
        (lambda: IMAGE != "red", "not str 'red'"),
        (lambda: STR + 1, "unsupported operand"),  # type: ignore[operator]
        (
            lambda: IMAGE.clip_values(min="low"),
            r"Imagery\.clip_values\(\): min must be Int or Float or .*, not str 'low'",
        ),
        (lambda: IMAGE.scale_values(0), "missing 1 required positional argument: 'range_max'"),
        (lambda: wf.ImageCollection.from_id("p", limit=TEXT), r"limit must be Int or None, not str '5'"),
        (lambda: COLLECTION.head("3"), r"n must be Int, not str '3'"),
        (lambda: COLLECTION["red"], "ImageCollection is indexed by Int or a slice"),
        (lambda: COLLECTION.filter(lambda image: image), "filter's function must give Bool, not Image"),
        (lambda: COLLECTION.sorted(lambda image: image), "Image has no order"),
        (lambda: COLLECTION.map(lambda image, other: image), "must take 1 arguments, not 2"),
        (lambda: COLLECTION.map(5), "a function is needed, not int 5"),
        (lambda: COLLECTION.reduce(lambda a, b: 1), "must give that, not Int"),
        (lambda: wf.ifelse(INT, 1, 2), "expected Bool, not Int"),
        (lambda: IMAGE.mask(INT), r"mask\(\): mask must be Image or ImageCollection or shape, not Int"),
        (lambda: wf.GeoContext(crs=FLOAT), r"crs must be Str, not Float"),
        (lambda: wf.sqrt("2"), r"sqrt\(\): obj must be Image or ImageCollection or Int or Float, not str '2'"),  # type: ignore[call-overload]
        (lambda: wf.numpy.exp("2"), r"exp\(\): x must be Bool or .*, not str '2'"),  # type: ignore[call-overload]
        (lambda: wf.Dict[wf.Str, wf.Int](a="1"), "expected Int, not str '1'"),
    ],
)
def test_a_mistake_is_a_type_error_that_says_what_came(attempt: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        attempt()


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: COLLECTION.groupby(dates="week"), "dates must be one of year, month"),
        (lambda: COLLECTION.mean(axis=("images", "images")), "axis of an ImageCollection"),
        (lambda: COLLECTION.mean(axis=3), "not int 3"),
        (lambda: COLLECTION.sortby_composite("b", operation="max"), "argmax, argmin"),
        (lambda: IMAGE.colormap(vmin=0.0), "both vmin and vmax"),
        (lambda: IMAGE.concat(), "two or more Images or ImageCollections, not 1"),
        (lambda: wf.parameter("wf.add", wf.Int), "cannot name a parameter"),
    ],
)
def test_a_wrong_value_is_a_value_error_that_says_which_are_right(attempt: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        attempt()


def test_a_text_that_is_computed_is_not_checked_yet() -> None:
    name = wf.parameter("name", wf.Str)
    assert type(wf.Image.from_id("product:scene", resampler=name)) is wf.Image
    assert type(IMAGE.reduction(name, axis="bands")) is wf.Image


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_numbers_that_json_lacks_are_written_as_constants(number: float) -> None:
    values = [value for value in wf.Float(number).graft.values() if isinstance(value, float)]
    assert values == []


def test_picking_names_can_be_a_text_a_list_or_computed() -> None:
    expected = [["red", "nir", {"allow_missing": False}]]
    for bands in ("red nir", ["red", "nir"], ("red", "nir")):
        assert [call[1:] for call in calls(IMAGE.pick_bands(bands), "wf.pick_bands")] == expected
    assert calls(IMAGE.pick_bands(wf.Str("red nir")), "wf.pick_bands_list")


def test_unpacked_bands_are_a_python_tuple() -> None:
    nir, red = IMAGE.unpack_bands("nir red")
    assert type(nir) is type(red) is wf.Image
    assert type(IMAGE.unpack_bands(["nir"])) is wf.Image


def test_a_date_that_was_built_knows_its_parts() -> None:
    assert DATE.month.literal_value == 5
    assert IMAGE.properties["date"].month.literal_value is None


def test_groups_can_be_made_of_several_fields() -> None:
    groups = COLLECTION.groupby(dates=("year", "month"))
    assert groups.key_type is wf.Tuple[wf.Int, wf.Int]
    assert type(groups.one()).__name__ == "Tuple[Tuple[Int, Int], ImageCollection]"
    assert type(groups[2020, 1]) is wf.ImageCollection


def test_own_fields_of_properties_and_bandinfo_travel_as_values() -> None:
    image = IMAGE.with_properties(foo="bar", n=1, when=wf.Datetime(2020)).with_bandinfo("red", unit="m")
    assert calls(image, "wf.with_bandinfo")[0][1:] == ["red", {"unit": "m"}]
    assert calls(image, "wf.with_properties")[0][-1]["n"] == 1


def test_a_cut_line_can_be_geojson_or_know_it() -> None:
    point = {"type": "Point", "coordinates": [1, 2]}

    class Shape:
        __geo_interface__ = point

    for geometry in (point, Shape()):
        context = wf.GeoContext(geometry=geometry, crs="EPSG:4326", resolution=1)
        assert type(context.geometry) is wf.Geometry
        assert canonical(context.geometry.graft) == canonical(wf.Geometry.from_geojson(point).graft)


def test_the_fields_of_a_geocontext_are_what_it_was_built_of() -> None:
    context = wf.GeoContext(crs="EPSG:3857", resolution=10, bounds=(0, 0, 1, 1))
    assert context.crs.literal_value == "EPSG:3857"
    assert context.align_pixels.literal_value is True
    assert type(context.arr_shape) is wf.Tuple[wf.Int, wf.Int]


def test_what_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = wf.nonsense  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = wf.numpy.nonsense  # type: ignore[attr-defined]
