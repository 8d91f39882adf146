"""Planes made of arrays: the same pixels on whatever grid has them, however it is divided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from graft_eval.barriers.convolution import Convolved, Weights
from graft_eval.barriers.extreme import Extreme
from graft_eval.engine import RasterEngine
from graft_eval.errors import EvaluationError
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Constant, Elementwise, Gridded, Inside, Plane
from graft_eval.progress import Progress

GRID = Grid((500_000.0, 4_000_000.0, 500_000.0 + 10 * 1400, 4_000_000.0 + 10 * 900), "EPSG:32613", (900, 1400))
RANDOM = np.random.default_rng(4)
ARRAY = np.ma.MaskedArray(RANDOM.normal(size=(2, 900, 1400)), RANDOM.random((2, 900, 1400)) < 0.1)
FIRST, SECOND = Gridded.bands(ARRAY, GRID)
LEFT = Weights((1, 3), (1.0, 0.0, 0.0))


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=8 << 20, threads=1)
    yield engine
    engine.close()


def compute(engine: RasterEngine, plane: Plane, grid: Grid = GRID) -> np.ma.MaskedArray[Any, Any]:
    raster = engine.compute([plane], grid, Progress(), Limits())
    return np.ma.MaskedArray(raster.data[0], raster.mask[0])


def same(found: np.ma.MaskedArray[Any, Any], expected: np.ma.MaskedArray[Any, Any]) -> None:
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(expected))
    np.testing.assert_array_equal(found.compressed(), expected.compressed())


def test_an_array_on_its_own_grid_is_itself(engine: RasterEngine) -> None:
    same(compute(engine, SECOND), ARRAY[1])


def test_its_pixels_go_on_in_expressions(engine: RasterEngine) -> None:
    same(compute(engine, Elementwise("multiply", (FIRST, SECOND))), ARRAY[0] * ARRAY[1])
    top = Elementwise("divide", (FIRST, Extreme("max", FIRST)))
    np.testing.assert_allclose(compute(engine, top).compressed(), (ARRAY[0] / ARRAY[0].max()).compressed())


@pytest.mark.parametrize("offset", [(0, 0), (17, 300), (-40, 900), (899, 1399), (2000, -3000)], ids=str)
def test_on_a_grid_of_the_same_pixels_it_lies_where_it_did(engine: RasterEngine, offset: tuple[int, int]) -> None:
    expected = np.ma.masked_all((700, 640))
    row, col = offset
    for down, along in np.argwhere(np.ones((700, 640), bool))[:: 641 * 7]:
        if 0 <= row + down < 900 and 0 <= col + along < 1400:
            expected[down, along] = ARRAY[0, row + down, col + along]
    found = compute(engine, FIRST, GRID.window(row, col, (700, 640)))
    picked = np.argwhere(np.ones((700, 640), bool))[:: 641 * 7].T
    same(found[tuple(picked)], expected[tuple(picked)])
    inside = (max(0, min(900, row + 700) - max(0, row)), max(0, min(1400, col + 640) - max(0, col)))
    assert (~found.mask).sum() <= inside[0] * inside[1]


def test_beyond_the_array_neighbourhoods_see_nothing(engine: RasterEngine) -> None:
    shifted = compute(engine, Convolved(SECOND, LEFT))
    assert np.ma.getmaskarray(shifted)[:, [0, -1]].all()
    around = np.ma.getmaskarray(ARRAY[1])
    np.testing.assert_array_equal(
        np.ma.getmaskarray(shifted)[:, 1:-1], around[:, :-2] | around[:, 1:-1] | around[:, 2:]
    )
    np.testing.assert_array_equal(
        shifted[:, 1:-1].compressed(), ARRAY[1, :, :-2].data[~np.ma.getmaskarray(shifted)[:, 1:-1]]
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.float16, np.bool_])
def test_numbers_become_float64_and_booleans_stay(engine: RasterEngine, dtype: type) -> None:
    values: NDArray[Any] = np.arange(6).reshape(1, 2, 3).astype(dtype)
    (plane,) = Gridded.bands(values, Grid((0.0, 0.0, 3.0, 2.0), "EPSG:32613", (2, 3)))
    found = compute(engine, plane, plane.grid)
    assert found.dtype == (np.bool_ if dtype is np.bool_ else np.float64)
    assert found.tolist() == values[0].tolist()


def test_booleans_are_known_as_such(engine: RasterEngine) -> None:
    (truth,) = Gridded.bands(ARRAY[:1] > 0, GRID)
    found = compute(engine, Elementwise("bitwise_and", (truth, Elementwise("less", (FIRST, Constant(1.0))))))
    assert found.dtype == np.bool_
    same(found, (ARRAY[0] > 0) & (ARRAY[0] < 1))


def test_what_is_not_finite_is_masked(engine: RasterEngine) -> None:
    grid = Grid((0.0, 0.0, 3.0, 1.0), "EPSG:32613", (1, 3))
    (plane,) = Gridded.bands(np.array([[[np.nan, np.inf, 2.0]]]), grid)
    assert compute(engine, plane, grid).tolist() == [[None, None, 2.0]]


def test_a_cutline_masks_arrays_too(engine: RasterEngine) -> None:
    cut = Grid(GRID.bounds, GRID.crs, GRID.shape, GRID.search_area().centroid.buffer(0.01))
    assert cut.cutline is not None
    inside = compute(engine, Inside(cut.cutline))
    np.testing.assert_array_equal(compute(engine, FIRST, cut).mask, np.ma.getmaskarray(ARRAY[0]) | ~inside.data)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (Grid(GRID.bounds, "EPSG:32612", GRID.shape), "EPSG:32612"),
        (Grid(GRID.bounds, GRID.crs, (450, 700)), "20 large"),
        (GRID.window(0.25, 0, (10, 10)), "other pixels"),
    ],
    ids=["CRS", "resolution", "shifted"],
)
def test_on_other_pixels_it_is_refused(engine: RasterEngine, other: Grid, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        compute(engine, FIRST, other)


@pytest.mark.parametrize(
    ("array", "message"),
    [(np.zeros((2, 3)), "of 900 x 1400 pixels"), (np.zeros((1, 900, 1400), "datetime64[s]"), "of numbers")],
    ids=["shape", "dates"],
)
def test_other_arrays_are_refused(array: Any, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        Gridded.bands(array, GRID)
