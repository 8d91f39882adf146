"""Imagery as arrays, and arrays as imagery."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.limits import Limits
from graft_eval.values.image import ImageCollection
from tests.graft_eval.fake import GRID, NAN, World, graft, pixels, scene

WORLD = World(
    (scene("p:a", "2024-01-01", ["red", "nir"], foo="a"), scene("p:b", "2024-02-01", ["red", "nir"], foo="b")),
    {
        ("p:a", "red"): [[1, 2], [3, 4]],
        ("p:a", "nir"): [[5, NAN], [7, 8]],
        ("p:b", "red"): [[10, 20], [30, 40]],
        ("p:b", "nir"): [[1, 1], [1, 1]],
    },
)
A, COLLECTION = wf.Image.from_id("p:a"), wf.ImageCollection.from_id("p")
PIXELS = np.ma.masked_invalid([[[1, 2], [3, 4]], [[5, NAN], [7, 8]]])


def value(proxy: Any) -> Any:
    return WORLD.evaluate(graft(proxy))


def same(found: Any, expected: Any) -> None:
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(expected))
    np.testing.assert_array_equal(np.ma.filled(found, 0), np.ma.filled(expected, 0))


def test_an_image_is_a_masked_array_of_bands() -> None:
    same(value(A.ndarray), PIXELS)
    assert value(A.ndarray.getmaskarray()).sum() == 1
    assert value(A.ndarray.count()) == 7


def test_a_collection_is_a_masked_array_of_images() -> None:
    found = value(COLLECTION.ndarray)
    assert found.shape == (2, 2, 2, 2)
    same(found[0], PIXELS)
    same(value(COLLECTION.ndarray[1, 0]), [[10, 20], [30, 40]])


def test_numpy_computes_with_them() -> None:
    same(value(wf.numpy.median(COLLECTION.ndarray, axis=0)), np.ma.median(value(COLLECTION.ndarray), axis=0))
    assert value(A.ndarray.mean()) == PIXELS.mean()


def test_empty_imagery_is_an_array_without_bands_or_images() -> None:
    assert value(A.pick_bands("nothing", allow_missing=True).ndarray).shape == (0, 2, 2)
    assert value(COLLECTION.filter(lambda image: False).ndarray).shape == (0, 0, 2, 2)


def test_an_array_without_bands_or_images_is_empty_imagery() -> None:
    nothing = COLLECTION.filter(lambda image: False)
    assert value(nothing.ndarray.to_imagery({"kind": "sum"}, {"red": {}})).images == ()


def test_three_axes_are_one_image_and_four_a_collection() -> None:
    (image,) = value((A.ndarray * 2).to_imagery()).images
    assert image.bands == ("band_1", "band_2")
    assert image.bandinfo["band_2"] == {"id": "band_2", "name": "band_2", "data_range": (0.0, 1.0)}
    same(pixels(WORLD, image), PIXELS * 2)
    found = value(COLLECTION.ndarray.to_imagery())
    assert isinstance(found, ImageCollection)
    same(pixels(WORLD, found.images[1])[0], [[10, 20], [30, 40]])


def test_images_have_the_properties_and_bandinfo_that_are_given() -> None:
    bands = {"x": {"unit": "m"}, "y": {}}
    found = value(COLLECTION.ndarray.to_imagery({"kind": "sum"}, bands))
    assert [dict(image.properties) for image in found.images] == [{"kind": "sum"}] * 2
    assert found.bands == ("x", "y")
    assert found.images[0].bandinfo["x"]["unit"] == "m"
    found = value(COLLECTION.ndarray.to_imagery([{"n": 1}, {"n": 2}]))
    assert [image.properties["n"] for image in found.images] == [1, 2]
    found = value(A.ndarray.to_imagery(A.properties, A.bandinfo))
    assert found.bands == ("red", "nir")
    assert found.images[0].properties["foo"] == "a"


def test_they_go_on_as_imagery() -> None:
    summed = (A.ndarray.to_imagery(bandinfo={"red": {}, "nir": {}}) + COLLECTION[:1]).mean(axis="images")
    same(pixels(WORLD, value(summed)), PIXELS * 2)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: wf.Array([1, 2]).to_imagery(), "not of 1 axes"),
        (lambda: wf.Array(np.zeros((1, 3, 2))).to_imagery(), r"2 x 2 pixels, not \(1, 3, 2\)"),
        (lambda: A.ndarray.to_imagery(bandinfo={"red": {}}), "each of the 2 bands of the array, not 1"),
        (lambda: COLLECTION.ndarray.to_imagery([{}]), "each of the 2 images of the array, not 1"),
    ],
)
def test_arrays_that_fit_no_grid_or_description_are_refused(made: Any, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        value(made())


def test_descriptions_that_are_no_dicts_are_refused_where_they_are_written() -> None:
    with pytest.raises(wf.ProxyTypeError, match=r"to_imagery\(\): properties must be .*, not str 'x'"):
        A.ndarray.to_imagery("x")
    with pytest.raises(wf.ProxyTypeError, match=r"to_imagery\(\): bandinfo must be .*, not list"):
        A.ndarray.to_imagery(bandinfo=["red"])


def test_arrays_of_pixels_are_bounded_before_they_are_computed() -> None:
    for limit in (71, 72):
        scope = WORLD.scope(GRID, Limits(array=limit))
        document = parse(graft(A.ndarray), Limits())
        if limit == 72:
            assert evaluate(document, scope) is not None
        else:
            with pytest.raises(LimitExceeded, match="72 bytes; the limit is 71"):
                evaluate(document, scope)
