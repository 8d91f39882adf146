"""Readers decode the blocks that they are asked for, and rows say what it took."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from benchmarks.ranges import Ranges, serve_ranges
from benchmarks.readers import HEADS, Row, graftile_reader, rasterio_reader
from benchmarks.stack import BLOCK

SIDE = 4 * BLOCK


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "width": SIDE, "height": SIDE, "count": 2, "dtype": "uint16", "compress": "deflate"}
    tiles = {"tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK, "crs": "EPSG:32632"}
    with rasterio.open(path, "w", transform=rasterio.Affine(10, 0, 0, 0, -10, 0), **profile, **tiles) as out:
        out.write(np.arange(2 * SIDE * SIDE, dtype=np.uint16).reshape(2, SIDE, SIDE))
    return path


@pytest.mark.parametrize("together", [True, False])
def test_readers_ask_a_server_as_often_as_their_rows_say(place: Path, together: bool) -> None:
    with serve_ranges(Ranges(place.parent)) as ranges:
        for reader in (graftile_reader(SIDE), rasterio_reader(2, {}, together=together)):
            before = len(ranges.asked)
            with reader as read:
                assert read([f"{ranges.url}/a.tif"], (1, 2), [(0, 0), (0, 1), (1, 0), (1, 1)]) >= 0
            assert {one.name for one in ranges.asked[before:]} == {"a.tif"}


def test_a_row_has_requests_over_http_and_costs_of_blocks_on_this_machine() -> None:
    far = Row("rgb", "HTTP", "some", (0.1, 0.05), 0.02, (4, 2)).cells
    near = Row("rgb", "local", "some", (0.1, 0.05), 0.02, (0, 0)).cells
    assert far == ("rgb", "HTTP", "some", "100", "4", "50", "2", "", "")
    assert near == ("rgb", "local", "some", "100", "", "50", "", "12.50", "5.00")
    assert len(far) == len(near) == len(HEADS)
