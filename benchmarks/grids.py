"""Large grids beside the tiles that they cover: one evaluation of 2048 x 2048 pixels, and 64 of 256 x 256."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Final

import click
import morecantile

from benchmarks.stack import FULL, build_stack, read_once
from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Elementwise, Plane, Read, Reduce
from graft_eval.process import prepare_process
from graft_eval.progress import Progress
from graft_eval.scope import Raster
from tests.graft_eval.scenes import scene_of

ZOOM: Final = 14
ACROSS: Final = 8  # tiles
SIDE: Final = 256  # pixels
ROUNDS: Final = 3
CACHE: Final = 1 << 30  # bytes: all that is read stays decoded


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), envvar="GRAFTILE_BENCH_DIR", default=".graftile/bench")
def grids(folder: Path) -> None:
    """Print what a grid costs in seconds of processor, and how many times its tiles that is; nothing is decoded."""
    home = build_stack(FULL, folder.absolute())
    read_once(home)
    prepare_process()
    engine = RasterEngine(CACHE, 2)
    tiles, whole = _tiles()
    click.echo("| workload | 64 tiles, CPU s | one grid, CPU s | ratio |\n|---|---|---|---|")
    for name, planes in _workloads(home).items():

        def compute(grid: Grid, planes: tuple[Plane, ...] = planes) -> Raster:
            return engine.compute(planes, grid, Progress(), Limits())

        apart, together = _least(lambda: [compute(tile) for tile in tiles], lambda: [compute(whole)])
        click.echo(f"| {name} | {apart:.2f} | {together:.2f} | {together / apart:.2f} |")
    engine.close()


def _tiles() -> tuple[list[Grid], Grid]:
    """Return the tiles in the middle of the stack, and the grid of their pixels."""
    west, south, east, north = FULL.lonlat_bounds
    first = morecantile.tms.get("WebMercatorQuad").tile((west + east) / 2, (south + north) / 2, ZOOM)
    left, top = first.x - ACROSS // 2, first.y - ACROSS // 2
    tiles = [Grid.from_xyz_tile(left + col, top + row, ZOOM) for row in range(ACROSS) for col in range(ACROSS)]
    bounds = (tiles[0].bounds[0], tiles[-1].bounds[1], tiles[-1].bounds[2], tiles[0].bounds[3])
    return tiles, Grid(bounds, tiles[0].crs, (ACROSS * SIDE, ACROSS * SIDE))


def _workloads(home: Path) -> dict[str, tuple[Plane, ...]]:
    bands = []
    for path in sorted(home.glob("*.tif")):
        scene = scene_of(path)
        bands.append([Read(scene, band) for band in scene.bands])
    ndvi = [
        Elementwise("divide", (Elementwise("subtract", (nir, red)), Elementwise("add", (nir, red))))
        for _, _, red, nir in bands
    ]
    return {
        "three bands of a scene": tuple(bands[0][:3]),
        "their median of 12 dates": tuple(Reduce("median", dates) for dates in zip(*bands, strict=True))[:3],
        "NDVI of 12 dates, median": (Reduce("median", tuple(ndvi)),),
    }


def _least(*measured: Callable[[], object]) -> list[float]:
    """Return the seconds of processor that each takes at best, after a first time that does not count."""
    found: list[list[float]] = [[] for _ in measured]
    for _ in range(1 + ROUNDS):
        for seconds, function in zip(found, measured, strict=True):
            began = process_time()
            function()
            seconds.append(process_time() - began)
    return [min(seconds[1:]) for seconds in found]


if __name__ == "__main__":
    grids()
