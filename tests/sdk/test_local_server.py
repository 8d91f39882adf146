"""A server where there is none: the first map of a session takes three lines."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio

import sdk as wf
from sdk.service import local_server
from sdk.service.local_server import LocalServerError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imagery") / "field"
    folder.mkdir()
    place = {"crs": "EPSG:4326", "transform": rasterio.Affine(0.1, 0, 9, 0, -0.1, 48)}
    for name, value in (("a", 3), ("b", 5)):
        profile = {"driver": "GTiff", "width": 10, "height": 10, "count": 1, "dtype": "int16"}
        with rasterio.open(folder / f"{name}.tif", "w", **profile, **place) as dataset:
            dataset.write(np.full((1, 10, 10), value, "int16"))
            dataset.descriptions = ("level",)
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[local_server.LocalServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GRAFTILE_URL", raising=False)
        with wf.serve() as server:
            yield server


@pytest.fixture
def used(server: local_server.LocalServer, monkeypatch: pytest.MonkeyPatch) -> local_server.LocalServer:
    monkeypatch.setenv("GRAFTILE_URL", server.url)
    return server


HERE = wf.GeoContext(bounds=(9, 47, 10, 48), crs="EPSG:4326", shape=(10, 10))


@pytest.mark.usefixtures("used")
def test_a_file_is_an_image_and_a_folder_a_collection(folder: Path) -> None:
    image = wf.open(folder / "a.tif")
    assert isinstance(image, wf.Image)
    np.testing.assert_array_equal(image.inspect(HERE).ndarray, np.full((1, 10, 10), 3))
    collection = wf.open(folder)
    assert isinstance(collection, wf.ImageCollection)
    assert collection.max(axis="images").max(axis="pixels").inspect(HERE) == {"level": 5.0}


def test_one_server_serves_all(used: local_server.LocalServer, folder: Path) -> None:
    assert wf.serve(folder) is used
    assert used.running
    assert os.environ["GRAFTILE_URL"] == used.url
    assert used.url in repr(used)


@pytest.mark.usefixtures("used")
def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalServerError, match="nowhere"):
        wf.open(tmp_path / "nowhere.tif")
    (tmp_path / "empty").mkdir()
    with pytest.raises(LocalServerError, match="holds no STAC document and no raster"):
        wf.open(tmp_path / "empty")


def test_a_server_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAFTILE_THREADS", "none")
    with pytest.raises(LocalServerError, match="threads"):
        local_server.LocalServer(tmp_path)


PROGRAM = """
import os, sdk as wf
print(wf.serve(data_dir={folder!r})._process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_it_ends_with_python_however_that_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(folder=str(tmp_path))], capture_output=True, text=True, check=False
    )
    pid, deadline = int(done.stdout), time.monotonic() + 60
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()


THREE_LINES = """
import sdk as wf
image = wf.open({path!r})
layer = image.visualize("level", colormap="terrain")
from sdk.service import local_server
print(wf.map.find_layer("level").url)
print(local_server._running._process.pid)
print(local_server._running.data_dir)
"""


def test_three_lines_are_a_map_and_leave_nothing_behind(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "GRAFTILE_URL"}
    command = [sys.executable, "-W", "ignore", "-c", THREE_LINES.format(path=str(folder / "a.tif"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    url, pid, data_dir = done.stdout.split()
    assert done.stderr == ""
    assert "/{z}/{x}/{y}.png?" in url
    assert not Path(f"/proc/{pid}").exists()
    assert not Path(data_dir).exists()
