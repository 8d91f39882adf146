"""Mosaics of many images, against NumPy that looks through all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from numpy.typing import NDArray
from shapely.geometry import box

from graft_eval.barriers.mosaic import Mosaic
from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Constant, Elementwise, IsMasked, Masked, Plane, Read
from graft_eval.planning.extents import Extents, files_of
from graft_eval.planning.mosaics import FIRST, Layers, fill, mosaic_of
from graft_eval.planning.plan import sort
from graft_eval.progress import Progress
from graft_eval.scope import Raster
from tests.graft_eval.scenes import scene_of, write_raster

UTM, MERCATOR = "EPSG:32633", "EPSG:3857"
LEFT, TOP = 1_700_000.0, 6_600_000.0  # of the grid, in metres of Web Mercator
GRID = Grid((LEFT, TOP - 7000, LEFT + 11000, TOP), MERCATOR, (420, 660))
COUNT = 60


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory) -> list[Read]:
    """Bands of rasters on many lattices of two CRS, rotated ones, too, with holes, all over the grid and beyond."""
    folder, random = tmp_path_factory.mktemp("mosaic"), np.random.default_rng(11)
    found = []
    for number in range(COUNT):
        pixels = random.integers(1, 255, (1, 40, 60)).astype(np.uint8)
        pixels[random.random(pixels.shape) < 0.3] = 0
        if number % 2:
            place = Affine.translation(LEFT + random.uniform(-900, 10000), TOP + random.uniform(-7000, 900))
            crs, size = MERCATOR, 20.0
        else:
            place = Affine.translation(522_000 + random.uniform(-1000, 9000), 5_662_000 + random.uniform(-6000, 1000))
            crs, size = UTM, 15.0
        transform = place @ Affine.rotation(random.choice([0.0, 30.0])) @ Affine.scale(size, -size)
        path = write_raster(folder / f"{number}.tif", pixels, crs=crs, transform=transform, nodata=0)
        scene = scene_of(path, name=f"test:{number}")
        found.append(Read(scene, scene.bands[0]))
    return found


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=64 << 20, threads=2)
    yield engine
    engine.close()


def first_valid(
    engine: RasterEngine, planes: Sequence[Plane], grid: Grid
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Compute all planes, and take the first valid one of each pixel in NumPy."""
    raster = engine.compute(planes, grid, Progress(), Limits())
    first = np.argmin(raster.mask, axis=0)[None]
    mask = np.take_along_axis(raster.mask, first, axis=0)[0]
    return np.take_along_axis(raster.data, first, axis=0)[0], mask


KINDS: dict[str, Callable[[Read], Plane]] = {
    "read": lambda read: read,
    "bilinear": lambda read: Read(read.scene, read.band, "bilinear"),
    "computed": lambda read: Elementwise("add", (Constant(1.0), read)),
    "masked": lambda read: Masked(read, Elementwise("less", (read, Constant(100.0)))),
    "boolean": lambda read: Elementwise("greater", (read, Constant(100.0))),
    "valid everywhere": lambda read: IsMasked((read,)),
}
GRIDS = {
    "pieces": GRID,
    "a tile": Grid.from_xyz_tile(1111, 686, 11),
    "a cutline": Grid(GRID.bounds, MERCATOR, (256, 256), cutline=box(15.3, 50.85, 15.33, 50.88)),
}


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS.keys())
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_mosaic_is_the_first_valid_pixel(
    engine: RasterEngine, reads: list[Read], kind: Callable[[Read], Plane], grid: Grid
) -> None:
    planes = [kind(read) for read in reads]
    mosaic = mosaic_of(planes)
    assert isinstance(mosaic, Mosaic)
    found = engine.compute([mosaic], grid, Progress(), Limits())
    data, mask = first_valid(engine, planes, grid)
    np.testing.assert_array_equal(found.mask[0], mask)
    np.testing.assert_array_equal(found.data[0][~mask], data[~mask])
    assert (found.data.dtype == bool) == (kind in (KINDS["boolean"], KINDS["valid everywhere"]))


def test_planes_below_a_whole_one_are_not_read(engine: RasterEngine, tmp_path: Path) -> None:
    whole = write_raster(tmp_path / "a.tif", np.full((1, *GRID.shape), 7, np.uint8), transform=GRID.transform)
    scenes = [scene_of(whole, name=f"test:{number}") for number in range(3 * FIRST)]
    mosaic = mosaic_of([Read(scene, scene.bands[0]) for scene in scenes])
    progress = Progress()
    raster = engine.compute([mosaic], GRID, progress, Limits(scenes=FIRST))
    assert (raster.data == 7).all()
    assert progress.used == {f"test:{number}" for number in range(FIRST)}
    assert not progress.lacking


def test_scenes_beyond_the_limit_are_counted_and_named_in_the_log(engine: RasterEngine, reads: list[Read]) -> None:
    said: list[str] = []
    progress = Progress(log=lambda level, message: said.append(message))
    engine.compute([mosaic_of(reads)], Grid.from_xyz_tile(277, 171, 9), progress, Limits(scenes=20))
    assert progress.lacking == len(progress.unread) > 0
    (message,) = said
    assert message.startswith(f"{progress.lacking} of {COUNT} scenes were not read, and may be missing: from zoom 1")
    assert message.endswith("on there are no more, or the setting limits.scenes, 20, allows more")


def test_where_time_is_short_what_was_read_is_the_mosaic(engine: RasterEngine, reads: list[Read]) -> None:
    mosaic = mosaic_of(reads)
    assert isinstance(mosaic, Mosaic)
    grid, limits, asked = Grid.from_xyz_tile(277, 171, 9), Limits(), 0

    def compute(planes: Sequence[Plane]) -> Raster | None:
        nonlocal asked
        asked += 1
        return engine.compute(planes, grid, Progress(), limits) if asked == 1 else None

    nowhere, everywhere = np.zeros(grid.shape, bool), np.ones(grid.shape, bool)
    [found], left = fill([Layers(mosaic)], grid, everywhere, compute, lambda asset: nowhere, limits.scenes)
    assert asked == 2
    assert 0 < len(left) <= COUNT - FIRST
    kept = [read for read in reads if read.scene.id not in left]
    _, mask = first_valid(engine, kept, grid)
    np.testing.assert_array_equal(found.mask.reshape(grid.shape), mask)


def test_what_is_outside_of_all_files_of_a_plane_is_known(reads: list[Read]) -> None:
    one, other = reads[:2]
    total = Elementwise("add", (one, other))
    anywhere = IsMasked((one,))
    files = files_of(sort([total, anywhere, Masked(one, other, replace=True)]))
    assert files[total] in ((one.band.asset,), (other.band.asset,))
    assert files[anywhere] is None


def test_the_fullest_part_decides_how_often_a_grid_is_halved(reads: list[Read], tmp_path: Path) -> None:
    assets = []
    for number in range(64):
        row, col = divmod(number, 8)
        transform = GRID.transform @ Affine.translation(col * 82.5, row * 52.5) @ Affine.scale(82.5, 52.5)
        path = write_raster(tmp_path / f"{number}.tif", np.ones((1, 1, 1), np.uint8), transform=transform)
        assets.append(scene_of(path).bands[0].asset)
    extents = Extents([[asset] for asset in assets], GRID)
    assert [extents.halvings(most) for most in (64, 63, 16, 15, 1)] == [0, 1, 1, 2, 3]
    assert Extents([None, None], GRID).halvings(1) is None
    assert Extents([assets], GRID).halvings(1) == 0
