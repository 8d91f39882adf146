"""Chromium walks over a layer by the protocol that is asked for, and what it waits for is counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from benchmarks.browser import CLOSER, FARTHER, HEADS, RIGHT, Seen, Walk, browse, page_in, rows, running_browser
from benchmarks.proxy import PROTOCOLS, running_proxy
from benchmarks.stack import SMALL
from benchmarks.workloads import Workload
from tests.benchmarks.one_pixel import Tiles, png, serving_tiles

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def tiles() -> Iterator[Tiles]:
    with serving_tiles() as tiles:
        yield tiles


@pytest.fixture(scope="module")
def urls(tiles: Tiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("browser")
    with running_proxy(folder / "proxy", page_in(folder / "page"), tiles.commands) as urls:
        yield urls


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_step_shows_its_tiles_by_the_protocol(
    browser: Browser, urls: dict[str, str], tiles: Tiles, protocol: str
) -> None:
    tiles.asked.clear()
    walk = browse(browser, urls[protocol], PROTOCOLS[protocol], "/a/{z}/{x}/{y}.png", SMALL, [[RIGHT]])
    shown = [path for path in tiles.asked if path.startswith("/a/13/")]
    assert walk.tiles == len(shown) == len(set(shown)) >= 20  # of 256 pixels, over 1280 by 800 and then half of it
    assert (len(walk.times), walk.cancelled, walk.size) == (2, 0, walk.tiles * len(png()))


def test_tiles_of_a_zoom_that_is_passed_in_a_hurry_are_cancelled(browser: Browser, urls: dict[str, str]) -> None:
    layer = "/b/{z}/{x}/{y}.png"
    walk = browse(browser, urls["HTTP/2"], "h2", layer, SMALL, [[CLOSER, FARTHER]])
    assert walk.cancelled >= 12  # those of zoom 14, which are late
    assert walk.times[1] >= 0


def test_a_tile_that_fails_ends_the_walk(browser: Browser, urls: dict[str, str]) -> None:
    with pytest.raises(RuntimeError, match=r"tiles of /missing/\{z\}"):
        browse(browser, urls["HTTP/2"], "h2", "/missing/{z}/{x}/{y}.png", SMALL, [])


def test_rounds_are_summed_up_by_their_medians() -> None:
    walks = [Walk([10.0, 30.0, 20.0], 40, 3, 2_000_000), Walk([12.0, 90.0, 50.0], 44, 5, 4_000_000)]
    found = list(
        rows([Seen(Workload.RGB, "HTTP/2", "graftile", walk, cpu) for walk, cpu in zip(walks, (1, 2), strict=True)])
    )
    assert [len(row) for row in found] == [len(HEADS)]
    assert found[0][3:] == ["35.0 (20.0 to 50.0)", "60.0 (30.0 to 90.0)", "42", "4", "3.0", "1.5"]
