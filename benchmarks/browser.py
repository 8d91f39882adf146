"""Waiting of a person who pans a map: chromium shows layers with Leaflet, through HTTP/1.1 and HTTP/2.

A view is complete when all its tiles are decoded and a frame shows them. Each walk begins with empty caches of server
and browser, and follows one path: pans by half a screen, zooms, and some of both in a hurry, so that tiles are
asked for that nobody waits for any more.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright
from xstatic.pkg import leaflet

from benchmarks.figures import Spread, quantile
from benchmarks.proxy import PROTOCOLS, running_proxy
from benchmarks.stack import Stack
from benchmarks.states import primed
from benchmarks.usage import metered, wait_for_quiet
from benchmarks.walks import Tile
from benchmarks.workloads import Server, Workload

__all__ = ["HEADS", "Seen", "Walk", "browse", "measure_browser", "page_in", "rows", "running_browser", "template"]

HEADS = ("workload", "protocol", "server", "view ms", "95 % ms", "tiles", "cancelled", "MB", "server CPU s")
PAGE = Path(__file__).with_name("browser.html")
SCREEN = ViewportSize(width=1280, height=800)
RIGHT, LEFT, DOWN, UP = (640, 0, 0), (-640, 0, 0), (0, 400, 0), (0, -400, 0)  # half a screen
CLOSER, FARTHER = (0, 0, 1), (0, 0, -1)
Move = tuple[int, int, int]  # pixels right and down, zooms
ZOOM = 13  # at the start; the scenes end about 900 pixels left and right of the middle
PATH: tuple[tuple[Move, ...], ...] = (
    (LEFT,), (UP,), (RIGHT,), (RIGHT,), (DOWN,), (DOWN,), (LEFT,), (CLOSER,), (RIGHT,), (DOWN,),
    (LEFT, LEFT, UP), (RIGHT, CLOSER), (FARTHER, FARTHER, FARTHER),
)  # fmt: skip
HURRY = 150  # milliseconds between the moves of a step
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Walk:
    """Milliseconds until each view was complete; tiles loaded and cancelled; bytes of those loaded."""

    times: Sequence[float]
    tiles: int
    cancelled: int
    size: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A walk over a layer of a server, and the server's CPU seconds."""

    workload: Workload
    protocol: str
    server: str
    walk: Walk
    cpu: float


def measure_browser(
    servers: Sequence[Server], stack: Stack, folder: Path, workloads: Iterable[Workload], rounds: int
) -> Iterator[Seen]:
    """Yield the walks of all rounds, servers and protocols in turns."""
    page = page_in(folder / "page")
    with running_browser() as browser:
        for nth, workload in product(range(rounds), workloads):
            for protocol, server in list(product(PROTOCOLS, servers))[:: -1 if nth % 2 else 1]:
                layer = template(server, workload)
                with primed(server, stack, [workload]) as pids:
                    with running_proxy(folder / "proxy", page, server.commands) as urls:
                        wait_for_quiet()
                        with metered(pids) as usage:
                            walk = browse(browser, urls[protocol], PROTOCOLS[protocol], layer, stack)
                    yield Seen(workload, protocol, server.name, walk, usage.servers)


def browse(
    browser: Browser, url: str, protocol: str, layer: str, stack: Stack, path: Sequence[Sequence[Move]] = PATH
) -> Walk:
    """Walk over a layer; raises RuntimeError if a tile fails, or comes by another protocol."""
    west, south, east, north = stack.lonlat_bounds
    with browser.new_context(viewport=SCREEN, ignore_https_errors=True) as context:
        page, failed = context.new_page(), list[str | None]()
        page.on("requestfailed", lambda request: failed.append(request.failure))
        page.goto(f"{url}/page/index.html")
        start = [layer, [(south + north) / 2, (west + east) / 2], ZOOM]
        times = [page.evaluate("start => show(...start)", start)]
        times += [page.evaluate("step => move(...step)", [list(moves), HURRY]) for moves in path]
        seen = page.evaluate("seen()")
    if seen["errors"] or seen["protocols"] != [protocol]:
        raise RuntimeError(f"{seen['errors']} tiles of {layer} failed, the others came by {seen['protocols']}")
    return Walk(times, seen["tiles"], failed.count("net::ERR_ABORTED"), seen["bytes"])


def template(server: Server, workload: Workload) -> str:
    """Return what Leaflet makes the addresses of a layer's tiles from."""
    return server.path(workload, Tile(x=222, y=111, z=333)).replace("333/222/111", "{z}/{x}/{y}")


def rows(seen: Sequence[Seen]) -> Iterator[list[str]]:
    """Yield the rows of a table: medians of rounds, with the least and the greatest of what was waited for."""
    for workload, protocol, server in dict.fromkeys((one.workload, one.protocol, one.server) for one in seen):
        found = [one for one in seen if (one.workload, one.protocol, one.server) == (workload, protocol, server)]
        walks = [one.walk for one in found]
        middle, most = (Spread.of([quantile(walk.times, share) for walk in walks]) for share in (0.5, 0.95))
        counts = [[walk.tiles for walk in walks], [walk.cancelled for walk in walks]]
        sizes, cpu = [walk.size / 1e6 for walk in walks], [one.cpu for one in found]
        yield [
            workload.label, protocol, server, f"{middle}", f"{most}",
            *(f"{Spread.of(values).middle:.0f}" for values in counts),
            *(f"{Spread.of(values).middle:.1f}" for values in (sizes, cpu)),
        ]  # fmt: skip


def page_in(folder: Path) -> Path:
    """Put the page and Leaflet into a folder, and return it."""
    shutil.copytree(leaflet.BASE_DIR, folder, dirs_exist_ok=True)
    shutil.copy(PAGE, folder / "index.html")
    return folder


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run Debian's chromium; raises RuntimeError if it is not installed."""
    program = shutil.which("chromium")
    if program is None:
        raise RuntimeError("chromium is not installed: apt-get install chromium")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=program, args=ARGUMENTS) as browser,
    ):
        yield browser
