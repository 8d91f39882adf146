"""Blocks that processes share: decoded once, dropped by who decoded them, and what happens when one dies."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from graft_eval.raster import shared_blocks
from graft_eval.raster.blocks import Blocks, Unreadable
from graft_eval.raster.decoding import Block
from graft_eval.raster.shared_blocks import SharedBlocks, open_folder, remove_blocks_of
from tests.graft_eval.scenes import write_raster
from tests.graft_eval.test_reading import counted, numbers, request

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes of other systems share no blocks")

SIDE = 256  # pixels of a block
SIZE = SIDE * SIDE * 2  # bytes of a band of one


class Other:
    """Another process that reads blocks, and shares them."""

    def __init__(self, folder: Path, cache_bytes: int = 1 << 24) -> None:
        context = get_context("spawn")
        self._asks, theirs = context.Pipe()
        self._process = context.Process(target=_answer, args=(folder, cache_bytes, theirs))
        self._process.start()
        assert self._asks.recv() == "ready"

    def read(self, path: Path, *bands: int, row: int = 0, col: int = 0) -> tuple[int, int]:
        """Read a block; return the blocks that were found, and that were read, so far."""
        self._asks.send((path, bands, row, col))
        found: tuple[int, int] = self._asks.recv()
        return found

    def end(self, how: int = signal.SIGTERM) -> None:
        if how == signal.SIGKILL:
            self._process.kill()
        else:
            self._asks.send(None)
        self._process.join(60)
        assert not self._process.is_alive()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid


def _answer(folder: Path, cache_bytes: int, asks: Connection[Any, Any]) -> None:
    blocks = Blocks(cache_bytes, 1, folder=folder)
    asks.send("ready")
    while (asked := asks.recv()) is not None:
        path, bands, row, col = asked
        list(blocks.stream([request(path, *bands, row=row, col=col)], lambda: None))
        asks.send((blocks.use.hits, blocks.use.misses))
    blocks.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (folder := tmp_path / "blocks").mkdir()
    return folder


@pytest.fixture
def other(folder: Path) -> Iterator[Other]:
    other = Other(folder)
    yield other
    other.end()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(write_raster(tmp_path / "a.tif", numbers(3, 4 * SIDE, 4 * SIDE)))


def read(blocks: Blocks, path: Path, *bands: int, row: int = 0, col: int = 0) -> Block:
    ((_, block, _),) = blocks.stream([request(path, *bands, row=row, col=col)], lambda: None)
    assert not isinstance(block, Unreadable)
    return block


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_what_another_process_has_decoded_is_not_decoded_again(
    folder: Path, other: Other, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = counted(monkeypatch)
    blocks = Blocks(1 << 24, 1, folder=folder)
    other.read(path, 1, 3, row=1, col=2)
    block = read(blocks, path, 1, 3, row=1, col=2)
    with rasterio.open(path) as dataset:
        expected = dataset.read()[:, SIDE : 2 * SIDE, 2 * SIDE : 3 * SIDE]
    for band in (1, 3):
        np.testing.assert_array_equal(block[band], expected[band - 1])
    assert not decoded
    assert blocks.use.size == 0
    assert blocks.use.hits == 1

    np.testing.assert_array_equal(read(blocks, path, 2, row=1, col=2)[2], expected[1])  # that band is decoded here
    assert [sorted(one.bands) for one in decoded] == [[2]]
    blocks.close()


def test_blocks_of_this_process_are_found_by_others(folder: Path, path: Path) -> None:
    blocks = Blocks(1 << 24, 1, folder=folder)
    read(blocks, path, 1)
    read(blocks, path, 2)  # joins what is kept
    other = Other(folder)
    assert other.read(path, 1, 2) == (1, 0)
    other.end()
    blocks.close()
    assert not list(folder.glob("[0-9]*"))


def test_blocks_that_are_dropped_leave_the_memory_of_all(folder: Path, path: Path) -> None:
    blocks = Blocks(1 << 24, 1, folder=folder)
    other = Other(folder, cache_bytes=2 * SIZE)
    other.read(path, 1)
    block = read(blocks, path, 1)
    before = block[1].copy()
    for col in (1, 2, 3):
        other.read(path, 1, col=col)
    assert len(list((folder / str(other.pid)).iterdir())) == 2
    np.testing.assert_array_equal(block[1], before)  # as long as somebody uses it
    del block
    wait_until(lambda: not _maps(folder))
    other.end()
    blocks.close()


def _maps(folder: Path) -> list[str]:
    """Return the files of the folder that this process maps, and nobody else can find."""
    return [
        line for line in Path("/proc/self/maps").read_text().splitlines() if str(folder) in line and "deleted" in line
    ]


def test_a_process_that_is_killed_takes_its_blocks_along(folder: Path, path: Path) -> None:
    blocks = Blocks(1 << 24, 1, folder=folder)
    other = Other(folder)
    other.read(path, 1)
    other.end(signal.SIGKILL)
    assert (folder / str(other.pid)).exists()
    remove_blocks_of(folder, other.pid)
    assert read(blocks, path, 1)[1].shape == (SIDE, SIDE)
    blocks.close()


def test_a_block_that_another_process_decodes_is_waited_for(
    folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who decodes holds its lock; here nobody comes with it, so that it is decoded all the same."""
    monkeypatch.setattr(shared_blocks, "TURN_SECONDS", 0.2)
    blocks, asked = Blocks(1 << 24, 1, folder=folder), request(path, 1)
    with SharedBlocks(folder).turn(asked.key):
        began = time.monotonic()
        read(blocks, path, 1)
        assert time.monotonic() - began >= 0.2
    blocks.close()


