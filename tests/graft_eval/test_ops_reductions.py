from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import sdk as wf
from graft_eval import ImageCollection, evaluate, parse, reduce_image
from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.limits import Limits
from tests.graft_eval.fake import GRID, NAN, World, graft, grids_of, pixels, scene
from tests.oracle.masked import percentile as oracle_percentile

STACK = np.array(
    [
        [[[1.0, 2.0], [NAN, 4.0]], [[10.0, NAN], [NAN, 50.0]]],
        [[[5.0, NAN], [NAN, -4.0]], [[NAN, NAN], [30.0, 20.0]]],
        [[[3.0, 3.0], [NAN, 8.0]], [[11.0, NAN], [31.0, 21.0]]],
    ]
)  # image, band, y, x; pixel (1, 0) of a and (0, 1) of b are never valid
WORLD = World(
    [scene(f"p:{i}", f"2020-0{i + 1}-01", ["a", "b"], cloud=0.5, tile="x" if i else "y") for i in range(3)],
    {(f"p:{i}", band): STACK[i, j] for i in range(3) for j, band in enumerate("ab")},
)
NUMPY: dict[str, Any] = {
    "min": np.ma.min, "max": np.ma.max, "mean": np.ma.mean, "median": np.ma.median, "sum": np.ma.sum, "std": np.ma.std,
    "count": lambda values, axis=None: np.ma.masked_equal(np.ma.count(values, axis), 0),
}  # fmt: skip
MASKED = np.ma.masked_invalid(STACK)
COLLECTION = wf.ImageCollection.from_id("p")
IMAGE = COLLECTION[0]
EMPTY = IMAGE.pick_bands("nothing", allow_missing=True)


def run(proxy: Any) -> Any:
    return WORLD.evaluate(graft(proxy))


def reduced(operation: str, axis: Any) -> Any:
    return NUMPY[operation](MASKED, axis=axis)


def check(image: Any, *bands: Any) -> None:
    found = pixels(WORLD, image)
    np.testing.assert_array_equal(np.ma.getmaskarray(found), [np.ma.getmaskarray(band) for band in bands])
    np.testing.assert_allclose(found.filled(0), [np.ma.filled(band, 0) for band in bands])


OPERATIONS = pytest.mark.parametrize("operation", sorted(NUMPY))


@OPERATIONS
def test_collections_are_reduced_over_every_axis(operation: str) -> None:
    names = {"bands": 1, "images": 0}
    result = run(getattr(COLLECTION, operation)(axis="images"))
    assert result.bands == ("a", "b")
    check(result, *reduced(operation, names["images"]))
    by_bands = run(getattr(COLLECTION, operation)(axis="bands"))
    assert [image.bands for image in by_bands.images] == [(operation,)] * 3
    for image, want in zip(by_bands.images, reduced(operation, names["bands"]), strict=True):
        check(image, want)
    both = run(getattr(COLLECTION, operation)(axis=("images", "bands")))
    assert both.bands == (operation,)
    check(both, reduced(operation, (0, 1)) if operation != "median" else np.ma.median(MASKED.reshape(6, 2, 2), axis=0))


@OPERATIONS
def test_collections_are_reduced_to_numbers(operation: str) -> None:
    def number(values: Any) -> Any:
        return pytest.approx(float(NUMPY[operation](np.ma.masked_invalid(values))))

    reduce = getattr(COLLECTION, operation)
    assert run(reduce(axis="pixels")) == [{"a": number(x[0]), "b": number(x[1])} for x in STACK]
    assert run(reduce(axis=("images", "pixels"))) == {"a": number(STACK[:, 0]), "b": number(STACK[:, 1])}
    assert run(reduce(axis=("bands", "pixels"))) == [number(x) for x in STACK]
    assert run(reduce()) == number(STACK)
    assert run(reduce(axis=("images", "bands", "pixels"))) == number(STACK)
    assert run(COLLECTION.reduction(operation)) == number(STACK)


@OPERATIONS
def test_images_are_reduced_over_every_axis(operation: str) -> None:
    reduce = getattr(IMAGE, operation)
    want = np.ma.masked_invalid(STACK[0])
    check(run(reduce(axis="bands")), NUMPY[operation](want, axis=0))
    assert run(reduce(axis="bands")).bands == (operation,)
    numbers = {"a": float(NUMPY[operation](want[0])), "b": float(NUMPY[operation](want[1]))}
    assert run(reduce(axis="pixels")) == pytest.approx(numbers)
    assert run(reduce()) == pytest.approx(float(NUMPY[operation](want)))
    assert run(reduce(axis=("bands", "pixels"))) == pytest.approx(float(NUMPY[operation](want)))


