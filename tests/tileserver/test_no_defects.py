"""No route answers 500, whatever the layer is: the table of routes times a table of layers that can be stored."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from rasterio import Affine

import sdk as wf
from sdk.service.computation import Computation
from tests.server_fixture import running_server
from tests.tileserver.rasters import write_tif
from tileserver.app import LAYER
from tileserver.routes.ogc import DOCUMENTS, DRAWN

FIELD = wf.ImageCollection.from_id("field")
IMAGE = FIELD.mosaic()
RED = IMAGE.pick_bands("red")
GAIN = wf.parameter("gain", wf.Float)

ONE: dict[str, Any] = {"id": "one", "bands": ["red"], "scales": [[0.0, 40.0]], "colormap": "viridis"}
THREE: dict[str, Any] = {"id": "three", "bands": ["red", "green", "blue"], "scales": [[0.0, 40.0]] * 3}
ABSENT: dict[str, Any] = {"id": "absent", "bands": ["nowhere"], "scales": [[0.0, 1.0]]}

LAYERS: dict[str, Any] = {
    "a collection": FIELD,
    "an image": IMAGE,
    "one band": RED,
    "no scenes": wf.ImageCollection.from_id("field", start_datetime="2050-01-01").median(axis="images"),
    "no scenes, of a band": wf.ImageCollection.from_id("field", start_datetime="2050-01-01").pick_bands("red"),
    "no bands": IMAGE.pick_bands("nowhere", allow_missing=True),
    "absent bands": IMAGE.pick_bands("nowhere"),
    "all masked": RED.mask(RED == RED),
    "infinite": RED / 0,
    "one pixel": wf.ImageCollection.from_id("dot").mosaic(),
    "both sides of the antimeridian": wf.ImageCollection.from_id("fiji").mosaic(),
    "a product that is not there": wf.ImageCollection.from_id("nothing"),
    "an image that is not there": wf.Image.from_id("field:nothing"),
    "a function without defaults": RED * GAIN,
    "a number": wf.Float(1.5),
    "a text": wf.Str("no map"),
    "a list of images": wf.List[wf.Image]([IMAGE]),
}
QUERIES = (
    "", "viz=one", "viz=three", "viz=absent", "scales=auto", "scales=[[0,1]]", "scales=[[null,null],[0,1],[0,1]]",
    "colormap=magma", "band=red", "checkerboard=true", "gain=2", "gain=2&viz=one", "reduction=std", "nonsense=1",
)  # fmt: skip
LONLAT = "EPSG:4326"
POLYGON = {"type": "Polygon", "coordinates": [[[10, 49], [10.5, 49], [10.2, 50], [10, 49]]]}
KVP = "service=WMTS&version=1.0.0"
TILE = f"{KVP}&tilematrixset=WebMercatorQuad&tilematrix=0&tilerow=0&tilecol=0&format=image/png"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("imagery")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[httpx2.Client]:
    names = ["red", "green", "blue", "nir"]
    place = Affine(0.1, 0, 10, 0, -0.1, 50)
    write_tif(folder / "field" / "field.tif", bands=4, descriptions=names, transform=place, crs=LONLAT)
    write_tif(folder / "dot" / "dot.tif", transform=Affine(1e-9, 0, 10, 0, -1e-9, 50), crs=LONLAT)
    for name, west in (("east", 179.2), ("west", -180.0)):
        write_tif(folder / "fiji" / f"{name}.tif", transform=Affine(0.1, 0, west, 0, -0.1, -17), crs=LONLAT)
    products = [folder / name for name in ("field", "dot", "fiji")]
    with (
        running_server(folder / "data", add=products) as url,
        httpx2.Client(base_url=url, timeout=60) as client,
    ):
        yield client


def paths_of(layer: str) -> Iterator[str]:
    """Yield the addresses of a layer; of one of each that draws with all queries."""
    here, map_ = f"/xyz/{layer}", f"/ogc/xyz/{layer}"
    maps = [
        f"{map_}/collections/{layer}{style}/map" for style in ("", "/styles/default", "/styles/one", "/styles/absent")
    ]
    drawn = [f"{here}/legend.json", f"{here}/5/16/10.png", maps[0]]
    values = [f"{here}/point?lon=10.35&lat=49.85&", f"{here}/statistics?", f"{here}/statistics?bounds=10,49,10.5,50&"]
    values.append(f"{here}/statistics?geometry={quote(json.dumps(POLYGON))}&")
    others = [f"{here}/legend.png", f"{here}/legend.svg", f"{here}/tilejson.json", f"{here}/layer.qlr"]
    others += [f"{here}/style.json", here, *maps[1:]]
    others += [f"{here}/preview.{format}" for format in ("jpg", "tif")]
    others += [f"{here}/animation.{format}" for format in ("gif", "mp4")]
    others += [
        f"{here}/{tile}"
        for tile in ("0/0/0.png", "5/16/10.npy", "5/16/10@2x.webp", "5/16/10.tif", "WorldCRS84Quad/3/8/2.png")
    ]
    yield from (f"{path}?{query}" for path in drawn for query in QUERIES)
    yield from (f"{path}{query}" for path in values for query in ("", "viz=one", "viz=absent", "band=red", "gain=2"))
    yield from (f"{path}?{query}" for path in others for query in ("", "viz=one", "gain=2&scales=auto"))
    names = {"collection": layer, "tms": "WebMercatorQuad", "style": "one"}
    yield from (map_ + path.format(**names) for path in DOCUMENTS)
    yield from (f"{map_}{path.format(**names)}/tiles/WebMercatorQuad/0/0/0" for path in DRAWN)
    yield f"/wmts/xyz/{layer}/1.0.0/WMTSCapabilities.xml"
    yield f"/wmts/xyz/{layer}?{KVP}&request=GetCapabilities"
    for style in ("default", "one", "absent"):
        asked = f"{TILE}&layer={layer}&style={style}"
        yield f"/wmts/xyz/{layer}?{asked}&request=GetTile"
        yield f"/wmts/xyz/{layer}?{asked}&request=GetFeatureInfo&infoformat=application/json&i=137&j=87"


@pytest.mark.parametrize("name", LAYERS)
def test_no_route_of_a_layer_answers_500(server: httpx2.Client, folder: Path, name: str) -> None:
    layer = server.post("/api/xyz", json=Computation.of(LAYERS[name]).to_json()).json()["id"]
    options = json.dumps([ONE, THREE, ABSENT])  # what would be refused today: imagery has become other than it was
    with closing(sqlite3.connect(folder / "data" / "graftile.sqlite")) as database, database:
        assert database.execute("UPDATE layers SET viz_options = ? WHERE id = ?", [options, layer]).rowcount == 1
    answers = {path: server.get(path).status_code for path in paths_of(layer)}
    for path in ("statistics", "statistics?viz=absent", "geotiff", "geotiff?width=8&viz=absent"):
        answers[f"POST {path}"] = server.post(f"/xyz/{layer}/{path}", json=POLYGON).status_code
    assert {path: status for path, status in answers.items() if status >= 500} == {}


def test_the_legend_of_a_layer_without_scenes_is_of_the_bands_of_its_style(server: httpx2.Client) -> None:
    body = {**Computation.of(LAYERS["no scenes"]).to_json(), "viz_options": [ONE]}
    here = f"/xyz/{server.post('/api/xyz', json=body).json()['id']}/legend"
    assert server.get(f"{here}.json?viz=one").json()["bands"] == [{"name": "red", "scale": [0.0, 40.0]}]
    assert server.get(f"{here}.png?viz=one").status_code == 200
    assert server.get(f"{here}.json?scales=[[0,1]]").json()["bands"] == []


def test_every_route_of_a_layer_is_asked() -> None:
    assert {str(getattr(route, "path", route)).rpartition("/")[2] for route in LAYER} <= {
        "legend.png", "legend.svg", "legend.json", "tilejson.json", "style.json", "geotiff", "layer.qlr", "{file}",
        "logs", "point", "statistics", "preview.{format}", "animation.{format}",
    }  # fmt: skip


def test_lists_of_all_layers_are_whole(server: httpx2.Client) -> None:
    for path in ("/", "/ogc/collections", "/wmts/workflow/1.0.0/WMTSCapabilities.xml", "/api/xyz?public=true"):
        assert server.get(path).status_code == 200
