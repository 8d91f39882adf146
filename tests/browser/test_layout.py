"""How the viewer is laid out: nothing sticks out, lies upon something else, or has to be looked for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

import sdk as wf
from tests.browser.demo import Demo
from tests.browser.window import SECONDS, Window

pytestmark = pytest.mark.xdist_group("browser")  # one demo for all
SIZES: dict[str, Any] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "small": {"viewport": {"width": 1000, "height": 700}},
    "tablet": {"viewport": {"width": 820, "height": 1100}},
    "phone": {"viewport": {"width": 390, "height": 844}},
}
STICKING_OUT = """() => [...document.querySelectorAll(":is(#panel, #legend, #timeline) *")].filter((one) => {
  const { display, overflowX } = getComputedStyle(one);
  const mayNot = one.checkVisibility() && overflowX === "visible" && display !== "inline";
  return mayNot && one.scrollWidth > one.clientWidth + 1;
}).map((one) => `${one.tagName} ${one.id} ${one.textContent.slice(0, 40)}`)"""


@pytest.mark.parametrize("size", SIZES)
def test_nothing_sticks_out_or_overlaps(demo: Demo, browser: Browser, size: str) -> None:
    with Window.of(browser, **SIZES[size]) as window:
        window.open(demo.maps["NDVI by month"])
        window.wait_for_tiles()
        for tab in ("Style", "Inspect", "Layers", "Log", "Share"):
            window.tab(tab)
            assert window.page.evaluate(STICKING_OUT) == [], tab
        parts = ("#legend", "#timeline", ".leaflet-control-scale")
        boxes = [window.page.locator(part).bounding_box() for part in parts]
        for at, one in enumerate(boxes):
            for other in boxes[at + 1 :]:
                assert one is not None
                assert other is not None
                beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
                assert beside or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]


def test_a_series_stays_in_the_panel_and_its_table_is_reached_by_keyboard(demo: Demo, browser: Browser) -> None:
    images = wf.ImageCollection.from_id("demo-synthetic-s2").pick_bands("red nir")
    xyz = wf.XYZ(images, name="Series", client=wf.Client(demo.url))
    with Window.of(browser, bypass_csp=True) as window:
        window.open(f"{demo.url}/xyz/{xyz.id}?band=nir&scales=[[0,1]]")
        window.page.mouse.click(460, 400)
        window.page.get_by_text("Table", exact=True).click(timeout=SECONDS)
        assert window.page.evaluate(STICKING_OUT) == []
        assert window.serious_findings() == []
    xyz.delete()


def test_values_are_seen_where_a_phone_is_tapped(demo: Demo, browser: Browser) -> None:
    with Window.of(browser, **SIZES["phone"], has_touch=True) as window:
        window.open(demo.maps["Elevation by colormap"])
        window.wait_for_tiles()
        window.page.touchscreen.tap(180, 220)
        expect(window.page.locator("#inspected td")).to_be_in_viewport(timeout=SECONDS)


def test_histograms_say_that_they_are_read(demo: Demo, window: Window) -> None:
    window.page.route("**/statistics?*", lambda route: None)  # they never come
    window.open(demo.maps["Elevation by colormap"])
    window.page.get_by_text("Histogram of the map's part").click()
    expect(window.page.locator("#stretch-problem")).to_have_text("Reading…")


def test_a_layer_that_cannot_be_added_says_why(demo: Demo, window: Window) -> None:
    raised = wf.Image.from_id("demo-elevation:jacksboro") + wf.parameter("metres", wf.Int)
    xyz = wf.XYZ(raised, name="Lifted", client=wf.Client(demo.url))
    window.open(demo.maps["Elevation by colormap"])
    window.tab("Layers")
    window.page.get_by_label("Add a layer").fill("lifted")
    window.page.locator("#found-layers button").click()
    expect(window.page.locator("#found-layers")).to_contain_text("metres")
    assert all(re.search("400", one) for one in window.complaints)  # the browser's own, of an answer
    xyz.delete()
