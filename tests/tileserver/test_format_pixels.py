"""Every pixel of each format is what rasterio reads, through the engine that draws tiles."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio

from graft_eval.engine import RasterEngine
from graft_eval.fingerprint import fingerprint_of_file
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Read
from graft_eval.progress import Progress
from graft_eval.scene import Scene
from tests.tileserver import format_cases
from tests.tileserver.cases import CASES, Case, tif
from tests.tileserver.grids import noise, write_netcdf4
from tileserver.catalog import Catalog
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database

ADDED = [case for case in CASES if case.images and case.make.__module__ == format_cases.__name__]


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=32 << 20, threads=2)
    yield engine
    engine.close()


def check_pixels(engine: RasterEngine, scene: Scene) -> None:
    """Compare all bands of a scene, which are of one grid, with what rasterio reads of their files."""
    asset = scene.bands[0].asset
    bounds = rasterio.transform.array_bounds(*asset.shape, rasterio.Affine(*asset.transform))
    progress = Progress()
    planes = [Read(scene, band) for band in scene.bands]
    raster = engine.compute(planes, Grid(bounds, asset.crs, asset.shape), progress, Limits(pixels=1 << 25))
    assert not progress.skipped
    for band, values, missing in zip(scene.bands, raster.data, raster.mask, strict=True):
        with rasterio.open(format_cases.gdal_name(band.asset.href)) as dataset:
            expected = dataset.read(band.index, masked=True)
        np.testing.assert_array_equal(missing, np.ma.getmaskarray(expected))
        np.testing.assert_allclose(
            values[~missing], expected.compressed() * band.scale + band.offset, rtol=1e-12, atol=0
        )


@pytest.mark.parametrize("case", ADDED, ids=lambda case: case.name)
def test_pixels_are_those_that_rasterio_reads(case: Case, engine: RasterEngine, tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'graftile.sqlite'}")
    create_schema(database)
    catalog = Catalog(database, Settings(data_dir=tmp_path))
    folder = tmp_path / case.name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries that write the files
        case.make(folder)
    report = catalog.add([str(folder / case.given)], case.options)
    assert sorted(report.added) == sorted(case.images)
    for image in report.added:
        check_pixels(engine, catalog.scene(image))


def test_a_vrt_changes_with_its_files_and_a_variable_with_its_file(tmp_path: Path) -> None:
    source = tif(tmp_path / "a.tif", 5)
    vrt = format_cases.vrt(tmp_path / "m.vrt", "a.tif")
    variable = f"{write_netcdf4(tmp_path / 'a.nc', {'dem': noise(6, 8)})}:dem"
    before = [fingerprint_of_file(vrt), fingerprint_of_file(variable)]
    tif(source, 5, 6)
    write_netcdf4(tmp_path / "a.nc", {"dem": noise(6, 8), "other": noise(6, 8)})
    after = [fingerprint_of_file(vrt), fingerprint_of_file(variable)]
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert fingerprint_of_file(tmp_path / "a.nc") == after[1]
