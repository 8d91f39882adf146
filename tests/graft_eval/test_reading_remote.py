"""Reading files over HTTP: how often the server is asked, and what goes wrong."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.ranges import Ranges, serve_ranges
from graft_eval.engine import RasterEngine
from graft_eval.fingerprint import fingerprint
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Plane, Read, Reduce
from graft_eval.progress import Progress
from graft_eval.raster.access import RemoteAccess
from graft_eval.raster.handles import open_dataset
from graft_eval.scene import Scene
from graft_eval.scope import Raster
from tests.graft_eval.scenes import scene_of, write_raster

BLOCK = 256


@pytest.fixture
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=32 << 20, threads=2)
    yield engine
    engine.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Ranges]:
    """Serves the test's folder."""
    with serve_ranges(Ranges(tmp_path)) as ranges:
        yield ranges


def pixel_grid(rows: int, cols: int, row: int = 0, col: int = 0) -> Grid:
    """The grid of a file's own pixels, in EPSG:3857."""
    left, top = 10.0 * col, -10.0 * row
    return Grid((left, top - 10.0 * rows, left + 10.0 * cols, top), "EPSG:3857", (rows, cols))


def compute(engine: RasterEngine, planes: list[Plane], grid: Grid, progress: Progress | None = None) -> Raster:
    return engine.compute(planes, grid, progress or Progress(), Limits())


def noise(bands: int, side: int, seed: int = 0) -> NDArray[np.uint16]:
    return np.random.default_rng(seed).integers(1, 60_000, (bands, side, side)).astype(np.uint16)


def at_address(scene: Scene, address: str, tag: str = "an ETag") -> Scene:
    """The same scene with its file at an address."""
    asset = replace(scene.bands[0].asset, href=address, fingerprint=tag)
    return replace(scene, bands=tuple(replace(band, asset=asset) for band in scene.bands))


def served(server: Ranges, name: str, data: NDArray[np.generic], **profile: Any) -> tuple[Scene, Scene]:
    """A new file as a scene of this machine and as one of the server."""
    local = scene_of(write_raster(server.folder / name, data, **profile), name=f"p:{Path(name).stem}")
    return local, at_address(local, f"{server.url}/{name}")


def first_band(scene: Scene) -> list[Plane]:
    return [Read(scene, scene.bands[0])]


