"""A window of Debian's chromium, and what a person does and sees in it."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

__all__ = ["SECONDS", "Window", "running_browser"]

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = Path(__file__).parents[1] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
SECONDS = 60_000  # milliseconds that tiles may take on a busy machine


@dataclass
class Window:
    """A page, and what its browser said of it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def of(cls, browser: Browser, **options: Any) -> Iterator[Window]:
        """Open a window, by default of a desktop, which keeps what its page complains of and asks for."""
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        context.set_default_timeout(15_000)
        window = cls(context.new_page())
        window.page.on("console", lambda message: window.complaints.append(f"{message.type}: {message.text}"))
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        window.page.on("request", lambda request: window.requested.append(request.url))
        yield window
        context.close()

    def open(self, url: str) -> None:
        self.page.goto(url)

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def wait_for_tiles(self) -> None:
        """Wait until every tile is drawn or has failed, in the style that was last asked for."""
        self.page.wait_for_timeout(300)  # controls wait for one another
        expect(self.page.locator("#tiles")).to_have_text(re.compile(r"^(?!0 tiles$)\d(?!.*drawing)"), timeout=SECONDS)

    def map_pixels(self) -> NDArray[np.uint8]:
        """Return what the middle of the map's free part shows, (y, x, rgb)."""
        self.page.wait_for_timeout(400)  # tiles fade in
        with Image.open(io.BytesIO(self.page.locator("#map").screenshot())) as picture:
            return np.asarray(picture.convert("RGB").crop((350, 300, 600, 500)))

    def serious_findings(self) -> list[tuple[str, list[str]]]:
        """Return what axe finds that keeps people from using the page; the window has to be one with `bypass_csp`."""
        assert AXE.exists(), "npm packages are missing: npm ci --prefix tests/clients"
        if not self.page.evaluate("'axe' in window"):
            self.page.add_script_tag(path=AXE)
        found = self.page.evaluate("axe.run().then(({ violations }) => violations)")
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        return [(one["id"], [node["html"][:120] for node in one["nodes"][:4]]) for one in serious]


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run chromium."""
    path = shutil.which("chromium")
    assert path, "chromium is not installed: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
