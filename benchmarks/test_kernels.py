"""Kernels beside their NumPy twins, on tiles of 256 × 256 pixels: `pytest benchmarks/test_kernels.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from graft_eval.kernels import warm
from graft_eval.kernels.gathering import gather
from graft_eval.kernels.median import median, networks
from graft_eval.kernels.physical import to_physical
from graft_eval.kernels.reductions import REDUCTIONS
from graft_eval.kernels.resampling import CONVOLUTIONS, SUMMARIES, convolve, summarize
from tests.graft_eval.twins import NUMPY_REDUCTIONS

PIXELS = 256 * 256
DATES = (12, 60)
RANDOM = np.random.default_rng(0)

Benchmark = Callable[..., Any]

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


def test_gather(benchmark: Benchmark) -> None:
    block = RANDOM.integers(0, 10000, (512, 512)).astype(np.uint16)
    sources = np.sort(RANDOM.integers(0, block.size, PIXELS)).astype(np.uint32)
    out = np.empty((256, 256), np.uint16)
    benchmark(gather, block, sources, np.array([[0, PIXELS]], np.int32), out)
    np.testing.assert_array_equal(out.ravel(), block.ravel()[sources])


def test_to_physical(benchmark: Benchmark) -> None:
    stored = RANDOM.integers(0, 10000, (12, PIXELS)).astype(np.uint16)
    outside, which, one = np.zeros((1, PIXELS), np.bool_), np.zeros(12, np.int64), np.ones(12)
    data, mask = np.empty((12, PIXELS)), np.empty((12, PIXELS), np.bool_)
    benchmark(to_physical, stored, 0, outside, which, 0 * one, 1e-4 * one, 0 * one, data, mask)
    np.testing.assert_array_equal(data, stored * 1e-4)


@pytest.mark.parametrize("name", [*CONVOLUTIONS, *SUMMARIES])
def test_resampling(benchmark: Benchmark, name: str) -> None:
    source, out = RANDOM.random((600, 600)), np.empty((256, 256))
    down, along = (np.ascontiguousarray(place) for place in np.mgrid[3:590:256j, 4:588:256j])
    if name in CONVOLUTIONS:
        benchmark(convolve, source, down, along, *CONVOLUTIONS[name], (2.3, 2.3), out)
    else:
        benchmark(summarize, source, down, down + 2.3, along, along + 2.3, SUMMARIES[name], out)
    assert np.isfinite(out).all()
