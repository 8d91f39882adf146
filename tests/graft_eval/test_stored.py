"""Reductions of stored numbers, bit for bit those of the float64 values that they stand for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry import box

from graft_eval.kernels import warm
from graft_eval.kernels.stored import REDUCIBLE
from graft_eval.pixels import Pixels
from graft_eval.plane import Plane, Read, Reduce
from graft_eval.planning.plan import plan
from graft_eval.raster.read_requests import STORED_REDUCTIONS, ReadRequests
from graft_eval.raster.stored import StoredPlanes
from graft_eval.scene import Asset, Band, Scene
from tests.oracle.masked import REDUCTIONS

warm()

ASSET = Asset("memory", "EPSG:4326", (1.0, 0.0, 0.0, 0.0, -1.0, 2.0), (2, 2), (), (2, 2), "1")
PIXELS = 1100  # more than two of the chunks that kernels go by


def reads(dtype: str, count: int, **fields: Any) -> tuple[Read, ...]:
    bands = [Band(f"b{n}", ASSET, n + 1, dtype, **fields) for n in range(count)]
    scene = Scene("p:i", "p", datetime(2024, 1, 1, tzinfo=UTC), box(0, 0, 1, 1), {}, tuple(bands))
    return tuple(Read(scene, band) for band in bands)


def numbers(random: np.random.Generator, dtype: str, shape: tuple[int, int]) -> NDArray[Any]:
    """Numbers with ties, with both ends of the type, and for floats with what is not finite."""
    if dtype == "float32":
        values = np.round(random.normal(0, 50, shape), 1).astype(dtype)
        values[random.random(shape) < 0.05] = np.nan
        values[random.random(shape) < 0.05] = np.inf
        return values
    ends = np.iinfo(dtype)
    low, high = max(ends.min, -300), min(ends.max, 300)
    values = random.integers(low, high, shape, endpoint=True).astype(dtype)
    values[random.random(shape) < 0.02], values[random.random(shape) < 0.02] = ends.min, ends.max
    return values


@pytest.mark.parametrize("dtype", REDUCIBLE)
@pytest.mark.parametrize("operation", sorted(STORED_REDUCTIONS))
@given(
    count=st.integers(1, 30),
    seed=st.integers(0, 1 << 32),
    scale=st.sampled_from([1.0, 1e-4, -0.37, 0.0]),
    offset=st.sampled_from([0.0, -0.1, 273.15]),
    nodata=st.sampled_from([None, 0.0, 7.0, 0.5, -9999.0]),
    outside=st.sampled_from([0.0, 0.3, 1.0]),
)
@settings(max_examples=15, deadline=None)
def test_they_are_numpys_of_physical_values(
    dtype: str, operation: str, count: int, seed: int, scale: float, offset: float, nodata: float | None, outside: float
) -> None:
    random = np.random.default_rng(seed)
    requests = ReadRequests(reads(dtype, count, scale=scale, offset=offset, nodata=nodata))
    planes = StoredPlanes(requests, (1, PIXELS))
    planes.data[:] = numbers(random, dtype, (count, PIXELS))[:, None]
    gone = random.random((1, PIXELS)) < outside
    planes.which[:] = planes.add_outside(gone, covered=not gone.any())
    planes.leave_out(int(random.integers(count)))
    rows, start = random.permutation(count)[: int(random.integers(1, count + 1))], 13
    physical = planes.pixels(start, PIXELS)
    expected = REDUCTIONS[operation](np.ma.MaskedArray(physical.data[rows], physical.mask[rows]))
    out = Pixels(np.empty(PIXELS - start), np.empty(PIXELS - start, np.bool_))
    planes.reduce(operation, rows, start, out)
    np.testing.assert_array_equal(out.mask, np.ma.getmaskarray(expected))
    np.testing.assert_array_equal(out.data[~out.mask], expected.compressed())


def differ(planes: tuple[Read, ...]) -> tuple[Plane, ...]:
    first, *others = planes
    return Read(first.scene, replace(first.band, scale=2.0)), *others


@pytest.mark.parametrize(
    ("operation", "planes", "stored"),
    [
        ("median", reads("uint16", 3, scale=1e-4), True),
        ("mosaic", reads("float32", 3), True),
        ("mean", reads("uint16", 3), False),
        ("median", reads("float64", 3), False),
        ("median", differ(reads("uint16", 3)), False),
        ("median", reads("int16", 3, scale=1e300), False),
        ("median", tuple(replace(read, resampler="cubic") for read in reads("uint16", 3)), False),
    ],
    ids=["median", "mosaic", "a sum", "wide numbers", "two scales", "an enormous scale", "resampled"],
)
def test_planes_that_are_stored_alike_are_reduced_as_they_are(
    operation: str, planes: tuple[Read, ...], stored: bool
) -> None:
    assert bool(plan([Reduce(operation, planes)]).stored) is stored


def test_planes_needed_for_more_than_a_reduction_become_physical_once() -> None:
    planes = reads("uint16", 12)
    both = plan([Reduce("median", planes), planes[0]])
    alone = plan([Reduce("median", planes)])
    assert (both.width, alone.width) == (12, 1)
