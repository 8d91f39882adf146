"""The address bar holds all that the viewer shows: layers, their order and looks, style, place."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import httpx2
import numpy as np
import pytest
from playwright.sync_api import expect

import sdk as wf
from tests.browser.demo import Demo
from tests.browser.window import Window

pytestmark = pytest.mark.xdist_group("browser")  # one demo for all
ELEVATION = "Elevation by colormap"


def add_layer(window: Window, text: str) -> None:
    window.tab("Layers")
    window.page.get_by_label("Add a layer").fill(text)
    window.page.locator("#found-layers button").first.click()


def test_order_opacity_and_visibility_survive_a_reload(demo: Demo, window: Window) -> None:
    window.open(demo.maps[ELEVATION])
    window.wait_for_tiles()
    add_layer(window, "ndvi")
    items = window.page.locator("#layer-list li")
    expect(items).to_have_count(2)
    items.first.get_by_role("slider").fill("0.4")
    down = window.page.get_by_label("Move NDVI by month down")
    down.focus()
    window.page.keyboard.press("Enter")
    expect(items.first).to_contain_text(ELEVATION)
    expect(window.page.get_by_label("Move NDVI by month up")).to_be_enabled()
    window.page.get_by_label(f"Show {ELEVATION}").uncheck()
    window.page.reload()
    window.tab("Layers")
    expect(items.first).to_contain_text(ELEVATION)
    expect(window.page.get_by_label(f"Show {ELEVATION}")).not_to_be_checked()
    expect(window.page.get_by_label("Show NDVI by month")).to_be_checked()
    assert items.nth(1).get_by_role("slider").input_value() == "0.4"
    own = demo.maps[ELEVATION].split("?")[0]
    assert not [url for url in window.requested[-40:] if url.startswith(own) and ".png?band" in url]
    window.page.get_by_label(f"Show {ELEVATION}").check()
    window.wait_for_tiles()
    assert window.complaints == []


def test_a_hidden_layer_stays_hidden_when_its_style_changes(demo: Demo, window: Window) -> None:
    window.open(demo.maps[ELEVATION])
    window.wait_for_tiles()
    window.tab("Layers")
    window.page.get_by_label(f"Show {ELEVATION}").uncheck()
    window.tab("Style")
    window.page.get_by_role("button", name="grey").click()
    expect(window.page).to_have_url(re.compile("shown=false"))
    expect(window.page.locator(".leaflet-layer")).to_have_count(1)  # of the base map


def test_back_takes_back_a_layer_that_came_after_a_change_of_style(demo: Demo, window: Window) -> None:
    window.open(demo.maps[ELEVATION])
    window.wait_for_tiles()
    window.page.wait_for_timeout(1100)
    window.page.get_by_role("button", name="grey").click()
    expect(window.page).to_have_url(re.compile("checkerboard|scales="))
    add_layer(window, "ndvi")
    expect(window.page.locator("#layer-list li")).to_have_count(2)
    window.page.go_back()
    expect(window.page.locator("#layer-list li")).to_have_count(1)
    window.tab("Style")
    expect(window.page.get_by_role("button", name="terrain")).to_have_attribute("aria-pressed", "true")
    window.page.go_forward()
    expect(window.page.locator("#layer-list li")).to_have_count(2)


def test_gamma_brightens_the_dark_and_is_kept(demo: Demo, window: Window) -> None:
    window.open(f"{demo.maps[ELEVATION]}?band=elevation&scales=[[0,3000]]")
    window.wait_for_tiles()
    before = window.map_pixels().astype(float)
    window.page.get_by_label("Gamma").fill("2.5")
    window.wait_for_tiles()
    assert window.map_pixels().mean() > before.mean() + 30
    expect(window.page).to_have_url(re.compile("gamma=2.5"))
    window.page.reload()
    assert window.page.get_by_label("Gamma").input_value() == "2.5"
    window.open(f"{demo.maps[ELEVATION]}?band=elevation&gamma=20")
    assert window.page.get_by_label("Gamma").input_value() == "20"
    assert window.complaints == []


def test_a_layer_without_a_style_has_one_stretch_which_its_tilejson_names(demo: Demo, window: Window) -> None:
    image = wf.Image.from_id("demo-elevation:jacksboro")
    xyz = wf.XYZ(image, name="Plain", client=wf.Client(demo.url))
    window.open(f"{demo.url}/xyz/{xyz.id}")
    window.wait_for_tiles()
    tiles = [url for url in window.requested if re.search(r"/\d+/\d+/\d+\.png", url)]
    [named] = httpx2.get(f"{demo.url}/xyz/{xyz.id}/tilejson.json").json()["tiles"]
    scales = parse_qs(urlsplit(named).query)["scales"]
    assert tiles
    assert [parse_qs(urlsplit(url).query)["scales"] for url in tiles] == [scales] * len(tiles)
    assert "scales" not in window.page.url
    window.page.get_by_role("button", name="Same for all tiles").click()
    expect(window.page).to_have_url(re.compile("scales=auto"))
    assert window.complaints == []
    xyz.delete()


def test_online_base_maps_lie_above_the_outline_which_stays_where_they_are_not_reached(
    demo: Demo, window: Window
) -> None:
    window.page.route("https://tile.openstreetmap.org/**", lambda route: route.abort())
    window.open(f"{demo.maps[ELEVATION]}#map=6/47/9")
    window.tab("Layers")
    window.page.get_by_label("Base map").select_option("osm")
    window.page.wait_for_timeout(500)
    assert len(np.unique(window.map_pixels().reshape(-1, 3), axis=0)) > 10
    expect(window.page.locator(".leaflet-control-attribution")).to_contain_text("OpenStreetMap")
    expect(window.page).to_have_url(re.compile("base=osm"))


def test_providers_and_licence_of_the_data_are_on_the_map(demo: Demo, window: Window) -> None:
    window.open(demo.maps[ELEVATION])
    credit = httpx2.get(f"{demo.maps[ELEVATION]}/tilejson.json").json()["attribution"]
    shown = window.page.locator(".leaflet-control-attribution")
    expect(shown).to_contain_text(credit)
    add_layer(window, "ndvi")
    other = httpx2.get(f"{demo.maps['NDVI by month'].split('?')[0]}/tilejson.json?month=7").json().get("attribution")
    if other:
        expect(shown).to_contain_text(other)
    window.page.get_by_label(f"Show {ELEVATION}").uncheck()
    expect(shown).not_to_contain_text(credit)
