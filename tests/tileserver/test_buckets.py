"""Files in buckets: read from those that are allowed, with the credentials of the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Read
from graft_eval.progress import Progress
from tests.object_store import running_s3
from tests.tileserver.rasters import item, write_json, write_tif
from tileserver.catalog import AddReport, Catalog
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database

PIXELS = np.arange(1, 49, dtype="uint8").reshape(1, 6, 8)


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with running_s3("scenes") as client:
        yield client


def added(tmp_path: Path, href: str, hosts: tuple[str, ...]) -> tuple[Catalog, Settings, AddReport]:
    """Add an Item with a file at an address."""
    asset = {"href": href, "type": "image/tiff; application=geotiff"}
    write_json(tmp_path / "items" / "i.json", item(assets={"nir": asset}))
    settings = Settings(data_dir=tmp_path / "data", asset_hosts=hosts)
    create_schema(engine := open_database(settings.database))
    catalog = Catalog(engine, settings)
    return catalog, settings, catalog.add([str(tmp_path / "items")])


@pytest.mark.parametrize("href", ["s3://scenes/2020/a b.tif", "/vsis3/scenes/2020/a b.tif"])
def test_a_file_in_a_bucket_is_read(s3: Any, tmp_path: Path, href: str) -> None:
    s3.upload_file(str(write_tif(tmp_path / "a.tif", data=PIXELS)), "scenes", "2020/a b.tif")
    catalog, settings, report = added(tmp_path, href, ("s3://scenes",))
    assert report.failed == []
    [scene] = catalog.scenes("p", start=None, end=None, limit=2, area=None)
    asset = scene.bands[0].asset
    assert asset.href == "s3://scenes/2020/a b.tif"  # no signature is kept
    left, top = asset.transform[2], asset.transform[5]
    grid = Grid((left, top - 60, left + 80, top), asset.crs, (6, 8))
    with closing(RasterEngine(1 << 20, 1, settings.access)) as engine:
        raster = engine.compute([Read(scene, scene.bands[0])], grid, Progress(), Limits())
    np.testing.assert_array_equal(raster.data, PIXELS)


def test_files_in_other_buckets_are_refused(s3: Any, tmp_path: Path) -> None:
    *_, report = added(tmp_path, "s3://secrets/a.tif", ("s3://scenes",))
    assert "the bucket s3://secrets is not allowed (asset_hosts: s3://scenes)" in report.failed[0][1]


def test_a_file_that_is_not_in_its_bucket_is_told_without_its_signature(s3: Any, tmp_path: Path) -> None:
    *_, report = added(tmp_path, "s3://scenes/none.tif", ("s3://scenes",))
    assert "s3://scenes/none.tif answers 404" in report.failed[0][1]
    assert "X-Amz" not in report.failed[0][1]
