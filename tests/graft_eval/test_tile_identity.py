"""A pixel is the same, bit by bit, out of tiles of 256 and of 512 pixels and out of any larger grid around them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import pyproj
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Point, box
from shapely.geometry.base import BaseGeometry

from graft_eval.barriers.convolution import Convolved, Weights
from graft_eval.barriers.distance import Distance
from graft_eval.barriers.focal import Focal
from graft_eval.barriers.terrain import Hillshade, Incline
from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import (
    Composite,
    Constant,
    Elementwise,
    Inside,
    Masked,
    Plane,
    Rasterized,
    Read,
    Reduce,
)
from graft_eval.planning.classes import Classified
from graft_eval.progress import Progress
from graft_eval.scene import Scene
from graft_eval.values.geocontext import GeoContext
from sdk.language.imagery import RESAMPLERS
from sdk.language.pixels import FOCAL_OPERATIONS
from tests.graft_eval.scenes import scene_of, write_raster
from tests.oracle.planes import inside, touched

HALF_WORLD = math.pi * 6378137.0
SIDE = 600
ROCKY, ARCTIC, FIJI = (-106.9, 40.0), (-20.0, 75.0), (180.0, -17.0)
ZOOM_12 = 2 * HALF_WORLD / 2**12 / 256


@dataclass(frozen=True)
class File:
    """A file to make: `size` of a pixel in units of the CRS, `offset` of its middle, `turn` in degrees."""

    crs: str
    size: float
    overviews: tuple[int, ...] = ()
    nodata: int | None = None
    mask: bool = False
    offset: tuple[float, float] = (0.0, 0.0)
    turn: float = 0.0


# Name: middle (longitude, latitude), the zoom whose pixels are about as large, files.
SOURCES: dict[str, tuple[tuple[float, float], int, list[File]]] = {
    "the lattice of zoom 12": ((0.0, 0.0), 12, [File("EPSG:3857", ZOOM_12, (2, 4), nodata=9)]),
    "oddly beside that lattice": ((0.0, 0.0), 12, [File("EPSG:3857", 1.37 * ZOOM_12, (2, 4), offset=(0.31, 0.77))]),
    "UTM": (ROCKY, 12, [File("EPSG:32613", 30, (2, 4, 8), nodata=17)]),
    "UTM, turned, with a mask": (ROCKY, 12, [File("EPSG:32613", 23.7, turn=30, mask=True)]),
    "coarse UTM": (ROCKY, 9, [File("EPSG:32613", 500, (2, 4))]),
    "degrees": (ROCKY, 12, [File("EPSG:4326", 3e-4, (2, 4, 8), mask=True)]),
    "degrees from pole to pole": ((0.0, 0.0), 2, [File("EPSG:4326", 0.3, (2, 4, 8))]),
    "polar stereographic": (ARCTIC, 8, [File("EPSG:3413", 300, (2, 4))]),
    "degrees across the antimeridian": (FIJI, 12, [File("EPSG:4326", 3e-4, (2,), nodata=5)]),
    "UTM across the antimeridian": (FIJI, 12, [File("EPSG:32701", 30, (2,))]),
    "scenes of several grids": (
        ROCKY,
        12,
        [
            File("EPSG:32613", 30, (2, 4), nodata=5),
            File("EPSG:32612", 10, offset=(150, 80)),
            File("EPSG:4326", 2.7e-4, (2,), mask=True, offset=(-120, 60)),
            File("EPSG:3857", 33.3, (2, 4, 8), offset=(0, -70)),
        ],
    ),
}

Program = Callable[[list[Plane], list[Plane]], Plane]


def reduction(operation: str) -> Program:
    return lambda a, b: Reduce(operation, (*a, *b))


EDGES = Weights((3, 3), (1.0, 2.0, 1.0, 0.0, 0.0, 0.0, -1.0, -2.0, -0.7))
SHIFT = Weights((4, 7), tuple(float(n % 5 - 2) for n in range(28)))


BOX = Weights((4, 5), (1.0,) * 20)
RING = Weights((3, 3), (1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0))


def convolved(weights: Weights, plane: Plane) -> Plane:
    return Convolved(plane, weights)


# Of two bands of each scene.
PROGRAMS: dict[str, Program] = {
    "a band": lambda a, b: a[0],
    "a ratio": lambda a, b: Elementwise(
        "divide", (Elementwise("subtract", (a[0], b[0])), Elementwise("add", (a[0], b[0])))
    ),
    "masked": lambda a, b: Masked(a[0], Elementwise("less", (b[0], Constant(30000.0)))),
    "the best pixel": lambda a, b: Composite("argmax", tuple(b), tuple(a)),
    "median of ratios": lambda a, b: Reduce(
        "median", tuple(Elementwise("divide", pair) for pair in zip(a, b, strict=True))
    ),
    "edges": lambda a, b: convolved(EDGES, a[0]),
    "relief": lambda a, b: Hillshade(Reduce("mean", (*a, *b)), 315.0, 45.0, 1.0),
    "slopes": lambda a, b: Incline(Reduce("mean", (*a, *b)), "degrees", 1.0),
    "aspects of edges": lambda a, b: Incline(convolved(EDGES, a[0]), "aspect", 1.0),
    "focal median of a focal mean": lambda a, b: Focal(Focal(a[0], "mean", BOX), "median", BOX),
    "focal maximum of a median": lambda a, b: Focal(Reduce("median", (*a, *b)), "max", BOX),
    "classes": lambda a, b: Focal(Classified(a[0], (9e3, 4e4), (1.0, 2.0, 3.0)), "majority", RING),
    "a distance": lambda a, b: Distance(Elementwise("greater", (a[0], Constant(59000.0))), 400.0),
    "edges of edges, shifted": lambda a, b: convolved(EDGES, convolved(SHIFT, convolved(EDGES, a[0]))),
    "edges of a median": lambda a, b: convolved(EDGES, Reduce("median", (*a, *b))),
    "a median of edges": lambda a, b: Reduce("median", tuple(convolved(EDGES, one) for one in (*a, *b))),
    "beside what is around": lambda a, b: Elementwise("subtract", (a[0], convolved(SHIFT, b[0]))),
    "an upper percentile": lambda a, b: Reduce("percentile", (*a, *b), (80.0,)),
    "a trend": lambda a, b: Reduce("trend", (*a, *b), (1.0,), tuple(float(n * n) for n in range(2 * len(a)))),
    **{name: reduction(name) for name in ("mosaic", "median", "min", "max", "mean", "std", "sum", "count")},
}


class World:
    """The sources, written when first needed, and an engine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._scenes: dict[str, list[Scene]] = {}
        self.engine = RasterEngine(cache_bytes=64 << 20, threads=2)

    def scenes(self, source: str) -> list[Scene]:
        if source not in self._scenes:
            place, _, files = SOURCES[source]
            self._scenes[source] = [self._write(f"{source} {n}", file, place) for n, file in enumerate(files)]
        return self._scenes[source]

    def compute(self, plane: Plane, grid: Grid) -> NDArray[np.float64]:
        """The pixels, NaN where masked."""
        raster = self.engine.compute([plane], grid, Progress(), Limits())
        return np.where(raster.mask[0], np.nan, raster.data[0])

    def _write(self, name: str, file: File, place: tuple[float, float]) -> Scene:
        random = np.random.default_rng(len(name))
        middle = pyproj.Transformer.from_crs("EPSG:4326", file.crs, always_xy=True).transform(*place)
        pixels = Affine.rotation(file.turn) @ Affine.scale(file.size, -file.size)
        first = Affine.translation(*(shift - SIDE / 2 for shift in file.offset))
        path = write_raster(
            self._folder / f"{name}.tif",
            random.integers(1, 60000, (2, SIDE, SIDE)).astype(np.uint16),
            crs=file.crs,
            transform=Affine.translation(*middle) @ pixels @ first,
            overviews=file.overviews,
            nodata=file.nodata,
            mask=np.where(random.random((SIDE, SIDE)) < 0.1, 0, 255).astype(np.uint8) if file.mask else None,
        )
        return scene_of(path, name=f"p:{name}", mask="dataset" if file.mask else None)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("sources"))
    yield world
    world.engine.close()


