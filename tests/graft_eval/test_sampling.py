"""Sampling against exact transforms of every pixel."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pyproj
import pytest
from affine import Affine
from numpy.typing import NDArray

from graft_eval.grid import Bounds, Grid
from graft_eval.raster.overviews import Overview, fitting_overview
from graft_eval.raster.sampling import Sampler, Sampling
from graft_eval.scene import Asset

ROCKY = 831, 1546, 12  # x, y, z


def overview_of(crs: str, transform: Affine, shape: tuple[int, int] = (1000, 1000), block: int = 256) -> Overview:
    asset = Asset("a.tif", crs, tuple(transform)[:6], shape, (), (block, block), "")
    return Overview.of(asset, None)


def exact_places(grid: Grid, overview: Overview) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Down and along the overview of the centres of all pixels, each transformed by itself."""
    left, _, _, top = grid.bounds
    width, height = grid.resolution
    x = left + (np.arange(grid.shape[1]) + 0.5) * width
    y = top - (np.arange(grid.shape[0]) + 0.5) * height
    to_source = pyproj.Transformer.from_crs(grid.crs, overview.crs, always_xy=True)
    xs, ys = to_source.transform(*np.meshgrid(x, y))
    along, down = ~Affine(*overview.transform) @ (xs, ys)
    return down, along


def pixels_of(sampling: Sampling, overview: Overview) -> NDArray[np.int64]:
    """The number of the source pixel that each output pixel takes, -1 for none."""
    numbers = np.full(sampling.outside.size, -1)
    height, width = overview.block
    for block in sampling.blocks:
        wide = min(width, overview.shape[1] - block.col * width)
        targets = np.concatenate([np.arange(start, stop) for start, stop, _ in block.spans])
        rows, cols = np.divmod(sampling.sources[targets].astype(int), wide)
        numbers[targets] = (block.row * height + rows) * overview.shape[1] + block.col * width + cols
    assert ((numbers < 0) == sampling.outside.reshape(-1)).all()
    return numbers.reshape(sampling.outside.shape)


# Name: grid, CRS of the source, size of its pixels; the source lies around the grid's centre.
CASES = {
    "UTM from a tile": (Grid.from_xyz_tile(*ROCKY), "EPSG:32613", 30),
    "UTM far from its zone": (Grid.from_xyz_tile(400, 700, 11), "EPSG:32613", 50),
    "degrees from a tile": (Grid.from_xyz_tile(*ROCKY), "EPSG:4326", 1e-4),
    "a coarse tile, a fine source": (Grid.from_xyz_tile(25, 48, 7), "EPSG:32613", 30),
    "polar stereographic from a tile": (Grid.from_xyz_tile(4, 1, 4), "EPSG:3413", 2000),
    "degrees from UTM": (Grid((5e5, 4e6, 5.3e5, 4.02e6), "EPSG:32613", (100, 150)), "EPSG:4326", 3e-4),
}


def overview_around(grid: Grid, crs: str, size: float, turn: float = 0.0) -> Overview:
    left, bottom, right, top = grid.bounds
    to_source = pyproj.Transformer.from_crs(grid.crs, crs, always_xy=True)
    x, y = to_source.transform((left + right) / 2, (bottom + top) / 2)
    turned = Affine.translation(x, y) @ Affine.rotation(turn) @ Affine.scale(size, -size)
    return overview_of(crs, turned @ Affine.translation(-500, -500))


@pytest.mark.parametrize("turn", [0.0, 30.0])
@pytest.mark.parametrize(("grid", "crs", "size"), CASES.values(), ids=CASES)
def test_places_are_off_by_less_than_a_fiftieth_of_a_pixel(grid: Grid, crs: str, size: float, turn: float) -> None:
    overview = overview_around(grid, crs, size, turn)
    at = Sampler(1 << 24).coordinates(grid, overview)
    down, along = exact_places(grid, overview)
    ours_along, ours_down = overview.inverse @ (at.x, at.y)  # type: ignore[operator]
    assert np.abs(ours_along - along).max() < 0.02
    assert np.abs(ours_down - down).max() < 0.02


