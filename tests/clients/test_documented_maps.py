"""The web pages of the documentation, in a real browser: a layer's tiles appear on them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, Route
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route as Endpoint

from tests.browser.window import running_browser
from tests.clients.conftest import Published
from tests.clients.test_maplibre import check as check_style
from tests.clients.test_web_maps import HERE
from tests.server_fixture import running

HOW_TO = HERE.parents[1] / "docs" / "how-to.md"
PAGES = dict(
    zip(
        ("leaflet", "openlayers", "maplibre"),
        re.findall(r"^```html\n(.*?)^```", HOW_TO.read_text(), re.MULTILINE | re.DOTALL),
        strict=True,
    )
)
LIBRARY = re.compile(r"https://(?:unpkg\.com|cdn\.jsdelivr\.net/npm)/(\w+)@[\d.]+/(.*)")
KEEPS_OPTIONS = "window.maplibregl = {Map: class { constructor(options) { window.given = options; } }};"
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


def answer_from_packages(page: Page) -> None:
    """Answer what the page loads of a CDN by the npm packages of that version, which the tests have."""

    def answer(route: Route) -> None:
        found = LIBRARY.fullmatch(route.request.url)
        assert found is not None, route.request.url
        route.fulfill(path=Path(HERE, "node_modules", found[1], found[2]))

    page.route(re.compile("^https://"), answer)


@pytest.mark.parametrize("name", ["leaflet", "openlayers"])
def test_the_page_shows_tiles(name: str, browser: Browser, published: Published) -> None:
    template = f"{published.url}/xyz/{published.layer}/{{z}}/{{x}}/{{y}}.png?viz=colours"
    page = browser.new_page()
    answer_from_packages(page)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    text = PAGES[name].replace("TEMPLATE", template)
    site = Starlette(routes=[Endpoint("/", lambda request: HTMLResponse(text))])
    with running(site) as url, page.expect_response(re.compile(r"/\d+/\d+/\d+\.png")) as tile:
        page.goto(url)
    assert (tile.value.status, tile.value.headers["content-type"]) == (200, "image/png")
    assert said == []
    page.close()


def test_the_style_on_the_page_of_maplibre_is_one(browser: Browser, published: Published, tmp_path: Path) -> None:
    """MapLibre draws by WebGL, which not every browser of tests has: its own check of styles reads the style."""
    page = browser.new_page()
    page.route("https://**/*.css", lambda route: route.fulfill(body=""))
    page.route("https://**/*.js", lambda route: route.fulfill(body=KEEPS_OPTIONS))
    template = f"{published.url}/xyz/{published.layer}/{{z}}/{{x}}/{{y}}.png"
    page.set_content(PAGES["maplibre"].replace("TEMPLATE", template))
    given = page.evaluate("window.given")
    page.close()
    (path := tmp_path / "style.json").write_text(json.dumps(given["style"]))
    checked = check_style(path)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    [source] = given["style"]["sources"].values()
    tile = httpx2.get(source["tiles"][0].format(z=6, x=33, y=22))
    assert (tile.status_code, tile.headers["content-type"]) == (200, "image/png")
