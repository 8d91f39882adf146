"""Headers that outlive the process: fewer requests, and never pixels of another file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.ranges import Ranges, serve_ranges
from graft_eval.engine import RasterEngine
from graft_eval.raster.access import RemoteAccess
from graft_eval.raster.headers import Headers
from graft_eval.raster.remote_files import CHUNK, Header
from graft_eval.scene import Scene
from tests.graft_eval.test_reading_remote import BLOCK, compute, first_band, noise, pixel_grid, served

SIDE = 4 * BLOCK


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Ranges]:
    with serve_ranges(Ranges(tmp_path / "files")) as ranges:
        ranges.folder.mkdir()
        yield ranges


def read_anew(folder: Path, scene: Scene, rows: int = BLOCK, cols: int = BLOCK, row: int = 0) -> NDArray[np.float64]:
    """What an engine that has just been started reads."""
    with closing(RasterEngine(32 << 20, 2, RemoteAccess(headers=folder / "headers"))) as engine:
        return np.asarray(compute(engine, first_band(scene), pixel_grid(rows, cols, row)).data)


def test_the_first_block_after_a_restart_is_the_only_request(server: Ranges, tmp_path: Path) -> None:
    data = noise(1, SIDE)
    _, remote = served(server, "a.tif", data)
    read_anew(tmp_path, remote)
    assert len(server.asked) == 2
    server.asked.clear()
    np.testing.assert_array_equal(read_anew(tmp_path, remote, row=BLOCK), data[:, BLOCK : 2 * BLOCK, :BLOCK])
    assert [one.start > CHUNK for one in server.asked] == [True]


@pytest.mark.parametrize("side", [SIDE, 32], ids=["blocks beyond the header", "blocks within the header"])
@pytest.mark.parametrize("size", [128, 256], ids=str)
def test_a_file_that_was_replaced_between_is_drawn_as_it_is(
    server: Ranges, tmp_path: Path, side: int, size: int
) -> None:
    _, before = served(server, "a.tif", noise(1, side, seed=1))
    read_anew(tmp_path, before, side, side)
    data = noise(1, side, seed=2)
    served(server, "a.tif", data, blockxsize=size, blockysize=size)
    for _ in range(2):
        server.asked.clear()
        np.testing.assert_array_equal(read_anew(tmp_path, before, side, side), data)
    assert all(one.start > 0 or one.size == 1 for one in server.asked)  # the new header is kept


def test_a_replaced_file_of_the_same_size_without_new_bytes_in_its_header_is_seen(
    server: Ranges, tmp_path: Path
) -> None:
    profile = {"compress": None}
    _, remote = served(server, "a.tif", noise(1, SIDE, seed=1), **profile)
    read_anew(tmp_path, remote)
    size = (server.folder / "a.tif").stat().st_size
    served(server, "a.tif", data := noise(1, SIDE, seed=2), **profile)
    assert (server.folder / "a.tif").stat().st_size == size
    np.testing.assert_array_equal(read_anew(tmp_path, remote, SIDE, SIDE), data)


def test_headers_of_files_without_validator_are_not_kept(server: Ranges, tmp_path: Path) -> None:
    server.tags = False
    _, remote = served(server, "a.tif", noise(1, SIDE))
    for _ in range(2):
        server.asked.clear()
        read_anew(tmp_path, remote)
        assert len(server.asked) == 2
    assert not (tmp_path / "headers").exists()


def test_headers_that_are_broken_or_cannot_be_written_are_fetched(server: Ranges, tmp_path: Path) -> None:
    data = noise(1, SIDE)
    _, remote = served(server, "a.tif", data)
    read_anew(tmp_path, remote)
    [path] = (tmp_path / "headers").iterdir()
    for content in (b"", path.read_bytes()[:-1], path.read_bytes().replace(b'"size": ', b'"size": "'), b"[]\n"):
        path.write_bytes(content)
        np.testing.assert_array_equal(read_anew(tmp_path, remote, SIDE, SIDE), data)
    (tmp_path / "file").touch()
    read_anew(tmp_path / "file", remote)


def test_headers_take_no_more_than_their_bytes(tmp_path: Path) -> None:
    headers = Headers(tmp_path, max_bytes=300_000)
    for number in range(129):
        headers.save(f"http://a/{number}.tif", Header(1 << 30, "tag", ((0, bytes(CHUNK)),)))
        os.utime(max(tmp_path.iterdir(), key=lambda one: one.stat().st_mtime_ns), (number, number))
    kept = [number for number in range(129) if headers.load(f"http://a/{number}.tif")]
    assert 128 in kept
    assert 0 not in kept
    assert sum(one.stat().st_size for one in tmp_path.iterdir()) <= 300_000