def test_what_images_say_alike_is_kept() -> None:
    properties = run(COLLECTION.max(axis="images")).properties
    assert properties["cloud"] == 0.5
    assert not {"tile", "id", "date"} & properties.keys()


def test_the_range_of_a_band_is_that_of_all_images() -> None:
    ranged = [IMAGE.with_bandinfo("a", data_range=(low, low + 5.0)) for low in (2.0, 9.0)]
    assert run(wf.ImageCollection(ranged).mosaic().bandinfo["a"]["data_range"]) == (2.0, 14.0)
    assert run((IMAGE.pick_bands("a") - IMAGE.pick_bands("b")).bandinfo["a_sub_b"]["data_range"]) == (0.0, 1.0)


@OPERATIONS
def test_numbers_of_nothing_valid_are_nan(operation: str) -> None:
    nothing = wf.log(IMAGE * 0)
    assert math.isnan(run(getattr(nothing, operation)()))
    assert all(math.isnan(value) for value in run(getattr(nothing, operation)(axis="pixels")).values())


@OPERATIONS
def test_reductions_of_empty_imagery_are_empty(operation: str) -> None:
    none = COLLECTION[:0]
    assert math.isnan(run(getattr(EMPTY, operation)()))
    assert run(getattr(EMPTY, operation)(axis="pixels")) == {}
    assert run(getattr(EMPTY, operation)(axis="bands")).bands == ()
    assert math.isnan(run(getattr(none, operation)()))
    assert run(getattr(none, operation)(axis="pixels")) == []
    assert run(getattr(none, operation)(axis=("images", "pixels"))) == {}
    assert run(getattr(none, operation)(axis=("bands", "pixels"))) == []
    assert run(getattr(none, operation)(axis="images")).bands == ()
    assert run(getattr(none, operation)(axis="bands")).images == ()
    assert run(getattr(none, operation)(axis=("images", "bands"))).bands == ()


def test_mosaic_shows_the_last_valid_pixel_or_the_first() -> None:
    def top(order: Any) -> list[Any]:
        bands = []
        for band in range(2):
            shown = np.full((2, 2), NAN)
            for i in order:
                shown = np.where(np.isnan(STACK[i, band]), shown, STACK[i, band])
            bands.append(np.ma.masked_invalid(shown))
        return bands

    check(run(COLLECTION.mosaic()), *top([0, 1, 2]))
    check(run(COLLECTION.mosaic(reverse=True)), *top([2, 1, 0]))
    check(run(COLLECTION.reduction("mosaic", axis="images")), *top([0, 1, 2]))
    assert run(COLLECTION[:0].mosaic()).bands == ()


def test_a_composite_takes_each_pixel_from_the_image_where_the_band_is_extreme() -> None:
    for operation, fill, pick in (("argmax", -np.inf, np.argmax), ("argmin", np.inf, np.argmin)):
        best = pick(np.nan_to_num(STACK[:, 0], nan=fill), axis=0)
        want = np.take_along_axis(STACK, best[None, None], 0)[0]
        want[:, np.isnan(STACK[:, 0]).all(axis=0)] = NAN
        image = run(COLLECTION.sortby_composite("a", operation=operation))
        assert image.bands == ("a", "b")
        check(image, *np.ma.masked_invalid(want))
        check(run(COLLECTION.sortby_composite(COLLECTION.pick_bands("a"), operation)), *np.ma.masked_invalid(want))
    assert run(COLLECTION[:0].sortby_composite("a")).bands == ()


def test_a_tile_reduces_a_collection_and_leaves_an_image() -> None:
    collection = run(COLLECTION)
    assert isinstance(collection, ImageCollection)
    check(reduce_image(collection, "median"), *np.ma.median(MASKED, axis=0))
    check(reduce_image(collection, "mosaic"), *pixels(WORLD, run(COLLECTION.mosaic())))
    assert reduce_image(collection.images[0], "mosaic") is collection.images[0]
    assert reduce_image(ImageCollection(), "mosaic").bands == ()


