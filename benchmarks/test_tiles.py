"""Warm tiles of real imagery through the engine: `pytest benchmarks/test_tiles.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Constant, Elementwise, Masked, Plane, Read, Reduce
from graft_eval.progress import Work
from tests.exact import TilePixels
from tests.graft_eval.scenes import scene_of

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
Benchmark = Callable[..., Any]


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=256 << 20, threads=2)
    yield engine
    engine.close()


@pytest.fixture(scope="module", autouse=True)
def imagery() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there: it holds real imagery")


def measure(benchmark: Benchmark, engine: RasterEngine, planes: list[Plane], place: tuple[float, float, int]) -> None:
    at = TilePixels.at(*place)
    raster = benchmark(
        lambda: engine.compute(planes, Grid.from_xyz_tile(at.x, at.y, at.z), Work(), Limits()),
    )
    assert not raster.mask.all()


@pytest.mark.parametrize("dates", [12, 40])
def test_ndvi_median(benchmark: Benchmark, engine: RasterEngine, dates: int) -> None:
    planes = []
    for path in sorted((SHARED / "landsat-rocky").glob("*_sr.tif"))[:dates]:
        scene = scene_of(path, path.with_name(path.name.replace("_sr", "_fmask")), name=f"rocky:{path.stem}")
        band = {one.name: Read(scene, one) for one in scene.bands}
        pair = (band["nir"], band["red"])
        index = Elementwise("divide", (Elementwise("subtract", pair), Elementwise("add", pair)))
        planes.append(Masked(index, Elementwise("invert", (Elementwise("less", (band["fmask"], Constant(2))),))))
    measure(benchmark, engine, [Reduce("median", tuple(planes))], (-106.914, 40.288, 14))


def test_true_colour(benchmark: Benchmark, engine: RasterEngine) -> None:
    scene = scene_of(*(SHARED / "s2-berlin" / f"{band}.tif" for band in ("B04", "B03", "B02")))
    measure(benchmark, engine, [Read(scene, band) for band in scene.bands], (12.58, 52.51, 13))
