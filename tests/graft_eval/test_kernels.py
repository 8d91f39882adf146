"""Kernels against their NumPy twins."""

from __future__ import annotations

import gc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from graft_eval.kernels import warm
from graft_eval.kernels.compiled import kernel
from graft_eval.kernels.fitting import fit
from graft_eval.kernels.gathering import gather
from graft_eval.kernels.median import median, network, networks
from graft_eval.kernels.percentile import percentile
from graft_eval.kernels.physical import STORED, mask_not_finite, to_physical
from graft_eval.kernels.reductions import REDUCTIONS, composite
from graft_eval.kernels.resampling import CONVOLUTIONS, SUMMARIES, convolve, summarize
from tests.oracle.masked import REDUCTIONS as NUMPY_REDUCTIONS
from tests.oracle.masked import composite as numpy_composite
from tests.oracle.masked import fit as numpy_fit
from tests.oracle.masked import percentile as numpy_percentile

warm()

Stack = tuple[NDArray[np.float64], NDArray[np.bool_]]


@st.composite
def stacks(draw: st.DrawFn, most: int = 70) -> Stack:
    """Planes (n, pixel) with ties, and masks from none to all."""
    n, pixels = draw(st.integers(1, most)), draw(st.integers(1, 150))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    data = np.round(random.normal(0, 10.0 ** draw(st.integers(-3, 6)), (n, pixels)), draw(st.integers(0, 6)))
    return data, random.random((n, pixels)) < draw(st.sampled_from([0.0, 0.1, 0.5, 0.95, 1.0]))


def run(name: str, stack: Stack, rows: NDArray[np.int64]) -> np.ma.MaskedArray:
    out, missing = np.empty(stack[0].shape[1]), np.empty(stack[0].shape[1], np.bool_)
    if name == "median":
        pairs, ends, sizes = networks(len(rows))
        median(*stack, rows, pairs, ends, sizes, out, missing)
    else:
        REDUCTIONS[name](*stack, rows, out, missing)
    return np.ma.MaskedArray(out, missing)


@pytest.mark.parametrize("name", NUMPY_REDUCTIONS)
@given(stack=stacks())
@settings(max_examples=40, deadline=None)
def test_reductions_are_numpys(name: str, stack: Stack) -> None:
    rows = np.arange(len(stack[0]))
    expected = NUMPY_REDUCTIONS[name](np.ma.MaskedArray(*stack))
    actual = run(name, stack, rows)
    np.testing.assert_array_equal(actual.mask, np.ma.getmaskarray(expected))
    if name in ("sum", "mean", "std"):  # the order of additions is NumPy's choice
        np.testing.assert_allclose(actual.compressed(), expected.compressed(), rtol=1e-9, atol=1e-9)
    else:
        np.testing.assert_array_equal(actual.compressed(), expected.compressed())


@pytest.mark.parametrize("name", NUMPY_REDUCTIONS)
def test_reductions_take_the_rows_asked_for(name: str) -> None:
    random = np.random.default_rng(5)
    stack = random.random((9, 80)), random.random((9, 80)) < 0.3
    rows = np.array([7, 2, 2, 5])
    expected = NUMPY_REDUCTIONS[name](np.ma.MaskedArray(stack[0][rows], stack[1][rows]))
    np.testing.assert_allclose(run(name, stack, rows).filled(-1), expected.filled(-1), rtol=1e-12)


@given(stack=stacks(), percent=st.one_of(st.sampled_from([0.0, 25.0, 50.0, 75.0, 100.0]), st.floats(0, 100)))
@settings(max_examples=60, deadline=None)
def test_percentiles_are_numpys(stack: Stack, percent: float) -> None:
    rows = np.arange(len(stack[0]))
    out, missing = np.empty(stack[0].shape[1]), np.empty(stack[0].shape[1], np.bool_)
    pairs, ends, sizes = networks(len(rows))
    percentile(*stack, rows, pairs, ends, sizes, percent, out, missing)
    expected = numpy_percentile(np.ma.MaskedArray(*stack), percent)
    np.testing.assert_array_equal(missing, np.ma.getmaskarray(expected))
    np.testing.assert_allclose(out[~missing], expected.compressed(), rtol=1e-9, atol=1e-9)


