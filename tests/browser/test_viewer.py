"""The viewer in a real browser: the demo's layers appear, their logs fill, nothing complains."""

from __future__ import annotations

import json
import re
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

import httpx2
import matplotlib
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Locator, expect

import sdk as wf
from tests.browser.demo import Demo, run_program
from tests.browser.window import SECONDS, Window

LAYERS = ("Elevation by colormap", "Cloud-free median in true colour", "NDVI by month")
pytestmark = pytest.mark.xdist_group("browser")  # one demo for all


def colours(pixels: NDArray[np.uint8]) -> int:
    return len(np.unique(pixels.reshape(-1, 3), axis=0))


def test_start_page_shows_pictures_of_the_layers_and_leads_to_their_maps(demo: Demo, window: Window) -> None:
    window.open(f"{demo.url}/")
    assert window.page.locator(".tile h3").all_inner_texts() == [*reversed(LAYERS)]
    pictures = window.page.locator("img.thumbnail")
    expect(pictures).to_have_count(3)
    loaded = "pictures => Promise.all(pictures.map((picture) => picture.decode().then(() => picture.naturalWidth)))"
    assert pictures.evaluate_all(loaded) == [480] * 3
    window.page.get_by_role("link", name=LAYERS[0]).click()
    expect(window.page).to_have_url(re.compile(re.escape(demo.maps[LAYERS[0]])))
    expect(window.page.get_by_role("heading", level=1)).to_have_text(LAYERS[0])
    assert window.complaints == []


@pytest.mark.parametrize("name", LAYERS)
def test_layer_is_painted_and_its_log_fills(demo: Demo, window: Window, name: str) -> None:
    window.open(demo.maps[name])
    window.wait_for_tiles()
    pixels = window.map_pixels()
    assert colours(pixels) > 100
    assert pixels.std(axis=(0, 1)).max() > 10
    window.tab("Log")
    expect(window.page.locator("#log li[data-level=INFO]").first).to_contain_text(re.compile(r"\d+/\d+/\d+"))
    assert window.page.locator("#log li").count() >= 4
    assert window.page.locator("#problem").is_hidden()
    assert window.complaints == []
    assert {url.split("/")[2] for url in window.requested} == {demo.url.split("/")[2]}


def test_page_draws_in_the_session_that_its_address_names(demo: Demo, window: Window) -> None:
    page = demo.maps[LAYERS[0]]
    window.open(f"{page}{'&' if '?' in page else '?'}session_id=s1")
    window.wait_for_tiles()
    tiles = [url for url in window.requested if re.search(r"/\d+/\d+/\d+", url)]
    assert tiles
    assert all("session_id=s1&" in f"{url}&" for url in tiles)
    expect(window.page).to_have_url(re.compile("session_id=s1"))
    assert window.complaints == []


def test_changing_the_month_redraws_the_map_and_back_and_reload_keep_it(demo: Demo, window: Window) -> None:
    window.open(demo.maps["NDVI by month"])
    window.wait_for_tiles()
    july = window.map_pixels().astype(float)
    window.page.wait_for_timeout(1000)  # what follows at once upon another is the same step of Back
    with window.page.expect_response(re.compile(r"month=1&")):
        window.page.locator("#argument-month").fill("1")
    window.wait_for_tiles()
    january = window.map_pixels().astype(float)
    assert np.mean(np.abs(july - january).max(axis=2) > 40) > 0.5
    assert "month=1&" in window.page.url
    window.page.reload()
    assert window.page.locator("#argument-month").input_value() == "1"
    window.page.go_back()
    window.wait_for_tiles()
    assert "month=7&" in window.page.url
    assert np.mean(np.abs(july - window.map_pixels()).max(axis=2) > 40) < 0.02
    assert window.complaints == []


def test_months_play(demo: Demo, window: Window) -> None:
    window.open(demo.maps["NDVI by month"])
    window.wait_for_tiles()
    window.page.get_by_role("button", name="Play").click()
    expect(window.page.locator("#moment-text")).to_have_text("Month 9", timeout=SECONDS)
    window.page.get_by_role("button", name="Pause").click()
    window.wait_for_tiles()
    assert re.search(r"[?&]month=(9|10)&", window.page.url)
    assert window.complaints == []


