"""Geometries on grids: what belongs to them, against shapely and rules that can be counted by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import pytest
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Elementwise, Inside, Plane, Rasterized
from graft_eval.progress import Progress
from tests.oracle.planes import NumpyEngine

UTM = "EPSG:32613"
GRID = Grid((500_000.0, 4_000_000.0, 500_008.0, 4_000_005.0), UTM, (5, 8))  # pixels of 1 m
SLIVER = (500_001.4, 4_000_001.4, 500_004.4, 4_000_004.4)
TILE = Grid.from_xyz_tile(2200, 1343, 12)


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=8 << 20, threads=1)
    yield engine
    engine.close()


def compute(engine: RasterEngine | NumpyEngine, plane: Plane, grid: Grid = GRID) -> np.ma.MaskedArray[Any, Any]:
    raster = engine.compute([plane], grid, Progress(), Limits())
    return np.ma.MaskedArray(raster.data[0], raster.mask[0])


def burnt(
    engine: RasterEngine, *shapes: BaseGeometry, merge: Literal["add", "replace"] = "add", touched: bool = False
) -> list[list[float]]:
    """The values on the grid of 5 x 8 pixels, 0 where masked; shapes have the values 1, 10, 100, …"""
    values = tuple(10.0**at for at in range(len(shapes)))
    rows: list[list[float]] = compute(engine, Rasterized(shapes, values, merge, touched, UTM)).filled(0).tolist()
    return rows


def at(x: float, y: float, width: float, height: float) -> Polygon:
    return box(500_000 + x, 4_000_005 - y - height, 500_000 + x + width, 4_000_005 - y)


def test_a_pixel_belongs_where_its_centre_lies_inside_and_else_is_masked(engine: RasterEngine) -> None:
    assert burnt(engine, at(1.4, 1.6, 2.2, 1)) == [[0] * 8, [0] * 8, [0, 1, 1, 1, 0, 0, 0, 0], [0] * 8, [0] * 8]
    raster = compute(engine, Rasterized((at(1.4, 1.6, 2.2, 1),), (7.5,), crs=UTM))
    assert (raster.count(), raster.sum()) == (3, 22.5)


def test_all_that_is_touched_belongs(engine: RasterEngine) -> None:
    rows = burnt(engine, at(1.4, 1.6, 2.2, 1), touched=True)
    assert rows == [[0] * 8, *[[0, 1, 1, 1, 0, 0, 0, 0]] * 2, [0] * 8, [0] * 8]


def test_values_are_added_or_the_last_one_counts(engine: RasterEngine) -> None:
    shapes = at(0, 0, 3, 1), at(2, 0, 3, 1), at(2, 0, 1, 1)
    assert burnt(engine, *shapes)[0] == [1, 1, 111, 10, 10, 0, 0, 0]
    assert burnt(engine, *shapes, merge="replace")[0] == [1, 1, 100, 10, 10, 0, 0, 0]


@pytest.mark.parametrize("touched", [False, True], ids=["centres", "touched"])
@pytest.mark.parametrize(
    "shape",
    [
        GeometryCollection([at(0, 0, 4, 3), at(2, 1, 4, 3)]),
        MultiPolygon([at(0, 0, 2.3, 5), at(2.3, 0, 4, 5)]),
        LineString([(500_000.5, 4_000_000.5), (500_005.5, 4_000_004.2), (500_002.5, 4_000_004.6)]),
    ],
    ids=["overlapping parts", "parts of one pixel", "a line back over itself"],
)
def test_a_shape_is_added_once_to_a_pixel(engine: RasterEngine, shape: BaseGeometry, touched: bool) -> None:
    assert set(np.ravel(burnt(engine, shape, touched=touched))) == {0, 1}


def test_points_and_lines_have_the_pixels_that_they_lie_in(engine: RasterEngine) -> None:
    point, line = Point(500_006.2, 4_000_004.3), LineString([(500_000.5, 4_000_001.5), (500_003.5, 4_000_001.5)])
    rows = burnt(engine, point, line)
    assert rows == [[0] * 6 + [1, 0], [0] * 8, [0] * 8, [10] * 4 + [0] * 4, [0] * 8]


def test_values_that_are_not_finite_mask(engine: RasterEngine) -> None:
    shapes = at(0, 0, 8, 5), at(0, 0, 2, 1)
    replaced = compute(engine, Rasterized(shapes, (1.0, np.nan), "replace", crs=UTM))
    assert np.ma.getmaskarray(replaced)[0].tolist() == [True] * 2 + [False] * 6
    added = compute(engine, Rasterized(shapes, (1e308, 1e308), crs=UTM))
    assert np.ma.getmaskarray(added)[0].tolist() == [True] * 2 + [False] * 6


@pytest.mark.parametrize("shapes", [(), (Polygon(),), (at(50, 50, 1, 1),)], ids=["none", "empty", "elsewhere"])
def test_where_no_shape_is_all_is_masked(engine: RasterEngine, shapes: tuple[BaseGeometry, ...]) -> None:
    assert compute(engine, Rasterized(shapes, (1.0,) * len(shapes), crs=UTM)).mask.all()
    if shapes:
        assert not compute(engine, Inside(shapes[0], crs=UTM)).any()


def test_there_is_a_value_for_each_shape() -> None:
    with pytest.raises(ValueError, match="a value for each of 1 shapes, not 0"):
        Rasterized((Polygon(),), ())


@pytest.mark.parametrize("merge", ["add", "replace"])
def test_it_is_what_shapely_says_of_each_centre(engine: RasterEngine, merge: Literal["add", "replace"]) -> None:
    left, bottom, right, top = TILE.footprint.bounds
    random = np.random.default_rng(2)
    places = random.uniform((left, bottom), (right, top), (30, 2))
    sizes = (right - left) * random.uniform(0.02, 0.3, 30)
    shapes = tuple(Point(place).buffer(size) for place, size in zip(places, sizes, strict=True))
    plane = Rasterized(shapes, tuple(random.uniform(-5, 5, 30)), merge)
    expected, found = compute(NumpyEngine(), plane, TILE), compute(engine, plane, TILE)
    assert 0.03 < expected.mask.mean() < 0.95
    assert np.mean(found.mask != expected.mask) < 0.001
    assert np.mean(~np.isclose(found.filled(0), expected.filled(0))) < 0.002


def test_planes_of_shapes_go_on_in_expressions(engine: RasterEngine) -> None:
    shapes = Rasterized((at(0, 0, 3, 5),), (2.0,), crs=UTM)
    result = compute(engine, Elementwise("add", (shapes, Inside(at(0, 0, 8, 1), crs=UTM))))
    assert result[:, 2].tolist() == [3, 2, 2, 2, 2]
    assert result[:, 3].mask.all()


def test_a_coast_of_a_million_vertices_is_burnt_square_by_square(engine: RasterEngine) -> None:
    turns = np.linspace(0, 2 * np.pi, 1_000_000)
    wavy = 1 + 0.001 * np.sin(900 * turns)
    centre = np.array(TILE.footprint.centroid.coords[0])
    coast = Polygon(centre + 0.03 * np.column_stack([wavy * np.cos(turns), wavy * np.sin(turns)]))
    began = time.process_time()
    found = compute(engine, Inside(coast), TILE)
    assert time.process_time() - began < 8
    assert np.mean(found.data != compute(NumpyEngine(), Inside(coast.simplify(1e-7)), TILE).data) < 0.001