def xyz_grid(zoom: int, row: int, col: int, side: int) -> Grid:
    """Pixels of a zoom, from a row and a column on, as somebody would ask for them who knows their edges."""
    size = 2 * HALF_WORLD / 2**zoom / 256
    left, top = col * size - HALF_WORLD, HALF_WORLD - row * size
    return Grid((left, top - side * size, left + side * size, top), "EPSG:3857", (side, side))


def from_parts(world: World, plane: Plane, parts: Callable[[int, int], Grid]) -> NDArray[np.float64]:
    """512 x 512 pixels out of two by two grids."""
    whole = np.empty((512, 512))
    for row, col in product((0, 1), (0, 1)):
        whole[256 * row : 256 * (row + 1), 256 * col : 256 * (col + 1)] = world.compute(plane, parts(row, col))
    return whole


def planes_of(world: World, source: str, program: str, resampler: str) -> Plane:
    scenes = world.scenes(source)
    first, second = ([Read(scene, scene.bands[band], resampler) for scene in scenes] for band in (0, 1))
    return PROGRAMS[program](list(first), list(second))


OFFSETS = st.tuples(*[st.sampled_from([0, 512, 256, 255, 37, 411])] * 2)


@given(
    source=st.sampled_from(list(SOURCES)),
    program=st.sampled_from(list(PROGRAMS)),
    resampler=st.one_of(st.just("near"), st.sampled_from(RESAMPLERS)),
    finer=st.integers(-4, 4),
    beside=st.tuples(st.integers(-1, 1), st.integers(-1, 1)),
    offset=OFFSETS,
)
@settings(max_examples=40, deadline=None)
def test_a_pixel_is_the_same_in_tiles_of_256_and_512_and_in_a_larger_grid(
    world: World,
    source: str,
    program: str,
    resampler: str,
    finer: int,
    beside: tuple[int, int],
    offset: tuple[int, int],
) -> None:
    (lon, lat), natural, _ = SOURCES[source]
    zoom = max(0, natural - 1 + finer)
    row = _row_part(lat) * 2**zoom
    y = min(max(0, math.floor(row) + beside[0]), 2**zoom - 1)
    x = (math.floor((lon / 360 + 0.5) * 2**zoom) + beside[1]) % 2**zoom
    plane = planes_of(world, source, program, resampler)
    whole = world.compute(plane, Grid.from_xyz_tile(x, y, zoom, size=512))
    tiles = from_parts(world, plane, lambda row, col: Grid.from_xyz_tile(2 * x + col, 2 * y + row, zoom + 1))
    down, along = offset
    around = world.compute(plane, xyz_grid(zoom + 1, 512 * y - down, 512 * x - along, 1024))
    np.testing.assert_array_equal(tiles, whole)
    np.testing.assert_array_equal(around[down : down + 512, along : along + 512], whole)