def test_place_is_in_the_address(demo: Demo, window: Window) -> None:
    window.open(f"{demo.maps['Elevation by colormap']}#map=9/36.6/-84.3")
    window.wait_for_tiles()
    window.page.get_by_role("button", name="Zoom in").click()
    expect(window.page).to_have_url(re.compile(r"#map=10/36\.60\d+/-84\.\d+"))
    window.page.get_by_role("button", name="Go to the data").click()
    expect(window.page).not_to_have_url(re.compile(r"#map=10/"))
    window.tab("Inspect")
    window.page.get_by_label("Find a place").fill("36°30'N 84°12'W")
    window.page.keyboard.press("Enter")
    expect(window.page).to_have_url(re.compile(r"/36\.500\d+/-84\.(19|20)\d+"))
    expect(window.page.get_by_role("heading", name="Values at 36.50000, -84.20000")).to_be_visible(timeout=SECONDS)


def test_log_is_filtered_by_level_and_text_and_keeps_following(demo: Demo, window: Window) -> None:
    window.open(demo.maps["Elevation by colormap"])
    window.wait_for_tiles()
    window.tab("Log")
    log = window.page.locator("#log")
    details = log.locator("li[data-level=DEBUG]")
    expect(details.first).to_be_hidden()
    window.page.locator("#level").select_option("DEBUG")
    expect(details.first).to_be_visible()
    at_end = "log => log.scrollHeight - log.scrollTop - log.clientHeight < 40"
    for _ in range(2):
        window.page.get_by_role("button", name="Zoom in").click()
        window.wait_for_tiles()
        assert log.evaluate(at_end)
    window.page.get_by_label("Search the log").fill("served in")
    assert all("served in" in text for text in log.locator("li:visible").all_inner_texts())
    window.page.get_by_role("button", name="Clear").click()
    assert log.locator("li").count() == 0


def test_failed_tile_says_why_and_leads_to_its_line(demo: Demo, window: Window) -> None:
    window.open(f"{demo.maps['Elevation by colormap']}?band=temperature")
    why = re.compile("A tile failed: .*temperature")
    expect(window.page.get_by_role("alert")).to_contain_text(why, timeout=SECONDS)
    window.wait_for_tiles()
    window.page.mouse.click(460, 400)
    popup = window.page.locator(".leaflet-popup")
    expect(popup).to_contain_text("temperature")
    popup.get_by_role("button", name="Show it in the log").click()
    found = window.page.locator("#log li.found")
    expect(found).to_contain_text("temperature")
    name = popup.get_by_role("heading").inner_text().split()[1]
    expect(found).to_contain_text(re.compile(rf"tile {name}\S* failed"))
    window.tab("Style")
    window.page.get_by_label("Bands").select_option("the layer's own")
    expect(window.page.get_by_role("alert")).to_be_hidden()


def test_missing_argument_is_asked_for_in_the_middle(demo: Demo, window: Window) -> None:
    month = wf.parameter("month", wf.Int)
    graft = wf.Image.from_id("demo-elevation:jacksboro") + month
    xyz = wf.XYZ(graft, name="Raised", client=wf.Client(demo.url))
    window.open(f"{demo.url}/xyz/{xyz.id}")
    asking = window.page.locator("#prompt")
    edge = "field => getComputedStyle(field).borderColor"
    right = window.page.locator("#find-layer").evaluate(edge)
    assert asking.get_by_label("month").evaluate(edge) == right  # nothing has been filled in wrongly
    expect(asking).to_contain_text("Fill in month to see the layer.")
    asking.get_by_label("month").fill("5")
    asking.get_by_role("button", name="Show").click()
    window.wait_for_tiles()
    expect(asking).to_be_hidden()
    assert "month=5" in window.page.url
    assert window.complaints == []
    xyz.delete()


