"""OpenLayers and Leaflet in a real browser, on a page of another origin."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tests.clients.conftest import OUTSIDE, PLACES, SETS, Published, near
from tests.server_fixture import running

HERE = Path(__file__).parent
POINTS = [*PLACES.values(), OUTSIDE]
EDGE = (5.49, 46.5)  # outside, and still in a tile that the layer reaches
TEMPLATE = "{z}/{x}/{y}.png?viz=colours"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The site with the maps."""
    assert (HERE / "node_modules").is_dir(), "npm packages are missing: npm ci --prefix tests/clients"
    site = [
        Route("/", lambda request: FileResponse(HERE / "page.html")),
        Mount("/node_modules", StaticFiles(directory=HERE / "node_modules")),
    ]
    with running(Starlette(routes=site)) as url:
        yield url


@pytest.fixture(scope="module")
def page(origin: str) -> Iterator[Page]:
    path = shutil.which("chromium")
    assert path, "chromium is not installed: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser.new_page()
        browser.close()


def check(colours: list[list[float]]) -> None:
    *inside, outside = colours
    for place, colour in zip(PLACES.values(), inside, strict=True):
        assert near(place, tuple(colour)), (place, colour)
    assert outside[3] == 0


@pytest.mark.parametrize("encoding", ["KVP", "REST"])
@pytest.mark.parametrize("name", SETS)
def test_req_32_openlayers_shows_every_place(
    page: Page, origin: str, published: Published, name: str, encoding: str
) -> None:
    page.goto(origin)
    arguments = [published.document, published.layer, name, encoding, POINTS]
    check(page.evaluate("arguments => openlayers(...arguments)", arguments))


@pytest.mark.parametrize(
    ("name", "view"),
    [("EPSG:4326", "EPSG:3857"), ("WorldCRS84Quad", "EPSG:3857"), ("WebMercatorQuad", "EPSG:4326")],
    ids=["EPSG:4326", "WorldCRS84Quad", "WebMercatorQuad"],
)
def test_openlayers_shows_every_place_in_another_projection(
    page: Page, origin: str, published: Published, name: str, view: str
) -> None:
    page.goto(origin)
    arguments = [published.document, published.layer, name, "KVP", POINTS, view]
    check(page.evaluate("arguments => openlayers(...arguments)", arguments))


def test_req_32_leaflet_shows_every_place(page: Page, origin: str, published: Published) -> None:
    page.goto(origin)
    template = f"{published.url}/xyz/{published.layer}/{TEMPLATE}"
    check(page.evaluate("arguments => leaflet(...arguments)", [template, 7, POINTS]))


def test_req_32_leaflet_shows_every_place_of_the_resource_url(page: Page, origin: str, published: Published) -> None:
    page.goto(origin)
    below = f"{published.url}/wmts/xyz/{published.layer}/1.0.0/{published.layer}"
    template = f"{below}/colours/WebMercatorQuad/{{z}}/{{y}}/{{x}}.png"
    check(page.evaluate("arguments => leaflet(...arguments)", [template, 7, [*PLACES.values(), EDGE]]))
