"""Values instead of others, or of ranges, or where there are none; and other resamplers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest

import sdk as wf
from graft_eval.barriers.extreme import Extreme
from graft_eval.errors import EvaluationError
from graft_eval.plane import Read
from graft_eval.planning.plan import sort
from graft_eval.values.image import Image, ImageCollection
from tests.graft_eval.fake import NAN, World, graft, pixels, scene
from tests.language.canonical import canonical

VALUES = np.array([[1.0, 2.5], [NAN, 9.0]])
WORLD = World(
    [scene("p:a", "2024-01-01", ["a", "b"]), scene("p:b", "2024-02-01", ["a", "b"])],
    {("p:a", "a"): VALUES, ("p:a", "b"): -VALUES, ("p:b", "a"): VALUES + 1, ("p:b", "b"): 0 * VALUES},
)
IMAGE, COLLECTION = wf.Image.from_id("p:a"), wf.ImageCollection.from_id("p")


def run(proxy: Any) -> Any:
    return WORLD.evaluate(graft(proxy))


def band(proxy: Any, at: int = 0) -> list[list[float | None]]:
    values: list[list[float | None]] = pixels(WORLD, run(proxy))[at].tolist()
    return values


def test_masked_pixels_are_filled() -> None:
    assert band(IMAGE.fill(-1)) == [[1, 2.5], [-1, 9]]
    assert band(IMAGE.fill(-1), 1) == [[-1, -2.5], [-1, -9]]
    filled = run(COLLECTION.fill(7.5))
    assert isinstance(filled, ImageCollection)
    assert pixels(WORLD, filled.images[1])[0].tolist() == [[2, 3.5], [7.5, 10]]


@pytest.mark.parametrize("bins", [[2.5], [0.0, 1.0, 9.0, 10.0], [-5, 100]], ids=str)
def test_classes_are_numpys(bins: list[float]) -> None:
    classes: Any = np.digitize(np.nan_to_num(VALUES), bins)
    expected = np.ma.MaskedArray(classes, np.isnan(VALUES)).tolist()
    assert band(IMAGE.classify(bins)) == expected
    labels = [10.0 * n - 3 for n in range(len(bins) + 1)]
    assert band(IMAGE.classify(bins, labels)) == [[None if n is None else labels[n] for n in row] for row in expected]


def test_values_are_replaced_by_others() -> None:
    assert band(IMAGE.remap([9, 1, 4], [90, 10, 40])) == [[10, None], [None, 90]]
    assert band(IMAGE.remap([9, 1, 4], [90, 10, 40], default=0)) == [[10, 0], [None, 90]]
    assert band(IMAGE.remap([2.5], [1], default=-1), 1) == [[-1, -1], [None, -1]]


@pytest.mark.parametrize(
    ("labels", "bins", "others"),
    [
        ({2.5: 10, 1.0: 20}, [1.0, 2.5], [0, 20, 10]),
        ({-math.inf: -1, 9: 0.5}, [9], [-1, 0.5]),
    ],
    ids=["0 below", "a label below"],
)
def test_a_mapping_labels_what_begins_at_each_bin(
    labels: dict[float, float], bins: list[float], others: list[float]
) -> None:
    assert canonical(graft(IMAGE.classify(labels))) == canonical(graft(IMAGE.classify(bins, others)))
    classes: Any = np.array(others)[np.digitize(np.nan_to_num(VALUES), bins)]
    assert band(IMAGE.classify(labels)) == np.ma.MaskedArray(classes, np.isnan(VALUES)).tolist()


def test_a_mapping_says_what_values_become() -> None:
    assert canonical(graft(IMAGE.remap({9: 90, 1: 10.5}))) == canonical(graft(IMAGE.remap([9, 1], [90, 10.5])))
    assert band(IMAGE.remap({2.5: 0}, default=-1)) == [[-1, 0], [None, -1]]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: IMAGE.classify({1: 2}, [1, 2]), TypeError, "labels of a mapping from this itself"),
        (
            lambda: IMAGE.classify(cast(Any, {"a": 2})),
            wf.ProxyTypeError,
            "classify.*: the keys .* must be numbers, not str 'a'",
        ),
        (lambda: IMAGE.classify(cast(Any, {1: "b"})), wf.ProxyTypeError, "classify.*: labels must be List.*, not list"),
        (lambda: IMAGE.remap({1: 2}, [2]), TypeError, "takes a mapping, .*, or a list of values and one of others"),
        (lambda: IMAGE.remap([1]), TypeError, "takes a mapping, .*, or a list of values and one of others"),
        (
            lambda: IMAGE.remap(cast(Any, {None: 2})),
            wf.ProxyTypeError,
            "remap.*: the keys .* must be numbers, not NoneType",
        ),
    ],
    ids=["labels twice", "a text", "a text as label", "others twice", "no others", "nothing"],
)
def test_mappings_are_of_numbers_and_alone(make: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_classes_say_their_range() -> None:
    assert run(IMAGE.classify([2, 3])).bandinfo["a"]["data_range"] == (0, 2)
    assert run(IMAGE.remap([2, 3], [5, -2], default=9)).bandinfo["b"]["data_range"] == (-2, 9)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (IMAGE.fill(wf.nan), "value must be finite, not nan"),
        (IMAGE.classify([]), "bins must be one number or more, ascending, not none"),
        (IMAGE.classify({}), "bins must be one number or more, ascending, not none"),
        (IMAGE.classify([1, 1]), "ascending, not 1.0, 1.0"),
        (IMAGE.classify([1, 2], [1, 2]), "labels must be 3, one more than bins, not 2"),
        (IMAGE.remap([1, 2], [1]), "not 2 and 1"),
        (IMAGE.remap([1, 1.0], [1, 2]), "must differ"),
    ],
    ids=["nan", "no bins", "an empty mapping", "equal bins", "labels", "lengths", "twice"],
)
def test_what_names_no_classes_is_refused(image: Any, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        run(image)


def test_all_that_imagery_is_made_of_is_read_with_the_resampler() -> None:
    scaled = COLLECTION.scale_values(0, 255).median(axis="images")
    computed = wf.conv2d((scaled + IMAGE).mask(IMAGE.pick_bands("a") > 2), wf.Kernel(dims=(1, 2), data=[0.5, 0.5]))
    before, after = run(computed), run(computed.with_resampler("cubic"))
    assert isinstance(after, Image)
    found = sort(after.planes)
    assert {plane.resampler for plane in found if isinstance(plane, Read)} == {"cubic"}
    assert [type(plane) for plane in found] == [type(plane) for plane in sort(before.planes)]
    assert any(isinstance(plane, Extreme) for plane in found)
    np.testing.assert_array_equal(pixels(WORLD, after).filled(-9), pixels(WORLD, before).filled(-9))


def test_planes_that_are_shared_stay_so() -> None:
    twice = IMAGE + IMAGE
    image = run(twice.with_resampler("average"))
    left, right = image.planes[0].inputs
    assert left is right or (left.scene, left.band) == (right.scene, right.band)
    assert run(IMAGE.with_resampler("average")).planes[0].resampler == "average"


def test_other_resamplers_are_refused() -> None:
    with pytest.raises(ValueError, match="resampler must be one of"):
        IMAGE.with_resampler("nearest")
    with pytest.raises(EvaluationError, match="the resampler must be one of"):
        run(IMAGE.with_resampler(wf.Str("nea") + "rest"))
