"""Layers on both sides of the antimeridian: pictures and documents are of the data, not of the whole globe."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import numpy as np
import pytest
from rasterio import Affine

import sdk as wf
from sdk.service.computation import Computation
from tests.server_fixture import running_server
from tests.tileserver.rasters import write_tif
from tests.tileserver.wmts_client import rgba

STEP = 0.05  # degrees of a pixel
LEFT, TOP = 179.6, -16.0
VALUES = np.arange(96, dtype="float32").reshape(6, 16)  # of both files, which meet at the antimeridian


@pytest.fixture(scope="module")
def fiji(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    folder = tmp_path_factory.mktemp("fiji")
    for name, west, data in (("a", LEFT, VALUES[:, :8]), ("b", LEFT + 8 * STEP - 360, VALUES[:, 8:])):
        grid = {"crs": "EPSG:4326", "transform": Affine(STEP, 0, west, 0, -STEP, TOP)}
        write_tif(folder / "fiji" / f"{name}.tif", dtype="float32", data=data[np.newaxis], **grid)
    with running_server(folder / "data", add=[folder / "fiji"]) as url, httpx2.Client(base_url=url) as client:
        yield client


@pytest.fixture(scope="module")
def layer(fiji: httpx2.Client) -> str:
    made = fiji.post("/api/xyz", json=Computation.of(wf.ImageCollection.from_id("fiji").mosaic()).to_json())
    return str(made.json()["id"])


def test_automatic_scales_are_those_of_the_files(fiji: httpx2.Client, layer: str) -> None:
    found = fiji.get(f"/xyz/{layer}/legend.json?scales=auto").json()
    [band] = found["bands"]
    assert band["scale"] == pytest.approx(np.percentile(VALUES, [2, 98]), abs=1)


def test_the_centre_lies_on_the_data(fiji: httpx2.Client, layer: str) -> None:
    document = fiji.get(f"/xyz/{layer}/tilejson.json").json()
    lon, lat, zoom = document["center"]
    assert (abs(lon), lat) == pytest.approx((180, TOP - 3 * STEP))
    assert zoom == 8  # 0.8 degrees in tiles of 1.4
    assert document["bounds"] == pytest.approx([-180, TOP - 6 * STEP, 180, TOP])


@pytest.mark.parametrize("crs", ["OGC:CRS84", "EPSG:3857"])
def test_a_map_without_a_box_is_filled_by_the_data(fiji: httpx2.Client, layer: str, crs: str) -> None:
    answer = fiji.get(f"/ogc/xyz/{layer}/collections/{layer}/map?crs=[{crs}]&scales=[[0,95]]")
    pixels = rgba(answer)
    assert pixels.shape[1] == 1024
    assert (pixels[2:-2, 2:-2, 3] == 255).all()
    expected = np.floor(VALUES[3] / 95 * 255 + 0.5)
    np.testing.assert_allclose(pixels[pixels.shape[0] * 7 // 12, 32::64, 0], expected, atol=1)