@given(
    source=st.sampled_from(["UTM", "degrees", "scenes of several grids"]),
    program=st.sampled_from(["mean", "relief", "edges of edges, shifted"]),
    resampler=st.sampled_from(RESAMPLERS),
    lattice=st.sampled_from([("EPSG:4326", 1e-4), ("EPSG:4326", 7e-4), ("EPSG:32613", 12.3), ("EPSG:32612", 100.0)]),
    offset=OFFSETS,
)
@settings(max_examples=12, deadline=None)
def test_a_pixel_is_the_same_on_all_aligned_grids_of_one_resolution(
    world: World, source: str, program: str, resampler: str, lattice: tuple[str, float], offset: tuple[int, int]
) -> None:
    crs, size = lattice
    x, y = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*ROCKY)
    row, col = round(-y / size) - 200, round(x / size) - 300

    def grid(row: int, col: int, side: int) -> Grid:
        inner = ((col + 0.2) * size, -(row + side - 0.2) * size, (col + side - 0.2) * size, -(row + 0.2) * size)
        return GeoContext(bounds=inner, bounds_crs=crs, crs=crs, resolution=size).grid

    plane = planes_of(world, source, program, resampler)
    whole = world.compute(plane, grid(row, col, 512))
    down, along = offset
    assert np.isfinite(whole).any()
    parts = from_parts(world, plane, lambda down, along: grid(row + 256 * down, col + 256 * along, 256))
    around = world.compute(plane, grid(row - down, col - along, 1024))
    np.testing.assert_array_equal(parts, whole)
    np.testing.assert_array_equal(around[down : down + 512, along : along + 512], whole)


