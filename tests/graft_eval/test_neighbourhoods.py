"""Neighbourhoods: planes made of what is around each pixel, against NumPy on all of the source."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from shapely.geometry import box

from graft_eval.barriers.convolution import Convolved, Weights
from graft_eval.barriers.extreme import Extreme
from graft_eval.crs import transformer
from graft_eval.engine import RasterEngine
from graft_eval.errors import LimitExceeded
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.piece import Halo, Piece
from graft_eval.plane import Constant, Elementwise, IsMasked, Plane, Read, Reduce
from graft_eval.planning.plan import sort
from graft_eval.planning.reach import reach_of
from graft_eval.progress import Progress
from graft_eval.scope import Raster
from tests.graft_eval.scenes import scene_of, write_raster
from tests.oracle.neighbourhoods import correlate

SIDE = 700
RANDOM = np.random.default_rng(7)
PIXELS = np.where(RANDOM.random((SIDE, SIDE)) < 0.0005, 0, RANDOM.integers(1, 9000, (SIDE, SIDE))).astype(np.uint16)
NUMBERS = np.where(PIXELS == 0, np.nan, PIXELS.astype(float))  # 0 is nodata

SHAPES = [(3, 3), (1, 2), (2, 1), (4, 7), (5, 1), (1, 1)]


def weights_of(shape: tuple[int, int]) -> Weights:
    return Weights(shape, tuple(np.random.default_rng(sum(shape)).normal(size=shape).ravel().tolist()))


EDGES = weights_of((3, 3))


def convolved(values: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    return correlate(values, np.array(weights.values).reshape(weights.shape))


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=64 << 20, threads=2)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def band(tmp_path_factory: pytest.TempPathFactory) -> Read:
    path = write_raster(tmp_path_factory.mktemp("pixels") / "a.tif", [PIXELS], nodata=0)
    scene = scene_of(path)
    return Read(scene, scene.bands[0])


def grid_of(row: int, col: int, rows: int, cols: int) -> Grid:
    """Pixels of the source from (row, col) on."""
    return Grid((10.0 * col, -10.0 * (row + rows), 10.0 * (col + cols), -10.0 * row), "EPSG:3857", (rows, cols))


def values_of(raster: Raster) -> NDArray[np.float64]:
    return np.where(raster.mask[0], np.nan, raster.data[0])


def compute(engine: RasterEngine, plane: Plane, grid: Grid, limits: Limits | None = None) -> NDArray[np.float64]:
    return values_of(engine.compute([plane], grid, Progress(), limits or Limits()))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("at", [(200, 100, 256, 256), (-40, -30, 100, 90), (0, 0, SIDE, SIDE), (650, 3, 1, 1)], ids=str)
def test_convolutions_are_numpys(
    engine: RasterEngine, band: Read, shape: tuple[int, int], at: tuple[int, int, int, int]
) -> None:
    row, col, rows, cols = at
    found = compute(engine, Convolved(band, weights_of(shape)), grid_of(*at))
    beyond = np.pad(convolved(NUMBERS, weights_of(shape)), 100, constant_values=np.nan)
    expected = beyond[row + 100 : row + rows + 100, col + 100 : col + cols + 100]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-9)


def test_neighbourhoods_of_neighbourhoods_look_as_far_as_both(engine: RasterEngine, band: Read) -> None:
    long = weights_of((1, 40))
    plane = Convolved(Elementwise("add", (Convolved(band, long), Convolved(band, EDGES))), long)
    expected = convolved(convolved(NUMBERS, long) + convolved(NUMBERS, EDGES), long)
    found = compute(engine, plane, grid_of(300, 300, 64, 64))
    np.testing.assert_allclose(found, expected[300:364, 300:364], rtol=1e-9, atol=1e-6)
    assert reach_of(sort([plane]), grid_of(300, 300, 64, 64)) == Halo(1, 1, 40, 38)


def test_a_cutline_does_not_cut_off_what_is_around(engine: RasterEngine, band: Read) -> None:
    grid = grid_of(300, 300, 32, 32)
    left, bottom, right, top = grid.bounds
    to_lonlat = transformer("EPSG:3857", "OGC:CRS84").transform
    half = box(*to_lonlat(left, bottom), *to_lonlat((left + right) / 2, top))
    plane = Convolved(band, EDGES)
    cut = compute(engine, plane, Grid(grid.bounds, grid.crs, grid.shape, half))
    np.testing.assert_array_equal(cut[:, :16], compute(engine, plane, grid)[:, :16])
    assert np.isnan(cut[:, 16:]).all()


def test_an_extreme_is_of_the_grid_and_not_of_what_is_around(engine: RasterEngine, band: Read) -> None:
    grid = grid_of(300, 300, 20, 20)
    lifted = Elementwise("subtract", (band, Extreme("min", band)))
    found = compute(engine, Convolved(lifted, EDGES), grid)
    expected = convolved(NUMBERS - np.nanmin(NUMBERS[300:320, 300:320]), EDGES)[300:320, 300:320]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6)


def test_an_extreme_of_a_neighbourhood_is_of_all_pieces(engine: RasterEngine, band: Read) -> None:
    edges = Convolved(band, EDGES)
    found = compute(engine, Extreme("max", edges), grid_of(0, 0, SIDE, SIDE))
    assert (found == np.nanmax(compute(engine, edges, grid_of(0, 0, SIDE, SIDE)))).all()


def test_booleans_count_as_numbers(engine: RasterEngine, band: Read) -> None:
    bright = Elementwise("greater", (band, Constant(4500.0)))
    found = compute(engine, Convolved(bright, Weights((1, 3), (1.0, 1.0, 1.0))), grid_of(10, 10, 20, 20))
    assert set(np.unique(found[np.isfinite(found)])) <= {0.0, 1.0, 2.0, 3.0}


def test_what_overflows_is_masked(engine: RasterEngine, band: Read) -> None:
    huge = Elementwise("multiply", (band, Constant(1e304)))
    assert np.isnan(compute(engine, Convolved(huge, Weights((1, 2), (1e4, 1e4))), grid_of(10, 10, 4, 4))).all()


def test_many_neighbourhoods_are_computed_together(engine: RasterEngine, band: Read) -> None:
    """Each level doubles the ways to the source, and takes another reach."""
    plane: Plane = IsMasked((band,))
    expected = np.isnan(NUMBERS).astype(float)
    for n in range(1, 16):
        along, down = weights_of((1, n)), weights_of((n, 1))
        plane = Elementwise("add", (Convolved(plane, along), Convolved(plane, down)))
        expected = convolved(expected, along) + convolved(expected, down)
    found = compute(engine, plane, grid_of(300, 300, 8, 8))
    np.testing.assert_allclose(found, expected[300:308, 300:308], rtol=1e-6, atol=1e-6 * np.abs(found).max())


def test_a_reduction_of_neighbourhoods_is_numpys(engine: RasterEngine, band: Read) -> None:
    kernels = [weights_of(shape) for shape in SHAPES[:3]]
    plane = Reduce("median", tuple(Convolved(band, one) for one in kernels))
    expected = np.median([convolved(NUMBERS, one) for one in kernels], axis=0)[100:164, 100:164]
    found = compute(engine, plane, grid_of(100, 100, 64, 64))
    np.testing.assert_allclose(found[np.isfinite(expected)], expected[np.isfinite(expected)], rtol=1e-9)


@pytest.mark.parametrize(
    ("depth", "shape", "limits", "message"),
    [
        (65, (1, 2), Limits(), "65 neighbourhoods within one another are more than 64"),
        (1, (1, 4001), Limits(pixels=256 * 4000), r"2,000 pixels, 256 x 256 pixels are 1,089,536, more than"),
        (1, (201, 201), Limits(values=200_000), "1 planes of 207,936 pixels at once: 207,936 values, more than"),
    ],
    ids=["too deep", "too far", "too much"],
)
def test_too_much_is_refused_by_number(
    engine: RasterEngine, band: Read, depth: int, shape: tuple[int, int], limits: Limits, message: str
) -> None:
    plane: Plane = band
    for _ in range(depth):
        plane = Convolved(plane, Weights(shape, (1.0,) * (shape[0] * shape[1])))
    with pytest.raises(LimitExceeded, match=message):
        compute(engine, plane, grid_of(0, 0, 256, 256), limits)


@pytest.mark.parametrize(("length", "cuts"), [(256, 1), (640, 1), (641, 2), (1026, 2), (4096, 8)])
def test_pieces_are_of_one_size(length: int, cuts: int) -> None:
    pieces = list(Piece.all_of(grid_of(0, 0, 1, length)).divide(512))
    assert [piece.col for piece in pieces] == [0, *(piece.col + piece.shape[1] for piece in pieces[:-1])]
    widths = [piece.shape[1] for piece in pieces]
    assert (len(widths), sum(widths)) == (cuts, length)
    assert max(abs(one - other) for one, other in pairwise([*widths, widths[0]])) <= 1
