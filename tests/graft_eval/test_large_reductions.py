"""Numbers of grids that are larger than the limit are computed piece by piece, and are those of all pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from affine import Affine

from graft_eval.engine import RasterEngine
from graft_eval.errors import LimitExceeded
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.ops.statistics import reduce_pixels
from graft_eval.plane import Plane, Read
from graft_eval.scope import Scope
from tests.graft_eval.fake import FakeSource
from tests.graft_eval.scenes import scene_of, write_raster

SHAPE = (1100, 1300)
GRID = Grid((0.0, -11_000.0, 13_000.0, 0.0), "EPSG:3857", SHAPE)
LIMITS = Limits(pixels=1024 * 1024, summed=3 * SHAPE[0] * SHAPE[1])
PIXELS = np.random.default_rng(3).integers(1, 30_000, (3, *SHAPE)).astype(np.int16)
PIXELS[1, :700] = -1  # more than a piece without a value


@pytest.fixture(scope="module")
def planes(tmp_path_factory: pytest.TempPathFactory) -> list[Plane]:
    path = tmp_path_factory.mktemp("large") / "a.tif"
    scene = scene_of(write_raster(path, PIXELS, nodata=-1, transform=Affine(10.0, 0.0, 0.0, 0.0, -10.0, 0.0)))
    return [Read(scene, band) for band in scene.bands]


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(32 << 20, 1)
    yield engine
    engine.close()


def scope(engine: RasterEngine, limits: Limits = LIMITS) -> Scope:
    return Scope(FakeSource(), engine, GRID, limits)


@pytest.mark.parametrize("operation", ["min", "max", "mean", "sum", "std", "count"])
def test_numbers_of_large_grids_are_those_of_all_pixels(
    engine: RasterEngine, planes: list[Plane], operation: str
) -> None:
    masked = np.ma.masked_equal(PIXELS.astype(np.float64), -1)
    found = reduce_pixels(scope(engine), operation, [planes[:1], planes[1:], []])
    expected = [float(getattr(masked[part], operation)()) for part in (slice(0, 1), slice(1, 3))]
    assert found[:2] == pytest.approx(expected, rel=1e-12)
    assert math.isnan(found[2])


@pytest.mark.parametrize("operation", ["median", "percentile"])
def test_numbers_that_take_all_pixels_at_once_are_refused(
    engine: RasterEngine, planes: list[Plane], operation: str
) -> None:
    with pytest.raises(LimitExceeded, match=f"the {operation} is over more than 1,048,576 pixels.*coarser resolution"):
        reduce_pixels(scope(engine), operation, [planes[:1]], (50.0,))


def test_more_pixels_than_may_be_gone_through_are_refused(engine: RasterEngine, planes: list[Plane]) -> None:
    with pytest.raises(LimitExceeded, match="1100 x 1300 pixels are 1,430,000, more than the limit of 1,048,576"):
        reduce_pixels(scope(engine), "mean", [[*planes, planes[0]]])
    with pytest.raises(LimitExceeded, match="more than the limit"):
        reduce_pixels(scope(engine, Limits(pixels=1024 * 1024, summed=1)), "mean", [planes[:1]])
