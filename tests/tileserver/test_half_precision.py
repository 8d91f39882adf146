"""Half-precision bands are read as float32, whether GDAL calls them float16 (from 3.11 on) or float32 of 16 bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Read
from graft_eval.process import prepare_process
from graft_eval.progress import Progress
from graft_eval.raster import handles
from tests.tileserver.rasters import AT_BERLIN, UTM
from tileserver.catalog import Catalog, rasters
from tileserver.catalog.errors import RasterError
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database

PIXELS = np.array([[1.5, 65504.0, 6e-8, 0.1], [-2.0, 0.0, np.nan, np.inf]], np.float16)  # 6e-8 is the least above 0


class Half:
    """An open dataset of half precision, as rasterio 1.5 shows it."""

    def __init__(self, dataset: rasterio.DatasetReader) -> None:
        self._dataset = dataset
        self.dtypes = ("float16",) * dataset.count

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dataset, name)

    def __enter__(self) -> Half:
        return self

    def __exit__(self, *error: object) -> None:
        self._dataset.close()

    def read(self, *arguments: Any, **options: Any) -> NDArray[np.float16]:
        pixels: NDArray[np.float16] = self._dataset.read(*arguments, **options).astype(np.float16)
        return pixels


@pytest.fixture(params=["float32 of 16 bits", "float16"])
def reported(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the library reports half precision; the installed one need not know float16."""
    if request.param == "float16":
        opening = handles.open_dataset

        def open_half(*arguments: Any, **options: Any) -> Half:
            return Half(opening(*arguments, **options))

        for module in (handles, rasters):
            monkeypatch.setattr(module, "open_dataset", open_half)
    return str(request.param)


@pytest.mark.usefixtures("reported")
@pytest.mark.parametrize("nodata", [None, -2.0, np.nan, -9999.0], ids=str)  # half precision holds no -9999
def test_half_precision_is_read_to_the_last_bit(tmp_path: Path, nodata: float | None) -> None:
    path = tmp_path / "half.tif"
    profile = {"dtype": "float32", "nbits": 16, "count": 1, "crs": UTM, "transform": AT_BERLIN, "nodata": nodata}
    with rasterio.open(path, "w", driver="GTiff", width=4, height=2, **profile) as dataset:
        dataset.write(PIXELS.astype(np.float32), 1)
    with rasterio.open(path) as dataset:
        missing = (dataset.read_masks(1) == 0) | ~np.isfinite(PIXELS)
    database = open_database(f"sqlite:///{tmp_path / 'graftile.sqlite'}")
    create_schema(database)
    catalog = Catalog(database, Settings(data_dir=tmp_path))
    report = catalog.add([str(path)])
    assert report.failed == []
    scene = catalog.scene(report.added[0])
    [band] = scene.bands
    assert band.dtype == "float32"
    left, size, top = AT_BERLIN.c, AT_BERLIN.a, AT_BERLIN.f
    prepare_process()
    engine = RasterEngine(cache_bytes=1 << 20, threads=1)
    grid = Grid((left, top - 2 * size, left + 4 * size, top), UTM, (2, 4))
    raster = engine.compute([Read(scene, band)], grid, Progress(), Limits())
    engine.close()
    np.testing.assert_array_equal(raster.mask[0], missing)
    np.testing.assert_array_equal(raster.data[0][~missing], PIXELS[~missing].astype(np.float64))


def test_complex_integers_are_refused(tmp_path: Path) -> None:
    profile = {"dtype": "complex_int16", "count": 1, "crs": UTM, "transform": AT_BERLIN}
    with rasterio.open(tmp_path / "radar.tif", "w", driver="GTiff", width=4, height=2, **profile):
        pass
    with pytest.raises(RasterError, match=r"holds complex_int16 pixels: .* gdal_calc.py -A radar.tif --calc=.abs"):
        rasters.open_raster(str(tmp_path / "radar.tif"), "")
