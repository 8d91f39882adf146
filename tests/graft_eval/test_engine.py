"""The engine: what planes mean, on pixels in memory and on real imagery, against plain NumPy."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon, box

from graft_eval.barriers.extreme import Extreme
from graft_eval.engine import RasterEngine, assets_of
from graft_eval.errors import Cancelled, LimitExceeded, SceneError
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import (
    Choose,
    Colour,
    Composite,
    Constant,
    Elementwise,
    Inside,
    IsMasked,
    Masked,
    Missing,
    Plane,
    Read,
    Reduce,
)
from graft_eval.planning.plan import plan
from graft_eval.progress import Progress
from tests.graft_eval.scenes import scene_of, write_raster
from tests.oracle.masked import PARAMETRIC, REDUCTIONS
from tests.oracle.planes import touched

TOLERATED = 0.001  # share of pixels that may take a neighbour of the exact source pixel
N = np.nan


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=64 << 20, threads=2)
    yield engine
    engine.close()


class Rows:
    """Planes of a few pixels in a row, NaN being masked, and their computation."""

    def __init__(self, engine: RasterEngine, folder: Path) -> None:
        self._engine, self._folder, self._count = engine, folder, 0

    def plane(self, values: Sequence[float]) -> Plane:
        """A plane of these pixels."""
        self._count += 1
        path = write_raster(self._folder / f"{self._count}.tif", np.array([[values]], np.float64))
        scene = scene_of(path, name=f"row:{self._count}")
        return Read(scene, scene.bands[0])

    def truths(self, values: Sequence[float]) -> Plane:
        """A boolean plane of these pixels."""
        return Elementwise("not_equal", (self.plane(values), Constant(0.0)))

    def compute(self, plane: Plane, pixels: int) -> tuple[list[float | bool | None], Any]:
        """The pixels of a plane, None for masked, and their type."""
        grid = Grid((0.0, -10.0, 10.0 * pixels, 0.0), "EPSG:3857", (1, pixels))
        raster = self._engine.compute([plane], grid, Progress(), Limits())
        values = np.ma.MaskedArray(raster.data[0, 0], raster.mask[0, 0]).tolist()
        return values, raster.data.dtype


@pytest.fixture
def rows(engine: RasterEngine, tmp_path: Path) -> Rows:
    return Rows(engine, tmp_path)


ARITHMETIC = {
    # name: function, arguments (True for a boolean plane), result
    "add": ("add", [[1, 2, N], [10, N, N]], [11, None, None]),
    "divide by zero": ("divide", [[1, 0, 4], [0, 0, 2]], [None, None, 2]),
    "logarithm of what is not positive": ("log", [[1, 0, -1]], [0, None, None]),
    "overflow": ("multiply", [[1e200, 2], [1e200, 3]], [None, 6]),
    "remainder of the division rounded down": ("remainder", [[-7, 7, 7], [3, -3, 0]], [2, -2, None]),
    "floor division": ("floor_divide", [[-7, 7, 1], [2, 2, 0]], [-4, 3, None]),
    "powers": ("power", [[2, 0, -8], [10, 0, 1 / 3]], [1024, 1, None]),
    "bits of truncated numbers": ("bitwise_and", [[6.9, -1.5, 5], [3, 255, N]], [2, 255, None]),
    "shift": ("left_shift", [[3, 1.9], [2, 4]], [12, 16]),
    "bits beyond 64": ("bitwise_or", [[1e19, 4], [1, 1]], [None, 5]),
    "invert numbers": ("invert", [[0, 5.7, -1]], [-1, -6, 0]),
    "times a power of two": ("ldexp", [[3, -1, 5, 1], [2, 1.9, 1e300, N]], [12, -2, None, None]),
    "round half to even": ("rint", [[0.5, 1.5, 2.5]], [0, 2, 2]),
}


@pytest.mark.parametrize(("function", "arguments", "expected"), ARITHMETIC.values(), ids=ARITHMETIC)
def test_functions_of_numbers(
    rows: Rows, function: str, arguments: list[list[float]], expected: list[float | None]
) -> None:
    values, dtype = rows.compute(Elementwise(function, tuple(map(rows.plane, arguments))), len(expected))
    assert values == pytest.approx(expected)
    assert dtype == np.float64


TRUTHS = {
    "sum of booleans": ("add", [1, 1, N], [1, 0, 1], [2.0, 1.0, None]),
    "negation of booleans": ("subtract", [1, 0, 0], [1, 1, N], [0.0, -1.0, None]),
    "and": ("bitwise_and", [1, 1, N], [1, 0, 1], [True, False, None]),
    "exclusive or": ("bitwise_xor", [1, 1, 0], [1, 0, 0], [False, True, False]),
    "comparison": ("less", [0, 1, 0], [1, 1, 0], [True, False, False]),
    "shift": ("left_shift", [1, 1, 0], [1, 0, 1], [2.0, 1.0, 0.0]),
}


@pytest.mark.parametrize(("function", "x", "y", "expected"), TRUTHS.values(), ids=TRUTHS)
def test_functions_of_booleans(
    rows: Rows, function: str, x: list[float], y: list[float], expected: list[object]
) -> None:
    values, dtype = rows.compute(Elementwise(function, (rows.truths(x), rows.truths(y))), 3)
    assert values == expected
    assert (dtype == np.bool_) == isinstance(expected[0], bool)


def test_booleans_with_numbers_are_bits(rows: Rows) -> None:
    mixed = Elementwise("bitwise_and", (rows.truths([1, 1, 0]), rows.plane([3, 2, 1])))
    assert rows.compute(mixed, 3) == ([1.0, 0.0, 0.0], np.float64)


def test_invert_of_booleans_is_not(rows: Rows) -> None:
    assert rows.compute(Elementwise("invert", (rows.truths([1, 0, N]),)), 3) == ([False, True, None], np.bool_)


def test_masks_add_up(rows: Rows) -> None:
    plane = Masked(rows.plane([1, 2, 3, N]), rows.plane([0, 5, N, 0]))
    assert rows.compute(plane, 4)[0] == [1, None, 3, None]  # masked pixels of the mask count as False


def test_masks_are_replaced(rows: Rows) -> None:
    masked = Masked(rows.plane([1, 2, 3, N]), rows.truths([1, 1, 0, 0]))
    plane = Masked(masked, rows.plane([0, 5, N, 0]), replace=True)
    assert rows.compute(plane, 4)[0] == [1, None, None, None]  # what was never a number stays masked


def test_is_masked_where_any_is(rows: Rows) -> None:
    plane = IsMasked((rows.plane([1, N, 3]), rows.plane([1, 2, N])))
    assert rows.compute(plane, 3) == ([False, True, True], np.bool_)


def test_choose_takes_the_mask_of_what_is_chosen(rows: Rows) -> None:
    plane = Choose(rows.plane([1, 1, 0, N]), rows.plane([10, N, 10, 10]), rows.plane([N, 20, 20, 20]))
    assert rows.compute(plane, 4)[0] == [10, None, 20, None]


def test_choose_between_a_boolean_and_a_number_is_a_number(rows: Rows) -> None:
    plane = Choose(rows.truths([1, 0]), Constant(True), Constant(7.0))
    assert rows.compute(plane, 2) == ([1.0, 7.0], np.float64)


@pytest.mark.parametrize("operation", REDUCTIONS)
def test_reductions_leave_masked_pixels_out(rows: Rows, operation: str) -> None:
    planes = [[1, N, N, 5.5], [4, 2, N, -1], [3, 8, N, 5]]
    expected = REDUCTIONS[operation](np.ma.masked_invalid(np.array(planes, float)))
    values, _ = rows.compute(Reduce(operation, tuple(map(rows.plane, planes))), 4)
    assert values == pytest.approx(expected.tolist())


@pytest.mark.parametrize(("operation", "expected"), [("min", False), ("max", True), ("mosaic", True)])
def test_reductions_that_pick_keep_booleans(rows: Rows, operation: str, expected: bool) -> None:
    plane = Reduce(operation, (rows.truths([1, N]), rows.truths([0, N])))
    assert rows.compute(plane, 2) == ([expected, None], np.bool_)


def test_reductions_take_planes_of_different_making(rows: Rows) -> None:
    x = rows.plane([1, 2, N])
    planes = (x, Elementwise("add", (x, Constant(5.0))), Constant(3.0), Missing(), x)
    assert rows.compute(Reduce("sum", planes), 3)[0] == [1 + 6 + 3 + 1, 2 + 7 + 3 + 2, 3]


DATES = (0.0, 0.3, 1.0, 1.7)


@pytest.mark.parametrize(
    ("operation", "params", "coordinates"),
    [
        ("percentile", (10.0,), ()),
        ("percentile", (90.0,), ()),
        ("trend", (0.0,), DATES),
        ("trend", (1.0,), DATES),
        ("harmonic", (1.0, 0.0), DATES),
        ("harmonic", (1.0, 2.0), DATES),
    ],
    ids=str,
)
def test_reductions_take_parameters_and_coordinates(
    rows: Rows, operation: str, params: tuple[float, ...], coordinates: tuple[float, ...]
) -> None:
    planes = [[1, N, N, 5.5], [4, 2, N, -1], [3, 8, N, 5], [7, 7, N, 6]]
    expected = PARAMETRIC[operation](np.ma.masked_invalid(np.array(planes, float)), params, np.array(coordinates))
    values, _ = rows.compute(Reduce(operation, tuple(map(rows.plane, planes)), params, coordinates), 4)
    assert values == pytest.approx(expected.tolist())


def test_reductions_with_other_parameters_or_coordinates_are_others(rows: Rows, engine: RasterEngine) -> None:
    planes = tuple(map(rows.plane, [[1.0], [2.0], [6.0]]))
    which = [
        Reduce("percentile", planes, (0.0,)),
        Reduce("percentile", planes, (100.0,)),
        Reduce("trend", planes, (1.0,), (0.0, 1.0, 2.0)),
        Reduce("trend", planes, (1.0,), (0.0, 2.0, 4.0)),
    ]
    raster = engine.compute(which, Grid((0.0, -10.0, 10.0, 0.0), "EPSG:3857", (1, 1)), Progress(), Limits())
    assert raster.data[:, 0, 0].tolist() == pytest.approx([1.0, 6.0, 2.5, 1.25])


@pytest.mark.parametrize(("operation", "expected"), [("argmin", [10, 21, None, None]), ("argmax", [20, 11, None, 13])])
def test_composites(rows: Rows, operation: str, expected: list[float | None]) -> None:
    keys = rows.plane([1, 5, N, 9]), rows.plane([2, 5 - 1e-9, N, 3])
    planes = rows.plane([10, 11, 12, 13]), rows.plane([20, 21, 22, N])
    assert rows.compute(Composite(operation, keys, planes), 4)[0] == expected


def test_constants_that_are_not_finite_are_masked(rows: Rows) -> None:
    for value in (np.nan, np.inf, 10**400):
        assert rows.compute(Constant(value), 2)[0] == [None, None]


def test_colours_are_entries_of_matplotlibs_table(rows: Rows) -> None:
    plane = rows.plane([-5, 0, 0.25, 0.5, 0.999, 1, 7, N])
    table = matplotlib.colormaps["viridis"](np.arange(256))
    for channel in range(3):
        values, _ = rows.compute(Colour(plane, "viridis", Constant(0.0), Constant(1.0), channel), 8)
        assert values[:7] == pytest.approx(table[[0, 0, 64, 128, 255, 255, 255], channel])
        assert values[7] is None


def test_channels_are_told_apart(rows: Rows, engine: RasterEngine) -> None:
    plane = rows.plane([0.5])
    colours = [Colour(plane, "viridis", Constant(0.0), Constant(1.0), channel) for channel in (2, 0, 1)]
    raster = engine.compute(colours, Grid((0.0, -10.0, 10.0, 0.0), "EPSG:3857", (1, 1)), Progress(), Limits())
    assert raster.data[:, 0, 0] == pytest.approx([matplotlib.colormaps["viridis"](128)[i] for i in (2, 0, 1)])


def test_extremes_are_of_the_valid_pixels_of_the_whole_grid(engine: RasterEngine, tmp_path: Path) -> None:
    data = np.random.default_rng(0).integers(1, 60000, (1, 700, 600)).astype(np.uint16)
    scene = scene_of(write_raster(tmp_path / "a.tif", data, nodata=int(data.max())))
    read = Read(scene, scene.bands[0])
    low, high = Extreme("min", read), Extreme("max", read)
    part = Elementwise("divide", (Elementwise("subtract", (read, low)), Elementwise("subtract", (high, low))))
    double = Elementwise("multiply", (part, Extreme("max", Elementwise("add", (part, Constant(1.0))))))
    raster = engine.compute([double], Grid((0.0, -7000.0, 6000.0, 0.0), "EPSG:3857", (700, 600)), Progress(), Limits())
    values = np.ma.masked_equal(data[0], data.max()).astype(float)
    expected = (values - values.min()) / (values.max() - values.min()) * 2
    np.testing.assert_allclose(np.ma.MaskedArray(raster.data[0], raster.mask[0]).filled(-1), expected.filled(-1))


def test_the_extreme_of_nothing_is_masked(rows: Rows) -> None:
    assert rows.compute(Extreme("max", rows.plane([N, N])), 2)[0] == [None, None]


def test_booleans_and_numbers_together_are_numbers(rows: Rows, engine: RasterEngine) -> None:
    grid = Grid((0.0, -10.0, 20.0, 0.0), "EPSG:3857", (1, 2))
    raster = engine.compute([rows.truths([1, N]), rows.plane([5, 6])], grid, Progress(), Limits())
    np.testing.assert_array_equal(raster.data[:, 0], [[1.0, 0.0], [5.0, 6.0]])


def test_no_planes_are_no_bands(engine: RasterEngine) -> None:
    raster = engine.compute([], Grid.from_xyz_tile(0, 0, 0), Progress(), Limits())
    assert raster.data.shape == raster.mask.shape == (0, 256, 256)


def test_planes_as_deep_as_any_graft_are_computed(rows: Rows) -> None:
    plane = rows.plane([1, 2, N])
    for _ in range(5000):
        plane = Elementwise("add", (plane, Constant(1.0)))
    assert rows.compute(plane, 3)[0] == [5001, 5002, None]


# Geometry

GRID = Grid.from_xyz_tile(2200, 1343, 12)
LEFT, BOTTOM, RIGHT, TOP = GRID.footprint.bounds
TRIANGLE = Polygon([(LEFT + 0.01, BOTTOM + 0.01), (RIGHT + 1, BOTTOM + 0.02), (LEFT + 0.03, TOP - 0.005)])


def centres_inside(geometry: shapely.Geometry, grid: Grid) -> NDArray[np.bool_]:
    """Whether each pixel's centre lies in a geometry whose vertices are taken to Web Mercator by formula."""
    radius = 6378137.0

    def mercator(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = np.radians(lonlat).T
        return np.column_stack([radius * lon, radius * np.log(np.tan(np.pi / 4 + lat / 2))])

    left, _, _, top = grid.bounds
    width, height = grid.resolution
    x, y = np.meshgrid(left + (np.arange(256) + 0.5) * width, top - (np.arange(256) + 0.5) * height)
    inside: Any = shapely.contains_xy(shapely.transform(geometry, mercator), x, y)
    return inside


def test_inside_are_pixels_whose_centre_is(engine: RasterEngine) -> None:
    raster = engine.compute([Inside(TRIANGLE)], GRID, Progress(), Limits())
    expected = centres_inside(TRIANGLE, GRID)
    assert raster.data.dtype == np.bool_
    assert 0.1 < expected.mean() < 0.9
    assert np.mean(raster.data[0] != expected) < TOLERATED


def test_all_touched_are_more(engine: RasterEngine) -> None:
    centres, touched = Inside(TRIANGLE), Inside(TRIANGLE, all_touched=True)
    raster = engine.compute([centres, touched], GRID, Progress(), Limits())
    assert raster.data[0].sum() < raster.data[1].sum() < raster.data[0].sum() + 2000
    assert not (raster.data[0] & ~raster.data[1]).any()


def test_the_whole_world_is_inside_itself(engine: RasterEngine) -> None:
    world = Inside(box(-180, -90, 180, 90))
    assert engine.compute([world], Grid.from_xyz_tile(0, 0, 0), Progress(), Limits()).data.all()
    assert engine.compute([world], GRID, Progress(), Limits()).data.all()


def test_a_cutline_masks_what_lies_outside(engine: RasterEngine) -> None:
    grid = Grid(GRID.bounds, GRID.crs, GRID.shape, cutline=TRIANGLE)
    raster = engine.compute([Constant(3.0)], grid, Progress(), Limits())
    assert np.mean(raster.mask[0] == centres_inside(TRIANGLE, GRID)) < TOLERATED
    assert set(raster.data[0][~raster.mask[0]]) == {3.0}


def test_a_cutline_may_keep_all_that_it_touches(engine: RasterEngine) -> None:
    grid = Grid(GRID.bounds, GRID.crs, GRID.shape, TRIANGLE, all_touched=True)
    raster = engine.compute([Constant(3.0)], grid, Progress(), Limits())
    np.testing.assert_array_equal(~raster.mask[0], touched(TRIANGLE, GRID))


# Plans, limits


def test_what_all_scenes_undergo_is_one_stage(tmp_path: Path) -> None:
    scenes = [scene_of(write_raster(tmp_path / f"{n}.tif", np.ones((2, 4, 4))), name=f"s:{n}") for n in range(5)]
    pairs = [tuple(Read(scene, band) for band in scene.bands) for scene in scenes]
    ratios = [Elementwise("divide", (Elementwise("subtract", pair), Elementwise("add", pair))) for pair in pairs]
    steps = plan([Reduce("median", tuple(ratios))])
    assert [(type(stage.plane), len(stage.members)) for stage in steps.stages] == [
        (Read, 10), (Elementwise, 5), (Elementwise, 5), (Elementwise, 5), (Reduce, 1)
    ]  # fmt: skip


def test_equal_planes_are_computed_once(tmp_path: Path) -> None:
    scene = scene_of(write_raster(tmp_path / "a.tif", np.ones((1, 4, 4))))
    twice = [Elementwise("sqrt", (Read(scene, scene.bands[0]),)) for _ in range(2)]
    steps = plan([*twice, Elementwise("add", tuple(twice))])
    assert [len(stage.members) for stage in steps.stages] == [1, 1, 1]
    assert steps.outputs[0] == steps.outputs[1]


def test_assets_are_those_of_all_reads(tmp_path: Path) -> None:
    paths = [write_raster(tmp_path / f"{n}.tif", np.ones((1, 4, 4))) for n in range(2)]
    scene = scene_of(*paths)
    plane = Choose(Constant(True), Read(scene, scene.bands[0]), Extreme("max", Read(scene, scene.bands[1])))
    assert {asset.href for asset in assets_of([plane])} == set(map(str, paths))


def test_too_many_pixels_are_refused_by_number(engine: RasterEngine) -> None:
    with pytest.raises(LimitExceeded, match=r"256 x 256 pixels are 65,536, more than the limit of 60,000"):
        engine.compute([Constant(1.0)], GRID, Progress(), Limits(pixels=60_000))
    with pytest.raises(LimitExceeded, match=r"2 bands of 256 x 256 pixels are 131,072 values, more than .* 100,000"):
        engine.compute([Constant(1.0), Constant(2.0)], GRID, Progress(), Limits(values=100_000))


def test_too_many_scenes_are_refused_before_any_is_read(engine: RasterEngine, tmp_path: Path) -> None:
    paths = [write_raster(tmp_path / f"{n}.tif", np.ones((1, 4, 4))) for n in range(3)]
    scenes = [scene_of(path, name=f"s:{path.stem}") for path in paths]
    for path in paths:
        path.unlink()
    planes: list[Plane] = [Read(scene, scene.bands[0]) for scene in scenes]
    with pytest.raises(LimitExceeded, match="the pixels of 3 scenes are needed, more than the limit of 2"):
        engine.compute(planes, GRID, Progress(), Limits(scenes=2))


def test_time_that_is_up_ends_a_computation(engine: RasterEngine) -> None:
    progress = Progress(deadline=0.0)
    time.sleep(0.001)
    with pytest.raises(Cancelled, match="longer than the limit of 0 s"):
        engine.compute([Constant(1.0)], GRID, progress, Limits())


@pytest.mark.parametrize("operation", [*REDUCTIONS, "argmin"])
def test_images_none_of_which_can_be_read_are_an_error(engine: RasterEngine, tmp_path: Path, operation: str) -> None:
    planes = tuple(read_of(tmp_path / f"{name}.tif", 1j) for name in "abc")
    plane = Composite(operation, planes, planes) if operation == "argmin" else Reduce(operation, planes)
    with pytest.raises(SceneError, match="none of 3 scenes can be read; s:a: pixels of type complex64 are not supp"):
        engine.compute([plane], GRID_OF_FOUR, Progress(), Limits())


@pytest.mark.parametrize("operation", REDUCTIONS)
def test_images_that_cannot_be_read_are_left_out_of_reductions(
    engine: RasterEngine, tmp_path: Path, operation: str
) -> None:
    values = {"a": 1j, "b": 5.0, "c": 2j, "d": 8.0}
    planes = tuple(read_of(tmp_path / f"{name}.tif", value) for name, value in values.items())
    progress = Progress()
    raster = engine.compute([Reduce(operation, planes)], GRID_OF_FOUR, progress, Limits())
    good = np.ma.MaskedArray([[5.0], [8.0]], np.zeros((2, 1), np.bool_))
    assert not raster.mask.any()
    assert (raster.data == REDUCTIONS[operation](good)[0]).all()
    assert progress.skipped.keys() == {"s:a", "s:c"}


def test_an_image_of_pixels_not_supported_beyond_the_grid_is_not_looked_at(
    engine: RasterEngine, tmp_path: Path
) -> None:
    progress = Progress()
    elsewhere = Grid((1e6, 1e6, 1e6 + 20, 1e6 + 20), "EPSG:3857", (2, 2))
    raster = engine.compute([read_of(tmp_path / "a.tif", 1j)], elsewhere, progress, Limits())
    assert raster.mask.all()
    assert not progress.skipped


GRID_OF_FOUR = Grid((0.0, -20.0, 20.0, 0.0), "EPSG:3857", (2, 2))


def read_of(path: Path, value: complex) -> Read:
    """A band of 2 x 2 pixels of this value, complex64 if it is complex."""
    kind = np.complex64 if isinstance(value, complex) else np.float64
    scene = scene_of(write_raster(path, np.full((1, 2, 2), value, kind)), name=f"s:{path.stem}")
    return Read(scene, scene.bands[0])


def test_memory_is_bounded_however_many_scenes_are_read(tmp_path: Path) -> None:
    # 300 float64 planes of 512² pixels would take 630 MB at once.
    engine = RasterEngine(cache_bytes=1 << 20, threads=2)
    path = write_raster(tmp_path / "a.tif", np.ones((1, 64, 64)))
    scenes = [scene_of(path, name=f"s:{n}") for n in range(300)]
    planes = tuple(Read(scene, scene.bands[0]) for scene in scenes)
    tracemalloc.start()
    raster = engine.compute(
        [Reduce("sum", planes)], Grid((0.0, -640.0, 640.0, 0.0), "EPSG:3857", (512, 512)), Progress(), Limits()
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    engine.close()
    assert (raster.data == 300).all()
    assert peak < 120 << 20
