"""A map in JupyterLab and Notebook 7, under a prefix as of JupyterHub, in a browser that does not reach the tiles."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import numpy as np
import pytest
import rasterio
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect, sync_playwright

pytestmark = pytest.mark.xdist_group("browser")

PROGRAM = """\
import sdk as wf
wf.serve({folder!r})
m = wf.Map()
number = wf.widgets.slider("number", min=0, max=200, default=200)
image = wf.Image.from_id("field:a") * 0 + number
layer = image.visualize("a", scales=[(0, 200)], colormap="autumn", map=m)
m"""
MOVES = """\
for number in range(190, -1, -10):
    layer.parameters.number = number"""
ELSEWHERE = """\
layer.set_imagery(wf.Image.from_id("field:b") * 0 + 200)
m.inspecting_pixels = False
m.zoom_to_layer(layer)
layer"""
TILE = "img.leaflet-tile-loaded[src^=blob]"
# Counts the pictures that come from now on, and in each frame the tiles of the layer that show nothing.
WATCH_TILES = """
    window.unpainted = window.fetched = 0;
    const made = URL.createObjectURL;
    URL.createObjectURL = (blob) => { window.fetched += 1; return made.call(URL, blob); };
    const look = () => {
        for (const tile of document.querySelectorAll("img.leaflet-tile-loaded[src^=blob]"))
            if (!tile.naturalWidth) window.unpainted += 1;
        requestAnimationFrame(look);
    };
    look();
"""


APPLICATIONS = {"jupyterlab": "lab/tree/map.ipynb", "notebook": "notebooks/map.ipynb"}


@pytest.fixture(params=APPLICATIONS)
def jupyter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The URL of a Jupyter, and of its notebook that shows a layer, and in whose second cell its argument changes."""
    folder = tmp_path / "imagery" / "field"
    folder.mkdir(parents=True)
    for name, west in {"a": 9, "b": 30}.items():
        place = {"crs": "EPSG:4326", "transform": rasterio.Affine(1 / 64, 0, west, 0, -1 / 64, 48)}
        with rasterio.open(
            folder / f"{name}.tif", "w", driver="GTiff", width=64, height=64, count=1, dtype="uint8", **place
        ) as dataset:
            dataset.write(np.full((1, 64, 64), 200, "uint8"))
    sources = (PROGRAM.format(folder=str(folder)), MOVES, "m.inspecting_pixels = True", ELSEWHERE)
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"cell{i}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for i, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "map.ipynb").write_text(json.dumps(notebook))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "ServerApp.port": port, "ServerApp.base_url": "/user/ada/", "ServerApp.root_dir": tmp_path,
        "IdentityProvider.token": "", "LabApp.news_url": "", "LabApp.check_for_updates_class":
        "jupyterlab.NeverCheckForUpdate",
    }  # fmt: skip
    command = [sys.executable, "-m", request.param, "--no-browser", "--allow-root"]
    command += [f"--{name}={value}" for name, value in options.items()]
    folders = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    with (tmp_path / "lab.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **folders})
    url = f"http://127.0.0.1:{port}/user/ada/"
    try:
        _wait_for(f"{url}api", tmp_path / "lab.log")
        yield url, f"{url}{APPLICATIONS[request.param]}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx2.get(url).is_success:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"Jupyter did not start: {log.read_text()}")


def test_a_map_is_painted_and_follows_its_arguments(jupyter: tuple[str, str]) -> None:
    url, notebook = jupyter

    def only_jupyter(route: Route) -> None:
        if route.request.url.startswith((url, "data:", "blob:")):
            route.continue_()
        else:
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(240_000)  # a server starts in the first cell, on a machine that is busy with others
        page.route(re.compile(".*"), only_jupyter)
        page.goto(notebook)
        page.get_by_text("Python 3 (ipykernel)").first.wait_for()
        _run_first_cell(page)
        page.locator(TILE).first.wait_for()
        _wait_for_colour(page.locator(".leaflet-container"), (255, 255, 0))
        page.evaluate(WATCH_TILES)
        page.keyboard.press("Shift+Enter")
        seen = _wait_for_colour(page.locator(".leaflet-container"), (255, 0, 0))
        assert seen <= {(255, 255, 0), (255, 0, 0)}  # the old tiles, until the new ones were there
        assert page.evaluate("window.unpainted") == 0
        first, count = page.evaluate("[window.fetched, document.querySelectorAll('img.leaflet-tile').length]")
        assert first <= 2 * count  # of 20 moves of the slider, just the last one's tiles
        page.keyboard.press("Shift+Enter")
        page.locator(".leaflet-container").click()
        page.locator(".leaflet-popup-content table").wait_for()
        assert "data" in page.locator(".leaflet-popup-content").inner_text()
        page.locator(".jp-Cell").nth(3).click()
        page.keyboard.press("Shift+Enter")
        _wait_for_colour(page.locator(".leaflet-container"), (255, 255, 0))
        page.get_by_text("WorkflowsLayer: a").wait_for()
        browser.close()


def _run_first_cell(page: Page) -> None:
    """Run it, again if the page was not ready to be told so."""
    cell = page.locator(".jp-Cell").first
    for _ in range(12):
        cell.click()
        page.keyboard.press("Shift+Enter")
        with suppress(AssertionError):
            expect(cell.locator(".jp-InputPrompt").first).to_have_text(re.compile(r"\[(\*|\d+)\]"), timeout=5_000)
            return
    raise AssertionError("the first cell was not run")


def _wait_for_colour(map_: Locator, colour: tuple[int, int, int]) -> set[object]:
    """Wait until the middle of the map has a colour; return all that it had until then."""
    deadline, seen = time.monotonic() + 60, set[object]()
    while colour not in seen and time.monotonic() < deadline:
        with Image.open(io.BytesIO(map_.screenshot())) as picture:
            seen.add(picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2)))
    assert colour in seen
    return seen
