"""A layer is one picture: whatever a document names draws all its tiles in the same scales."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import httpx2
import numpy as np
import pytest
from numpy.typing import NDArray
from rasterio import Affine

import sdk as wf
from sdk.service.computation import Computation
from tests.server_fixture import running_server
from tests.tileserver.rasters import write_tif
from tests.tileserver.wmts_client import rgba

DEGREES = 180 / 2**8  # of a tile of 256 pixels at level 8 of WorldCRS84Quad
STEP = DEGREES / 4  # of a pixel: a file is 2 x 1.5 tiles
COL, ROW = 300, 60
WEST, NORTH = COL * DEGREES - 180, 90 - ROW * DEGREES
VALUES = np.arange(48).reshape(6, 8) * 4


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    folder = tmp_path_factory.mktemp("imagery")
    place = Affine(STEP, 0, WEST, 0, -STEP, NORTH)
    for name, dtype in (("heights", "float32"), ("photo", "uint8")):
        file = folder / name / f"{name}.tif"
        write_tif(file, dtype=dtype, crs="EPSG:4326", transform=place, data=VALUES[np.newaxis].astype(dtype))
    write_tif(folder / "photo3" / "photo3.tif", bands=3, crs="EPSG:4326", transform=place)
    products = [folder / name for name in ("heights", "photo", "photo3")]
    with running_server(folder / "data", add=products) as url, httpx2.Client(base_url=url, timeout=60) as client:
        yield client


def publish(server: httpx2.Client, computation: wf.Image, **fields: object) -> str:
    made = server.post("/api/xyz", json={**Computation.of(computation).to_json(), **fields})
    return str(made.json()["id"])


def wmts_tile(server: httpx2.Client, layer: str, col: int, style: str = "default") -> NDArray[np.uint8]:
    query: dict[str, str | int] = {
        "service": "WMTS", "request": "GetTile", "version": "1.0.0", "layer": layer, "style": style,
        "tilematrixset": "WorldCRS84Quad", "tilematrix": 8, "tilerow": ROW, "tilecol": col, "format": "image/png",
    }  # fmt: skip
    return rgba(server.get(f"/wmts/xyz/{layer}", params=query))


def greys(low: float, high: float, col: int) -> NDArray[np.float64]:
    """Return the greys of a tile's pixels of the file."""
    return np.floor(255 * np.clip((VALUES[:4, col * 4 : col * 4 + 4] - low) / (high - low), 0, 1) + 0.5)


@pytest.fixture(scope="module")
def heights(server: httpx2.Client) -> str:
    return publish(server, wf.ImageCollection.from_id("heights").mosaic() + 0)


@pytest.fixture(scope="module")
def photo(server: httpx2.Client) -> str:
    return publish(server, wf.ImageCollection.from_id("photo").mosaic())


@pytest.mark.parametrize("col", [0, 1])
def test_the_default_style_of_wmts_has_one_stretch(server: httpx2.Client, heights: str, col: int) -> None:
    low, high = np.percentile(VALUES, [2, 98])
    found = wmts_tile(server, heights, COL + col)[32::64, 32::64, 0].astype(int)
    assert np.abs(found - greys(low, high, col)).max() <= 6  # the sample has other pixels than the file


@pytest.mark.parametrize("col", [0, 1])
def test_bytes_are_drawn_as_they_are(server: httpx2.Client, photo: str, col: int) -> None:
    np.testing.assert_array_equal(wmts_tile(server, photo, COL + col)[32::64, 32::64, 0], greys(0, 255, col))


def test_bytes_that_are_computed_with_are_not(server: httpx2.Client) -> None:
    layer = publish(server, wf.ImageCollection.from_id("photo").mosaic() + 1)
    found = wmts_tile(server, layer, COL)[32::64, 32::64, 0]
    assert found.min() == 0
    assert found.max() > greys(0, 255, 0).max()


def test_a_viz_option_without_scales_has_those_of_the_layer(server: httpx2.Client) -> None:
    options = [{"id": "plain", "bands": ["data"]}, {"id": "own", "bands": ["data"], "scales": [[0, 100]]}]
    layer = publish(server, wf.ImageCollection.from_id("photo").mosaic(), viz_options=options)
    np.testing.assert_array_equal(wmts_tile(server, layer, COL, "plain")[32::64, 32::64, 0], greys(0, 255, 0))
    np.testing.assert_array_equal(wmts_tile(server, layer, COL, "own")[32::64, 32::64, 0], greys(0, 100, 0))


def test_previews_are_the_same_picture(server: httpx2.Client, photo: str) -> None:
    answer = server.get(f"/xyz/{photo}/preview.webp?width=512")
    np.testing.assert_array_equal(np.unique(rgba(answer)[..., 0][rgba(answer)[..., 3] > 0]), np.unique(VALUES))


def test_maps_of_the_ogc_api_are_the_same_picture(server: httpx2.Client, photo: str) -> None:
    box = f"{WEST},{NORTH - DEGREES},{WEST + DEGREES},{NORTH}"
    answer = server.get(f"/ogc/xyz/{photo}/collections/{photo}/map?bbox={box}&width=256")
    np.testing.assert_array_equal(rgba(answer)[32::64, 32::64, 0], greys(0, 255, 0))


@pytest.mark.parametrize(
    ("product", "query", "scales"),
    [
        ("heights", "", "scales=auto"),
        ("heights", "colormap=magma", "colormap=magma&scales=auto"),
        ("heights", "scales=[[0,1]]", "scales=[[0,1]]"),
        ("heights", "scales=null", "scales=null"),
        ("photo", "", "scales=[[0,255]]"),
        ("photo3", "", "scales=[[0,255],[0,255],[0,255]]"),
        ("photo3", "band=red", "band=red&scales=[[0,255]]"),
        ("nothing", "", "scales=auto"),
    ],
)
def test_tilejson_and_files_for_qgis_name_the_scales(
    server: httpx2.Client, product: str, query: str, scales: str
) -> None:
    layer = publish(server, wf.ImageCollection.from_id(product).mosaic())
    document = server.get(f"/xyz/{layer}/tilejson.json?{query}").json()
    assert urlsplit(document["tiles"][0]).query == scales
    if query:
        definition = unquote(unquote(server.get(f"/xyz/{layer}/layer.qlr?{query}").text))
        assert scales.rpartition("scales=")[2] in definition


def test_the_legend_of_a_layer_has_its_scales(server: httpx2.Client, photo: str, heights: str) -> None:
    assert server.get(f"/xyz/{photo}/legend.json").json()["bands"] == [{"name": "data", "scale": [0.0, 255.0]}]
    [band] = server.get(f"/xyz/{heights}/legend.json").json()["bands"]
    assert band["scale"] == pytest.approx(np.percentile(VALUES, [2, 98]), abs=6)


def test_tiles_of_whoever_names_no_scales_are_each_stretched(server: httpx2.Client, heights: str) -> None:
    tiles = [rgba(server.get(f"/xyz/{heights}/WorldCRS84Quad/8/{COL + col}/{ROW}.png")) for col in (0, 1)]
    for tile in tiles:
        drawn = tile[tile[..., 3] > 0]
        assert (drawn[:, 0].min(), drawn[:, 0].max()) == (0, 255)
