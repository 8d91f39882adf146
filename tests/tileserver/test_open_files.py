"""A server that may have few files open answers every tile of a map over many files."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2
import numpy as np
import PIL.Image
import pytest
import rasterio

import sdk as wf
from tests.tileserver.test_process import process

FILES = 2000
COLUMNS = 50
SIDE = 16  # pixels
ZOOM = 14
WORLD = 20037508.342789244
TILE = 2 * WORLD / 2**ZOOM
PIXEL = TILE / 4 / SIDE  # 16 files a tile


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,000 files side by side, each of one value."""
    folder = tmp_path_factory.mktemp("many") / "many"
    folder.mkdir()
    for number in range(FILES):
        row, col = divmod(number, COLUMNS)
        transform = rasterio.Affine(PIXEL, 0, col * SIDE * PIXEL, 0, -PIXEL, -row * SIDE * PIXEL)
        profile = {"crs": "EPSG:3857", "transform": transform, "dtype": "uint8", "count": 1}
        path = folder / f"{number}_2020-01-01.tif"
        with rasterio.open(path, "w", driver="GTiff", width=SIDE, height=SIDE, **profile) as dataset:
            dataset.write(np.full((1, SIDE, SIDE), 1 + number % 250, np.uint8))
    return folder


def test_a_pan_over_many_files_is_answered_whole_with_few_open(folder: Path, tmp_path: Path) -> None:
    origin = 2 ** (ZOOM - 1)
    tiles = [(origin + col, origin + row) for row in range(FILES // COLUMNS // 4) for col in range(COLUMNS // 4)]
    with process(tmp_path, str(folder), ulimit="-n 256") as (server, url), ExitStack() as kept:
        with wf.Client(url) as client:
            layer = wf.XYZ(wf.ImageCollection.from_id("many").mosaic(), client=client).id
        idle = [kept.enter_context(httpx2.Client(base_url=url, timeout=60)) for _ in range(60)]
        for one in idle:  # as open pages of a few people leave them
            assert one.get("/api/operations").status_code < 500

        def tile(place: tuple[int, int]) -> np.ndarray:
            answer = idle[place[0] % 8].get(f"/xyz/{layer}/{ZOOM}/{place[0]}/{place[1]}.png?scales=[[0,255]]")
            assert answer.status_code == 200, answer.text
            return np.asarray(PIL.Image.open(io.BytesIO(answer.content)).convert("LA"))

        with ThreadPoolExecutor(6) as pool:
            drawn = dict(zip(tiles, pool.map(tile, tiles), strict=True))
        assert len(list(Path(f"/proc/{server.pid}/fd").iterdir())) < 256
    for (x, y), pixels in drawn.items():
        numbers = [
            (y - origin) * 4 * COLUMNS + (x - origin) * 4 + row * COLUMNS + col for row in range(4) for col in range(4)
        ]
        expected = np.array([1 + number % 250 for number in numbers]).reshape(4, 4)
        np.testing.assert_array_equal(pixels[32::64, 32::64, 0], expected)
        assert (pixels[..., 1] == 255).all()
