"""Class ids of 64 bits keep all their digits as long as nothing is computed with them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio import warp

import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.engine import RasterEngine
from graft_eval.grid import HALF_WORLD, Grid
from graft_eval.scope import Scope
from tests.server_fixture import running_server
from tests.tileserver.conftest import Served
from tests.tileserver.rasters import AT_BERLIN, UTM
from tileserver.catalog import Catalog
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database

SIDE = 8
GRID = Grid((AT_BERLIN.c, AT_BERLIN.f - SIDE * 10, AT_BERLIN.c + SIDE * 10, AT_BERLIN.f), UTM, (SIDE, SIDE))


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=1 << 20, threads=1)
    yield engine
    engine.close()


@pytest.fixture(params=["int64", "uint64"])
def scope(request: pytest.FixtureRequest, tmp_path: Path, engine: RasterEngine) -> Scope:
    base = -(2**62) if request.param == "int64" else 2**63
    ids = (np.arange(SIDE * SIDE).reshape(SIDE, SIDE).astype(request.param)) + np.array(base, request.param)
    ids[0, 0] = 0
    profile = {"width": SIDE, "height": SIDE, "count": 1, "crs": UTM, "transform": AT_BERLIN, "nodata": 0}
    with rasterio.open(tmp_path / "i_20200518.tif", "w", driver="GTiff", dtype=request.param, **profile) as dataset:
        dataset.write(ids, 1)
    database = open_database(f"sqlite:///{tmp_path / 'graftile.sqlite'}")
    create_schema(database)
    catalog = Catalog(database, Settings(data_dir=tmp_path))
    assert catalog.add([str(tmp_path / "i_20200518.tif")]).added == ["i_20200518:i_20200518"]
    return Scope(catalog, engine, GRID)


IMAGE = wf.Image.from_id("i_20200518:i_20200518")


def value_at(scope: Scope, image: wf.Image, row: int, col: int) -> float:
    x, y = AT_BERLIN @ (col + 0.5, row + 0.5)
    found = evaluate(parse(image.value_at(x, y).graft, scope.limits), scope)
    assert isinstance(found, dict)
    [value] = found.values()
    assert isinstance(value, int | float)
    return value


def test_values_at_points_have_all_digits(scope: Scope, tmp_path: Path) -> None:
    with rasterio.open(tmp_path / "i_20200518.tif") as dataset:
        ids = dataset.read(1)
    for row, col in ((0, 1), (3, 5), (7, 7)):
        found = value_at(scope, IMAGE, row, col)
        assert isinstance(found, int)
        assert found == int(ids[row, col])
    assert math.isnan(value_at(scope, IMAGE, 0, 0))


def test_what_is_computed_is_float64(scope: Scope, tmp_path: Path) -> None:
    with rasterio.open(tmp_path / "i_20200518.tif") as dataset:
        id_ = int(dataset.read(1)[3, 5])
    found = value_at(scope, IMAGE + 1, 3, 5)
    assert isinstance(found, float)
    assert found == float(id_) + 1


def test_the_server_gives_all_digits(tmp_path: Path) -> None:
    folder = tmp_path / "ids"
    folder.mkdir()
    profile = {"width": SIDE, "height": SIDE, "count": 1, "crs": UTM, "transform": AT_BERLIN, "dtype": "int64"}
    with rasterio.open(folder / "i_20200518.tif", "w", driver="GTiff", **profile) as dataset:
        dataset.write(np.full((1, SIDE, SIDE), 2**60 + 1))
    x, y = AT_BERLIN @ (2.5, 3.5)
    here = wf.GeoContext(bounds=GRID.bounds, bounds_crs=UTM, crs=UTM, resolution=10.0)
    with running_server(tmp_path / "data", add=[folder]) as url, Served(url, folder, tmp_path, {}) as served:
        image = wf.Image.from_id("ids:i_20200518")
        assert image.value_at(x, y).inspect(here, client=wf.Client(url)) == {"data": 2**60 + 1}
        layer = served.publish(image)
        [lon], [lat] = warp.transform(UTM, "EPSG:3857", [x], [y])
        zoom, size = 17, 2 * HALF_WORLD / 2**17
        col, row = (lon + HALF_WORLD) / size, (HALF_WORLD - lat) / size
        pixel = f"I={int(col % 1 * 256)}&J={int(row % 1 * 256)}&INFOFORMAT=application/json"
        wmts = (
            "SERVICE=WMTS&REQUEST=GetFeatureInfo&VERSION=1.0.0&STYLE=default&FORMAT=image/png&TILEMATRIXSET=EPSG:3857"
        )
        place = f"LAYER={layer}&TILEMATRIX={zoom}&TILEROW={int(row)}&TILECOL={int(col)}"
        [feature] = served.get(f"/wmts/xyz/{layer}?{wmts}&{place}&{pixel}").json()["features"]
        assert feature["properties"] == {"data": 2**60 + 1}
        assert served.get(f"/xyz/{layer}/{zoom}/{int(col)}/{int(row)}.png?scales=auto").status_code == 200
