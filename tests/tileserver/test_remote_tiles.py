"""Tiles of scenes that lie on another server: drawn as from this machine, for few requests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import sdk as wf
from benchmarks.ranges import Ranges, serve_ranges
from tests.server_fixture import running_server
from tests.tileserver.conftest import BANDS, Served, Y
from tests.tileserver.rasters import item, write_json


@pytest.fixture
def files(tmp_path: Path, scenes: Path) -> Iterator[Ranges]:
    """A server of the scenes' files."""
    with serve_ranges(Ranges(Path(shutil.copytree(scenes, tmp_path / "field")))) as ranges:
        yield ranges


@pytest.fixture
def remote(tmp_path: Path, files: Ranges) -> Iterator[Served]:
    """A server of the product `far`, whose Items are here and whose files are not."""
    for path in files.folder.glob("*.tif"):
        asset = {"href": f"{files.url}/{path.name}", "bands": [{"name": band} for band in BANDS]}
        date = path.stem.removeprefix("field_")
        fields = item(
            id=path.stem, collection="far", properties={"datetime": f"{date}T00:00:00Z"}, assets={"data": asset}
        )
        write_json(tmp_path / "items" / f"{path.stem}.json", fields | {"bbox": [13, 51, 15, 53], "geometry": None})
    host = urlsplit(files.url).netloc
    with (
        running_server(tmp_path / "data", add=[tmp_path / "items"], asset_hosts=(host,)) as url,
        Served(url, files.folder, tmp_path / "data", {}) as served,
    ):
        files.asked.clear()
        yield served


def median(product: str) -> wf.Image:
    return wf.ImageCollection.from_id(product).pick_bands("red green blue").median(axis="images")


SCALES = "scales=[[0,1],[0,1],[0,1]]"


def test_tiles_of_remote_scenes_are_those_of_local_ones(remote: Served, served: Served, files: Ranges) -> None:
    far, near = remote.publish(median("far")), served.publish(median("field"))
    tile = remote.tile(far, SCALES)
    assert tile.status_code == 200, tile.text
    assert tile.content == served.tile(near, SCALES).content
    by_name = [one.name for one in files.asked]
    assert all(0 < by_name.count(name) <= 5 for name in set(by_name))
    files.asked.clear()
    assert remote.tile(far, "scales=[[0,2],[0,2],[0,2]]").status_code == 200
    assert files.asked == []


def test_remote_files_that_fail_leave_their_scenes_out(remote: Served, served: Served, files: Ranges) -> None:
    far = remote.publish(median("far"))
    february = served.publish(wf.ImageCollection.from_id("field", start_datetime="2020-01-15").pick_bands("red"))
    files.failing["field_2020-01-01.tif"] = HTTPStatus.FORBIDDEN
    red = remote.publish(median("far").pick_bands("red"))
    assert remote.tile(red, "scales=[[0,1]]").content == served.tile(february, "scales=[[0,1]]").content
    files.failing["field_2020-02-01.tif"] = HTTPStatus.FORBIDDEN
    refused = remote.tile(far, SCALES, y=Y + 1)
    assert "none of 2 scenes can be read" in refused.text
    assert "403" in refused.text
