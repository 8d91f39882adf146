"""Controls of the viewer that are used less: bands one by one, stretches by a button, removal, retries."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import numpy as np
import pytest
import rasterio
from playwright.sync_api import Request, expect

import sdk as wf
from tests.browser.demo import Demo
from tests.browser.window import SECONDS, Window
from tests.server_fixture import running_server

pytestmark = pytest.mark.xdist_group("browser")  # one demo for all
ELEVATION, SERIES, MONTHS = "Elevation by colormap", "Cloud-free median in true colour", "NDVI by month"


def test_bands_are_chosen_one_by_one(demo: Demo, window: Window) -> None:
    images = wf.ImageCollection.from_id("demo-synthetic-s2", start_datetime="2023-06-01", end_datetime="2023-07-01")
    xyz = wf.XYZ(images.mosaic(), name="June", client=wf.Client(demo.url))
    window.open(f"{demo.url}/xyz/{xyz.id}?band=red")
    window.wait_for_tiles()
    window.page.locator("#band-0").focus()  # at which the others are asked for
    expect(window.page.get_by_label("Bands")).to_have_value("one")
    window.page.locator("#band-0").select_option("nir")
    window.wait_for_tiles()
    assert parse_qs(urlsplit(window.page.url).query)["band"] == ["nir"]
    assert window.map_pixels().std(axis=2).max() == 0  # it is grey
    window.page.get_by_label("Bands").select_option("red, green, blue")
    for at, band in enumerate(("nir", "red", "green")):
        window.page.locator(f"#band-{at}").select_option(band)
    window.wait_for_tiles()
    assert parse_qs(urlsplit(window.page.url).query)["band"] == ["nir", "red", "green"]
    assert window.map_pixels().std(axis=2).max() > 10
    assert window.complaints == []
    xyz.delete()


def test_stretches_by_percentiles_and_deviations_are_those_of_the_view(demo: Demo, window: Window) -> None:
    window.open(demo.maps[ELEVATION])
    window.wait_for_tiles()
    low, high = (window.page.get_by_label(f"{end} value of elevation").first for end in ("Lowest", "Highest"))

    def ends(button: str) -> tuple[list[float], dict[str, float]]:
        with window.page.expect_response(re.compile("/statistics")) as answered:
            window.page.get_by_role("button", name=button).click()
        band = httpx2.get(answered.value.url).json()["bands"]["elevation"]
        window.wait_for_tiles()
        return [float(low.input_value()), float(high.input_value())], {**band, **band["percentiles"]}

    shown, band = ends("2\u201398 %")
    np.testing.assert_allclose(shown, (band["2"], band["98"]), rtol=1e-5)
    shown, band = ends("±2 \u03c3")
    np.testing.assert_allclose(shown, (band["mean"] - 2 * band["std"], band["mean"] + 2 * band["std"]), rtol=1e-5)
    low.fill("300")
    high.fill("")
    expect(high).to_have_js_property("validationMessage", "Give both ends, or neither.")
    high.fill("900")
    expect(window.page).to_have_url(re.compile("scales=%5B%5B300%2C900%5D%5D"))
    assert window.complaints == []


def test_a_file_s_own_colours_are_left_and_chosen_again(tmp_path: Path, window: Window) -> None:
    land, sea = (0, 128, 0), (0, 0, 200)
    (tmp_path / "cover").mkdir()
    classes = np.repeat([0, 1], [30, 34]).astype(np.uint8) * np.ones((64, 1), np.uint8)
    place = {"crs": "EPSG:4326", "transform": rasterio.Affine(0.001, 0, 10, 0, -0.001, 50)}
    with rasterio.open(tmp_path / "cover/a.tif", "w", width=64, height=64, count=1, dtype="uint8", **place) as dataset:
        dataset.write(classes, 1)
        dataset.write_colormap(1, {0: (*land, 255), 1: (*sea, 255)})
    picked = window.page.locator("#colormap-shown")

    def colours() -> set[tuple[int, ...]]:
        window.wait_for_tiles()
        return {tuple(pixel) for pixel in window.map_pixels().reshape(-1, 3).tolist()}

    with running_server(tmp_path / "data", add=[tmp_path / "cover"]) as url:
        xyz = wf.XYZ(wf.Image.from_id("cover:a"), name="Cover", client=wf.Client(url))
        window.open(f"{url}/xyz/{xyz.id}")
        assert {land, sea} <= colours()
        expect(picked).to_have_text("own colours")
        picked.click()
        window.page.locator("#colormaps").get_by_label("none").check()
        assert not {land, sea} & colours()
        window.page.locator("#colormaps").get_by_label("own colours").check()
        assert {land, sea} <= colours()
        assert window.complaints == []


def test_the_divider_is_dragged_and_a_layer_removed(demo: Demo, window: Window) -> None:
    window.open(demo.maps[ELEVATION])
    window.wait_for_tiles()
    window.tab("Layers")
    window.page.get_by_label("Add a layer").fill("ndvi")
    window.page.locator("#found-layers button").click()
    window.page.get_by_label("Swipe between").check()
    window.page.mouse.move(640, 300)
    window.page.mouse.down()
    window.page.mouse.move(320, 300, steps=4)
    window.page.mouse.up()
    expect(window.page).to_have_url(re.compile(r"swipe=0\.25\b"))
    window.page.get_by_label("Remove NDVI by month").click()
    expect(window.page.locator("#layer-list li")).to_have_count(1)
    assert "also=" not in window.page.url
    assert window.complaints == []


def test_a_failed_tile_is_tried_again(demo: Demo, window: Window) -> None:
    window.page.route("**/*.png?*", lambda route: route.fulfill(status=503, json={"message": "too much at once"}))
    window.open(demo.maps[ELEVATION])
    expect(window.page.get_by_role("alert")).to_contain_text("too much at once", timeout=SECONDS)
    window.wait_for_tiles()
    window.page.get_by_role("alert").get_by_role("button", name="Show it in the log").click()
    expect(window.page.get_by_role("tabpanel", name="Log")).to_be_visible()
    window.page.unroute("**/*.png?*")
    window.page.mouse.click(460, 400)
    window.page.get_by_role("button", name="Try again").click()
    expect(window.page.locator("#tiles")).to_contain_text("1 tiles", timeout=SECONDS)


def test_newest_leads_to_the_end_of_the_log(demo: Demo, window: Window) -> None:
    window.open(demo.maps[MONTHS])
    window.wait_for_tiles()
    window.tab("Log")
    window.page.locator("#level").select_option("DEBUG")
    log, newest = window.page.locator("#log"), window.page.get_by_role("button", name="Newest")
    expect(newest).to_be_hidden()
    log.evaluate("log => { log.scrollTop = 0; }")
    newest.click()
    expect(newest).to_be_hidden()
    assert log.evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight < 40")


def test_the_place_below_the_pointer_is_told(demo: Demo, window: Window) -> None:
    window.open(f"{demo.maps[ELEVATION]}#map=11/36.6/-84.25")
    window.page.mouse.move(640, 400)  # the middle
    lat, lon = map(float, window.page.locator("#coordinates").inner_text().split(","))
    np.testing.assert_allclose((lat, lon), (36.6, -84.25), atol=0.001)


def test_series_are_shown_and_hidden(demo: Demo, window: Window) -> None:
    images = wf.ImageCollection.from_id("demo-synthetic-s2").pick_bands("red nir")
    xyz = wf.XYZ(images, name="Two bands", client=wf.Client(demo.url))
    window.open(f"{demo.url}/xyz/{xyz.id}?band=nir&scales=[[0,1]]")
    window.page.mouse.click(460, 400)
    lines = window.page.locator("svg.series .line")
    expect(lines).to_have_count(2, timeout=SECONDS)
    window.page.locator(".keys").get_by_label("red").uncheck()
    expect(lines).to_have_count(1)
    xyz.delete()


def test_old_tiles_stay_and_abandoned_ones_are_cancelled(demo: Demo, window: Window) -> None:
    window.open(demo.maps[MONTHS])
    window.wait_for_tiles()
    before = window.map_pixels()
    window.page.route(re.compile(r"\.png\?.*month=8"), lambda route: None)  # they never come
    cancelled: list[str] = []

    def note(request: Request) -> None:
        cancelled.append(request.url)

    window.page.on("requestfailed", note)
    month = window.page.locator("#argument-month")
    for value in ("3", "4", "8"):  # faster than tiles are asked for
        month.fill(value)
    with window.page.expect_request(re.compile(r"\.png\?.*month=8")):
        pass
    assert np.array_equal(window.map_pixels(), before)
    month.fill("12")
    window.wait_for_tiles()
    assert not np.array_equal(window.map_pixels(), before)
    assert cancelled
    assert all("month=8" in url for url in cancelled)
    assert not [url for url in window.requested if re.search(r"\.png\?.*month=[34]", url)]
    assert window.complaints == []