SHAPES: dict[str, Callable[[float, bool], Plane]] = {
    "inside": lambda radius, touched: Inside(Point(ROCKY).buffer(radius), touched),
    "inside, of many vertices": lambda radius, touched: Inside(Point(ROCKY).buffer(radius, 5000), touched),
    "the last of several": lambda radius, touched: Rasterized(_rings(radius), (1.5, -2.0, 0.1), "replace", touched),
    "the sum of several": lambda radius, touched: Rasterized(_rings(radius), (1.5, -2.0, 0.1), "add", touched),
    "on the lattice": lambda radius, touched: Inside(_on_the_lattice(radius), touched, "EPSG:3857"),
}


def _rings(radius: float) -> tuple[BaseGeometry, ...]:
    disc = Point(ROCKY).buffer(radius)
    return disc, disc.boundary, MultiPolygon([disc, Point(ROCKY[0] + radius, ROCKY[1]).buffer(radius / 3)])


def _on_the_lattice(radius: float) -> BaseGeometry:
    """A square whose edges lie on centres of pixels of several zooms, where rounding decides what is inside."""
    size = 2 * HALF_WORLD / 2**16 / 256
    left, top = (
        round(place / size) * size
        for place in pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True).transform(*ROCKY)
    )
    side = round(radius * 1e5 / size) * size
    return box(left + size / 2, top - side + size / 2, left + side + size / 2, top + size / 2)


