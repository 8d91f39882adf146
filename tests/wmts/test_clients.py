"""GDAL and OWSLib read the document, and find their way to the right place of every set."""

from __future__ import annotations

import io
from collections.abc import Iterator
from urllib.parse import quote

import numpy as np
import pytest
from owslib.wmts import WebMapTileService
from PIL import Image
from pyproj import Transformer

from tests.gdal import open_in_gdal
from tests.wmts.colour_service import TOKEN, colour_service, lonlat
from tests.wmts.documents import ALPS, SETS, SNOW, TIMES
from wmts import standard_matrix_sets

# Degrees that one of 255 colours is wide, which is more than a pixel of the levels that are read.
WIDTH, HEIGHT = (ALPS[2] - ALPS[0]) / 255, (ALPS[3] - ALPS[1]) / 255
PLACES = {"west": (5.6, 46.5), "middle": (8.5, 46.5), "south-east": (11.2, 45.2), "north": (8.0, 47.9)}

# OWSLib asks whether an element is true where it means that it is there.
pytestmark = pytest.mark.filterwarnings("ignore:Truth-testing of elements:FutureWarning")


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with colour_service() as url:
        yield url


@pytest.fixture(scope="module")
def owslib(service: str) -> WebMapTileService:
    return WebMapTileService(f"{service}?access_token={quote(TOKEN, safe='')}")


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_req_32_gdal_finds_each_place_in_each_set(service: str, name: str, place: tuple[float, float]) -> None:
    url = f"{service}/1.0.0/WMTSCapabilities.xml?access_token={quote(TOKEN, safe='')}"
    gdal_name = f'WMTS:{url},layer="{SNOW}",tilematrixset="{name}",style=default'
    (rgba,) = open_in_gdal(gdal_name, [place]).values
    assert len(rgba) == 4
    assert rgba[3] == 255
    lon, lat = lonlat(np.array(rgba, np.uint8)[:, None, None])
    assert lon[0, 0] == pytest.approx(place[0], abs=1.5 * WIDTH)
    assert lat[0, 0] == pytest.approx(place[1], abs=1.5 * HEIGHT)


def test_req_32_gdal_takes_the_extent_of_the_layer_and_the_native_level(service: str) -> None:
    url = f"{service}/1.0.0/WMTSCapabilities.xml?access_token={quote(TOKEN, safe='')}"
    opened = open_in_gdal(f'WMTS:{url},layer="{SNOW}",tilematrixset="WorldCRS84Quad"')
    pixel = 360 / 512 / 2**8
    assert opened.bounds == pytest.approx(ALPS, abs=2 * pixel)
    assert opened.resolution == pytest.approx((pixel, pixel))


def test_req_05_owslib_reads_operations_and_provider(owslib: WebMapTileService, service: str) -> None:
    operations = {operation.name: operation.methods[0]["url"] for operation in owslib.operations}
    assert operations == dict.fromkeys(
        ["GetCapabilities", "GetTile"], f"{service}?access_token={quote(TOKEN, safe='')}&"
    )
    assert owslib.provider.name == "graftile"
    assert (owslib.identification.type, owslib.identification.version) == ("OGC WMTS", "1.0.0")


def test_req_14_owslib_reads_layer_styles_dimensions_and_sets(owslib: WebMapTileService) -> None:
    layer = owslib.contents[SNOW]
    assert layer.boundingBoxWGS84 == ALPS
    assert {name: style["isDefault"] for name, style in layer.styles.items()} == {"default": True, "ndsi": False}
    assert layer.dimensions["Time"]["default"] == TIMES[0]
    assert [*layer.tilematrixsetlinks] == [*SETS]
    assert owslib.tilematrixsets["EPSG:4326"].tilematrix["0"].topleftcorner == (90.0, -180.0)


@pytest.mark.parametrize("name", SETS)
def test_req_32_owslib_gets_the_tile_of_a_place(owslib: WebMapTileService, name: str) -> None:
    matrix_set = standard_matrix_sets().get(name)
    to_crs = Transformer.from_crs("OGC:CRS84", owslib.tilematrixsets[name].crs, always_xy=True)
    x, y = to_crs.transform(8.5, 46.5)
    level = min(7, len(owslib.tilematrixsets[name].tilematrix) - 1)
    matrix = owslib.tilematrixsets[name].tilematrix[matrix_set.matrices[level].identifier]
    metres = 111319.49079327358 if matrix_set.crs in {"EPSG:4326", "OGC:CRS84"} else 1.0
    size = matrix.scaledenominator * 0.00028 / metres
    left, top = matrix.topleftcorner[::-1] if name in {"EPSG:4326", "EuropeanETRS89_LAEAQuad"} else matrix.topleftcorner
    (col, i), (row, j) = (divmod((x - left) / size, matrix.tilewidth), divmod((top - y) / size, matrix.tileheight))
    answer = owslib.gettile(
        layer=SNOW, style="default", format="image/png", tilematrixset=name, tilematrix=matrix.identifier,
        row=int(row), column=int(col), Time=TIMES[0], month="1",
    )  # fmt: skip
    picture = np.moveaxis(np.asarray(Image.open(io.BytesIO(answer.read()))), -1, 0)
    lon, lat = lonlat(picture[:, int(j) : int(j) + 1, int(i) : int(i) + 1])
    assert picture.shape == (4, matrix.tileheight, matrix.tilewidth)
    assert lon[0, 0] == pytest.approx(8.5, abs=WIDTH + size * metres / 70_000)
    assert lat[0, 0] == pytest.approx(46.5, abs=HEIGHT + size * metres / 111_000)
