"""The catalog on real imagery."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import morecantile
import numpy as np
import pytest
import rasterio

from graft_eval.grid import Grid
from graft_eval.scene import Band
from tileserver.catalog import Catalog
from tileserver.demo.data import write_elevation
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    engine = open_database(f"sqlite:///{tmp_path / 'graftile.sqlite'}")
    create_schema(engine)
    return Catalog(engine, Settings(data_dir=tmp_path))


def test_all_of_the_real_imagery_is_added_from_its_folder(catalog: Catalog, imagery: Path) -> None:
    report = catalog.add([str(imagery)])
    assert report.failed == []
    assert len(report.added) == 110
    assert {product.id: product.bands for product in catalog.products()} == {
        "dem-jacksboro": ("elevation",),
        "landcover-chesapeake": ("b1",),
        "landsat-rocky": ("red", "nir", "swir1", "fmask"),
        "landsat8-parana": ("blue", "green", "red"),
        "s2-berlin": ("B02", "B01", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12"),
    }


def test_a_collections_items_are_found_by_its_links(catalog: Catalog, imagery: Path) -> None:
    report = catalog.add([str(imagery / "landsat8-parana" / "collection.json")])
    assert report.failed == []
    assert report.added == [f"landsat8-parana:LC08_L1TP_22407{number}_20200518_RT" for number in (7, 8)]


def test_bands_of_several_resolutions_make_one_scene(catalog: Catalog, imagery: Path) -> None:
    assert catalog.add([str(imagery / "s2-berlin")]).failed == []
    scene = catalog.scene("s2-berlin:S2A_T33UUU_20170216T102101")
    by_name: dict[str, Band] = {band.name: band for band in scene.bands}
    assert len(by_name) == 13
    assert [by_name[name].asset.transform[0] for name in ("B02", "B11", "B01")] == [10, 20, 60]
    assert (by_name["B02"].common_name, by_name["B02"].scale, by_name["B02"].nodata) == ("blue", 0.0001, 0.0)


def test_the_real_series_is_found_by_the_tiles_that_show_it(catalog: Catalog, imagery: Path) -> None:
    catalog.add([str(imagery / "landsat-rocky")])
    tile = morecantile.tms.get("WebMercatorQuad").tile(-106.915, 40.29, 14)
    on_it, beside_it = (Grid.from_xyz_tile(x, tile.y, 14) for x in (tile.x, tile.x - 2))

    def dates_on(grid: Grid) -> list[datetime]:
        found = catalog.scenes("landsat-rocky", start=None, end=None, limit=1000, area=grid.footprint)
        return [scene.date for scene in found]

    assert len(dates_on(on_it)) == 105
    assert dates_on(beside_it) == []


def test_elevation_equals_the_published_copy(tmp_path: Path, imagery: Path) -> None:
    write_elevation(tmp_path)
    with (
        rasterio.open(tmp_path / "jacksboro" / "elevation.tif") as made,
        rasterio.open(imagery / "dem-jacksboro" / "jacksboro.tif") as published,
    ):
        assert np.array_equal(made.read(1), published.read(1))
        assert made.transform.almost_equals(published.transform)
        assert made.crs == published.crs