def test_colormap_is_picked_and_reversed(demo: Demo, window: Window) -> None:
    window.open(demo.maps["Elevation by colormap"])
    window.wait_for_tiles()
    before = window.map_pixels()
    window.page.locator("#colormap-shown").click()
    window.page.get_by_label("Find a colormap").fill("magm")
    expect(window.page.locator("#colormaps label:visible")).to_have_text(["magma"])
    window.page.locator("#colormaps label:visible").click()
    window.wait_for_tiles()
    magma = window.map_pixels()
    window.page.get_by_label("reversed").check()
    window.wait_for_tiles()
    turned = window.map_pixels().astype(float)
    assert "colormap=magma_r&" in window.page.url
    assert np.abs(before.astype(float) - magma).mean() > 20
    assert np.abs(magma - turned).mean() > 20
    strip = window.page.locator("#legend .strip").evaluate("strip => strip.style.background")
    ends = np.array([matplotlib.colormaps["magma_r"](end, bytes=True)[:3] for end in (0.0, 1.0)], int)
    shown = np.array(re.findall(r"rgb\((\d+), (\d+), (\d+)\)", strip), int)
    assert np.abs(shown[[0, -1]] - ends).max() <= 1
    assert window.complaints == []


def test_stretch_takes_what_the_map_shows(demo: Demo, window: Window) -> None:
    window.open(demo.maps["Elevation by colormap"])
    window.wait_for_tiles()
    lowest = httpx2.get(f"{demo.maps['Elevation by colormap']}/statistics").json()["bands"]["elevation"]["min"]
    window.page.get_by_role("button", name="Min\u2013max").click()
    field = window.page.get_by_label("Lowest value of elevation").first
    expect(field).not_to_have_value("-150")
    assert float(field.input_value()) == pytest.approx(lowest, abs=15)
    window.wait_for_tiles()
    window.page.get_by_text("Histogram of the map's part").click()
    handle = window.page.get_by_label("Highest value of elevation").nth(1)
    handle.wait_for()
    handle.press("Home")
    window.wait_for_tiles()
    assert re.search(r"scales=%5B%5B(\d+)\.?\d*%2C\1", window.page.url)  # the lowest value at both ends
    window.page.get_by_role("button", name="Same for all tiles").click()
    window.wait_for_tiles()
    assert "scales=auto" in window.page.url
    assert window.complaints == []


def test_click_reads_the_values_and_a_rectangle_the_statistics(demo: Demo, window: Window) -> None:
    window.open(demo.maps["Elevation by colormap"])
    window.wait_for_tiles()
    window.page.mouse.click(460, 400)
    shown = window.page.locator("#inspected")
    expect(shown).to_contain_text("elevation", timeout=SECONDS)
    lat, lon = re.findall(r"-?\d+\.\d+", shown.get_by_role("heading").inner_text())
    answer = httpx2.get(f"{demo.maps['Elevation by colormap']}/point", params={"lon": lon, "lat": lat}).json()
    expect(shown.locator("td")).to_have_text(f"{answer['values']['elevation']:g}")
    window.page.get_by_role("button", name="Draw a rectangle").click()
    window.page.mouse.move(400, 350)
    window.page.mouse.down()
    window.page.mouse.move(520, 450, steps=4)
    window.page.mouse.up()
    expect(shown).to_contain_text("Median", timeout=SECONDS)
    expect(shown.locator("svg.histogram")).to_be_visible()
    assert window.page.evaluate("getSelection().toString()") == ""
    assert window.complaints == []


def test_addresses_are_those_that_other_maps_open(demo: Demo, window: Window) -> None:
    window.open(demo.maps["Elevation by colormap"])
    window.wait_for_tiles()
    window.tab("Share")
    template = window.page.get_by_label("XYZ tiles", exact=True).input_value()
    tile = httpx2.get(template.replace("{z}", "10").replace("{x}", "272").replace("{y}", "400"))
    assert (tile.status_code, tile.headers["content-type"]) == (200, "image/png")
    for label in ("WMTS", "TileJSON"):
        assert httpx2.get(window.page.get_by_label(label, exact=True).input_value()).status_code == 200
    for link in window.page.locator("#files a").all():
        assert httpx2.get(str(link.get_attribute("href"))).status_code == 200
    program = window.page.get_by_label("Python", exact=True).input_value()
    printed, shown = (parse_qs(urlsplit(url).query) for url in (run_program(program, demo), template))
    assert json.loads(printed.pop("scales")[0]) == json.loads(shown.pop("scales")[0])
    assert printed == shown


