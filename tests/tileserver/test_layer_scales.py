"""Automatic scales are found once: by one server for all, and stay, whatever becomes of the imagery."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from rasterio import Affine
from sqlalchemy import Engine

import sdk as wf
from sdk.service.computation import Computation
from tests.server_fixture import running_server
from tests.tileserver.rasters import write_tif
from tileserver.auth import LOCAL
from tileserver.catalog import Catalog
from tileserver.settings import Settings
from tileserver.store import LayerRecord, LayerScales, SQLStore, open_database
from tileserver.store.scales import MAX_STYLES

PLACE = Affine(0.25, 0, 10, 0, -0.25, 50)
VALUES = np.arange(48, dtype="float32").reshape(1, 6, 8)


def add_scene(folder: Path, name: str, factor: float, dtype: str = "float32") -> None:
    """Add a scene to the product, as `graftile catalog add` does while servers run."""
    file = folder / "heights" / f"heights_{name}.tif"
    write_tif(file, dtype=dtype, crs="EPSG:4326", transform=PLACE, data=(VALUES * factor).astype(dtype))
    settings = Settings(data_dir=folder / "data")
    database = open_database(settings.database)
    report = Catalog(database, settings).add([str(folder / "heights")])
    database.dispose()
    assert not report.failed


def publish(url: str, computation: Any, **fields: object) -> str:
    made = httpx2.post(f"{url}/api/xyz", json={**Computation.of(computation).to_json(), **fields})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def scale(url: str, layer: str, query: str = "scales=auto") -> list[float]:
    answer = httpx2.get(f"{url}/{layer}/legend.json?{query}", timeout=60)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["bands"][0]["scale"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    with running_server(tmp_path / "data"):
        pass  # which makes the tables
    add_scene(tmp_path, "2020-01-01", 1)
    return tmp_path


HEIGHTS = wf.ImageCollection.from_id("heights")


def test_a_scene_more_changes_no_picture_on_any_server_until_they_are_forgotten(folder: Path) -> None:
    first = pytest.approx(np.percentile(VALUES, [2, 98]), abs=6)
    with running_server(folder / "data") as one, running_server(folder / "data") as other:
        layer = f"xyz/{publish(one, HEIGHTS.max(axis='images'))}"
        version = wf.publish("local@localhost:heights", "1.0.0", HEIGHTS.max(axis="images"), client=wf.Client(one)).id
        flow = f"workflow/{version}/1.0.0"
        before = {path: (scale(one, path), scale(one, path, "")) for path in (layer, flow)}
        assert all(auto == default == first for auto, default in before.values())
        add_scene(folder, "2020-02-01", 100)
        for path in (layer, flow):
            for url in (one, other):
                assert (scale(url, path), scale(url, path, "")) == before[path]
        assert scale(other, f"workflow/{version}/latest") == before[flow][0]
        fresh = f"xyz/{publish(one, HEIGHTS.max(axis='images'))}"
        assert scale(one, fresh) == pytest.approx([100 * value for value in before[layer][0]])
    with running_server(folder / "data") as again:
        assert scale(again, layer) == before[layer][0]
        assert httpx2.delete(f"{again}/api/{layer}/scales").status_code == 204
        assert scale(again, layer) == scale(again, layer, "") == scale(again, fresh)
        assert scale(again, flow) == before[flow][0]
        assert httpx2.delete(f"{again}/api/{flow}/scales").status_code == 204
        assert scale(again, flow) == scale(again, fresh)


def test_tiles_are_the_same_before_and_after(folder: Path) -> None:
    with running_server(folder / "data") as url:
        layer = publish(url, HEIGHTS.min(axis="images"))
        tile = f"{url}/xyz/{layer}/5/16/10.png?scales=auto"
        before = httpx2.get(tile, timeout=60).content
        add_scene(folder, "2020-02-01", 3)  # nowhere less
        assert httpx2.get(tile, timeout=60).content == before


def test_each_style_has_its_own(folder: Path) -> None:
    gain = wf.parameter("gain", wf.Float)
    with running_server(folder / "data") as url:
        layer = f"xyz/{publish(url, HEIGHTS.mosaic() * gain)}"
        one, two = (scale(url, layer, f"scales=auto&gain={n}") for n in (1, 2))
        assert two == [2 * value for value in one]


def test_bytes_that_were_drawn_as_they_are_stay_so(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with running_server(tmp_path / "data") as url:
        add_scene(tmp_path, "2020-01-01", 1, "uint8")
        layer = f"xyz/{publish(url, HEIGHTS.mosaic())}"
        assert scale(url, layer, "") == [0, 255]


def test_what_has_no_pixels_yet_is_not_settled(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with running_server(tmp_path / "data") as url:
        add_scene(tmp_path, "2020-01-01", 1)
        later = wf.ImageCollection.from_id("heights", start_datetime="2020-02-01")
        layer = f"xyz/{publish(url, later.mosaic())}"
        assert httpx2.get(f"{url}/{layer}/legend.json?scales=auto").json()["bands"] == []
        add_scene(tmp_path, "2020-02-02", 10)
        assert scale(url, layer) == pytest.approx(np.percentile(10 * VALUES, [2, 98]), abs=60)


def test_only_the_owner_forgets_them(folder: Path) -> None:
    with running_server(folder / "data") as url:
        layer = publish(url, HEIGHTS.mosaic())
    with running_server(folder / "data", auth="token") as url:
        assert httpx2.get(f"{url}/xyz/{layer}/legend.json").status_code == 200
        assert httpx2.delete(f"{url}/api/xyz/{layer}/scales").status_code == 401
        assert httpx2.delete(f"{url}/api/xyz/{'0' * 48}/scales").status_code == 404


def test_the_first_of_many_servers_stays(engine: Engine) -> None:
    kept: list[Any] = []

    def keep(value: float) -> None:
        kept.append(LayerScales(engine).keep("xyz/a", "style", {"nir": (0.0, value)}))

    threads = [threading.Thread(target=keep, args=(value,)) for value in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 8
    assert all(found == kept[0] for found in kept)
    assert LayerScales(engine).find("xyz/a", "style") == kept[0]


def test_a_layer_keeps_some_styles_and_takes_them_along(engine: Engine) -> None:
    scales, store = LayerScales(engine), SQLStore(engine)
    record = LayerRecord(graft={"returns": "a", "a": 1}, typespec={"type": "Int"}, type="Int")
    store.add_layer(record)
    layer = f"xyz/{record.id}"
    for number in range(MAX_STYLES):
        assert scales.keep(layer, str(number), {"nir": (0.0, 1.0)})
    assert scales.keep(layer, "one more", {"nir": (0.0, 1.0)}) is None
    assert scales.keep(layer, "0", {"nir": (5.0, 6.0)}) == {"nir": (0.0, 1.0)}
    scales.forget(layer)
    assert scales.keep(layer, "0", {"nir": (5.0, 6.0)}) == {"nir": (5.0, 6.0)}
    store.delete_layer(record.id)
    assert scales.find(layer, "0") is None
    assert store.layers(user=LOCAL.email) == ([], None)
