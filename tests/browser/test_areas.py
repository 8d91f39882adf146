"""Areas that are drawn on the map, and their statistics."""

from __future__ import annotations

import json
import re

import httpx2
import pytest
from playwright.sync_api import expect

from tests.browser.demo import Demo
from tests.browser.window import SECONDS, Window

pytestmark = pytest.mark.xdist_group("browser")  # one demo for all
CORNERS = ((400, 330), (520, 350), (450, 470))  # pixels of the page


@pytest.fixture
def drawing(demo: Demo, window: Window) -> Window:
    """A window in which a polygon is drawn."""
    window.open(f"{demo.maps['Elevation by colormap']}#map=11/36.6/-84.2")
    window.wait_for_tiles()
    window.tab("Inspect")
    window.page.get_by_role("button", name="Draw a polygon").click()
    expect(window.page.locator("#hint")).to_be_visible()
    for corner in CORNERS:
        window.page.mouse.click(*corner)
        window.page.wait_for_timeout(50)
    return window


@pytest.mark.parametrize("end", ["first corner", "Enter", "double click", "button"])
def test_a_polygon_is_closed_and_has_the_statistics_that_the_server_answers(
    demo: Demo, drawing: Window, end: str
) -> None:
    page = drawing.page
    with page.expect_request(re.compile("/statistics")) as asked:
        match end:
            case "first corner":
                page.mouse.click(402, 328)
            case "Enter":
                page.keyboard.press("Enter")
            case "double click":
                page.mouse.dblclick(*CORNERS[-1])
            case _:
                page.get_by_role("button", name="Close it").click()
    ring = json.loads(httpx2.URL(asked.value.url).params["geometry"])["coordinates"][0]
    assert len(ring) in (4, 5)  # the double click's first one is a corner, too
    assert ring[0] == ring[-1]
    answer = httpx2.get(asked.value.url).json()["bands"]["elevation"]
    shown = page.locator("#inspected")
    expect(shown).to_contain_text(f"{answer['median']:g}", timeout=SECONDS)
    expect(shown.locator("svg.histogram")).to_be_visible()
    expect(page.locator("#hint")).to_be_hidden()
    assert "map=11/" in page.url
    assert drawing.complaints == []


def test_escape_leaves_the_polygon_and_clicks_read_values_again(drawing: Window) -> None:
    drawing.page.keyboard.press("Backspace")
    drawing.page.keyboard.press("Enter")  # two corners are no polygon
    expect(drawing.page.locator("#hint")).to_be_visible()
    drawing.page.keyboard.press("Escape")
    expect(drawing.page.locator("#hint")).to_be_hidden()
    drawing.page.mouse.click(460, 400)
    expect(drawing.page.locator("#inspected")).to_contain_text("Values at", timeout=SECONDS)
    assert drawing.complaints == []


@pytest.mark.parametrize("place", ["11/36.6/-84.2", "1/20/0", "5/36/275"])
def test_statistics_of_the_view_also_of_more_than_the_earth_and_of_one_around_it(
    demo: Demo, window: Window, place: str
) -> None:
    window.open(f"{demo.maps['Elevation by colormap']}#map={place}")
    window.wait_for_tiles()
    window.tab("Inspect")
    with window.page.expect_request(re.compile("/statistics")) as asked:
        window.page.get_by_role("button", name="Statistics of the view").click()
    answer = httpx2.get(asked.value.url).json()["bands"]["elevation"]
    expect(window.page.locator("#inspected")).to_contain_text(f"{answer['median']:g}", timeout=SECONDS)
