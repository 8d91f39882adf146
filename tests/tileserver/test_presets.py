"""Styles whose bands are absent are in no document, for as long as they are, and the log says so."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from lxml import etree
from rasterio import Affine

import sdk as wf
from sdk.service.computation import Computation
from tests.server_fixture import running_server
from tests.tileserver.rasters import write_tif
from tileserver.catalog import Catalog
from tileserver.settings import Settings
from tileserver.store import open_database

OPTIONS = [{"id": "seen", "bands": ["red"]}, {"id": "unseen", "bands": ["nir"]}]


def add(folder: Path, product: str, bands: list[str]) -> None:
    file = folder / product / f"{product}_{'_'.join(bands)}.tif"
    write_tif(file, bands=len(bands), descriptions=bands, crs="EPSG:4326", transform=Affine(0.1, 0, 10, 0, -0.1, 50))
    settings = Settings(data_dir=folder / "data")
    database = open_database(settings.database)
    assert not Catalog(database, settings).add([str(file.parent)]).failed
    database.dispose()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[httpx2.Client]:
    with running_server(tmp_path / "data") as url, httpx2.Client(base_url=url, timeout=60) as client:
        yield client


def publish(server: httpx2.Client, product: str) -> str:
    body = Computation.of(wf.ImageCollection.from_id(product).mosaic()).to_json()
    made = server.post("/api/xyz", json={**body, "viz_options": OPTIONS})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def styles(server: httpx2.Client, layer: str) -> tuple[list[str], list[str], list[str]]:
    """Return the styles in the capabilities, in the OGC API, and the layers in the file for QGIS."""
    document = etree.fromstring(server.get(f"/wmts/xyz/{layer}/1.0.0/WMTSCapabilities.xml").content)
    wmts = [style.findtext("{*}Identifier", "") for style in document.iter("{*}Style")]
    listed = server.get(f"/ogc/xyz/{layer}/collections/{layer}/styles").json()["styles"]
    definition = etree.fromstring(server.get(f"/xyz/{layer}/layer.qlr").content)
    return wmts, [style["id"] for style in listed], [one.get("name", "") for one in definition.iter("layer-tree-layer")]


def test_a_style_goes_with_its_bands_and_comes_back_with_them(
    server: httpx2.Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    layer = publish(server, "later")  # of which nothing is known yet
    all_styles = ["default", "seen", "unseen"]
    assert styles(server, layer)[0] == all_styles
    add(tmp_path, "later", ["red", "green"])
    with caplog.at_level(logging.WARNING, "tileserver.wmts.presets"):
        wmts, ogc, qgis = styles(server, layer)
        styles(server, layer)
    assert wmts == ogc == ["default", "seen"]
    assert [name for name in qgis if "unseen" in name] == []
    [record] = caplog.records
    told = f"a style of xyz/{layer} is left out of its documents: VizOption 'unseen': there is no band 'nir'"
    assert record.getMessage().startswith(told)
    query = "service=WMTS&version=1.0.0&request=GetTile&tilematrixset=WebMercatorQuad&tilematrix=0&tilerow=0&tilecol=0"
    tile = f"/wmts/xyz/{layer}?{query}&format=image/png&layer={layer}"
    assert server.get(f"{tile}&style=seen").status_code == 200
    refused = server.get(f"{tile}&style=unseen")
    assert refused.status_code == 400
    assert b'locator="Style"' in refused.content or b'locator="style"' in refused.content
    add(tmp_path, "later", ["red", "green", "nir"])
    assert "unseen" in styles(server, layer)[0]


def test_all_are_listed_where_nobody_can_tell(server: httpx2.Client, tmp_path: Path) -> None:
    body = Computation.of(wf.ImageCollection.from_id("later") * wf.parameter("gain", wf.Float)).to_json()
    layer = server.post("/api/xyz", json={**body, "viz_options": OPTIONS}).json()["id"]
    add(tmp_path, "later", ["red"])
    assert server.get(f"/wmts/xyz/{layer}/1.0.0/WMTSCapabilities.xml").status_code == 200
    assert server.get(f"/xyz/{layer}/legend.json?gain=1&viz=seen").status_code == 200
