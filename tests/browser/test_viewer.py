"""The viewer in a real browser: the demo's layers appear, their logs fill, nothing complains."""

from __future__ import annotations

import io
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

LAYERS = ("Elevation by colormap", "Cloud-free median in true colour", "NDVI by month")
pytestmark = pytest.mark.xdist_group("browser")  # one demo for all

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SECONDS = 60_000  # milliseconds that tiles may take on a busy machine


@dataclass(frozen=True)
class Demo:
    """A running demo: its root, and the map of each layer by name."""

    url: str
    maps: dict[str, str]


@dataclass
class Window:
    """A page, and what its browser said of it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    def open(self, url: str) -> None:
        self.page.goto(url)

    def wait_for_tiles(self) -> None:
        """Wait until every tile is drawn or has failed."""
        settled = re.compile(r"^[1-9]\d* tiles(, \d+ failed)?$")
        expect(self.page.locator("#tiles")).to_have_text(settled, timeout=SECONDS)

    def map_pixels(self) -> NDArray[np.uint8]:
        """Return what the middle of the map shows, (y, x, rgb)."""
        self.page.wait_for_timeout(400)  # tiles fade in
        with Image.open(io.BytesIO(self.page.locator("#map").screenshot())) as picture:
            rows, cols = picture.height, picture.width
            middle = (cols // 4, 3 * rows // 8, 3 * cols // 4, 5 * rows // 8)
            return np.asarray(picture.convert("RGB").crop(middle))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "tileserver", "demo", "--port", "0", "--data-dir", str(folder)]
    with (
        (folder / "errors.txt").open("w+") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        assert process.stdout is not None
        said = ""
        while "in a browser" not in said:
            line = process.stdout.readline()
            assert line, f"the demo ended before it was ready: {(folder / 'errors.txt').read_text()}"
            said += line
        yield Demo(
            re.findall(r"Open (\S+)/ in a browser", said)[0],
            dict(re.findall(r"^(.+)\n  map +(\S+)$", said, re.MULTILINE)),
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) in (0, -signal.SIGTERM)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "chromium is not installed: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def window(browser: Browser) -> Iterator[Window]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    window = Window(context.new_page())
    window.page.on("console", lambda message: window.complaints.append(f"{message.type}: {message.text}"))
    window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
    window.page.on("request", lambda request: window.requested.append(request.url))
    yield window
    context.close()


def colours(pixels: NDArray[np.uint8]) -> int:
    return len(np.unique(pixels.reshape(-1, 3), axis=0))


def test_start_page_lists_the_layers_and_leads_to_their_maps(demo: Demo, window: Window) -> None:
    window.open(f"{demo.url}/")
    assert window.page.locator(".layers h3").all_inner_texts() == [*reversed(LAYERS)]
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


def test_changing_the_month_redraws_the_map(demo: Demo, window: Window) -> None:
    window.open(demo.maps["NDVI by month"])
    window.wait_for_tiles()
    july = window.map_pixels().astype(float)
    with window.page.expect_response(re.compile(r"month=1&")):
        window.page.get_by_label("month", exact=True).fill("1")
    window.wait_for_tiles()
    january = window.map_pixels().astype(float)
    assert np.mean(np.abs(july - january).max(axis=2) > 40) > 0.5
    assert "month=1&" in window.page.url
    window.page.reload()
    assert window.page.get_by_label("month", exact=True).input_value() == "1"
    assert window.complaints == []


def test_level_hides_records_and_shows_them_again(demo: Demo, window: Window) -> None:
    window.open(demo.maps["Elevation by colormap"])
    window.wait_for_tiles()
    details = window.page.locator("#log li[data-level=DEBUG]")
    expect(details.first).to_be_hidden()
    window.page.get_by_label("from").select_option("DEBUG")
    expect(details.first).to_be_visible()
    window.page.get_by_role("button", name="Clear").click()
    assert window.page.locator("#log li").count() == 0


def test_failed_tile_says_why(demo: Demo, window: Window) -> None:
    window.open(demo.maps["Elevation by colormap"])
    window.wait_for_tiles()
    window.page.get_by_label("Bands").fill("temperature")
    why = re.compile("A tile failed: .*temperature")
    expect(window.page.get_by_role("alert")).to_contain_text(why, timeout=SECONDS)
    expect(window.page.locator("#log li[data-level=ERROR]").first).to_contain_text("temperature")
    window.page.get_by_label("Bands").fill("")
    expect(window.page.get_by_role("alert")).to_be_hidden()


def test_missing_argument_is_asked_for(demo: Demo, window: Window) -> None:
    window.open(demo.maps["NDVI by month"].partition("?")[0])
    expect(window.page.get_by_role("alert")).to_have_text("Fill in month to see the layer.")
    window.page.get_by_label("month", exact=True).fill("5")
    window.wait_for_tiles()
    assert window.page.get_by_role("alert").is_hidden()
    assert window.complaints == []


def test_panel_stands_below_the_map_on_a_narrow_screen(demo: Demo, window: Window) -> None:
    window.page.set_viewport_size({"width": 400, "height": 800})
    window.open(demo.maps["Elevation by colormap"])
    below, above = (window.page.locator(part).bounding_box() for part in ("aside", "#map"))
    assert above is not None
    assert below is not None
    assert below["y"] >= above["y"] + above["height"]
    assert window.page.evaluate("document.documentElement.scrollWidth") <= 400