def test_layers_are_added_swiped_and_kept_in_the_address(demo: Demo, window: Window) -> None:
    window.open(f"{demo.maps['Elevation by colormap']}?band=elevation&scales=[[200,1100]]#map=11/36.6/-84.25")
    window.wait_for_tiles()
    window.tab("Layers")
    window.page.get_by_label("Add a layer").fill("elevation by")
    window.page.locator("#found-layers button").click()
    window.wait_for_tiles()
    window.page.wait_for_timeout(1000)
    assert window.map_pixels().astype(float).std(axis=2).mean() > 10  # the terrain in colours lies above the grey one
    window.page.get_by_label("Swipe between").check()
    window.page.get_by_label("Where the uppermost layer ends").fill("0.1")
    assert window.map_pixels().astype(float).std(axis=2).mean() < 1
    assert "swipe=0.1" in window.page.url
    window.page.reload()
    window.wait_for_tiles()
    window.tab("Layers")
    expect(window.page.locator("#layer-list li")).to_have_count(2)
    window.page.get_by_label("Remove").first.click()
    expect(window.page.locator("#layer-list li")).to_have_count(1)
    assert window.complaints == []


def test_panel_lies_below_the_map_on_a_phone(demo: Demo, browser: Browser) -> None:
    with Window.of(browser, viewport={"width": 390, "height": 844}, color_scheme="dark") as window:
        window.open(demo.maps["Elevation by colormap"])
        window.wait_for_tiles()
        panel = window.page.locator("#panel").bounding_box()
        assert panel is not None
        assert panel["y"] > 400
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 390
        window.page.get_by_role("button", name="Settings of the layer").click()
        expect(window.page.locator("#panel")).to_be_hidden()
        assert window.complaints == []


@pytest.mark.parametrize("path", ["", "catalog/demo-synthetic-s2", "jobs", "docs", "xyz/none"])
def test_no_page_is_wider_than_a_phone(demo: Demo, browser: Browser, path: str) -> None:
    with Window.of(browser, viewport={"width": 390, "height": 844}, reduced_motion="reduce") as window:
        window.open(f"{demo.url}/{path}")
        window.page.wait_for_load_state("networkidle")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_product_is_shown_and_makes_a_first_layer_with_a_series(demo: Demo, window: Window) -> None:
    window.open(f"{demo.url}/catalog/demo-synthetic-s2")
    expect(window.page.locator(".leaflet-tile-loaded").first).to_be_visible()
    pixels = np.asarray(window.page.locator("#map canvas.leaflet-zoom-animated").evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data]"
    ))  # fmt: skip
    assert pixels[3] > 0  # footprints cover the middle
    expect(window.page.locator("#dates svg rect").first).to_be_attached()
    run_program(window.page.locator("pre code").inner_text(), demo)
    window.page.get_by_role("button", name="Show me").click()
    expect(window.page).to_have_url(re.compile("/xyz/"))
    window.wait_for_tiles()
    assert colours(window.map_pixels()) > 100
    window.page.mouse.click(460, 400)
    shown = window.page.locator("#inspected")
    expect(shown.locator("svg.series circle").nth(20)).to_be_attached(timeout=SECONDS)
    shown.get_by_text("Table").click()
    expect(shown.locator("details tbody tr").first).to_contain_text("2023-")
    data = unquote(str(shown.get_by_role("link", name="CSV").get_attribute("href")))
    assert data.partition(",")[2].splitlines()[0] == "date,id,red,green,blue"
    colour = "keys => keys.map((key) => getComputedStyle(key).borderBottomColor)"
    keys = shown.locator(".keys label").evaluate_all(colour)
    assert [max(range(3), key=list(map(int, re.findall(r"\d+", key))).__getitem__) for key in keys] == [0, 1, 2]
    assert window.complaints == []
    httpx2.delete(f"{demo.url}/api/{window.page.url.split(demo.url)[1].partition('?')[0][1:]}").raise_for_status()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screen_readers_find_nothing_serious(demo: Demo, browser: Browser, scheme: Literal["light", "dark"]) -> None:
    with Window.of(browser, color_scheme=scheme, bypass_csp=True) as window:
        pages = ("", "catalog/demo-synthetic-s2", "jobs", "?q=nothing+of+the+kind", "xyz/none", "docs/language")
        for url in (*(f"{demo.url}/{page}" for page in pages), demo.maps["NDVI by month"]):
            window.open(url)
            tabs: list[Locator | None] = [*window.page.get_by_role("tab").all()]
            for tab in tabs or [None]:
                if tab is not None:
                    tab.click()
                assert window.serious_findings() == [], url
