"""Blocks of remote files that are read ahead: those that a pan comes to, few, and after those that are asked for."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typing_extensions import override

from benchmarks.ranges import Ranges, serve_ranges
from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.raster import read_ahead
from graft_eval.raster.blocks import BlockRequest
from graft_eval.raster.overviews import Overview
from graft_eval.raster.read_ahead import ReadAhead
from graft_eval.scene import Scene
from tests.graft_eval.test_reading_remote import BLOCK, compute, first_band, noise, pixel_grid, served

SIDE = 6  # blocks
BYTES = BLOCK * BLOCK * 2  # of one


class Gate(Ranges):
    """Answers only the first `limit` requests until it is open."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.limit = sys.maxsize
        self.open = threading.Event()
        self.waiting = 0
        self._numbers = count(1)

    @override
    def delay(self, method: str) -> None:
        if next(self._numbers) > self.limit:
            self.waiting += 1
            self.open.wait(30)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Gate]:
    gate = Gate(tmp_path)
    with serve_ranges(gate):
        yield gate


@pytest.fixture
def engine() -> Iterator[RasterEngine]:
    with closing(RasterEngine(256 << 20, 2)) as engine:
        yield engine


def at(row: int, col: int, rows: int = 1, cols: int = 1) -> Grid:
    return pixel_grid(rows * BLOCK, cols * BLOCK, row * BLOCK, col * BLOCK)


def three_files(server: Gate, data: NDArray[np.uint16]) -> list[Scene]:
    return [served(server, name, data)[1] for name in ("a.tif", "b.tif", "c.tif")]


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def read(engine: RasterEngine, scenes: Sequence[Scene], grid: Grid) -> NDArray[np.float64]:
    """What a view shows; it is complete when nothing has been asked for during a pause."""
    data = compute(engine, [plane for scene in scenes for plane in first_band(scene)], grid).data
    wait_until(lambda: not engine._blocks._read_ahead._view)
    return np.asarray(data)


def test_the_next_blocks_of_a_pan_are_there_before_they_are_asked_for(engine: RasterEngine, server: Gate) -> None:
    data = noise(1, SIDE * BLOCK)
    _, remote = served(server, "a.tif", data)
    read(engine, [remote], at(1, 0, rows=2))
    read(engine, [remote], at(1, 1, rows=2))
    wait_until(lambda: len(server.asked) == 1 + 2 + 2 + 2)  # header, two blocks, the next two, two ahead
    server.asked.clear()
    np.testing.assert_array_equal(
        read(engine, [remote], at(1, 2, rows=2)), data[:, BLOCK : 3 * BLOCK, 2 * BLOCK : 3 * BLOCK]
    )
    wait_until(lambda: len(server.asked) == 2)  # those after them


def test_nothing_is_read_ahead_of_files_of_this_machine_or_of_views_that_stand_still(
    engine: RasterEngine, server: Gate
) -> None:
    local, remote = served(server, "a.tif", noise(1, SIDE * BLOCK))
    for _ in range(2):
        read(engine, [remote], at(2, 2))
    for col in range(3):
        read(engine, [local], at(0, col))
    assert engine.cache_use.misses == 4
    time.sleep(0.2)
    assert len(server.asked) == 2
    assert engine.cache_use.size == 4 * BYTES


