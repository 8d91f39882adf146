"""Focal statistics, against NumPy on sliding windows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import sdk as wf
from graft_eval.barriers.convolution import Weights
from graft_eval.barriers.focal import Focal
from graft_eval.engine import RasterEngine
from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Constant, Elementwise, Gridded
from graft_eval.progress import Progress
from sdk.language.pixels import FOCAL_OPERATIONS
from tests.graft_eval.fake import NAN, World, graft, pixels, scene
from tests.oracle.neighbourhoods import focal

GRID = Grid((0.0, 0.0, 6600.0, 700.0), "EPSG:32613", (70, 660))
RANDOM = np.random.default_rng(9)
VALUES = np.where(RANDOM.random(GRID.shape) < 0.3, NAN, RANDOM.integers(0, 6, GRID.shape) + 1e6)
VALUES[20:40, 100:160] = NAN
(PLANE,) = Gridded.bands(VALUES[None], GRID)
FOOTPRINTS = {
    "3 x 3": np.ones((3, 3)),
    "4 x 7": np.ones((4, 7)),
    "one pixel": np.ones((1, 1)),
    "6 x 1": np.ones((6, 1)),
    "2 x 9": np.ones((2, 9)),
    "a cross": np.array([[0, 1, 0], [1, 1, 1], [0, -2.5, 0]]),
    "to the right": np.array([[0.0, 0, 0, 1]]),
}
WORLD = World([scene("p:a", "2024-01-01", ["a"])], {("p:a", "a"): [[1, 2], [NAN, 4]]})
IMAGE = wf.Image.from_id("p:a")


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=8 << 20, threads=1)
    yield engine
    engine.close()


@pytest.mark.parametrize("operation", FOCAL_OPERATIONS)
@pytest.mark.parametrize("footprint", FOOTPRINTS.values(), ids=FOOTPRINTS)
def test_they_are_numpys(engine: RasterEngine, operation: str, footprint: NDArray[np.float64]) -> None:
    weights = Weights(footprint.shape, tuple(footprint.ravel().tolist()))
    raster = engine.compute([Focal(PLANE, operation, weights)], GRID, Progress(), Limits())
    expected = focal(VALUES, operation, footprint)
    np.testing.assert_array_equal(raster.mask[0], np.isnan(expected))
    np.testing.assert_allclose(raster.data[0][~raster.mask[0]], expected[~np.isnan(expected)], rtol=1e-12, atol=1e-9)


def test_booleans_count_as_0_and_1(engine: RasterEngine) -> None:
    truth = Elementwise("greater", (PLANE, Constant(1e6 + 2)))
    raster = engine.compute([Focal(truth, "mean", Weights((3, 3), (1.0,) * 9))], GRID, Progress(), Limits())
    expected = focal(np.where(np.isnan(VALUES), NAN, VALUES > 1e6 + 2), "mean", np.ones((3, 3)))
    np.testing.assert_allclose(raster.data[0][~raster.mask[0]], expected[~np.isnan(expected)])


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (3, [[7 / 3, 7 / 3], [7 / 3, 7 / 3]]),
        (2, [[1, 1.5], [1, 7 / 3]]),
        (wf.Kernel(dims=(1, 3), data=[1.0, 0.0, 1.0]), [[2, 1], [4, None]]),
    ],
    ids=["3", "2", "a kernel"],
)
def test_the_footprint_is_a_square_or_that_of_a_kernel(size: Any, expected: list[list[float | None]]) -> None:
    image = WORLD.evaluate(graft(IMAGE.focal("mean", size)))
    assert pixels(WORLD, image)[0].tolist() == [pytest.approx(row) for row in expected]


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (IMAGE.focal("mean", 0), EvaluationError, "size must be 1 or more, not 0"),
        (IMAGE.focal("mean", 101), LimitExceeded, "101 x 101 weights has 10,201, more than the limit of 10,000"),
        (IMAGE.focal("mean", wf.Kernel(dims=(1, 2), data=[0.0, 0.0])), EvaluationError, "weights that are not 0"),
        (IMAGE.focal(wf.Str("su") + "m"), EvaluationError, "operation must be one of .*, not 'sum'"),
    ],
    ids=["none", "too large", "an empty kernel", "another operation"],
)
def test_what_has_no_footprint_is_refused(image: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        WORLD.evaluate(graft(image))