@pytest.mark.parametrize(
    ("builtin", "arguments", "message"),
    [
        ("wf.mean", {"axis": "rows"}, "axis must be some of images, bands, pixels, or None for all, not rows"),
        ("wf.mean", {"axis": []}, "not List of 0"),
        ("wf.reduction", {"operation": "mosaic", "axis": "bands"}, "mosaic is over the images"),
        ("wf.reduction", {"operation": "mode"}, "operation must be one of min, max"),
        ("wf.ImageCollection.sortby_composite", {"band": "a", "operation": "max"}, "must be argmin or argmax"),
        ("wf.ImageCollection.sortby_composite", {"band": "x"}, "there is no band 'x'"),
    ],
)
def test_axes_and_operations_that_are_not_there_are_errors(
    builtin: str, arguments: dict[str, object], message: str
) -> None:
    document = {
        "p": "p", "ic": ["wf.ImageCollection.from_id", "p"], "r": [builtin, "ic", {name: name for name in arguments}],
        "returns": "r", "parameters": list(arguments),
    }  # fmt: skip
    with pytest.raises(EvaluationError) as caught:
        WORLD.evaluate(document, GRID, **arguments)
    assert message in str(caught.value)


def test_an_image_has_no_axis_of_images() -> None:
    document = {"p": "p:0", "i": ["wf.Image.load", "p"], "x": "images", "r": ["wf.mean", "i", "x"], "returns": "r"}
    with pytest.raises(EvaluationError, match="axis must be some of bands, pixels"):
        WORLD.evaluate(document)


def test_numbers_need_a_geocontext() -> None:
    with pytest.raises(EvaluationError, match=r"wf\.mean: needs pixels, and so a geocontext"):
        WORLD.evaluate(graft(IMAGE.mean()), None)


def test_numbers_are_computed_a_few_planes_at_a_time() -> None:
    """With room for 4 planes, pixels of 6 are reduced all the same; their median would need them together."""
    from graft_eval import evaluate, parse

    scope = WORLD.scope(GRID, Limits(pixels=16))
    assert evaluate(parse(graft(COLLECTION.std()), Limits()), scope) == pytest.approx(float(MASKED.std()))
    assert len(grids_of(scope)) == 6
    with pytest.raises(LimitExceeded, match=r"wf\.median: the median is over more than 10 pixels"):
        evaluate(parse(graft(COLLECTION.median()), Limits()), WORLD.scope(GRID, Limits(pixels=10)))


def percentile(values: Any, q: float) -> Any:
    """NumPy's percentile of the valid values, over the first axis."""
    return oracle_percentile(np.ma.masked_invalid(values), q)


@pytest.mark.parametrize("q", [0, 12.5, 50, 90.0, 100])
def test_percentiles_over_every_axis(q: float) -> None:
    check(run(COLLECTION.percentile(q, axis="images")), percentile(STACK[:, 0], q), percentile(STACK[:, 1], q))
    for at, image in enumerate(run(COLLECTION.percentile(q, axis="bands")).images):
        assert image.bands == ("percentile",)
        check(image, percentile(STACK[at], q))
    check(run(COLLECTION.percentile(q, axis=("images", "bands"))), percentile(STACK.reshape(6, 2, 2), q))
    check(run(IMAGE.percentile(q, "bands")), percentile(STACK[0], q))
    assert run(COLLECTION.percentile(q)) == pytest.approx(np.percentile(MASKED.compressed(), q))
    assert run(IMAGE.percentile(q, axis="pixels"))["b"] == pytest.approx(np.percentile([10.0, 50.0], q))
    assert math.isnan(run(EMPTY.percentile(q)))


def test_the_percentile_50_is_the_median() -> None:
    check(run(COLLECTION.percentile(50, axis="images")), *reduced("median", 0))


@pytest.mark.parametrize("q", [-1, 100.5, math.nan])
def test_percentiles_beyond_100_are_refused(q: float) -> None:
    with pytest.raises(EvaluationError, match="q must be 0 to 100 percent, not"):
        run(COLLECTION.percentile(q, axis="images"))


def test_percentiles_of_too_many_pixels_are_refused() -> None:
    scope = WORLD.scope(limits=Limits(pixels=14))
    with pytest.raises(LimitExceeded, match="the percentile is over more than 14 pixels"):
        evaluate(parse(graft(COLLECTION.percentile(5)), scope.limits), scope)