@pytest.mark.parametrize("turn", [0.0, 30.0])
@pytest.mark.parametrize(("grid", "crs", "size"), CASES.values(), ids=CASES)
def test_the_source_pixel_holds_the_centre(grid: Grid, crs: str, size: float, turn: float) -> None:
    overview = overview_around(grid, crs, size, turn)
    down, along = (np.floor(place) for place in exact_places(grid, overview))
    inside = (down >= 0) & (down < 1000) & (along >= 0) & (along < 1000)
    expected = np.where(inside, down * 1000 + along, -1)
    actual = pixels_of(Sampler(1 << 24).sampling(grid, overview), overview)
    assert inside.any()
    assert np.mean(actual != expected) < 0.001


@pytest.mark.parametrize("window", [(0, 0, 256, 256), (256, 256, 256, 256), (100, 33, 17, 300), (511, 511, 1, 1)])
def test_a_pixel_is_the_same_out_of_any_part_of_a_grid(window: tuple[int, int, int, int]) -> None:
    overview = overview_of("EPSG:32613", Affine(7, 0, 335000, 0, -7, 4470000), (2000, 2000))
    large = Grid.from_xyz_tile(831 // 2, 1546 // 2, 11, size=512)
    row, col, rows, cols = window
    sampler = Sampler(1 << 24)
    whole = pixels_of(sampler.sampling(large, overview), overview)
    part = pixels_of(sampler.sampling(large.window(row, col, (rows, cols)), overview), overview)
    np.testing.assert_array_equal(part, whole[row : row + rows, col : col + cols])


def test_equal_lattices_match_pixel_by_pixel() -> None:
    # Every centre lies on the edge of source pixels twice as fine: rounding must not decide.
    grid = Grid.from_xyz_tile(*ROCKY)
    width, height = grid.resolution
    fine = Affine(width / 2, 0, grid.bounds[0], 0, -height / 2, grid.bounds[3])
    overview = overview_of("EPSG:3857", fine, (512, 512))
    rows, cols = np.divmod(pixels_of(Sampler(1 << 24).sampling(grid, overview), overview), 512)
    np.testing.assert_array_equal(cols, np.broadcast_to(np.arange(1, 512, 2), (256, 256)))
    np.testing.assert_array_equal(rows, np.broadcast_to(np.arange(1, 512, 2)[:, None], (256, 256)))


@pytest.mark.parametrize(
    ("col", "side", "straight"), [(512, 256, [1]), (700, 256, [1] * 512), (10, 100, [0])],
    ids=["a block", "rows of two blocks", "within a block"],
)  # fmt: skip
def test_pixels_that_follow_each_other_in_the_source_are_known(col: int, side: int, straight: list[int]) -> None:
    overview = overview_of("EPSG:32613", Affine(10, 0, 335000, 0, -10, 4470000))
    left, top, length = 335000 + 10 * col, 4470000 - 2560, 10 * side
    grid = Grid((left, top - length, left + length, top), "EPSG:32613", (side, side))
    sampling = Sampler(1 << 24).sampling(grid, overview)
    assert [int(one) for block in sampling.blocks for one in block.spans[:, 2]] == straight
    for begin, end, is_straight in (span for block in sampling.blocks for span in block.spans):
        steps = np.diff(sampling.sources[begin:end].astype(int))
        assert (steps == 1).all() == bool(is_straight)


# Name: CRS and place of a source of 40 x 20 degrees; those of a grid, and which half of the source it shows.
TURNS = {
    "beyond 180 degrees": ("EPSG:4326", 160, (-180, -10, -160, 10), "EPSG:4326", 20),
    "up to 180 degrees": ("EPSG:4326", 160, (160, -10, 180, 10), "EPSG:4326", 0),
    "a grid beyond 180 degrees": ("EPSG:4326", -180, (180, -10, 200, 10), "EPSG:4326", 0),
    "longitudes from 0 to 360": ("OGC:CRS84", 320, (-20, -10, 0, 10), "EPSG:4326", 20),
    "grads": ("EPSG:4807", 150, (-200, -10, -180, 10), "EPSG:4807", 50),
}


@pytest.mark.parametrize(("crs", "left", "bounds", "grid_crs", "first"), TURNS.values(), ids=TURNS.keys())
def test_a_source_is_found_on_both_sides_of_the_antimeridian(
    crs: str, left: float, bounds: Bounds, grid_crs: str, first: int
) -> None:
    overview = overview_of(crs, Affine(1, 0, left, 0, -1, 10), (20, 100 if crs == "EPSG:4807" else 40))
    sampling = Sampler(1 << 20).sampling(Grid(bounds, grid_crs, (20, 20)), overview)
    expected = np.arange(20)[:, None] * overview.shape[1] + np.arange(first, first + 20)
    np.testing.assert_array_equal(pixels_of(sampling, overview), expected)


def test_pixels_without_place_in_the_source_are_outside() -> None:
    overview, world = overview_of("EPSG:32633", Affine(10000, 0, 0, 0, -10000, 9000000)), Grid.from_xyz_tile(0, 0, 0)
    with np.errstate(invalid="ignore"):
        down, _ = exact_places(world, overview)
    sampling = Sampler(1 << 24).sampling(world, overview)
    assert not np.isfinite(down).all()
    assert sampling.outside[~np.isfinite(down)].all()
    assert not sampling.outside.all()


def test_samplings_are_kept_up_to_a_number_of_bytes() -> None:
    overview = overview_of("EPSG:32613", Affine(30, 0, 330000, 0, -30, 4470000))
    grid, sampler = Grid.from_xyz_tile(*ROCKY), Sampler(1 << 20)
    first = sampler.sampling(grid, overview)
    assert sampler.sampling(replace(grid), overview) is first
    for x in range(832, 836):
        sampler.sampling(Grid.from_xyz_tile(x, 1546, 12), overview)
    assert sampler.bytes_kept <= 1 << 20
    assert sampler.sampling(grid, overview) is not first


@pytest.mark.parametrize(("zoom", "number"), [(20, None), (14, None), (13, None), (12, 0), (11, 1), (10, 2), (5, 2)])
def test_the_overview_is_the_coarsest_that_is_not_coarser_than_the_output(zoom: int, number: int | None) -> None:
    # At 60 degrees north 9 m are 18 in Mercator; pixels of zoom 13 have 19.1, so the overview of 18 m fits zoom 12.
    x, y = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32633", always_xy=True).transform(15.0, 60.0)
    shapes = ((500, 500), (250, 250), (125, 125))
    asset = Asset("a.tif", "EPSG:32633", (9, 0, x - 4500, 0, -9, y + 4500), (1000, 1000), shapes, (256, 256), "")
    row = int((1 - math.asinh(math.tan(math.radians(60.0))) / math.pi) / 2 * 2**zoom)
    overview = fitting_overview(asset, Grid.from_xyz_tile(int(195 / 360 * 2**zoom), row, zoom))
    assert overview.number == number
    assert overview.shape == ((1000, 1000) if number is None else shapes[number])


def test_the_wider_axis_decides() -> None:
    # Pixels of a degree grid at 60 degrees north are twice as tall as wide in Mercator.
    step = 360 / 256 / 2**10
    row = int((1 - math.asinh(math.tan(math.radians(60.0))) / math.pi) / 2 * 2**10)
    for factor, number in ((0.26, None), (0.24, 0)):
        size = step * factor
        asset = Asset("a.tif", "EPSG:4326", (size, 0, 14, 0, -size, 61), (4000, 4000), ((2000, 2000),), (256, 256), "")
        assert fitting_overview(asset, Grid.from_xyz_tile(int(195 / 360 * 2**10), row, 10)).number == number


def test_small_blocks_are_read_several_at_once() -> None:
    asset = Asset("a.tif", "EPSG:3857", (1, 0, 0, 0, -1, 0), (5000, 3000), ((100, 60),), (3, 3000), "")
    assert Overview.of(asset, None).block == (258, 3000)
    assert Overview.of(asset, 0).block == (100, 60)
