"""Kernels against their NumPy twins, on tiles of 256 × 256 pixels: `pytest benchmarks/test_kernels.py`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from graft_eval.kernels import warm
from graft_eval.kernels.arithmetic import STORED, calculate
from graft_eval.kernels.gathering import gather
from graft_eval.kernels.median import median, networks
from graft_eval.kernels.physical import to_physical
from graft_eval.kernels.predictor import add_up
from graft_eval.kernels.reductions import REDUCTIONS
from graft_eval.kernels.resampling import CONVOLUTIONS, SUMMARIES, convolve, summarize
from tests.oracle.masked import REDUCTIONS as NUMPY_REDUCTIONS
from tileserver.drawing.painting import UP, interleave, scale

PIXELS = 256 * 256
DATES = (12, 60)
RANDOM = np.random.default_rng(0)

Benchmark = BenchmarkFixture

warm()


def stack(dates: int) -> np.ma.MaskedArray:
    """Planes of which a third is masked."""
    return np.ma.MaskedArray(RANDOM.random((dates, PIXELS)), RANDOM.random((dates, PIXELS)) < 0.35)


@pytest.mark.parametrize("dates", DATES)
@pytest.mark.parametrize("name", NUMPY_REDUCTIONS)
def test_reduction(benchmark: Benchmark, name: str, dates: int) -> None:
    benchmark.group = f"{name} of {dates}"
    planes, rows = stack(dates), np.arange(dates)
    out, missing = np.empty(PIXELS), np.empty(PIXELS, np.bool_)
    if name == "median":
        benchmark(median, planes.data, planes.mask, rows, *networks(dates), out, missing)
    else:
        benchmark(REDUCTIONS[name], planes.data, planes.mask, rows, out, missing)
    np.testing.assert_allclose(out[~missing][:100], NUMPY_REDUCTIONS[name](planes[:, :2000]).compressed()[:100])


@pytest.mark.parametrize("name", NUMPY_REDUCTIONS)
def test_reduction_by_numpy(benchmark: Benchmark, name: str) -> None:
    benchmark.group = f"{name} of 12"
    benchmark.pedantic(NUMPY_REDUCTIONS[name], args=(stack(12),), rounds=3)


def test_add_up(benchmark: Benchmark) -> None:
    differences = np.frombuffer(RANDOM.bytes(512 * 512 * 8), np.uint16).reshape(512, 512, 4)
    out = np.empty((3, 512, 512), np.uint16)
    benchmark(add_up, differences, np.array([2, 1, 0]), out)
    np.testing.assert_array_equal(out[0], np.cumsum(differences[..., 2], axis=1, dtype=np.uint16))


def test_gather(benchmark: Benchmark) -> None:
    block = RANDOM.integers(0, 10000, (512, 512)).astype(np.uint16)
    sources = np.sort(RANDOM.integers(0, block.size, PIXELS)).astype(np.uint32)
    out = np.empty((256, 256), np.uint16)
    benchmark(gather, block, sources, np.array([[0, PIXELS, 0]], np.int32), out)
    np.testing.assert_array_equal(out.ravel(), block.ravel()[sources])


def test_to_physical(benchmark: Benchmark) -> None:
    stored = RANDOM.integers(0, 10000, (12, PIXELS)).astype(np.uint16)
    outside, which, one = np.zeros((1, PIXELS), np.bool_), np.zeros(12, np.int64), np.ones(12)
    data, mask = np.empty((12, PIXELS)), np.empty((12, PIXELS), np.bool_)
    benchmark(to_physical, stored, 0, outside, which, 0 * one, 1e-4 * one, 0 * one, data, mask)
    np.testing.assert_array_equal(data, stored * 1e-4)


def stored(dates: int) -> tuple[np.ndarray, tuple[Any, ...]]:
    """Two bands of each date, and how kernels take them; a third is nodata."""
    numbers = np.where(stack(2 * dates).mask, 0, RANDOM.integers(1, 10000, (2 * dates, PIXELS))).astype(np.uint16)
    outside, which, one = np.zeros((1, PIXELS), np.bool_), np.zeros(2 * dates, np.int64), np.ones(2 * dates)
    return numbers, (numbers, 0, outside, np.ones(1, np.bool_), which, 0 * one, 1e-4 * one, 0 * one)


def test_index(benchmark: Benchmark) -> None:
    benchmark.group = "normalized difference of 12"
    numbers, source = stored(12)
    rows, kinds = np.arange(24).reshape(12, 2), np.full(2, STORED)
    code = np.array([[1, 0, 1, 0], [0, 0, 1, 0], [3, 2, 3, 0]])  # registers: two bands, difference, sum
    none, out, missing = np.empty((0, 0)), np.empty((12, PIXELS)), np.empty((12, PIXELS), np.bool_)
    benchmark(calculate, *source, none, none > 0, np.zeros((12, 2)), kinds, rows, code, out, missing)
    expected = index(numbers)
    np.testing.assert_array_equal(missing, expected.mask)
    np.testing.assert_array_equal(out[~missing], expected.compressed())


def test_index_by_numpy(benchmark: Benchmark) -> None:
    benchmark.group = "normalized difference of 12"
    benchmark.pedantic(index, args=(stored(12)[0],), rounds=3)


def index(numbers: np.ndarray) -> np.ma.MaskedArray:
    """Normalized differences of each two planes, by NumPy's masked arrays."""
    x, y = (np.ma.masked_equal(band, 0) * 1e-4 for band in (numbers[::2], numbers[1::2]))
    return np.ma.masked_invalid((x - y) / (x + y))


@pytest.mark.parametrize("bands", [1, 3])
def test_scale(benchmark: Benchmark, bands: int) -> None:
    data, mask = RANDOM.random((bands, PIXELS)), RANDOM.random((bands, PIXELS)) < 0.1
    levels, missing = np.empty((bands, PIXELS), np.uint8), np.empty(PIXELS, np.bool_)
    benchmark(scale, data, mask, np.tile([0.1, 0.8, 1.0], (bands, 1)), levels, missing)
    expected = np.floor(255 * np.clip((data - 0.1) / 0.8, 0, 1) + 0.5)
    np.testing.assert_array_equal(levels, np.where(mask, 0, expected))
    np.testing.assert_array_equal(missing, mask.any(axis=0))


@pytest.mark.parametrize("samples", [1, 3, 4])
def test_interleave(benchmark: Benchmark, samples: int) -> None:
    planes = RANDOM.integers(0, 256, (samples, 256, 256), np.uint8)
    out = np.empty((256, 1 + 256 * samples), np.uint8)
    benchmark(interleave, planes, out)
    rows = np.moveaxis(planes, 0, -1).reshape(256, -1)
    np.testing.assert_array_equal(out[:, 1:], np.diff(rows, axis=0, prepend=np.uint8(0)))
    assert (out[:, 0] == UP).all()


@pytest.mark.parametrize("name", [*CONVOLUTIONS, *SUMMARIES])
def test_resampling(benchmark: Benchmark, name: str) -> None:
    source, out = RANDOM.random((600, 600)), np.empty((256, 256))
    down, along = (np.ascontiguousarray(place) for place in np.mgrid[3:590:256j, 4:588:256j])
    if name in CONVOLUTIONS:
        benchmark(convolve, source, down, along, *CONVOLUTIONS[name], (2.3, 2.3), out)
    else:
        benchmark(summarize, source, down, down + 2.3, along, along + 2.3, SUMMARIES[name], out)
    assert np.isfinite(out).all()