@given(stack=stacks(20), size=st.integers(1, 4), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_fits_are_numpys(stack: Stack, size: int, seed: int) -> None:
    terms = np.random.default_rng(seed).normal(size=(len(stack[0]), size))
    rows = np.arange(len(stack[0]))[::-1].copy()
    for which in range(size):
        out, missing = np.empty(stack[0].shape[1]), np.empty(stack[0].shape[1], np.bool_)
        fit(*stack, rows, terms, which, out, missing)
        expected = numpy_fit(np.ma.MaskedArray(stack[0][rows], stack[1][rows]), terms, which)
        np.testing.assert_array_equal(missing, np.ma.getmaskarray(expected))
        np.testing.assert_allclose(out[~missing], expected.compressed(), rtol=1e-5, atol=1e-5 * abs(stack[0]).max())


def test_coefficients_that_are_left_open_are_missing() -> None:
    planes, none = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]), np.zeros((3, 2), np.bool_)
    none[0, 1] = True
    terms = np.array([[1.0, 1e3], [1.0, 1e3 + 1], [1.0, 1e3 + 1]])  # without the first, all at one place
    out, missing = np.empty(2), np.empty(2, np.bool_)
    fit(planes, none, np.arange(3), terms, 1, out, missing)
    assert missing.tolist() == [False, True]
    assert out[0] == pytest.approx(1.5, rel=1e-3)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 12, 24, 40, 61])