def test_blocks_of_several_files_at_one_place_do_not_wait_for_one_another(folder: Path, tmp_path: Path) -> None:
    shared = SharedBlocks(folder)
    paths = [Path(write_raster(tmp_path / f"{at}.tif", numbers(1, SIDE, SIDE))) for at in range(6)]
    with ExitStack() as stack:
        began = time.monotonic()
        for path in paths:
            stack.enter_context(shared.turn(request(path, 1).key))
        assert time.monotonic() - began < shared_blocks.TURN_SECONDS * 2  # five would wait if they had one lock


def test_a_file_that_has_changed_is_forgotten_by_all(folder: Path, other: Other, path: Path) -> None:
    other.read(path, 1)
    shared = SharedBlocks(folder)
    assert shared.find(request(path, 1).key, frozenset({1})) is not None
    shared.forget(request(path, 1, row=3).key)
    assert shared.find(request(path, 1).key, frozenset({1})) is None


def test_without_room_a_process_keeps_blocks_for_itself(
    folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    decoded = counted(monkeypatch)
    blocks = Blocks(1 << 24, 1, folder=folder)
    (folder / str(os.getpid())).rmdir()  # as full as can be had here
    for _ in range(2):
        assert read(blocks, path, 1)[1].shape == (SIDE, SIDE)
    assert len(decoded) == 1
    assert "cannot be shared" in caplog.text
    assert blocks.use.size == SIZE
    blocks.close()


def test_a_folder_lies_in_memory_and_ends_with_its_server() -> None:
    with open_folder(1 << 20) as folder:
        assert folder is not None
        assert folder.parent == shared_blocks.MEMORY
        assert folder.stat().st_mode & 0o777 == 0o700
        with open_folder(1 << 20):
            assert folder.exists()  # which another server does not take for abandoned
    assert not folder.exists()


def test_what_a_killed_server_has_left_is_removed(tmp_path: Path) -> None:
    (left := tmp_path / f"{shared_blocks.PREFIX}left" / "123").mkdir(parents=True)
    (left.parent / shared_blocks.LOCK).touch()
    (used := tmp_path / f"{shared_blocks.PREFIX}used").mkdir()
    with (used / shared_blocks.LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open_folder(1, tmp_path):
            assert used.exists()
            assert not left.parent.exists()


def test_without_enough_memory_nothing_is_shared(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with open_folder(1 << 60, tmp_path) as folder:
        assert folder is None
    assert "decodes blocks for itself" in caplog.text
    with open_folder(1, tmp_path / "none") as folder:
        assert folder is None


def test_many_threads_and_processes_read_the_same_pixels(folder: Path, other: Other, path: Path) -> None:
    """While blocks come and go on both sides."""
    blocks = Blocks(3 * SIZE, 2, folder=folder)
    with rasterio.open(path) as dataset:
        expected = dataset.read(1)
    for at in np.random.default_rng(0).integers(0, 16, 60).tolist():
        row, col = divmod(at, 4)
        other.read(path, 1, row=col, col=row)
        there = expected[row * SIDE : (row + 1) * SIDE, col * SIDE : (col + 1) * SIDE]
        np.testing.assert_array_equal(read(blocks, path, 1, row=row, col=col)[1], there)
    assert blocks.use.size <= 3 * SIZE
    blocks.close()


def test_a_block_that_cannot_be_mapped_is_kept_by_its_process_alone(
    folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a process has all the maps that the system lets it have."""
    other = Other(folder)
    other.read(path, 1)

    def fail(file: int, is_own: bool) -> Block:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    monkeypatch.setattr(shared_blocks, "_mapped", fail)
    blocks = Blocks(1 << 24, 1, folder=folder)
    assert read(blocks, path, 1)[1].shape == (SIDE, SIDE)
    assert not list((folder / str(os.getpid())).iterdir())
    other.end()
    blocks.close()
