"""Times the way from nothing to a layer of one's own GeoTIFF with a colormap, a stretch and a legend, step by step.

python -m tests.browser.trial            # of a GeoTIFF that is made for it
python -m tests.browser.trial dem.tif    # of another one
python -m tests.browser.trial --fresh    # from `make demo` on, in a new clone of what is committed

Each line has the seconds of a step, those of the processor that installing and serving took in it, and the seconds in
all. The load of the machine stands below, and how soon the page that opens had its first tile, with everything warm.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import rasterio
from playwright.sync_api import Page, expect

from tests.browser.window import SECONDS, Window, running_browser

ROOT: Final = Path(__file__).parents[2]
TILES: Final = re.compile("^[1-9]")
FIRST_TILE: Final = r"""Math.min(...performance.getEntriesByType("resource")
    .filter(({ name }) => /\d+\/\d+\/\d+\.png/.test(name)).map(({ responseEnd }) => responseEnd))"""


class Clock:
    """Prints how long each step took, and the server in it."""

    def __init__(self) -> None:
        self.started = self.last = time.perf_counter()
        self.processor = 0.0

    def tell(self, step: str, used: float) -> None:
        """Print a step that has just ended; `used` are seconds of processor since its program started."""
        now = time.perf_counter()
        print(
            f"| {step} | {now - self.last:.1f} | {used - self.processor:.1f} | {now - self.started:.1f} |", flush=True
        )
        self.last, self.processor = now, used


def processor_seconds(server: int) -> float:
    """Return the processor time of a process, of Linux."""
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def main(file: Path, *, fresh: bool) -> None:
    """Take all steps with a server and a browser of one's own."""
    clock = Clock()
    print("| step | s | s of processor | s in all |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = installed(folder, clock) if fresh else sys.executable
        take_steps(python, folder, file, clock)


def installed(folder: Path, clock: Clock) -> str:
    """Run `make demo` in a new clone until it answers, and return the Python of its environment."""
    clone = folder / "graftile"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    with answering(["make", "-C", str(clone), "demo"], GRAFTILE_PORT="0", GRAFTILE_DATA_DIR=str(folder / "demo")):
        pass
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    clock.tell("`make demo` until it answers", used.ru_utime + used.ru_stime)
    clock.processor = 0.0
    return str(clone / ".venv" / "bin" / "python")


def take_steps(python: str, folder: Path, file: Path, clock: Clock) -> None:
    """Serve a file, and look at it in a browser as somebody new does."""
    with serving(python, folder, file) as (url, process):

        def tell(step: str) -> None:
            clock.tell(step, processor_seconds(process))

        tell("`graftile serve FOLDER` until it answers")
        with running_browser() as browser, Window.of(browser) as window:
            page = window.page
            window.open(url)
            tell("the start page, which lists the imagery")
            page.locator(".products a").first.click()
            page.get_by_role("button", name="Show me").click()
            expect(page.locator("#tiles")).to_have_text(TILES, timeout=SECONDS)
            tell("its page, *Show me*, and the first tile")
            choose_colormap(page, "magma")
            window.wait_for_tiles()
            tell("a colormap, and all tiles in it")
            page.get_by_role("button", name="2\u201398 %").click()
            expect(page).to_have_url(re.compile("scales="), timeout=SECONDS)
            window.wait_for_tiles()
            tell("a stretch, and all tiles in it")
            expect(page.locator("#legend .strip")).to_be_visible(timeout=SECONDS)
            tell("the legend")
            page.reload()
            expect(page.locator("#tiles")).to_have_text(TILES, timeout=SECONDS)
            first = page.evaluate(FIRST_TILE)
    print(f"\nLoad {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; first tile of a warm page: {first:.0f} ms.")


def choose_colormap(page: Page, name: str) -> None:
    """Pick a colormap by its name."""
    page.locator("#colormap-shown").click()
    page.get_by_label("Find a colormap").fill(name)
    page.locator("#colormaps label:visible").click()


@contextmanager
def serving(python: str, folder: Path, file: Path) -> Iterator[tuple[str, int]]:
    """Run `graftile serve` with a file alone, and give its URL and process."""
    imagery = folder / "imagery"
    imagery.mkdir()
    shutil.copy(file, imagery)
    options = ["--port", "0", "--data-dir", str(folder / "data")]
    with answering([python, "-m", "tileserver", "serve", str(imagery), *options]) as answered:
        yield answered


@contextmanager
def answering(command: Sequence[str], **environment: str) -> Iterator[tuple[str, int]]:
    """Run a command that serves until it names its URL, give that and its process, and stop all of its processes."""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        said = ""
        while not (found := re.search(r"running on (https?://[^\s/]+:\d+)", said)):
            line = process.stdout.readline()
            assert line, f"the server ended before it was ready: {said}"
            said += line
        try:
            yield found[1], process.pid
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate(timeout=60)


def make_file(folder: Path) -> Path:
    """Make a GeoTIFF of hills, of 2000 pixels a side."""
    y, x = np.mgrid[:2000, :2000] / 200
    heights = (800 + 300 * np.sin(x) * np.cos(y) + 40 * np.sin(9 * x + y)).astype("float32")
    place = rasterio.Affine(30, 0, 600_000, 0, -30, 5_200_000)
    with rasterio.open(
        folder / "hills.tif",
        "w",
        "GTiff",
        2000,
        2000,
        1,
        "EPSG:32632",
        place,
        "float32",
        tiled=True,
        compress="deflate",
    ) as dataset:
        dataset.write(heights, 1)
    return folder / "hills.tif"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        files = [argument for argument in sys.argv[1:] if argument != "--fresh"]
        main(Path(files[0]) if files else make_file(Path(made)), fresh="--fresh" in sys.argv)
