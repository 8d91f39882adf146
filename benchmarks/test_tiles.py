"""Warm tiles through the engine, of scenes made on the spot: `pytest benchmarks/test_tiles.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from affine import Affine

from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Constant, Elementwise, Masked, Plane, Read, Reduce
from graft_eval.process import prepare_process
from graft_eval.progress import Progress
from tests.graft_eval.scenes import scene_of, write_raster

GRID = Grid.from_xyz_tile(1109, 669, 11)
UTM_33: dict[str, Any] = {"crs": "EPSG:32633", "transform": Affine(30.0, 0.0, 495_000.0, 0.0, -30.0, 5_855_000.0)}
SIDE = 768  # pixels of 30 m: 23 km, which hold the tile
Benchmark = Callable[..., Any]


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    prepare_process()
    engine = RasterEngine(cache_bytes=256 << 20, threads=2)
    yield engine
    engine.close()


def write_scene(folder: Path, number: int) -> tuple[Path, Path]:
    """Write red and near infrared, and a mask of classes 0 to 4 in blobs, with the same seed for the same number."""
    random = np.random.default_rng(number)
    bands = random.integers(200, 4000, (2, SIDE, SIDE), np.int16)
    classes = np.kron(random.integers(0, 5, (1, SIDE // 64, SIDE // 64), np.uint8), np.ones((1, 64, 64), np.uint8))
    return (
        write_raster(folder / f"{number}_sr.tif", bands, nodata=-9999, **UTM_33),
        write_raster(folder / f"{number}_fmask.tif", classes, nodata=255, **UTM_33),
    )


def measure(benchmark: Benchmark, engine: RasterEngine, planes: list[Plane]) -> None:
    raster = benchmark(lambda: engine.compute(planes, GRID, Progress(), Limits()))
    assert not raster.mask.all()


@pytest.mark.parametrize("dates", [12, 40])
def test_ndvi_median(benchmark: Benchmark, engine: RasterEngine, tmp_path: Path, dates: int) -> None:
    planes = []
    for number in range(dates):
        scene = scene_of(*write_scene(tmp_path, number), name=f"made:{number}")
        red, nir, fmask = (Read(scene, band) for band in scene.bands)
        index = Elementwise("divide", (Elementwise("subtract", (nir, red)), Elementwise("add", (nir, red))))
        planes.append(Masked(index, Elementwise("invert", (Elementwise("less", (fmask, Constant(2))),))))
    measure(benchmark, engine, [Reduce("median", tuple(planes))])


def test_true_colour(benchmark: Benchmark, engine: RasterEngine, tmp_path: Path) -> None:
    bands = np.random.default_rng(7).integers(200, 4000, (3, SIDE, SIDE), np.int16)
    scene = scene_of(write_raster(tmp_path / "rgb.tif", bands, **UTM_33))
    measure(benchmark, engine, [Read(scene, band) for band in scene.bands])
