"""Clients of the OGC API: OWSLib, GDAL's reader of OGC API – Maps, and OpenLayers in a real browser."""

from __future__ import annotations

import io

import httpx2
import pytest
from owslib.ogcapi.maps import Maps
from PIL import Image
from playwright.sync_api import Page

from tests.clients.conftest import OUTSIDE, PLACES, Published, near
from tests.clients.test_web_maps import POINTS, check, origin, page  # noqa: F401
from tests.gdal import open_in_gdal

browser = pytest.mark.xdist_group("browser")
GDAL_WMS = """<GDAL_WMS>
  <Service name="OGCAPIMaps"><ServerUrl>{url}</ServerUrl></Service>
  <DataWindow>
    <UpperLeftX>5</UpperLeftX><UpperLeftY>49</UpperLeftY><LowerRightX>12</LowerRightX><LowerRightY>44.5</LowerRightY>
    <SizeX>700</SizeX><SizeY>450</SizeY>
  </DataWindow>
  <Projection>OGC:CRS84</Projection><BandsCount>4</BandsCount><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY>
</GDAL_WMS>
"""
OPENLAYERS = """
async ([url, places]) => {
  const source = new ol.source.OGCMapTile({url, crossOrigin: "anonymous", interpolate: false, transition: 0});
  await new Promise((resolve, reject) => source.on("change", () =>
    source.getState() === "ready" ? resolve() : source.getState() === "error" && reject(source.getError?.())));
  const projection = source.getProjection();
  const tiles = new ol.layer.Tile({source});
  const map = new ol.Map({target: "map", layers: [tiles], pixelRatio: 1, view: new ol.View({projection})});
  const complete = new Promise(resolve => map.once("rendercomplete", resolve));
  map.getView().fit(ol.proj.transformExtent([5.2, 44.8, 11.8, 48.2], "EPSG:4326", projection));
  await complete;
  return places.map(place => {
    const pixel = map.getPixelFromCoordinate(ol.proj.transform(place, "EPSG:4326", projection));
    return Array.from(tiles.getData(pixel) ?? [0, 0, 0, 0]);
  });
}
"""


def collection(published: Published) -> str:
    return f"{published.url}/ogc/xyz/{published.layer}/collections/{published.layer}"


def test_owslib_finds_the_map_and_every_place_in_it(published: Published) -> None:
    maps = Maps(f"{published.url}/ogc/xyz/{published.layer}")
    assert maps.maps() == [published.layer]
    assert maps.api()["openapi"].startswith("3.0")
    assert maps.collection(published.layer)["title"] == "Colours"
    answer = maps.map(published.layer, style="colours", bbox=[5.0, 44.5, 12.0, 49.0], width=700, height=450)
    with Image.open(io.BytesIO(answer.read())) as picture:
        for lon, lat in PLACES.values():
            place = int((lon - 5) * 100), int((49 - lat) * 100)
            assert near((lon, lat), picture.convert("RGBA").getpixel(place))


def test_gdal_finds_every_place_in_maps(published: Published) -> None:
    places = [*PLACES.values(), OUTSIDE]
    opened = open_in_gdal(GDAL_WMS.format(url=f"{collection(published)}/styles/colours/map"), places)
    for place, rgba in zip(places, opened.values, strict=True):
        assert near(place, rgba) if place != OUTSIDE else rgba[3] == 0, (place, rgba)


@browser
@pytest.mark.parametrize("name", ["WebMercatorQuad", "WebMercatorQuadx2", "WorldCRS84Quad", "WGS1984Quad"])
def test_openlayers_shows_every_place_in_map_tiles(
    page: Page, origin: str, published: Published, name: str  # noqa: F811
) -> None:  # fmt: skip
    page.goto(origin)
    tileset = f"{collection(published)}/styles/colours/map/tiles/{name}"
    assert httpx2.get(tileset).json()["dataType"] == "map"
    check(page.evaluate(OPENLAYERS, [tileset, POINTS]))
