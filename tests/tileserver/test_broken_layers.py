"""Layers whose imagery has become broken answer with errors of their own, and break no list and no mosaic."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

import sdk as wf
from sdk.service.computation import Computation
from tests.server_fixture import running_server
from tests.tileserver.conftest import BANDS, HOLE, Served, make_pixels, write_scene
from tileserver.catalog import Catalog
from tileserver.settings import Settings
from tileserver.store import open_database

MARS = rasterio.CRS.from_string("+proj=longlat +R=3396190 +no_defs").to_wkt()
KINDS = ("gone", "mars", "unknown", "nonsense", "deleted", "moved", "other-crs", "other-nodata", "fewer-bands", "cut")
GOOD = "good"
OWNER = "bob@example.com"
UNIT = {"id": "unit", "bands": ["nir"], "scales": [[0, 1]]}
LAYERS: dict[str, str] = {}  # product -> layer


def replace(path: Path, **profile: Any) -> None:
    """Write another file in the place of a scene."""
    count = profile.pop("count", len(BANDS))
    transform = rasterio.Affine(10, 0, 500_000, 0, -10, 5_000_000)
    options = {"crs": "EPSG:32633", "transform": transform, "nodata": 7.0, "dtype": "float32", **profile}
    with rasterio.open(path, "w", driver="GTiff", width=64, height=64, count=count, **options) as dataset:
        dataset.write(np.full((count, 64, 64), 0.5, np.float32))


def break_everything(folder: Path, data_dir: Path) -> None:
    """Break the images of each product in the way that it is called by."""
    scene = {kind: folder / kind / f"{kind}_20200101.tif" for kind in KINDS}
    with rasterio.open(scene["moved"]) as dataset:
        profile = {"crs": dataset.crs, "transform": dataset.transform, "nodata": HOLE}
    scene["deleted"].unlink()
    scene["cut"].write_bytes(scene["cut"].read_bytes()[:3000])
    replace(scene["moved"], **profile | {"transform": rasterio.Affine(10, 0, 0, 0, -10, 0)})
    replace(scene["other-crs"], **profile | {"crs": "EPSG:32701"})
    replace(scene["other-nodata"], **profile | {"nodata": 0.5})
    replace(scene["fewer-bands"], **profile, count=1)
    with closing(sqlite3.connect(data_dir / "graftile.sqlite")) as database, database:
        for kind, crs in {"mars": MARS, "unknown": "EPSG:999999", "nonsense": "no CRS at all"}.items():
            query = "SELECT number, assets FROM images WHERE product = ?"
            for number, text in database.execute(query, [kind]).fetchall():
                assets = json.dumps([{**asset, "crs": crs} for asset in json.loads(text)])
                database.execute("UPDATE images SET assets = ? WHERE number = ?", [assets, number])
        database.execute("UPDATE images SET revision = revision + 1")
    settings = Settings(data_dir=data_dir)
    engine = open_database(settings.database)
    Catalog(engine, settings).remove("gone")  # counts the changes, too
    engine.dispose()


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of a good product and of broken ones, with a layer and a public workflow of each; ids are by product."""
    folder, data_dir = tmp_path_factory.mktemp("scenes"), tmp_path_factory.mktemp("data")
    for kind in (*KINDS, GOOD):
        (folder / kind).mkdir()
        write_scene(folder / kind / f"{kind}_20200101.tif", make_pixels(3))
    with running_server(data_dir, add=[folder]) as url, Served(url, folder, data_dir, {}) as served:
        for kind in (*KINDS, GOOD):
            computation = wf.ImageCollection.from_id(kind).pick_bands("nir")
            LAYERS[kind] = served.publish(computation, name=kind, viz_options=[UNIT])
            one = {"version": "1.0.0", **Computation.of(computation).to_json(), "viz_options": [UNIT]}
            answer = served.http.put(f"/api/workflows/{OWNER}:{kind}", json={"title": kind, "versions": [one]})
            assert answer.status_code < 300, answer.text
            shared = served.http.put(f"/api/workflows/{OWNER}:{kind}/readers/public")
            assert shared.status_code < 300, shared.text
        mosaic = wf.ImageCollection.concat(*(wf.ImageCollection.from_id(kind) for kind in (*KINDS[1:], GOOD)))
        LAYERS["mosaic"] = served.publish(mosaic.pick_bands("nir").mosaic(), viz_options=[UNIT])
        break_everything(folder, data_dir)
        yield served


LISTS = (
    "/",
    "/api/xyz",
    "/api/workflows",
    "/api/catalog/products",
    "/ogc/",
    "/ogc/collections",
    "/wmts/workflow/1.0.0/WMTSCapabilities.xml",
)


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_whole(broken: Served, path: str) -> None:
    answer = broken.get(path)
    assert answer.status_code == 200, answer.text
    named = [kind for kind in (*KINDS, GOOD) if kind in answer.text]
    assert named == ([*KINDS, GOOD] if "catalog" not in path else [*KINDS[1:], GOOD]) or path == "/ogc/"


DESCRIBED = (
    "/xyz/{}", "/api/xyz/{}", "/xyz/{}/tilejson.json", "/xyz/{}/layer.qlr", "/wmts/xyz/{}/1.0.0/WMTSCapabilities.xml",
    "/ogc/xyz/{}/collections", "/ogc/xyz/{}/collections/{}",
)  # fmt: skip
DRAWN = (
    "/xyz/{}/10/550/335.png",
    "/xyz/{}/10/550/335.png?scales=auto",
    "/xyz/{}/legend.png",
    "/ogc/xyz/{}/collections/{}/map?width=64",
)


@pytest.mark.parametrize("kind", [*KINDS, GOOD])
def test_each_layer_describes_itself(broken: Served, kind: str) -> None:
    answers = {path: broken.get(path.format(*[LAYERS[kind]] * 2)) for path in DESCRIBED}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(DESCRIBED, 200), [
        answer.text for answer in answers.values() if answer.status_code != 200
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_each_layer_draws_or_says_why_not(broken: Served, kind: str) -> None:
    for path in DRAWN:
        answer = broken.get(path.format(*[LAYERS[kind]] * 2))
        assert answer.status_code in (200, 404, 422), (path, answer.status_code, answer.text)
        if answer.status_code != 200:
            assert len(answer.json()["message"]) > 10


def test_a_mosaic_draws_what_is_good(broken: Served) -> None:
    alone, mosaic = (broken.tile(LAYERS[name]) for name in (GOOD, "mosaic"))
    assert (alone.status_code, mosaic.status_code) == (200, 200), mosaic.text
    assert "Graftile-Partial" in mosaic.headers


@pytest.mark.parametrize("kind", KINDS[1:])
def test_records_of_broken_images_are_read(broken: Served, kind: str) -> None:
    assert broken.get(f"/api/catalog/images/{kind}:{kind}_20200101").status_code == 200
    assert broken.get(f"/api/catalog/products/{kind}").status_code == 200
