"""Class ids of 64 bits keep all their digits as long as nothing is computed with them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio

import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.scope import Scope
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
