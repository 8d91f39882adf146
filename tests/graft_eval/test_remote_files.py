"""Files behind HTTP, as GDAL reads them by functions of ours."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio.shutil

from benchmarks.ranges import Ranges, serve_ranges
from graft_eval.engine import RasterEngine
from graft_eval.errors import SceneError
from graft_eval.plane import Plane, Read
from graft_eval.raster.fetching import Fetcher
from graft_eval.raster.handles import open_dataset
from graft_eval.raster.remote_files import RemoteFile
from tests.graft_eval.scenes import write_raster
from tests.graft_eval.test_reading_remote import BLOCK, compute, first_band, noise, pixel_grid, served

LEFT_OPEN = "import sys; from graft_eval.raster.handles import open_dataset; kept = open_dataset(sys.argv[1])"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Ranges]:
    with serve_ranges(Ranges(tmp_path)) as ranges:
        yield ranges


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")  # that lies beside a PNG
@pytest.mark.parametrize(
    ("driver", "options"),
    [
        ("GTiff", {"compress": "deflate", "tiled": False}),
        ("GTiff", {"compress": "lzw", "tiled": True, "blockxsize": 64, "blockysize": 64}),
        ("PNG", {}),
        ("JPEG", {}),
        ("JP2OpenJPEG", {"QUALITY": 100, "REVERSIBLE": "YES"}),
    ],
    ids=str,
)
@pytest.mark.parametrize("side", [40, 700])
def test_each_format_is_read_as_from_this_machine(
    server: Ranges, driver: str, options: dict[str, Any], side: int
) -> None:
    path = server.folder / "a"
    data = np.random.default_rng(1).integers(0, 255, (1, side, side)).astype(np.uint8)
    write_raster(server.folder / "b.tif", data)
    rasterio.shutil.copy(server.folder / "b.tif", path, driver=driver, **options)
    with rasterio.open(path) as near, open_dataset(f"{server.url}/a") as far:
        np.testing.assert_array_equal(far.read(), near.read())
        assert (far.dtypes, far.block_shapes, far.nodata) == (near.dtypes, near.block_shapes, near.nodata)
    assert {one.method for one in server.asked} == {"GET"}


def test_a_header_at_the_end_of_a_file_is_one_request_more(server: Ranges) -> None:
    data = noise(1, 8 * BLOCK)
    path = write_raster(server.folder / "a.tif", data)
    with rasterio.open(path, "r+") as dataset:
        dataset.update_tags(NOTE="long " * 2000)  # which moves the directory to the end
    with open_dataset(f"{server.url}/a.tif") as far:
        assert far.tags()["NOTE"] == "long " * 2000
        assert len(server.asked) == 2
        np.testing.assert_array_equal(far.read(), data)


@pytest.mark.parametrize("interleave", ["pixel", "band"])
def test_blocks_that_need_no_gdal_are_those_of_this_machine(server: Ranges, interleave: str) -> None:
    plain = {"compress": "deflate", "predictor": 2, "interleave": interleave}
    near, far = served(server, "a.tif", noise(2, 4 * BLOCK), **plain)
    planes: list[list[Plane]] = [[Read(one, one.bands[band]) for band in (0, 1)] for one in (near, far)]
    middle = pixel_grid(2 * BLOCK, 2 * BLOCK, BLOCK, BLOCK)
    with closing(RasterEngine(32 << 20, 2)) as engine:
        expected, found = (compute(engine, of, middle) for of in planes)
    np.testing.assert_array_equal(found.data, expected.data)
    rows = 2 if interleave == "pixel" else 4
    assert len(server.asked) == 1 + rows  # the header, then two blocks beside each other at once


@pytest.mark.parametrize(
    ("ranges", "count"),
    [
        ([(0, 10), (10, 10)], 1),
        ([(0, 100), (10, 20), (100, 5)], 1),  # one within another
        ([(500, 10), (0, 10), (500, 10)], 2),
        ([(0, 1 << 20), (1 << 20, 10)], 2),
    ],
    ids=["beside each other", "within another", "apart, and twice", "large"],
)
def test_each_range_has_its_own_bytes(server: Ranges, ranges: list[tuple[int, int]], count: int) -> None:
    content = np.random.default_rng(1).bytes((1 << 20) + 100)
    (server.folder / "a").write_bytes(content)
    file = RemoteFile(f"{server.url}/a", Fetcher())
    server.asked.clear()
    assert file.read_ranges(ranges) == [content[start : start + size] for start, size in ranges]
    assert len(server.asked) == count


def test_one_connection_is_kept_for_all_that_follows(server: Ranges) -> None:
    _, far = served(server, "a.tif", noise(1, 4 * BLOCK), compress="deflate", predictor=2)
    with closing(RasterEngine(1 << 10, 2)) as engine:
        for row in range(4):
            compute(engine, first_band(far), pixel_grid(BLOCK, BLOCK, row * BLOCK))
    assert len(server.asked) == 5
    assert server.connections == 1


def test_redirects_of_blocks_are_checked_like_those_of_headers(server: Ranges) -> None:
    _, remote = served(server, "a.tif", noise(1, 4 * BLOCK))
    nobody = socket.create_server(("127.0.0.1", 0))
    nobody.setblocking(False)
    with closing(RasterEngine(32 << 20, 2)) as engine, nobody:
        compute(engine, first_band(remote), pixel_grid(BLOCK, BLOCK))
        server.moved["a.tif"] = f"http://127.0.0.1:{nobody.getsockname()[1]}/a.tif"
        with pytest.raises(SceneError, match=r"which is not allowed \(asset_hosts\)"):
            compute(engine, first_band(remote), pixel_grid(BLOCK, BLOCK, 2 * BLOCK))
        with pytest.raises(BlockingIOError):
            nobody.accept()


@pytest.mark.parametrize("side", [2 * BLOCK, 5 * BLOCK])
def test_a_file_that_is_replaced_while_it_is_open_is_opened_anew(server: Ranges, side: int) -> None:
    _, remote = served(server, "a.tif", noise(1, side, seed=1))
    with closing(RasterEngine(32 << 20, 2)) as engine:
        compute(engine, first_band(remote), pixel_grid(BLOCK, BLOCK))
        data = noise(1, side, seed=2)
        served(server, "a.tif", data, blockxsize=128, blockysize=128)
        grid = pixel_grid(BLOCK, BLOCK, BLOCK)
        np.testing.assert_array_equal(
            compute(engine, first_band(remote), grid).data, data[:, BLOCK : 2 * BLOCK, :BLOCK]
        )
        grid = pixel_grid(2 * BLOCK, BLOCK)  # with the block that was there before
        np.testing.assert_array_equal(compute(engine, first_band(remote), grid).data, data[:, : 2 * BLOCK, :BLOCK])


def test_files_that_are_left_open_do_not_disturb_the_end_of_a_process(server: Ranges) -> None:
    served(server, "a.tif", noise(1, BLOCK))
    left = subprocess.run([sys.executable, "-c", LEFT_OPEN, f"{server.url}/a.tif"], capture_output=True, check=False)
    assert (left.returncode, left.stderr) == (0, b"")
