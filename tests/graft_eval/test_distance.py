"""Distances to the nearest true pixel, against SciPy's Euclidean distance transform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import sdk as wf
from graft_eval.barriers.distance import Distance
from graft_eval.barriers.ground import pixel_sizes
from graft_eval.engine import RasterEngine
from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Gridded
from graft_eval.progress import Progress
from tests.graft_eval.fake import NAN, World, graft, pixels, scene
from tests.oracle.neighbourhoods import distance

GRIDS = {
    "UTM": Grid((0.0, 0.0, 30.0 * 130, 20.0 * 90), "EPSG:32613", (90, 130)),
    "Web Mercator": Grid((0.0, 8.0e6, 1300.0, 8.0009e6), "EPSG:3857", (90, 130)),
    "degrees": Grid((10.0, 50.0, 10.13, 50.09), "EPSG:4326", (90, 130)),
    "degrees on both sides of the equator": Grid((10.0, -0.03, 10.13, 0.06), "EPSG:4326", (90, 130)),
}
RANDOM = np.random.default_rng(4)
THERE = np.where(RANDOM.random((90, 130)) < 0.004, RANDOM.choice([1.0, -2.5, NAN], (90, 130)), 0.0)
THERE[20:50, 60:] = NAN  # masked pixels are none, and some are far from all


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=8 << 20, threads=1)
    yield engine
    engine.close()


def measured(engine: RasterEngine, values: NDArray[np.float64], grid: Grid, farthest: float) -> NDArray[np.float64]:
    (plane,) = Gridded.bands(values[None], grid)
    raster = engine.compute([Distance(plane, farthest)], grid, Progress(), Limits())
    return np.where(raster.mask[0], NAN, raster.data[0])


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
@pytest.mark.parametrize("farthest", [0.6, 7.3, 40.0], ids="{} pixels".format)
def test_distances_are_scipys(engine: RasterEngine, grid: Grid, farthest: float) -> None:
    width, height = pixel_sizes(grid)
    metres = farthest * float(width.mean())
    expected = distance(np.nan_to_num(THERE) != 0, width, height, (0, 0))
    expected = np.where(expected <= metres, expected, NAN)
    assert np.isnan(expected).sum() < expected.size - 20
    np.testing.assert_allclose(measured(engine, THERE, grid, metres), expected, rtol=1e-12)


def test_they_are_masked_everywhere_without_a_true_pixel(engine: RasterEngine) -> None:
    assert np.isnan(measured(engine, np.zeros((90, 130)), GRIDS["UTM"], 3000.0)).all()
    assert (measured(engine, np.ones((90, 130)), GRIDS["UTM"], 0.001) == 0).all()


def test_a_distance_as_far_as_allowed_is_there(engine: RasterEngine) -> None:
    there = np.zeros((90, 130))
    there[10, 20] = 1
    assert measured(engine, there, GRIDS["UTM"], 50.0)[12, 21] == 50  # 30 m and 40 m
    assert np.isnan(measured(engine, there, GRIDS["UTM"], 49.999)[12, 21])


def test_beyond_the_poles_there_is_none(engine: RasterEngine) -> None:
    polar = Grid((0.0, 89.998, 0.004, 90.002), "EPSG:4326", (4, 4))
    found = measured(engine, np.ones((4, 4)), polar, 1.0)
    assert np.isnan(found[:2]).all()
    assert (found[2:] == 0).all()


UTM = Grid((500_000.0, 4e6, 500_060.0, 4_000_060.0), "EPSG:32613", (2, 2))
WORLD = World([scene("p:a", "2024-01-01", ["a"])], {("p:a", "a"): [[1, 2], [NAN, 4]]})
IMAGE = wf.Image.from_id("p:a")


def test_the_operation_measures_the_bands_of_imagery() -> None:
    image = WORLD.evaluate(graft((IMAGE > 3).distance(120_000)))
    (metres,) = pixels(WORLD, image)  # of a degree, at the equator
    assert metres.tolist() == [[None, pytest.approx(110_600, abs=50)], [pytest.approx(111_315, abs=5), 0]]
    assert image.bandinfo["a"]["data_range"] == (0.0, 120_000.0)
    assert WORLD.evaluate(graft(wf.ImageCollection.from_id("p").head(0).distance(30).length())) == 0


def test_it_says_how_many_pixels_are_too_many(engine: RasterEngine) -> None:
    message = r"a distance of up to 31,000 m is 1,033 pixels of 30 m, more than the limit of 1,024: give a lower one"
    with pytest.raises(LimitExceeded, match=message):
        measured(engine, np.ones((2, 2)), UTM, 31_000.0)


@pytest.mark.parametrize("farthest", [0.0, -1.0, wf.inf, wf.nan], ids=["0", "-1", "inf", "nan"])
def test_what_is_no_distance_is_refused(farthest: Any) -> None:
    with pytest.raises(EvaluationError, match="max_distance must be metres, a number above 0, not"):
        WORLD.evaluate(graft(IMAGE.distance(farthest)), UTM)


def test_values_without_a_grid_need_no_pixels() -> None:
    assert WORLD.evaluate(graft(IMAGE.distance(500).nbands), None) == 1
