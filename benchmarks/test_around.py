"""Tiles of what is around pixels, against those without: `pytest benchmarks/test_around.py`, ratios in each group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.test_tiles import GRID, SIDE, UTM_33
from graft_eval.barriers.convolution import Convolved, Weights
from graft_eval.barriers.focal import Focal
from graft_eval.barriers.terrain import Hillshade, Incline
from graft_eval.engine import RasterEngine
from graft_eval.limits import Limits
from graft_eval.plane import Plane, Read, Reduce
from graft_eval.process import prepare_process
from graft_eval.progress import Progress
from tests.graft_eval.scenes import scene_of, write_raster
from tileserver.drawing.render import Paint, draw

Benchmark = Callable[..., Any]
FIVE = Weights((5, 5), tuple(float(at % 7 - 3) for at in range(25)))
SQUARE = Weights((5, 5), (1.0,) * 25)
PAINT = Paint([(0.0, 4000.0)], "viridis")

# One band of heights that no neighbour has, the worst case for PNG and branches.
OF_A_BAND: dict[str, Callable[[Plane], Plane]] = {
    "colormap": lambda band: band,
    "hillshade": lambda band: Hillshade(band, 315.0, 45.0, 1.0),
    "slope": lambda band: Incline(band, "degrees", 1.0),
    "conv2d 5x5": lambda band: Convolved(band, FIVE),
    "focal mean 5x5": lambda band: Focal(band, "mean", SQUARE),
}
OF_A_MEDIAN: dict[str, Callable[[Plane], Plane]] = {
    "alone": lambda median: median,
    **{
        f"focal {operation} 5x5": lambda median, operation=operation: Focal(median, operation, SQUARE)
        for operation in ("mean", "max", "median", "std", "majority")
    },
}


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    prepare_process()
    engine = RasterEngine(cache_bytes=256 << 20, threads=2)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def bands(tmp_path_factory: pytest.TempPathFactory) -> list[Plane]:
    """One band of each of twelve dates, 3 % of it missing."""
    return [_band(tmp_path_factory.mktemp("dates"), number) for number in range(12)]


def _band(folder: Path, number: int) -> Plane:
    random = np.random.default_rng(number)
    data = random.integers(200, 4000, (1, SIDE, SIDE), np.int16)
    data[random.random(data.shape) < 0.03] = -9999
    scene = scene_of(write_raster(folder / "dem.tif", data, nodata=-9999, **UTM_33), name=f"made:{number}")
    return Read(scene, scene.bands[0])


def measure(benchmark: Benchmark, engine: RasterEngine, plane: Plane) -> None:
    png = benchmark(lambda: draw(engine.compute([plane], GRID, Progress(), Limits()), PAINT))
    assert png.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", OF_A_BAND)
def test_tile_of_a_band(benchmark: Any, engine: RasterEngine, bands: list[Plane], name: str) -> None:
    benchmark.group = "tile of a band"
    measure(benchmark, engine, OF_A_BAND[name](bands[0]))


@pytest.mark.parametrize("name", OF_A_MEDIAN)
def test_tile_of_a_median_of_12(benchmark: Any, engine: RasterEngine, bands: list[Plane], name: str) -> None:
    benchmark.group = "tile of a median of 12"
    measure(benchmark, engine, OF_A_MEDIAN[name](Reduce("median", tuple(bands))))
