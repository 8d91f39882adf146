from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

import sdk as wf
from graft_eval import ImageCollection
from graft_eval.errors import EvaluationError
from tests.graft_eval.fake import GRID, World, day, graft, pixels, scene

DATES = ["2019-01-05", "2019-01-20", "2019-03-01", "2020-01-10", "2020-03-01"]
CLOUDS = [0.5, 0.1, 0.1, 0.9, 0.3]
WORLD = World(
    [
        scene(f"p:{i}", date, ["a"], cloud=cloud, name="x")
        for i, (date, cloud) in enumerate(zip(DATES, CLOUDS, strict=True))
    ],
    {(f"p:{i}", "a"): np.full((2, 2), i + 1.0) for i in range(5)},
)
P = wf.ImageCollection.from_id("p")
NONE = P[:0]
MONTHS = P.groupby(dates="month")


def run(proxy: Any) -> Any:
    return WORLD.evaluate(graft(proxy))


def ids(collection: ImageCollection) -> str:
    return "".join(str(image.properties.get("id", "?"))[-1] for image in collection.images)


def values(collection: ImageCollection) -> list[float]:
    return [float(pixels(WORLD, image)[0, 0, 0]) for image in collection.images]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (P, "01234"),
        (P[1:4], "123"),
        (P[::-2], "420"),
        (P[7:], ""),
        (P.head(2), "01"),
        (P.head(9), "01234"),
        (P.tail(2), "34"),
        (P.tail(0), ""),
        (P.tail(9), "01234"),
        (reversed(P), "43210"),
        (P.sorted(lambda image: image.properties["cloud"]), "12403"),
        (P.sorted(lambda image: image.properties["cloud"], reverse=True), "30412"),
        (P.filter(lambda image: image.properties["cloud"] < 0.3), "12"),
        (P.filter(lambda image: image.properties["date"].month == 1), "013"),
        (P.filter(lambda image: image.properties["cloud"] > 5), ""),
        (P.partition(2)[0], "01"),
        (P.partition(-1)[1], "4"),
        (P.map(lambda image: image + 1), "01234"),
        (P[0].concat(P[1]), "01"),
        (wf.concat(P[:2], NONE, P[4]), "014"),
        (wf.ImageCollection([P[2], P[1]]), "21"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_collections_are_ordered_cut_and_joined(result: Any, expected: str) -> None:
    assert ids(run(result)) == expected


def test_single_images_are_taken_by_index() -> None:
    assert run(P[-1]).properties["id"] == "p:4"
    assert run(NONE[0]).bands == ()
    with pytest.raises(EvaluationError, match="there is no element 5: there are 5"):
        run(P[5])


def test_lengths_and_values_of_each_image() -> None:
    assert run(P.length()) == 5
    assert run(NONE.length()) == 0
    assert run(P.map(lambda image: image.properties["cloud"])) == CLOUDS
    assert run(P.map(lambda image: image.mean())) == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert values(run(P.map(lambda image: image - P.min(axis="images")))) == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert [x for _, x in run(wf.zip(P, wf.List[wf.Int]([7, 8])))] == [7, 8]
    assert values(ImageCollection((run(P.reduce(lambda total, image: total + image)),))) == [15.0]
    assert run(NONE.reduce(lambda total, image: total + image)).bands == ()


def test_map_leaves_out_empty_results_and_joins_collections() -> None:
    kept = P.map(lambda image: wf.ifelse(image.properties["cloud"] < 0.3, image, P[0].pick_bands("x", True)))
    assert ids(run(kept)) == "12"
    document = {
        "p": "p", "ic": ["wf.ImageCollection.from_id", "p"], "two": 2,
        "f": {"parameters": ["image"], "h": ["wf.ImageCollection.head", "ic", "two"], "returns": "h"},
        "r": ["wf.map_imagery", "ic", "f"], "returns": "r",
    }  # fmt: skip
    assert ids(WORLD.evaluate(document)) == "01" * 5
    with pytest.raises(EvaluationError, match="the function must give imagery, not Int 2"):
        WORLD.evaluate(document | {"f": {"parameters": ["image"], "h": 2, "returns": "h"}})


def test_windows_slide_over_a_collection() -> None:
    means = P.map_window(lambda back, image, fwd: image - back.mean(axis="images"), back=2)
    assert values(run(means)) == [1.5, 1.5, 1.5]
    lengths = P.map_window(lambda back, image, fwd: back.length() * 10 + fwd.length(), back=1, fwd=2)
    assert run(lengths) == [12, 12]
    assert run(NONE.map_window(lambda back, image, fwd: image, back=3)).images == ()
    with pytest.raises(EvaluationError, match=r"a window of 3 \+ 1 \+ 2 images does not fit into 5"):
        run(P.map_window(lambda back, image, fwd: image, back=3, fwd=2))
    with pytest.raises(EvaluationError, match="back and fwd must be 0 or more"):
        run(P.map_window(lambda back, image, fwd: image, back=-1))


def thirty_days(date: str) -> datetime:
    days = (day(date) - day("1970-01-01")).days
    return day("1970-01-01") + timedelta(days=days - days % 30)


@pytest.mark.parametrize(
    ("groupby", "expected"),
    [
        (MONTHS, {1: "013", 3: "24"}),
        (P.groupby(dates=("year", "month")), {(2019, 1): "01", (2019, 3): "2", (2020, 1): "3", (2020, 3): "4"}),
        (P.groupby(lambda image: image.properties["cloud"]), {0.1: "12", 0.3: "4", 0.5: "0", 0.9: "3"}),
        (P.groupby(lambda image: image.properties["id"]), {f"p:{i}": str(i) for i in range(5)}),
        (
            P.groupby(lambda image: image.properties["date"] // wf.Timedelta(days=30)),
            {thirty_days(date): str(i) for i, date in enumerate(DATES)},
        ),
        (NONE.groupby(dates="month"), {}),
    ],
    ids=["month", "year and month", "number", "text", "interval", "empty"],
)  # fmt: skip
def test_groups_come_in_ascending_order_of_their_keys(groupby: Any, expected: dict[object, str]) -> None:
    found = run(groupby.groups)
    assert [(key, ids(collection)) for key, collection in found.items()] == list(expected.items())
    for key, collection in found.items():
        assert {image.properties["group"] for image in collection.images} == {key}


def test_groups_without_a_number_come_last() -> None:
    key_of = {
        "parameters": ["image"], "name": "properties", "properties": ["wf.getattr", "image", "name"], "which": "cloud",
        "cloud": ["wf.get", "properties", "which"], "pattern": "{}", "at": ["wf.Str.format", "pattern", "cloud"],
        "found": ["wf.get", "keys", "at"], "returns": "found",
    }  # fmt: skip
    document = {
        "ic": ["wf.ImageCollection.from_id", "p"], "p": "p", "f": key_of,
        "keys": [{"0.5": None, "0.1": float("nan"), "0.9": 1.0, "0.3": -1.0}],
        "by": ["wf.ImageCollectionGroupby.create", "ic", "f"], "g": ["wf.ImageCollectionGroupby.groups", "by"],
        "returns": "g",
    }  # fmt: skip
    found = WORLD.evaluate(document)
    assert [ids(collection) for collection in found.values()] == ["4", "3", "12", "0"]
    assert list(found)[-1] is None


def test_a_group_is_found_by_its_key_and_is_empty_where_there_is_none() -> None:
    assert ids(run(MONTHS[3])) == "24"
    assert run(MONTHS[7]).images == ()
    assert ids(run(P.groupby(dates=("year", "month"))[2019, 1])) == "01"
    key, images = run(MONTHS.one())
    assert (key, ids(images)) == (1, "013")


def test_groups_are_mapped_to_imagery_or_values() -> None:
    assert run(MONTHS.map(lambda group, images: images.length())) == {1: 3, 3: 2}
    assert run(MONTHS.map(lambda group, images: images.mean())) == {1: pytest.approx(7 / 3), 3: 4.0}
    means = run(MONTHS.mean(axis="images"))
    assert values(means) == [pytest.approx(7 / 3), 4.0]
    assert [image.properties["group"] for image in means.images] == [1, 3]
    assert ids(run(MONTHS.map(lambda group, images: images.head(2)))) == "0124"
    assert values(run(MONTHS.mosaic())) == [4.0, 5.0]
    assert run(MONTHS.max(axis="pixels")) == {1: [{"a": 1.0}, {"a": 2.0}, {"a": 4.0}], 3: [{"a": 3.0}, {"a": 5.0}]}
    assert run(NONE.groupby(dates="month").mean(axis="images")).images == ()


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (P.head(-1), "n must be 0 or more, not -1"),
        (P.filter(lambda image: image.properties["name"].cast(wf.Bool)), "the function must give Bool, not Str 'x'"),
        (P.sorted(lambda image: image.properties["nothing"]), "there is no key Str 'nothing'"),
        (P.groupby(lambda image: image.properties["nothing"]).groups, "there is no key Str 'nothing'"),
    ],
    ids=lambda value: None,
)
def test_what_cannot_be_ordered_or_grouped_is_an_error(result: Any, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        run(result)
    assert message in str(caught.value)


@pytest.mark.parametrize(("builtin", "message"), [
    ("wf.sorted", "Image have no order"),
    ("wf.ImageCollectionGroupby.create", "must give a number, text, a date, None or a tuple of those, not Image"),
])  # fmt: skip
def test_images_are_no_keys(builtin: str, message: str) -> None:
    document = {
        "p": "p", "ic": ["wf.ImageCollection.from_id", "p"], "f": {"parameters": ["image"], "returns": "image"},
        "r": [builtin, "ic", "f"], "returns": "r",
    }  # fmt: skip
    with pytest.raises(EvaluationError) as caught:
        WORLD.evaluate(document, GRID)
    assert message in str(caught.value)
