"""The other controls of the viewer: reduction, missing pixels, classes, dates, full screen, keyboard, motion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, expect

import sdk as wf
from sdk.contract.packed_query import read_query
from tests.browser.demo import Demo, run_program
from tests.browser.window import SECONDS, Window

pytestmark = pytest.mark.xdist_group("browser")  # one demo for all
Publish = Callable[..., str]
ELEVATION = "demo-elevation:jacksboro"


@pytest.fixture
def publish(demo: Demo) -> Iterator[Publish]:
    """Publishes layers, whose page's URL it returns, and deletes them at the end."""
    made: list[wf.XYZ] = []

    def publish(computation: wf.Image | wf.ImageCollection, **fields: object) -> str:
        made.append(wf.XYZ(computation, client=wf.Client(demo.url), **fields))  # type: ignore[arg-type]
        return f"{demo.url}/xyz/{made[-1].id}"

    yield publish
    for xyz in made:
        xyz.delete()


def test_reduction_of_a_collection_is_chosen(publish: Publish, window: Window) -> None:
    images = wf.ImageCollection.from_id("demo-synthetic-s2").pick_bands("nir")
    window.open(publish(images, name="All images"))
    window.wait_for_tiles()
    mosaic = window.map_pixels().astype(float)
    window.page.get_by_label("Reduction").select_option("median")
    window.wait_for_tiles()
    assert abs(window.map_pixels() - mosaic).mean() > 1
    assert "reduction=median" in window.page.url
    assert window.complaints == []


def test_missing_pixels_are_a_checkerboard(publish: Publish, window: Window) -> None:
    image = wf.Image.from_id(ELEVATION)
    window.open(publish(image.mask(image < 100_000), name="Nothing"))
    window.wait_for_tiles()
    window.page.get_by_label("as a checkerboard").check()
    window.wait_for_tiles()
    assert {*window.map_pixels().reshape(-1).tolist()} == {204, 255}
    window.page.reload()
    expect(window.page.get_by_label("as a checkerboard")).to_be_checked()


def test_legend_lists_classes_with_their_labels(publish: Publish, window: Window) -> None:
    heights = wf.VizOption(
        "heights", "elevation", colormap=[(None, 500, "green", "Valley"), (500, None, "#ff0000", "Hill")]
    )
    window.open(publish(wf.Image.from_id(ELEVATION), name="Heights", viz_options=[heights]))
    window.wait_for_tiles()
    rows = window.page.locator("#legend p")
    expect(rows).to_have_text(["Valley (below 500)", "Hill (500 and above)"])
    expect(window.page.get_by_role("group", name="Stretch")).to_be_hidden()  # it would change nothing
    assert rows.nth(1).locator("i").evaluate("i => getComputedStyle(i).backgroundColor") == "rgb(255, 0, 0)"
    shown = {tuple(pixel) for pixel in window.map_pixels().reshape(-1, 3).tolist()}
    assert shown == {(0, 128, 0), (255, 0, 0)}
    assert window.complaints == []


def test_a_date_is_a_time_slider(publish: Publish, window: Window) -> None:
    until = wf.parameter("until", wf.Datetime)
    images = wf.ImageCollection.from_id("demo-synthetic-s2", start_datetime="2023-01-01", end_datetime=until)
    window.open(f"{publish(images.pick_bands('nir'), name='Until')}?until=%222023-03-01%22")
    window.wait_for_tiles()
    slider = window.page.locator("#moment")
    assert window.page.locator("#argument-until").input_value() == "2023-03-01"
    expect(window.page.locator("#moment-text")).to_have_text("until 2023-03-01")  # no step of the slider
    at = int(slider.input_value())
    window.page.get_by_role("button", name="Later").click()
    assert int(slider.input_value()) == at + 1
    window.wait_for_tiles()
    assert not re.search("until=%222023-03-01", window.page.url)
    window.page.get_by_role("button", name="Earlier").click()
    slider.press("End")
    window.wait_for_tiles()
    assert window.page.locator("#argument-until").input_value() > "2023-09"