def test_blocks_that_are_read_ahead_are_few(
    engine: RasterEngine, server: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = three_files(server, noise(1, SIDE * BLOCK))
    monkeypatch.setattr(read_ahead, "MAX_BLOCKS", 3)
    for col in (0, 1):
        read(engine, remote, at(0, col, rows=2))
    wait_until(lambda: engine.cache_use.size == (6 + 6 + 3) * BYTES)
    time.sleep(0.2)
    assert engine.cache_use.size == (6 + 6 + 3) * BYTES


def test_bytes_that_are_read_ahead_are_an_eighth_of_the_cache(server: Gate) -> None:
    _, remote = served(server, "a.tif", noise(1, SIDE * BLOCK))
    with closing(RasterEngine(8 * BYTES, 2)) as engine:
        for col in (0, 1):
            read(engine, [remote], at(0, col, rows=2))
        wait_until(lambda: engine.cache_use.size >= (2 + 2 + 1) * BYTES)
        time.sleep(0.2)
        assert engine.cache_use.size <= (2 + 2 + 2) * BYTES  # two threads began at once


def test_what_is_asked_for_does_not_wait_for_what_is_read_ahead(engine: RasterEngine, server: Gate) -> None:
    data = noise(1, SIDE * BLOCK)
    remote = three_files(server, data)
    read(engine, remote, at(0, 0, rows=2))
    server.limit = len(server.asked) + 6
    read(engine, remote, at(0, 1, rows=2))
    wait_until(lambda: server.waiting == read_ahead.PAN_THREADS)  # of six blocks
    with serve_ranges(Ranges(server.folder)) as elsewhere:
        _, other = served(elsewhere, "d.tif", data)
        found = compute(engine, first_band(other), at(0, 0)).data
        np.testing.assert_array_equal(found, data[:, :BLOCK, :BLOCK])
    server.open.set()


def test_what_is_not_begun_is_given_up_once_something_is_asked_for(server: Gate) -> None:
    _, remote = served(server, "a.tif", noise(1, SIDE * BLOCK))
    asset, begun, may_end = remote.bands[0].asset, list[BlockRequest](), threading.Event()

    def load(request: BlockRequest) -> int:
        begun.append(request)
        may_end.wait(30)
        return 0

    ahead = ReadAhead(load, 1 << 30)
    for col in (0, 1):
        ahead.begin()
        overview = Overview.of(asset, None)
        ahead.note([BlockRequest(asset, "", overview, row, col, frozenset({1})) for row in range(SIDE)])
        ahead.end()
        wait_until(lambda: not ahead._view)
    wait_until(lambda: len(begun) == read_ahead.PAN_THREADS)
    ahead.begin()
    may_end.set()
    ahead.close()
    assert sorted((one.row, one.col) for one in begun) == [(row, 2) for row in range(read_ahead.PAN_THREADS)]


@pytest.mark.parametrize(("at_once", "files", "count"), [(2, 3, 3 * 8), (1, 3, 0), (2, 4, 0)])
def test_what_lies_around_is_read_with_what_several_tiles_ask_for_at_once_of_few_files(
    server: Gate, at_once: int, files: int, count: int
) -> None:
    assets = [served(server, f"{name}.tif", noise(1, SIDE * BLOCK))[1].bands[0].asset for name in range(files)]
    begun, lock = list[BlockRequest](), threading.Lock()

    def load(request: BlockRequest) -> int:
        with lock:
            begun.append(request)
        return 0

    with closing(ReadAhead(load, 1 << 30)) as ahead:
        for _ in range(at_once):
            ahead.begin()
        for _ in range(2):  # a further tile of the same blocks has nothing new around it
            for asset in assets[::-1]:
                request = BlockRequest(asset, "", Overview.of(asset, None), 1, 1, frozenset({1}))
                ahead.note([request])
        if count:
            wait_until(lambda: len(begun) >= count)
        time.sleep(0.1)
    ring = [(row, col) for row in range(3) for col in range(3) if (row, col) != (1, 1)]
    assert sorted({(one.asset.href, one.row, one.col) for one in begun}) == sorted(
        (asset.href, *place) for asset in (assets if count else []) for place in ring
    )


def test_tiles_of_a_remote_map_are_right_and_its_next_ones_are_there(engine: RasterEngine, server: Gate) -> None:
    data = noise(1, SIDE * BLOCK)
    _, remote = served(server, "a.tif", data)
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda col: compute(engine, first_band(remote), at(2, col)).data, (2, 3)))
    np.testing.assert_array_equal(np.concatenate(found, axis=2), data[:, 2 * BLOCK : 3 * BLOCK, 2 * BLOCK : 4 * BLOCK])
    wait_until(lambda: engine.cache_use.size in (9 * BYTES, 12 * BYTES))  # around the second one, or both
