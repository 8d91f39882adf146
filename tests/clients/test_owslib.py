"""OWSLib: the document as objects, and the tile of a place."""

from __future__ import annotations

import io

import pytest
from owslib.wmts import WebMapTileService
from PIL import Image
from pyproj import Transformer

from tests.clients.conftest import BOX, PLACES, SETS, Published, near

# OWSLib asks whether an element is true where it means that it is there.
pytestmark = pytest.mark.filterwarnings("ignore:Truth-testing of elements:FutureWarning")


@pytest.fixture(scope="module")
def service(published: Published) -> WebMapTileService:
    return WebMapTileService(published.document)


def test_req_14_owslib_reads_the_layer(published: Published, service: WebMapTileService) -> None:
    layer = service.contents[published.layer]
    assert (layer.title, layer.boundingBoxWGS84) == ("Colours", pytest.approx(BOX))
    assert {name: style["isDefault"] for name, style in layer.styles.items()} == {"default": True, "colours": False}
    assert [*layer.tilematrixsetlinks] == [*SETS]


@pytest.mark.parametrize("name", SETS)
def test_req_32_owslib_gets_the_tile_of_every_place(
    published: Published, service: WebMapTileService, name: str
) -> None:
    found = service.tilematrixsets[name]
    matrix = [*found.tilematrix.values()][-1]
    to_crs = Transformer.from_crs("OGC:CRS84", found.crs, always_xy=True)
    size = matrix.scaledenominator * 0.00028 / (1.0 if "3857" in found.crs else 111319.49079327358)
    left, top = matrix.topleftcorner[::-1] if name == "EPSG:4326" else matrix.topleftcorner
    for place in PLACES.values():
        x, y = to_crs.transform(*place)
        (col, i), (row, j) = divmod((x - left) / size, matrix.tilewidth), divmod((top - y) / size, matrix.tileheight)
        answer = service.gettile(
            layer=published.layer, style="colours", format="image/png", tilematrixset=name,
            tilematrix=matrix.identifier, row=int(row), column=int(col),
        )  # fmt: skip
        with Image.open(io.BytesIO(answer.read())) as picture:
            assert picture.size == (matrix.tilewidth, matrix.tileheight)
            assert near(place, picture.convert("RGBA").getpixel((int(i), int(j)))), place