def test_every_kind_of_argument_has_its_control(demo: Demo, publish: Publish, window: Window) -> None:
    widgets: Any = wf.widgets
    text = widgets.input("name", default="a") + widgets.select("kind", options=["low", "high"], default="low")
    added = widgets.slider("count", min=0, max=9, default=3) * wf.parameter("factor", wf.Float)
    added = added + wf.ifelse(widgets.checkbox("turned", default=False), 1, 0) + text.length()
    image = wf.Image.from_id(ELEVATION) + added
    window.open(f"{publish(image, name='Kinds')}?factor=0.5")
    window.wait_for_tiles()
    kinds = {
        name: window.page.locator(f"#argument-{name}").evaluate("control => control.type")
        for name in ("count", "factor", "turned", "name", "kind")
    }
    assert kinds == {
        "count": "range", "factor": "number", "turned": "checkbox", "name": "text", "kind": "select-one"
    }  # fmt: skip
    window.page.locator("#argument-count").fill("7")
    window.page.locator("#argument-factor").fill("1.5")
    window.page.locator("#argument-turned").check()
    window.page.locator("#argument-name").fill("true or null")
    window.page.locator("#argument-kind").select_option("high")
    window.wait_for_tiles()
    for part in ("count=7", "factor=1.5", "turned=true", "name=%22true+or+null%22", "kind=%22high%22"):
        assert part in window.page.url
    assert all("scales=auto" in url for url in window.requested if re.search(r"/\d+\.png", url))
    window.tab("Share")
    address = window.page.get_by_label("XYZ tiles", exact=True).input_value()
    assert not re.search("[#%+]", address)  # where QGIS cuts
    assert httpx2.get(re.sub("{[zxy]}", "0", address)).status_code == 200
    printed = run_program(window.page.get_by_label("Python", exact=True).input_value(), demo)
    assert dict(read_query(printed)) == dict(read_query(address))
    assert window.complaints == []


def test_opacity_fades_the_layer(demo: Demo, window: Window) -> None:
    window.open(demo.maps["Elevation by colormap"])
    window.wait_for_tiles()
    before = window.map_pixels().astype(float).std()
    window.page.get_by_label("Opacity", exact=True).fill("0.1")
    assert window.map_pixels().astype(float).std() < before / 2
    assert "opacity=0.1" in window.page.url
    window.page.reload()
    assert window.page.get_by_label("Opacity", exact=True).input_value() == "0.1"


def test_full_screen_and_back(demo: Demo, window: Window) -> None:
    window.open(demo.maps["Elevation by colormap"])
    window.page.get_by_role("button", name="Full screen").click()
    window.page.wait_for_function("document.fullscreenElement !== null")
    window.page.get_by_role("button", name="Full screen").click()
    window.page.wait_for_function("document.fullscreenElement === null")


def test_tiles_say_how_they_fared(demo: Demo, window: Window) -> None:
    window.open(demo.maps["Elevation by colormap"])
    window.wait_for_tiles()
    expect(window.page.locator("#tiles")).to_contain_text(
        re.compile(r"\d+ tiles · .*scenes: 1 at most, \d+\.\d MB read")
    )
    window.tab("Layers")
    window.page.get_by_label("Show times and states of tiles").check()
    expect(window.page.locator("#states span").first).to_contain_text(
        re.compile(r"\d+/\d+/\d+ (cached|\d+ ms, scenes: 1)")
    )


def test_tabs_and_map_are_used_by_keyboard(demo: Demo, window: Window) -> None:
    window.open(demo.maps["Elevation by colormap"])
    window.wait_for_tiles()
    window.page.get_by_role("tab", name="Style").focus()
    window.page.keyboard.press("ArrowRight")
    expect(window.page.get_by_role("tabpanel", name="Inspect")).to_be_visible()
    window.page.keyboard.press("End")
    expect(window.page.get_by_role("tabpanel", name="Share")).to_be_visible()
    window.page.locator("#map").focus()
    window.page.keyboard.press("+")
    expect(window.page).to_have_url(re.compile("#map=12/"), timeout=SECONDS)


def test_reduced_motion_moves_at_once(demo: Demo, browser: Browser) -> None:
    with Window.of(browser, reduced_motion="reduce") as window:
        window.open(demo.maps["Elevation by colormap"])
        window.wait_for_tiles()
        window.page.get_by_role("button", name="Zoom in").click()
        assert window.page.locator(".leaflet-zoom-anim").count() == 0
        assert window.page.locator(".leaflet-fade-anim").count() == 0
