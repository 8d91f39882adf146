"""Overviews are compared with the full resolution when files are added, and read as far as they can be believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling

from benchmarks.ranges import Ranges, serve_ranges
from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Read
from graft_eval.progress import Progress
from tests.tileserver.cases import classes, field_with_a_gap, with_overviews
from tests.tileserver.rasters import AT_BERLIN, UTM, item, write_json
from tileserver.catalog import AddOptions, Catalog, Overrides
from tileserver.catalog.adding import making
from tileserver.catalog.overview_samples import check_overviews
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database

PIXELS = 300


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    database = open_database(f"sqlite:///{tmp_path / 'graftile.sqlite'}")
    create_schema(database)
    return Catalog(database, Settings(data_dir=tmp_path))


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=16 << 20, threads=1)
    yield engine
    engine.close()


def warnings_of(catalog: Catalog, path: Path, overrides: Overrides = Overrides()) -> list[str]:  # noqa: B008
    report = catalog.add([str(path)], AddOptions(overrides=overrides))
    assert not report.failed
    return [problem.text for _, problem in report.problems if problem.level == "warning"]


def read(catalog: Catalog, engine: RasterEngine, image: str, factor: int) -> NDArray[np.float64]:
    """Return the pixels of an image, NaN where masked, at so many times its own resolution."""
    [band] = catalog.scene(image).bands
    side, count = AT_BERLIN.a * factor, PIXELS // factor
    left, top = AT_BERLIN.c, AT_BERLIN.f
    grid = Grid((left, top - count * side, left + count * side, top), UTM, (count, count))
    raster = engine.compute([Read(catalog.scene(image), band)], grid, Progress(), Limits())
    return np.where(raster.mask[0], np.nan, raster.data[0])


RESAMPLINGS = ("nearest", "average", "bilinear", "cubic", "lanczos", "gauss", "mode")


@pytest.mark.parametrize("how", RESAMPLINGS)
def test_overviews_as_gdal_makes_them_of_imagery_are_believed(catalog: Catalog, tmp_path: Path, how: str) -> None:
    random = np.random.default_rng(9)
    slopes = np.add.outer(np.sin(np.arange(PIXELS) / 30), np.cos(np.arange(PIXELS) / 50))
    pixels = (slopes * 800 + 3000 + random.normal(0, 50, slopes.shape)).astype("uint16")
    pixels[:, :77] = 0
    path = with_overviews(tmp_path / "a_20200518.tif", pixels, Resampling[how], nodata=0)
    assert warnings_of(catalog, path) == []


@pytest.mark.parametrize("how", ["average", "bilinear", "cubic", "lanczos", "gauss"])
@pytest.mark.parametrize("nodata", [-9999, 0])
def test_averages_with_missing_pixels_are_noticed(catalog: Catalog, tmp_path: Path, how: str, nodata: int) -> None:
    path = with_overviews(tmp_path / "a_20200518.tif", field_with_a_gap(nodata), Resampling[how])
    with rasterio.open(path, "r+") as dataset:
        dataset.nodata = nodata
    [warning] = warnings_of(catalog, path)
    assert "outside of the full resolution's range" in warning


@pytest.mark.parametrize("how", RESAMPLINGS)
@pytest.mark.parametrize("colours", [False, True])
def test_averages_of_classes_are_not_read(
    catalog: Catalog, engine: RasterEngine, tmp_path: Path, how: str, colours: bool
) -> None:
    path = with_overviews(tmp_path / "a_20200518.tif", classes(), Resampling["nearest"])
    with rasterio.open(path, "r+") as dataset:
        if colours:
            dataset.write_colormap(1, {value: (value, 255 - value, 99, 255) for value in range(60)})
        dataset.build_overviews([2, 4, 8], Resampling[how])
    assert bool(warnings_of(catalog, path)) == (how not in ("nearest", "mode"))
    for factor in (1, 2, 5, 10):
        assert set(np.unique(read(catalog, engine, "a_20200518:a_20200518", factor))) <= {10, 20, 30, 40}


def test_overviews_are_left_out_as_the_operator_says(catalog: Catalog, engine: RasterEngine, tmp_path: Path) -> None:
    pixels = np.full((PIXELS, PIXELS), -9999, "float32")
    pixels[51:201, 51:201] = 10
    path = with_overviews(tmp_path / "a_20200518.tif", pixels, Resampling.average)
    with rasterio.open(path, "r+") as dataset:
        dataset.nodata = -9999

    def values(factor: int) -> set[float]:
        return {*np.unique(read(catalog, engine, "a_20200518:a_20200518", factor)).tolist()} - {np.nan}

    assert warnings_of(catalog, path)
    assert min(values(2)) < -1000
    assert min(values(4)) < -1000
    catalog.set_overrides("a_20200518", Overrides(overview_from=2))
    assert np.nanmin(list(values(2))) == np.nanmax(list(values(2))) == 10
    assert min(values(4)) < -1000
    catalog.set_overrides("a_20200518", Overrides(ignore_overviews=True))
    for factor in (1, 2, 4, 8):
        found = read(catalog, engine, "a_20200518:a_20200518", factor)
        assert set(found[np.isfinite(found)]) == {10}
    assert catalog.product_record("a_20200518")["settings"] == {"ignore_overviews": True}
    assert catalog.set_overrides("a_20200518", Overrides(overview_from=3)).to_json() == {"overview_from": 3}


def test_products_of_one_file_may_read_other_overviews(catalog: Catalog, engine: RasterEngine, tmp_path: Path) -> None:
    pixels = np.arange(PIXELS * PIXELS, dtype="float32").reshape(PIXELS, PIXELS)
    path = with_overviews(tmp_path / "a_20200518.tif", pixels, Resampling.average)
    warnings_of(catalog, path)
    as_it_is = catalog.scene("a_20200518:a_20200518")
    without = replace(Overrides(ignore_overviews=True).apply(as_it_is), id="q:a")
    side = 4 * AT_BERLIN.a
    left, top = AT_BERLIN.c, AT_BERLIN.f
    grid = Grid((left, top - 64 * side, left + 64 * side, top), UTM, (64, 64))
    planes = [Read(scene, scene.bands[0]) for scene in (as_it_is, without)]
    both = engine.compute(planes, grid, Progress(), Limits()).data
    for plane, data in zip(planes, both, strict=True):
        np.testing.assert_array_equal(engine.compute([plane], grid, Progress(), Limits()).data[0], data)
    assert (both[0] != both[1]).any()


@pytest.mark.parametrize("how", ["nearest", "average"])
def test_of_remote_files_classes_alone_are_compared(tmp_path: Path, how: str) -> None:
    named = [{"value": value, "name": str(value)} for value in (10, 20, 30, 40)]
    with_overviews(tmp_path / "files" / "a.tif", classes(), Resampling[how])
    with serve_ranges(Ranges(tmp_path / "files")) as files:
        told = {"x": {"raster:bands": [{"classification:classes": named}]}, "y": {}}
        assets = {key: {"href": f"{files.url}/a.tif", **fields} for key, fields in told.items()}
        database = open_database(f"sqlite:///{tmp_path / 'graftile.sqlite'}")
        create_schema(database)
        catalog = Catalog(database, Settings(data_dir=tmp_path, asset_hosts=(urlsplit(files.url).netloc,)))
        for key, fields in assets.items():
            path = write_json(tmp_path / f"{key}.json", item(id=key, assets={"x": fields}))
            assert bool(warnings_of(catalog, path)) == (key == "x" and how == "average")
            overviews = catalog.scene(f"p:{key}").bands[0].asset.overviews
            assert len(overviews) == (0 if key == "x" and how == "average" else 3)


def test_of_many_files_made_alike_some_are_compared(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[object] = []

    def compare(*given: Any) -> object:
        compared.append(given)
        return check_overviews(*given)

    monkeypatch.setattr(making, "check_overviews", compare)
    folder = tmp_path / "p"
    for number in range(80):
        with_overviews(folder / f"{number}_20200518.tif", np.ones((16, 16), "uint8"), Resampling.nearest)
    assert not catalog.add([str(folder)]).failed
    assert len(compared) == 32 + 1  # the 64th