@given(
    shape=st.sampled_from(list(SHAPES)), zoom=st.integers(6, 18), radius=st.floats(0.001, 3.0), touched=st.booleans(),
    offset=OFFSETS,
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_geometries_meet_at_the_edges_of_tiles(
    world: World, shape: str, zoom: int, radius: float, touched: bool, offset: tuple[int, int]
) -> None:
    plane = SHAPES[shape](radius, touched)
    row = _row_part(ROCKY[1]) * 2**zoom
    y, x = math.floor(row), math.floor((ROCKY[0] / 360 + 0.5) * 2**zoom)
    whole = world.compute(plane, Grid.from_xyz_tile(x, y, zoom, size=512))
    tiles = from_parts(world, plane, lambda row, col: Grid.from_xyz_tile(2 * x + col, 2 * y + row, zoom + 1))
    down, along = offset
    around = world.compute(plane, xyz_grid(zoom + 1, 512 * y - down, 512 * x - along, 1024))
    np.testing.assert_array_equal(tiles, whole)
    np.testing.assert_array_equal(around[down : down + 512, along : along + 512], whole)


@given(zoom=st.integers(6, 16), radius=st.floats(0.001, 2.0), all_touched=st.booleans(), offset=OFFSETS)
@settings(max_examples=20, deadline=None)
def test_cutlines_meet_at_the_edges_of_tiles(
    world: World, zoom: int, radius: float, all_touched: bool, offset: tuple[int, int]
) -> None:
    cutline = Point(ROCKY).buffer(radius).symmetric_difference(Point(ROCKY[0] + radius, ROCKY[1]).buffer(radius / 3))
    y, x = math.floor(_row_part(ROCKY[1]) * 2**zoom), math.floor((ROCKY[0] / 360 + 0.5) * 2**zoom)

    def cut(grid: Grid) -> Grid:
        return replace(grid, cutline=cutline, all_touched=all_touched)

    plane = Constant(1.0)
    whole = world.compute(plane, cut(Grid.from_xyz_tile(x, y, zoom, size=512)))
    tiles = from_parts(world, plane, lambda row, col: cut(Grid.from_xyz_tile(2 * x + col, 2 * y + row, zoom + 1)))
    down, along = offset
    around = world.compute(plane, cut(xyz_grid(zoom + 1, 512 * y - down, 512 * x - along, 1024)))
    np.testing.assert_array_equal(tiles, whole)
    np.testing.assert_array_equal(around[down : down + 512, along : along + 512], whole)


@pytest.mark.parametrize("program", ["edges of edges, shifted", "relief", "focal median of a focal mean"])
@pytest.mark.parametrize("source", SOURCES)
def test_what_is_around_pieces_is_read_wherever_it_lies(world: World, source: str, program: str) -> None:
    (lon, lat), zoom, _ = SOURCES[source]
    plane = planes_of(world, source, program, "near")
    row = _row_part(lat) * 2**zoom
    top, left = math.floor(256 * row) - 700, math.floor(256 * (lon / 360 + 0.5) * 2**zoom) - 700
    large = world.compute(plane, xyz_grid(zoom, top, left, 1400))  # in pieces of less than 640
    assert np.isfinite(large).any()
    for down, along in product((0, 233, 466), repeat=2):
        part = world.compute(plane, xyz_grid(zoom, top + down, left + along, 933))
        np.testing.assert_array_equal(part, large[down : down + 933, along : along + 933])


# One after the other, each pair of them: what the inner one gives is what the outer one looks at.
NEIGHBOURHOODS: dict[str, Callable[[Plane], Plane]] = {
    "conv2d": lambda plane: convolved(EDGES, plane),
    "conv2d, shifted": lambda plane: convolved(SHIFT, plane),
    **{
        f"focal {operation}": lambda plane, operation=operation: Focal(plane, operation, RING)
        for operation in FOCAL_OPERATIONS
    },
    "focal mean, shifted": lambda plane: Focal(plane, "mean", BOX),
    "slope": lambda plane: Incline(plane, "percent", 1.0),
    "aspect": lambda plane: Incline(plane, "aspect", 1.0),
    "hillshade": lambda plane: Hillshade(plane, 300.0, 40.0, 0.01),
    "distance": lambda plane: Distance(Masked(plane, Elementwise("less", (plane, Constant(100.0)))), 160.0),
}


@pytest.mark.parametrize("outer", NEIGHBOURHOODS)
@pytest.mark.parametrize("inner", NEIGHBOURHOODS)
def test_neighbourhoods_of_neighbourhoods_meet_at_the_edges_of_tiles_and_of_cutlines(
    world: World, outer: str, inner: str
) -> None:
    (scene,) = world.scenes("UTM")
    plane = NEIGHBOURHOODS[outer](NEIGHBOURHOODS[inner](Read(scene, scene.bands[0])))
    row, col = (round(256 * 2**12 * part) for part in (_row_part(ROCKY[1]), ROCKY[0] / 360 + 0.5))
    cutline = Point(ROCKY).buffer(0.012)

    def grid(down: int, along: int, side: int) -> Grid:
        return xyz_grid(12, row - 40 + down, col - 40 + along, side)

    def cut(grid: Grid) -> Grid:
        return replace(grid, cutline=cutline, all_touched=outer == inner)

    whole = world.compute(plane, grid(0, 0, 80))
    within = (touched if outer == inner else inside)(cutline, grid(0, 0, 80))
    assert 0 < within.sum() < within.size
    within_cutline = np.where(within, whole, np.nan)
    np.testing.assert_array_equal(world.compute(plane, cut(grid(0, 0, 80))), within_cutline)
    for down, along in product((0, 40), (0, 40)):
        place, part = np.s_[down : down + 40, along : along + 40], grid(down, along, 40)
        np.testing.assert_array_equal(world.compute(plane, part), whole[place])
        np.testing.assert_array_equal(world.compute(plane, cut(part)), within_cutline[place])


def _row_part(lat: float) -> float:
    """The part of the world of Web Mercator that lies north of a latitude."""
    return 0.5 - math.asinh(math.tan(math.radians(lat))) / math.pi / 2
