"""The season has what a monthly composite and a mask of clouds need, and its peer draws by NumPy what it says."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.warp import transform

from benchmarks.numpy_peer import draw
from benchmarks.season import CAST, build_season, classify, images_of, middling
from benchmarks.stack import CRS, Stack
from benchmarks.walks import WEB_MERCATOR, Tile, tile_over
from benchmarks.workloads import Workload

TINY = Stack(size=1024, dates=6)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_season(tmp_path_factory.mktemp("bench"), TINY)


@pytest.fixture(scope="module")
def tile() -> Tile:
    return tile_over(TINY, 14)


def alpha_of(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))[..., -1]


def test_each_month_has_five_different_scenes_with_masks(home: Path) -> None:
    images = images_of(home)
    assert Counter(path.stem[:7] for path in images) == {f"2024-{month:02}": 5 for month in range(1, 13)}
    assert len({path.stat().st_ino for path in images[:5]}) == 5
    items = [json.loads(path.read_text()) for path in (home / "items").glob("*.json")]
    files = [Path(asset["href"]) for item in items for asset in item["assets"].values()]
    assert len(set(files)) == 120
    assert all(file.is_file() for file in files)


def test_shadows_lie_beside_the_clouds_that_cast_them() -> None:
    missing = np.zeros((128, 128), bool)
    missing[10:20, 30:50] = True
    classes = classify(missing)
    assert (classes[missing] == 4).all()
    assert (classes[10 + CAST[0] : 20 + CAST[0], 30 + CAST[1] : 50 + CAST[1]] == 2).all()
    assert np.count_nonzero(classes) == 2 * missing.sum()


def test_a_season_that_is_there_is_not_made_again(home: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    assert build_season(home.parent, TINY) == home
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


def test_the_peer_hides_what_the_mask_marks(home: Path, tile: Tile) -> None:
    scene = middling(home)
    left, bottom, right, top = WEB_MERCATOR.xy_bounds(tile)
    centres = np.arange(0.5, 256)
    x, y = np.meshgrid(left + (right - left) / 256 * centres, top - (top - bottom) / 256 * centres)
    places = zip(*transform("EPSG:3857", CRS, x.ravel(), y.ravel()), strict=True)
    with rasterio.open(scene.with_name(f"{scene.stem}-fmask.tif")) as mask:
        classes = np.array(list(mask.sample(places))).reshape(256, 256)
    hidden = alpha_of(draw(home, Workload.FMASK, tile, 0, 2000)) == 0
    assert ((classes >= 2) == hidden).mean() > 0.98


def test_the_peer_composes_all_months(home: Path, tile: Tile) -> None:
    levels = np.asarray(Image.open(io.BytesIO(draw(home, Workload.MONTHLY, tile, -0.2, 0.9))))
    assert (levels[..., 1] == 255).all()  # some date of a year is clear
    assert levels[..., 0].std() > 5