class Crowd(Ranges):
    """Answers the first requests when there are twelve of them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._together = threading.Barrier(12, timeout=60)
        self._numbers = count()

    def delay(self, method: str) -> None:
        if next(self._numbers) < 12:
            self._together.wait()


def test_twelve_scenes_over_http_are_those_of_this_machine_in_few_round_trips(
    engine: RasterEngine, tmp_path: Path
) -> None:
    middle, progress = pixel_grid(2 * BLOCK, 2 * BLOCK, BLOCK, BLOCK), Progress()  # four blocks of each file

    def median(of: Sequence[Scene]) -> list[Plane]:
        return [Reduce("median", tuple(Read(one, one.bands[band]) for one in of)) for band in (0, 1)]

    with serve_ranges(Crowd(tmp_path)) as server:
        near, far = zip(*(served(server, f"{n}.tif", noise(2, 4 * BLOCK, n)) for n in range(12)), strict=True)
        raster = compute(engine, median(far), middle, progress)
    np.testing.assert_array_equal(raster.data, compute(engine, median(near), middle).data)
    assert not progress.skipped
    for n in range(12):
        asked = [one.method for one in server.asked if one.name == f"{n}.tif"]
        assert asked == ["GET", "GET", "GET"]  # the header, and at once two rows of two blocks


def test_open_files_are_not_asked_for_their_header_again(engine: RasterEngine, server: Ranges) -> None:
    local, remote = served(server, "a.tif", noise(1, 4 * BLOCK), overviews=(2,))
    compute(engine, first_band(remote), pixel_grid(BLOCK, BLOCK))
    server.asked.clear()
    for col in (1, 2, 3):
        grid = pixel_grid(BLOCK, BLOCK, 0, col * BLOCK)
        np.testing.assert_array_equal(
            compute(engine, first_band(remote), grid).data, compute(engine, first_band(local), grid).data
        )
    assert 1 <= len(server.asked) <= 3  # GDAL asks for more where one block follows the other
    server.asked.clear()
    compute(engine, first_band(remote), replace(pixel_grid(2 * BLOCK, 2 * BLOCK), shape=(BLOCK, BLOCK)))
    assert [one.start > 32768 for one in server.asked] == [True]  # the overview's block


@pytest.mark.parametrize("wanted", [(0, 0, 2, 3), (1, 0, 3, 4), (0, 0, 4, 4)], ids=str)
@pytest.mark.parametrize("interleave", ["pixel", "band"])
def test_blocks_that_are_fetched_together_are_put_in_their_places(
    engine: RasterEngine, server: Ranges, interleave: str, wanted: tuple[int, int, int, int]
) -> None:
    top, left, bottom, right = (side * BLOCK for side in wanted)
    data = noise(2, 4 * BLOCK - 100)
    _, remote = served(server, "a.tif", data, interleave=interleave)
    planes: list[Plane] = [Read(remote, band) for band in remote.bands]
    compute(engine, planes, pixel_grid(BLOCK, BLOCK, BLOCK, BLOCK))  # of what is wanted, one block is kept
    raster = compute(engine, planes, pixel_grid(bottom - top, right - left, top, left))
    expected = data[:, top:bottom, left:right]
    np.testing.assert_array_equal(raster.data[:, : expected.shape[1], : expected.shape[2]], expected)


def test_the_fingerprint_of_a_remote_file_is_what_the_catalog_noted(server: Ranges) -> None:
    _, remote = served(server, "a.tif", noise(1, BLOCK))
    assert fingerprint(remote.bands[0].asset) == "an ETag"
    assert server.asked == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (HTTPStatus.NOT_FOUND, "404"),
        (HTTPStatus.FORBIDDEN, "403"),
        (HTTPStatus.SERVICE_UNAVAILABLE, "503"),
        (HTTPStatus.OK, "bad.tif cannot be read"),  # of what is asked for, half comes
    ],
    ids=str,
)
def test_a_remote_file_that_fails_is_left_out_with_the_reason(
    engine: RasterEngine, server: Ranges, status: HTTPStatus, reason: str
) -> None:
    (good, _), (_, bad) = served(server, "good.tif", noise(1, BLOCK)), served(server, "bad.tif", noise(1, BLOCK))
    server.failing["bad.tif"] = status
    progress = Progress()
    raster = compute(engine, first_band(good) + first_band(bad), pixel_grid(BLOCK, BLOCK), progress)
    assert not raster.mask[0].any()
    assert raster.mask[1].all()
    assert reason in progress.skipped["p:bad"]


def test_a_server_that_refuses_connections_leaves_its_scenes_out(engine: RasterEngine, tmp_path: Path) -> None:
    with serve_ranges(Ranges(tmp_path)) as ranges:
        good, gone = served(ranges, "a.tif", noise(1, BLOCK))
    progress = Progress()
    raster = compute(
        engine, first_band(good) + first_band(replace(gone, id="p:gone")), pixel_grid(BLOCK, BLOCK), progress
    )
    assert raster.mask[1].all()
    assert "a.tif cannot be read" in progress.skipped["p:gone"]


def test_a_file_that_failed_once_is_read_when_it_is_there(engine: RasterEngine, server: Ranges) -> None:
    local, remote = served(server, "a.tif", noise(1, BLOCK))
    server.failing["a.tif"] = HTTPStatus.NOT_FOUND
    progress, again = Progress(), Progress()
    compute(engine, first_band(local) + first_band(replace(remote, id="p:far")), pixel_grid(BLOCK, BLOCK), progress)
    server.failing.clear()
    raster = compute(engine, first_band(remote), pixel_grid(BLOCK, BLOCK), again)
    assert (list(progress.skipped), list(again.skipped)) == (["p:far"], [])
    assert not raster.mask.any()


def test_a_file_that_was_replaced_is_read_anew_once_the_catalog_knows(engine: RasterEngine, server: Ranges) -> None:
    _, before = served(server, "a.tif", noise(1, 2 * BLOCK, seed=1))
    compute(engine, first_band(before), pixel_grid(BLOCK, BLOCK))
    data = noise(1, 2 * BLOCK, seed=2)
    local, _ = served(server, "a.tif", data, blockxsize=128, blockysize=128)
    after = at_address(local, f"{server.url}/a.tif", tag="another ETag")
    raster = compute(engine, first_band(after), pixel_grid(2 * BLOCK, 2 * BLOCK))
    np.testing.assert_array_equal(raster.data, data)


def test_redirects_are_followed_to_the_same_host_and_those_that_are_allowed(server: Ranges, tmp_path: Path) -> None:
    data = noise(1, BLOCK)
    (_, elsewhere), listening = served(server, "a.tif", data), socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    target = elsewhere.bands[0].asset.href
    with serve_redirects(f"http://127.0.0.1:{listening.getsockname()[1]}/a.tif") as url:
        with pytest.raises(OSError, match=r"it redirects to the host .*, which is not allowed"):
            open_dataset(url)
        with pytest.raises(BlockingIOError):
            listening.accept()
    listening.close()
    with serve_redirects(target) as url:
        with pytest.raises(OSError, match="not allowed"):
            open_dataset(url)
        with open_dataset(url, access=RemoteAccess(frozenset({target.split("/")[2]}))) as dataset:
            np.testing.assert_array_equal(dataset.read(), data)


@pytest.mark.parametrize("content", [b"<VRTDataset/>", b"CDF\x01", b"PK\x03\x04", b"<GDAL_WMS/>"], ids=str)
def test_only_formats_that_stand_for_themselves_are_read_from_other_machines(server: Ranges, content: bytes) -> None:
    (server.folder / "a.tif").write_bytes(content)
    with pytest.raises(OSError, match=r"it is no GeoTIFF, JPEG 2000, PNG, JPEG, which are all"):
        open_dataset(f"{server.url}/a.tif")


@contextmanager
def serve_redirects(target: str) -> Iterator[str]:
    """Serve an address that sends everybody to another."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}/a.tif"
        listening.shutdown()
