"""The overview that fits a grid: the coarsest that is as fine as the grid needs, wherever on the map that lies."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from morecantile import Tile
from morecantile import tms as matrix_sets

from graft_eval.engine import RasterEngine
from graft_eval.grid import HALF_WORLD, Grid
from graft_eval.limits import Limits
from graft_eval.plane import Read
from graft_eval.progress import Progress
from graft_eval.raster.overviews import fitting_overview
from graft_eval.scene import Asset
from tests.graft_eval.scenes import scene_of, write_raster

SINUSOIDAL = "+proj=sinu +R=6371007.181"
WORLDS = {
    "degrees": ("EPSG:4326", Affine(0.025, 0, -180, 0, -0.025, 90), (7200, 14400)),
    "degrees from 0 to 360": ("EPSG:4326", Affine(0.025, 0, 0, 0, -0.025, 90), (7200, 14400)),
    "degrees, south up": ("EPSG:4326", Affine(0.025, 0, -180, 0, 0.025, -90), (7200, 14400)),
    "middles of pixels at the edges": ("EPSG:4326", Affine(0.025, 0, -180.0125, 0, -0.025, 90.0125), (7201, 14401)),
    "Mercator": ("EPSG:3857", Affine(2500, 0, -HALF_WORLD, 0, -2500, HALF_WORLD), (16030, 16030)),
    "sinusoidal": (SINUSOIDAL, Affine(2500, 0, -20015109, 0, -2500, 10007554), (8006, 16012)),
}


def world(name: str) -> Asset:
    crs, transform, (rows, cols) = WORLDS[name]
    overviews = tuple((math.ceil(rows / factor), math.ceil(cols / factor)) for factor in (2, 4, 8, 16, 32))
    return Asset("w.tif", crs, tuple(transform)[:6], (rows, cols), overviews, (512, 512), "")


@pytest.mark.parametrize("name", WORLDS)
def test_the_tile_of_the_world_takes_the_coarsest(name: str) -> None:
    squares = [square for _, _, square in Grid.from_xyz_tile(0, 0, 0).squares()]
    assert len(squares) == 4
    assert {fitting_overview(world(name), square.square).number for square in squares} == {4}


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("lattice", ["WorldMercatorWGS84Quad", "WorldCRS84Quad", "WebMercatorQuad"])
def test_no_tile_of_the_first_zooms_takes_the_full_resolution(name: str, lattice: str) -> None:
    matrices = matrix_sets.get(lattice)
    crs = "OGC:CRS84" if lattice == "WorldCRS84Quad" else f"EPSG:{matrices.crs.to_epsg()}"
    for zoom in (0, 1):
        matrix = matrices.matrix(zoom)
        for x, y in np.ndindex(matrix.matrixWidth, matrix.matrixHeight):
            box = matrices.xy_bounds(Tile(x, y, zoom))
            grid = Grid((box.left, box.bottom, box.right, box.top), crs, (256, 256))
            for _, _, square in grid.squares():
                assert fitting_overview(world(name), square.square).number is not None


@pytest.mark.parametrize(
    ("crs", "transform"),
    [
        ("EPSG:3413", Affine(1000, 0, -4e6, 0, -1000, 4e6)),
        ("EPSG:3031", Affine(1000, 0, -4e6, 0, -1000, 4e6)),
        ("+proj=geos +h=35785831 +lon_0=-75 +sweep=x", Affine(1375, 0, -5.5e6, 0, -1375, 5.5e6)),
        ("+proj=ortho +lat_0=80 +lon_0=10", Affine(1600, 0, -6.4e6, 0, -1600, 6.4e6)),
        ("EPSG:32633", Affine(60, 0, 3e5, 0, -60, 6e6)),
    ],
    ids=["arctic", "antarctic", "disc from space", "half a globe", "one scene"],
)
def test_the_tile_of_the_world_takes_a_coarse_one_of_parts_of_it(crs: str, transform: Affine) -> None:
    overviews = tuple((8000 // factor, 8000 // factor) for factor in (2, 4, 8, 16, 32))
    asset = Asset("p.tif", crs, (*tuple(transform)[:6],), (8000, 8000), overviews, (512, 512), "")
    squares = [square.square for _, _, square in Grid.from_xyz_tile(0, 0, 0).squares()]
    assert min(fitting_overview(asset, square).number or 0 for square in squares) >= 2


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("middle", [-HALF_WORLD, -HALF_WORLD + 100, HALF_WORLD - 100, HALF_WORLD])
def test_the_antimeridian_asks_for_no_finer_one(name: str, middle: float) -> None:
    side = 256 * 40_000.0
    grid = Grid((middle - side / 2, -side / 2, middle + side / 2, side / 2), "EPSG:3857", (256, 256))
    overview = fitting_overview(world(name), grid).number
    assert overview is not None
    assert overview >= 2


def test_a_tile_of_the_world_reads_little(tmp_path: Path) -> None:
    rows = np.broadcast_to((np.arange(1800) // 8).astype("uint8")[:, None], (1, 1800, 3600))
    path = write_raster(
        tmp_path / "w.tif", rows, crs="EPSG:4326", transform=Affine(0.1, 0, -180, 0, -0.1, 90), overviews=(2, 4, 8)
    )
    scene = scene_of(path)
    engine, progress = RasterEngine(cache_bytes=64 << 20, threads=1), Progress()
    raster = engine.compute([Read(scene, scene.bands[0])], Grid.from_xyz_tile(0, 0, 0), progress, Limits())
    engine.close()
    assert progress.bytes_read == 225 * 450
    assert not raster.mask.any()
