"""The engine on real imagery, against whole-file rasterio, exact transforms and NumPy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Constant, Elementwise, Masked, Read, Reduce
from graft_eval.process import prepare_process
from graft_eval.progress import Progress
from graft_eval.scene import Scene
from tests.graft_eval.scenes import scene_of
from tests.oracle.tiles import TilePixels

TOLERATED = 0.001  # share of pixels that may take a neighbour of the exact source pixel


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    prepare_process()
    engine = RasterEngine(cache_bytes=64 << 20, threads=2)
    yield engine
    engine.close()


TILES = {
    "10 m and 60 m of Sentinel-2": ("s2-berlin", ("B04.tif", "B09.tif"), 0.0, 1e-4, (12.58, 52.51, 13)),
    "20 m of Sentinel-2": ("s2-berlin", ("B11.tif",), 0.0, 1e-4, (12.58, 52.51, 14)),
    "overviews of Sentinel-2": ("s2-berlin", ("B04.tif", "B11.tif"), 0.0, 1e-4, (12.58, 52.51, 10)),
    "Landsat": ("landsat-rocky", ("LE70350322008118EDC00_sr.tif",), -9999.0, 1e-4, (-106.914, 40.288, 14)),
    "northings below zero": (
        "landsat8-parana", ("LC08_L1TP_224077_20200518_RT_bgr.tif",), 0.0, 1.0, (-54.9, -25.2, 11)
    ),
    "land cover in Web Mercator": ("landcover-chesapeake", ("landcover.tif",), 0.0, 1.0, (-79.4, 39.84, 14)),
    "land cover at full resolution": ("landcover-chesapeake", ("landcover.tif",), 0.0, 1.0, (-79.4, 39.84, 18)),
    "elevation in degrees": ("dem-jacksboro", ("jacksboro.tif",), -32768.0, 1.0, (-84.25, 36.6, 12)),
}  # fmt: skip


@pytest.mark.parametrize(("product", "files", "nodata", "scale", "place"), TILES.values(), ids=TILES)
def test_tiles_of_real_imagery_are_exact(
    imagery: Path, engine: RasterEngine, product: str, files: tuple[str, ...], nodata: float, scale: float,
    place: tuple[float, float, int],
) -> None:  # fmt: skip
    paths = [imagery / product / file for file in files]
    scene = scene_of(*paths, nodata=nodata, scale=scale)
    at = TilePixels.at(*place)
    raster = engine.compute(
        [Read(scene, band) for band in scene.bands], Grid.from_xyz_tile(at.x, at.y, at.z), Progress(), Limits()
    )
    for number, band in enumerate(scene.bands):
        expected = at.sample(Path(band.asset.href), band.index, nodata=nodata, scale=scale)
        actual = np.ma.MaskedArray(raster.data[number], raster.mask[number])
        assert not expected.mask.all()
        assert np.mean(actual.filled(-1.0) != expected.filled(-1.0)) <= TOLERATED


def test_the_median_of_real_scenes_is_numpys(imagery: Path, engine: RasterEngine) -> None:
    folder, at = imagery / "landsat-rocky", TilePixels.at(-106.914, 40.288, 14)
    planes, expected = [], []
    for path in sorted(folder.glob("*_sr.tif"))[:24]:
        fmask = path.with_name(path.name.replace("_sr", "_fmask"))
        scene = scene_of(path, fmask, name=f"rocky:{path.stem}")
        band = {one.name: Read(scene, one) for one in scene.bands}
        index = Elementwise(
            "divide",
            (Elementwise("subtract", (band["nir"], band["red"])), Elementwise("add", (band["nir"], band["red"]))),
        )
        planes.append(Masked(index, Elementwise("invert", (Elementwise("less", (band["fmask"], Constant(2))),))))
        red, nir = (at.sample(path, number, nodata=-9999.0, scale=1e-4) for number in (1, 2))
        cloud = at.sample(fmask, 1, nodata=255.0)
        ratio = np.ma.masked_invalid((nir - red) / (nir + red))
        expected.append(np.ma.masked_where((cloud >= 2).filled(False), ratio))
    actual = engine.compute(
        [Reduce("median", tuple(planes))], Grid.from_xyz_tile(at.x, at.y, at.z), Progress(), Limits()
    )
    reference = np.ma.median(np.ma.stack(expected), axis=0)
    assert np.mean(actual.mask[0] != np.ma.getmaskarray(reference)) <= TOLERATED
    both = ~actual.mask[0] & ~np.ma.getmaskarray(reference)
    assert both.mean() > 0.5
    assert np.mean(~np.isclose(actual.data[0][both], reference.data[both], rtol=1e-12)) <= TOLERATED


@pytest.mark.parametrize("resampler", ["near", "bilinear"])
def test_a_large_grid_is_its_tiles(imagery: Path, engine: RasterEngine, resampler: str) -> None:
    scene: Scene = scene_of(imagery / "s2-berlin" / "B04.tif")
    plane = Read(scene, scene.bands[0], resampler)
    at = TilePixels.at(12.58, 52.51, 13)
    x, y = at.x // 4 * 4, at.y // 4 * 4
    large = engine.compute([plane], Grid.from_xyz_tile(x // 4, y // 4, 11, size=1024), Progress(), Limits())
    for row in range(4):
        for col in range(4):
            tile = engine.compute([plane], Grid.from_xyz_tile(x + col, y + row, 13), Progress(), Limits())
            part = np.s_[0, 256 * row : 256 * row + 256, 256 * col : 256 * col + 256]
            np.testing.assert_array_equal(tile.mask[0], large.mask[part])
            np.testing.assert_allclose(tile.data[0], large.data[part], rtol=1e-9)
