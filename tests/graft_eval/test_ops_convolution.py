"""Kernels and convolutions of imagery."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sdk as wf
from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.values.image import Image, ImageCollection
from tests.graft_eval.fake import NAN, World, graft, pixels, scene

WORLD = World(
    (scene("p:a", "2024-01-01", ["red", "nir"]), scene("p:b", "2024-02-01", ["red", "nir"])),
    {
        ("p:a", "red"): [[1, 2], [3, 4]],
        ("p:a", "nir"): [[5, NAN], [7, 8]],
        ("p:b", "red"): [[10, 20], [30, 40]],
        ("p:b", "nir"): [[1, 1], [1, 1]],
    },
)
A, COLLECTION = wf.Image.from_id("p:a"), wf.ImageCollection.from_id("p")
ABOVE = wf.Kernel(dims=(2, 1), data=[1.0, 10.0])


def convolve(image: Any, kernel: Any) -> np.ma.MaskedArray:
    found = WORLD.evaluate(graft(wf.conv2d(image, kernel)))
    assert isinstance(found, Image)
    return pixels(WORLD, found)


def test_weights_lie_as_they_are_written_and_the_anchor_is_the_middle() -> None:
    red = convolve(A.pick_bands("red"), ABOVE)[0]
    np.testing.assert_array_equal(red[1], [31, 42])  # 1 * what is above + 10 * itself
    assert red.mask[0].all()  # nothing lies above


def test_a_masked_neighbour_masks() -> None:
    nir = convolve(A.pick_bands("nir"), wf.Kernel(dims=(1, 2), data=[0.0, 1.0]))[0]
    assert nir.mask.tolist() == [[True, True], [True, False]]
    assert nir[1, 1] == 8


def test_a_kernel_of_one_weight_looks_at_nothing_around() -> None:
    np.testing.assert_array_equal(convolve(A.pick_bands("red"), wf.Kernel((1, 1), [3.0]))[0], [[3, 6], [9, 12]])


def test_each_image_and_band_keeps_what_is_known_of_it() -> None:
    found = WORLD.evaluate(graft(wf.conv2d(COLLECTION, ABOVE)))
    assert isinstance(found, ImageCollection)
    assert [image.properties["id"] for image in found.images] == ["p:a", "p:b"]
    assert found.bands == ("red", "nir")


def test_empty_imagery_stays_empty() -> None:
    nothing = wf.ImageCollection.from_id("p", start_datetime="2030-01-01")
    assert (
        WORLD.evaluate(graft(wf.conv2d(nothing, ABOVE))) == ImageCollection()
        or not WORLD.evaluate(graft(wf.conv2d(nothing, ABOVE))).images
    )


def test_dims_and_data_can_be_asked_of_a_kernel_that_is_a_parameter() -> None:
    kernel = wf.parameter("kernel", wf.Kernel)
    values = WORLD.evaluate(graft(wf.Tuple[wf.Tuple[wf.Int, wf.Int], wf.List[wf.Float]]([kernel.dims, kernel.data])),
                            kernel=WORLD.evaluate(graft(ABOVE)))  # fmt: skip
    assert values == ((2, 1), [1.0, 10.0])


@pytest.mark.parametrize(
    ("dims", "data", "error", "message"),
    [
        (
            (10_000, 10_000),
            [1.0],
            LimitExceeded,
            r"wf\.Kernel\.load: .*10,000 x 10,000 .*100,000,000.* limit of 10,000",
        ),
        ((3, 3), [1.0], EvaluationError, r"wf\.Kernel\.load: data must be 9 weights, for 3 x 3, not 1"),
        ((0, 3), [], EvaluationError, r"wf\.Kernel\.load: dims must be .*1 or more, not \(0, 3\)"),
    ],
    ids=["too large", "not enough weights", "no rows"],
)
def test_a_kernel_that_is_none_is_refused(
    dims: tuple[int, int], data: list[float], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        WORLD.evaluate(
            graft(wf.conv2d(A, wf.Kernel(dims=wf.Tuple[wf.Int, wf.Int]([wf.Int(dims[0]) + 0, dims[1]]), data=data)))
        )


@pytest.mark.parametrize(
    ("dims", "data", "message"),
    [
        ((3, 3), [1.0] * 8, "data must be 9 weights, for 3 x 3, not 8"),
        ((3, 3), [1.0] * 10, "data must be 9 weights, for 3 x 3, not 10"),
        (wf.Tuple[wf.Int, wf.Int]([3, 3]), wf.List[wf.Float]([1.0]), "data must be 9 weights, for 3 x 3, not 1"),
        ((0, 3), [], r"dims must be .*1 or more, not \(0, 3\)"),
    ],
    ids=["too few", "too many", "proxies", "no rows"],
)
def test_weights_are_counted_when_a_kernel_is_written(dims: Any, data: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wf.Kernel(dims=dims, data=data)


@pytest.mark.parametrize(
    "wrong",
    [lambda: wf.conv2d(A, 1), lambda: wf.Kernel(dims=(1, 1), data="ab"), lambda: wf.Kernel(dims=3, data=[1.0])],  # type: ignore[arg-type, call-overload]
)
def test_what_is_no_kernel_is_refused_when_it_is_written(wrong: object) -> None:
    with pytest.raises(wf.ProxyTypeError, match="must be"):
        wrong()  # type: ignore[operator]
