"""What leads out of the viewer: addresses, programs, files, and what of the caller's credentials goes along."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import httpx2
import numpy as np
import pytest
import rasterio
from playwright.sync_api import Browser, expect

import sdk as wf
from tests.browser.demo import Demo, run_program
from tests.browser.window import SECONDS, Window
from tests.server_fixture import running_server
from tests.tileserver.rasters import write_tif
from tileserver.store import Users, create_schema, open_database

pytestmark = pytest.mark.xdist_group("browser")  # one demo for all
ELEVATION = "Elevation by colormap"


def test_view_is_saved_as_a_geotiff(demo: Demo, window: Window) -> None:
    window.open(f"{demo.maps[ELEVATION]}#map=13/36.6/-84.2")
    window.wait_for_tiles()
    window.tab("Share")
    with window.page.expect_request(re.compile("/geotiff")) as asked:
        window.page.get_by_role("button", name="GeoTIFF of the view").click()
    link = window.page.get_by_role("link", name="Download the GeoTIFF")
    expect(link).to_be_visible(timeout=SECONDS)
    west, south, east, north = map(float, re.findall(r"bounds=([^&]+)", asked.value.url)[0].split("%2C"))
    data = httpx2.get(str(link.get_attribute("href")), follow_redirects=True).content
    with rasterio.open(io.BytesIO(data)) as dataset:
        assert dataset.count == 1
        pixel = dataset.res[0]
        np.testing.assert_allclose(dataset.bounds, (west, south, east, north), atol=2 * pixel)
        lon, lat = (west + east) / 2, (south + north) / 2
        point = httpx2.get(f"{demo.maps[ELEVATION].split('?')[0]}/point", params={"lon": lon, "lat": lat}).json()
        assert next(dataset.sample([(lon, lat)]))[0] == point["values"]["elevation"]
    assert window.complaints == []


def test_saving_what_cannot_be_says_why_before_the_scales_are_known(demo: Demo, window: Window) -> None:
    window.page.route("**/tilejson.json*", lambda route: None)  # it never comes
    window.open(f"{demo.maps[ELEVATION]}?band=temperature")
    window.tab("Share")
    window.page.get_by_role("button", name="GeoTIFF of the view").click()
    expect(window.page.locator("#saved")).to_contain_text("temperature", timeout=SECONDS)


def test_addresses_are_copied(demo: Demo, browser: Browser) -> None:
    with Window.of(browser, permissions=["clipboard-read", "clipboard-write"]) as window:
        window.open(demo.maps[ELEVATION])
        window.wait_for_tiles()
        window.tab("Share")
        for label in ("This map", "XYZ tiles", "WMTS", "TileJSON", "MapLibre style", "Python"):
            window.page.get_by_role("button", name=f"Copy: {label}").click()
            expect(window.page.get_by_role("button", name=f"Copy: {label}")).to_have_text("Copied")
            copied = window.page.evaluate("navigator.clipboard.readText()")
            assert copied == window.page.get_by_label(label, exact=True).input_value()
        assert run_program(copied, demo).startswith(f"{demo.url}/xyz/")
        window.open(window.page.get_by_label("This map", exact=True).input_value())
        window.wait_for_tiles()


def test_programs_are_opened_in_the_style_that_is_shown(demo: Demo, window: Window) -> None:
    window.open(f"{demo.maps[ELEVATION]}?band=elevation&colormap=magma&scales=[[0,900]]")
    window.wait_for_tiles()
    window.tab("Share")
    links = {link.inner_text(): str(link.get_attribute("href")) for link in window.page.locator("#programs a").all()}
    assert [*links] == ["QGIS (layer file)", "JOSM", "ArcGIS Online"]
    definition = httpx2.get(links["QGIS (layer file)"])
    assert (definition.status_code, "magma" in definition.text) == (200, True)
    josm = httpx2.URL(links["JOSM"]).params
    assert httpx2.get(josm["url"].format(zoom=10, x=272, y=400)).headers["Content-Type"] == "image/png"
    assert "colormap=magma" in josm["url"]
    assert httpx2.get(httpx2.URL(links["ArcGIS Online"]).params["url"]).status_code == 200
    style = httpx2.get(window.page.get_by_label("MapLibre style", exact=True).input_value()).json()
    assert "colormap=magma" in style["sources"]["layer"]["tiles"][0]
    assert httpx2.get(window.page.get_by_role("link", name="Legend").get_attribute("href") or "").status_code == 200


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """A server that asks for tokens: its URL, a token, and the id of a private layer."""
    folder = tmp_path_factory.mktemp("private")
    write_tif(folder / "field" / "a.tif")
    address = f"sqlite:///{folder / 'it.sqlite'}"
    create_schema(database := open_database(address))
    (users := Users(database)).add("ann@example.com")
    token, _ = users.create_token("ann@example.com")
    database.dispose()
    with running_server(folder / "data", add=[folder / "field"], auth="token", database_url=address) as url:
        client = wf.Client(url, token=token)
        xyz = wf.XYZ(wf.Image.from_id("field:a"), name="Mine", public=False, client=client)
        yield url, token, xyz.id


def test_a_token_goes_along_where_it_is_asked_for_and_nowhere_else(
    private: tuple[str, str, str], window: Window
) -> None:
    url, token, layer = private
    window.open(f"{url}/xyz/{layer}?access_token={token}")
    window.wait_for_tiles()
    window.tab("Share")
    shared = window.page.locator("#addresses input, #addresses textarea")
    links = window.page.locator("#files a, #programs a")

    def addresses() -> list[str]:
        return [field.input_value() for field in shared.all()] + [
            str(link.get_attribute("href")) for link in links.all()
        ]

    window.page.get_by_role("button", name="GeoTIFF of the view").click()
    link = window.page.get_by_role("link", name="Download the GeoTIFF")
    expect(link).to_be_visible(timeout=SECONDS)
    with window.page.expect_download() as download:
        link.click()
    with rasterio.open(download.value.path()) as dataset:
        assert dataset.read(1).any()
    assert [text for text in addresses() if token in text] == []
    assert httpx2.get(window.page.get_by_label("TileJSON", exact=True).input_value()).status_code == 404
    window.page.get_by_label("with the access token").check()
    assert len([text for text in addresses() if token in text]) == len(addresses()) - 1  # but for the program
    assert httpx2.get(window.page.get_by_label("TileJSON", exact=True).input_value()).status_code == 200
    assert httpx2.get(str(links.nth(1).get_attribute("href"))).status_code == 200
    window.open(f"{url}/jobs?access_token={token}")
    expect(window.page.locator(".stage")).to_have_text("SUCCEEDED")
    assert window.complaints == []