def test_networks_sort_all_zeros_and_ones_as_far_as_the_middle(n: int) -> None:
    # By the zero-one principle a network that sorts these sorts everything.
    random = np.random.default_rng(n)
    cases = (random.random((n, 4000)) < random.random(4000)).astype(float)
    lanes = cases.copy()
    for i, j in network(n):
        lanes[i], lanes[j] = np.minimum(lanes[i], lanes[j]), np.maximum(lanes[i], lanes[j])
    np.testing.assert_array_equal(lanes[: n // 2 + 1], np.sort(cases, axis=0)[: n // 2 + 1])


@pytest.mark.parametrize("operation", ["argmin", "argmax"])
@given(keys=stacks(20), seed=st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_composites_take_the_first_extreme_key(operation: str, keys: Stack, seed: int) -> None:
    random = np.random.default_rng(seed)
    planes = random.random(keys[0].shape), random.random(keys[0].shape) < 0.2
    rows = np.arange(len(keys[0]))
    out, missing = np.empty(keys[0].shape[1]), np.empty(keys[0].shape[1], np.bool_)
    composite(*keys, rows, 1.0 if operation == "argmin" else -1.0, *planes, rows, out, missing)
    expected = numpy_composite(operation, np.ma.MaskedArray(*keys), np.ma.MaskedArray(*planes))
    np.testing.assert_array_equal(missing, expected.mask)
    np.testing.assert_array_equal(out[~missing], expected.compressed())


@pytest.mark.parametrize("dtype", STORED)
def test_stored_numbers_become_physical(dtype: str) -> None:
    stored = np.array([[1, 2, 3, 4], [5, 6, 7, 8]], dtype)
    outside = np.array([[True, True, True, True], [False, False, True, False]])
    data, mask = np.empty((2, 3)), np.empty((2, 3), np.bool_)
    which, nodata = np.array([1, 0]), np.array([2.0, np.nan])
    to_physical(stored, 1, outside, which, nodata, np.array([0.1, 1.0]), np.array([5.0, 0.0]), data, mask)
    np.testing.assert_array_equal(mask, [[True, True, False], [True, True, True]])
    assert data[0, 2] == 4 * 0.1 + 5.0
    assert np.isnan(data[1]).all()


def test_what_is_stored_as_not_finite_is_masked() -> None:
    stored = np.array([[1.0, np.nan, np.inf]], np.float32)
    data, mask = np.empty((1, 3)), np.empty((1, 3), np.bool_)
    one, none = np.ones(1), np.array([np.nan])
    to_physical(stored, 0, np.zeros((1, 3), np.bool_), np.zeros(1, np.int64), none, one, 0 * one, data, mask)
    np.testing.assert_array_equal(mask, [[False, True, True]])


def test_results_that_are_not_finite_are_masked() -> None:
    mask = np.array([False, True, False, False])
    mask_not_finite(np.array([1.0, 2.0, np.nan, -np.inf]), mask)
    np.testing.assert_array_equal(mask, [False, True, True, True])


@pytest.mark.parametrize("dtype", STORED)
def test_gather_moves_pixels(dtype: str) -> None:
    out = np.zeros((2, 3), dtype)
    block, sources = np.arange(10, 20).reshape(2, 5).astype(dtype), np.array([9, 0, 3, 3, 2, 1], np.uint32)
    gather(block, sources, np.array([[0, 1, 1], [2, 5, 0]], np.int32), out)
    np.testing.assert_array_equal(out, [[19, 0, 13], [13, 12, 0]])


def numpy_weights(name: str, distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kernels by their textbook definitions."""
    x = np.abs(distance)
    if name == "bilinear":
        return np.clip(1 - x, 0, None)
    if name == "cubic":
        near, far = 1.5 * x**3 - 2.5 * x**2 + 1, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
        return np.where(x < 1, near, np.where(x < 2, far, 0))
    if name == "cubicspline":
        near, far = (4 - 6 * x**2 + 3 * x**3) / 6, (2 - x) ** 3 / 6
        return np.where(x < 1, near, np.where(x < 2, far, 0))
    return np.where(x < 3, np.sinc(x) * np.sinc(x / 3), 0)


@pytest.mark.parametrize("stretch", [(1.0, 1.0), (2.5, 1.3)])
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolutions_are_sums_of_weighted_pixels(name: str, stretch: tuple[float, float]) -> None:
    random = np.random.default_rng(3)
    source = random.random((40, 50))
    down, along = random.uniform(12, 28, (1, 30)), random.uniform(12, 38, (1, 30))
    out = np.empty((1, 30))
    convolve(source, down, along, *CONVOLUTIONS[name], stretch, out)
    for at in range(30):
        weights = np.outer(
            numpy_weights(name, (np.arange(40) + 0.5 - down[0, at]) / stretch[0]),
            numpy_weights(name, (np.arange(50) + 0.5 - along[0, at]) / stretch[1]),
        )
        assert out[0, at] == pytest.approx((weights * source).sum() / weights.sum(), rel=1e-12)


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_missing_pixels_leave_no_halo(name: str) -> None:
    source = np.full((20, 20), 7.0)
    source[8:12, 8:12] = np.nan
    places = np.meshgrid(np.linspace(-1, 21, 90), np.linspace(-1, 21, 90), indexing="ij")
    out = np.empty((90, 90))
    rows, cols = map(np.ascontiguousarray, places)
    convolve(source, rows, cols, *CONVOLUTIONS[name], (1.0, 1.0), out)
    np.testing.assert_allclose(out[np.isfinite(out)], 7.0)
    inside = [(place >= 0) & (place < 20) for place in places]
    hole = [(place >= 8) & (place < 12) for place in places]
    np.testing.assert_array_equal(np.isfinite(out), inside[0] & inside[1] & ~(hole[0] & hole[1]))


SUMMARY_TWINS: dict[str, Callable[[NDArray[Any]], Any]] = {
    "average": np.mean,
    "max": np.max,
    "min": np.min,
    "med": lambda block: np.percentile(block, 50, method="inverted_cdf"),
    "q1": lambda block: np.percentile(block, 25, method="inverted_cdf"),
    "q3": lambda block: np.percentile(block, 75, method="inverted_cdf"),
    "mode": lambda block: np.unique(block, return_counts=True)[0][np.unique(block, return_counts=True)[1].argmax()],
}


@pytest.mark.parametrize("name", SUMMARIES)
def test_summaries_are_of_the_pixels_covered(name: str) -> None:
    source = np.random.default_rng(8).integers(0, 6, (30, 30)).astype(float)
    source[0:3, 0:3] = np.nan
    source[4, 5] = np.nan
    rows, cols = np.meshgrid(np.arange(0, 30, 3.0), np.arange(0, 30, 3.0), indexing="ij")
    out = np.empty((10, 10))
    summarize(source, rows, rows + 3, cols, cols + 3, SUMMARIES[name], out)
    assert np.isnan(out[0, 0])
    for row, col in np.ndindex(10, 10):
        block = source[3 * row : 3 * row + 3, 3 * col : 3 * col + 3]
        if (row, col) != (0, 0):
            assert out[row, col] == pytest.approx(SUMMARY_TWINS[name](block[np.isfinite(block)]))


def test_average_counts_pixels_by_the_share_covered() -> None:
    source, out = np.array([[1.0, 4.0]]), np.empty((1, 1))
    top, bottom, left, right = (np.full((1, 1), edge) for edge in (0.0, 1.0, 0.5, 1.25))
    summarize(source, top, bottom, left, right, SUMMARIES["average"], out)
    assert out[0, 0] == pytest.approx((0.5 * 1 + 0.25 * 4) / 0.75)


def test_nothing_is_compiled_once_kernels_are_warm() -> None:
    with pytest.raises(TypeError, match="matching definition"):
        mask_not_finite(np.zeros(3, np.float32), np.zeros(3, np.bool_))


def test_compiling_is_told_once_and_loading_from_disk_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, told = "def double(x):\n    return 2 * x\n\ndef triple(x):\n    return 3 * x\n", list[str]()
    (tmp_path / "graftile_twice.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    module = import_module("graftile_twice")  # which numba imports by its name when it loads what it kept
    for expected in (["compiled"], []):
        double, triple = (kernel("float64(float64)")(getattr(module, name)) for name in ("double", "triple"))
        warm(lambda: told.append("compiled"))
        assert (double(1.5), triple(1.5), told) == (3.0, 4.5, expected)
        told.clear()
        del double, triple
        gc.collect()
