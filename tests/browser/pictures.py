"""Takes the pictures of the documentation: viewer and start page, in light and dark, on a desktop and a phone.

make viewer-pictures                                       # with a demo of its own
python -m tests.browser.pictures http://127.0.0.1:8000     # of a demo that runs
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import httpx2
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.demo import running_demo
from tests.browser.window import Window, running_browser

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
COLOURS: Final = 256  # of a picture, so that it takes little of the repository
DESKTOP: Final = {"viewport": {"width": 1280, "height": 800}}
PHONE: Final = {"viewport": {"width": 390, "height": 844}}


def main(root: str) -> None:
    """Take all pictures of the demo at a URL."""
    FOLDER.mkdir(exist_ok=True)
    layers = {one["name"]: one["id"] for one in httpx2.get(f"{root}/api/xyz").json()["xyz"]}
    terrain, series = (f"{root}/xyz/{layers[name]}" for name in ("Elevation by colormap", "NDVI by month"))
    with running_browser() as browser:
        take(browser, "viewer", terrain, DESKTOP, "light", click=(420, 420), tab="Style")
        take(browser, "viewer-dark", series, DESKTOP, "dark")
        take(browser, "viewer-phone", terrain, PHONE, "light")
        take(browser, "home", f"{root}/", DESKTOP, "light")
        take(browser, "home-phone-dark", f"{root}/", PHONE, "dark")
        take(browser, "product", f"{root}/catalog/demo-synthetic-s2", DESKTOP, "light")


def take(
    browser: Browser, name: str, url: str, size: Any, scheme: str, click: tuple[int, int] | None = None, tab: str = ""
) -> None:
    """Open a page, and keep what it shows once all of it is there."""
    with Window.of(browser, color_scheme=scheme, **size) as window:
        window.open(url)
        if "/xyz/" in url:
            window.wait_for_tiles()
        if click:
            window.page.mouse.click(*click)
            window.page.get_by_role("heading", name="Values at").wait_for()
            window.tab(tab)
        window.page.wait_for_load_state("networkidle") if "/xyz/" not in url else window.page.wait_for_timeout(1000)
        with Image.open(io.BytesIO(window.page.screenshot())) as picture:
            picture.convert("RGB").quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    if sys.argv[1:]:
        main(sys.argv[1].rstrip("/"))
    else:
        with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder) / "demo") as demo:
            main(demo.url)
