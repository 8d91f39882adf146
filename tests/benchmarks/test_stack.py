"""The stack that is measured on is what it is said to be, and the same every time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio

from benchmarks.pixels import BANDS, NOISE, draw_landscape, draw_scene
from benchmarks.stack import Stack, build_stack

TINY = Stack(size=1024, dates=3)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_stack(TINY, tmp_path_factory.mktemp("bench"))


def scene(seed: int, date: int = 0, cloud: float = 0.4) -> np.ndarray:
    return draw_scene(draw_landscape(256, seed), seed, date, phase=0.3, cloud=cloud)


def test_equal_seeds_draw_equal_scenes() -> None:
    assert np.array_equal(scene(7), scene(7))


def test_seeds_and_dates_differ() -> None:
    assert not np.array_equal(scene(7), scene(8))
    assert not np.array_equal(scene(7), scene(7, date=1))


@pytest.mark.parametrize("cloud", [0.01, 0.5, 0.86])
def test_clouds_hide_their_share_in_all_bands(cloud: float) -> None:
    missing = scene(7, cloud=cloud) == 0
    assert (missing == missing[0]).all()
    assert missing[0].mean() == pytest.approx(cloud, abs=0.03)


def test_neighbours_within_a_field_differ_by_the_noise() -> None:
    pixels = draw_scene(draw_landscape(1024, 7), 7, 0, phase=0.3, cloud=0.0).astype(float)
    differences = np.abs(np.diff(pixels, axis=2))
    # The median of |a - b| is 0.954 standard deviations of a: field edges are too few to move it.
    assert np.median(differences) == pytest.approx(0.954 * NOISE, rel=0.05)


def test_files_are_what_the_figures_are_said_to_be_of(home: Path) -> None:
    paths = sorted(home.glob("*.tif"))
    assert len(paths) == TINY.dates
    for path in paths:
        with rasterio.open(path) as file:
            assert file.shape == (1024, 1024)
            assert (file.count, set(file.dtypes), file.nodata) == (4, {"uint16"}, 0)
            assert (file.crs.to_epsg(), file.res, file.bounds[:]) == (32632, (10.0, 10.0), TINY.bounds)
            assert file.block_shapes == [(512, 512)] * 4
            assert file.overviews(1) == [2]
            assert file.descriptions == BANDS
            tags = file.tags(ns="IMAGE_STRUCTURE")
            assert (tags["COMPRESSION"], tags["PREDICTOR"], tags["INTERLEAVE"]) == ("DEFLATE", "2", "PIXEL")


def test_items_name_files_that_are_there(home: Path) -> None:
    for folder, count in (("items", TINY.dates), ("deep", 5 * TINY.dates)):
        items = [json.loads(path.read_text()) for path in (home / folder).glob("*.json")]
        files = {item["assets"]["data"]["href"] for item in items}
        assert len(files) == len({item["id"] for item in items}) == count
        assert all(Path(file).is_file() for file in files)


def test_the_mosaic_has_all_scenes_in_each_cell(home: Path) -> None:
    mosaic = json.loads((home / "mosaic.json").read_text())
    assert mosaic["tiles"]
    assert {len(files) for files in mosaic["tiles"].values()} == {TINY.dates}


def test_a_stack_that_is_there_is_not_made_again(home: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    assert build_stack(TINY, home.parent) == home
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before
