"""The demo's data: real elevation, and a synthetic series that says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pystac
import pytest
import rasterio
from matplotlib.cbook import get_sample_data
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.warp import transform_geom

from tileserver.demo.data import make_data, write_elevation
from tileserver.demo.landscape import Landscape, invent
from tileserver.demo.series import SCENES, SIDE, write_date
from tileserver.demo.terrain import read_terrain

JANUARY, JULY, CLOUDY = 0, 6, 15  # numbers of dates
Scenes = dict[tuple[int, str], tuple[Path, pystac.Item]]


@pytest.fixture(scope="module")
def landscape() -> Landscape:
    return invent(read_terrain())


@pytest.fixture(scope="module")
def scenes(landscape: Landscape, tmp_path_factory: pytest.TempPathFactory) -> Scenes:
    """Some scenes by date and side: the folder of the files, and the Item."""
    folder = tmp_path_factory.mktemp("series")
    return {
        (number, side): (folder / item.id, item)
        for number in (JANUARY, JULY, CLOUDY)
        for side, item in zip(SCENES, write_date(folder, landscape, number), strict=True)
    }


def read(path: Path) -> NDArray[Any]:
    with rasterio.open(path) as raster:
        pixels: NDArray[Any] = raster.read(1)
        return pixels


def ndvi(scene: Path) -> NDArray[np.float64]:
    red, nir = (read(scene / f"{name}.tif").astype(float) for name in ("red", "nir"))
    index: NDArray[np.float64] = np.divide(nir - red, nir + red, out=np.zeros_like(red), where=red > 0)
    return index


def test_elevation_is_that_of_the_sample_with_its_northern_edge_on_top(tmp_path: Path) -> None:
    write_elevation(tmp_path)
    with (
        np.load(str(get_sample_data("jacksboro_fault_dem.npz", asfileobj=False))) as sample,
        rasterio.open(tmp_path / "jacksboro" / "elevation.tif") as raster,
    ):
        assert np.array_equal(raster.read(1), sample["elevation"])
        edges = [float(sample[name]) for name in ("xmin", "ymax", "xmax", "ymin")]
    assert list(raster.bounds) == pytest.approx(edges)
    assert edges[3] > edges[1]


@pytest.mark.parametrize("band", ["blue", "green", "red", "nir", "scl"])
def test_bands_are_cloud_optimized(scenes: Scenes, band: str) -> None:
    with rasterio.open(scenes[JULY, "west"][0] / f"{band}.tif") as raster:
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert (raster.crs.to_epsg(), raster.shape, raster.res) == (32616, (SIDE, SIDE), (10, 10))
        assert raster.overviews(1) == [2, 4]
        assert raster.nodata == 0
        assert raster.scales == ((1.0,) if band == "scl" else (1e-4,))


def test_scenes_of_a_date_agree_where_they_overlap_by_a_tenth(scenes: Scenes) -> None:
    (west, _), (east, _) = scenes[CLOUDY, "west"], scenes[CLOUDY, "east"]
    for name in ("red.tif", "scl.tif"):
        assert np.array_equal(read(west / name)[:, 922:], read(east / name)[:, :102])


@pytest.mark.parametrize("side", SCENES)
def test_footprint_outlines_the_valid_pixels_of_every_band(scenes: Scenes, side: str) -> None:
    folder, item = scenes[JULY, side]
    with rasterio.open(folder / "red.tif") as raster:
        outline = transform_geom("OGC:CRS84", raster.crs, item.geometry)
        inside = rasterize([outline], raster.shape, transform=raster.transform).astype(bool)
    assert 0.05 < np.mean(~inside) < 0.2
    for name in item.assets:
        assert np.mean(inside == (read(folder / f"{name}.tif") > 0)) > 0.999


def test_cloud_cover_is_the_share_of_valid_pixels_classed_as_cloud(scenes: Scenes) -> None:
    for folder, item in scenes.values():
        classes = read(folder / "scl.tif")
        cloudy = 100 * np.mean(np.isin(classes[classes != 0], (8, 9)))
        assert item.properties["eo:cloud_cover"] == pytest.approx(cloudy, abs=0.06)


def test_clouds_are_brighter_and_shadows_darker_than_clear_ground(scenes: Scenes) -> None:
    folder, _ = scenes[CLOUDY, "west"]
    classes, nir = read(folder / "scl.tif"), read(folder / "nir.tif")
    cloud, shadow, clear = (np.median(nir[classes == label]) for label in (9, 3, 4))
    assert shadow < 0.7 * clear
    assert cloud > 1.2 * clear


def test_forests_are_green_in_summer_and_bare_in_winter(scenes: Scenes) -> None:
    summer, winter = (scenes[number, "west"][0] for number in (JULY, JANUARY))
    clear = np.isin(read(summer / "scl.tif"), (4, 5)) & np.isin(read(winter / "scl.tif"), (4, 5))
    assert np.median(ndvi(summer)[clear]) > 0.75
    assert np.median(ndvi(winter)[clear]) < 0.55


def test_scenes_are_the_same_every_time(landscape: Landscape, scenes: Scenes, tmp_path: Path) -> None:
    assert np.array_equal(invent(read_terrain()).cover, landscape.cover)
    for again in write_date(tmp_path, landscape, JULY):
        side = again.id.rpartition("_")[2]
        folder, item = scenes[JULY, side]
        assert again.to_dict() == item.to_dict()
        assert np.array_equal(read(tmp_path / again.id / "nir.tif"), read(folder / "nir.tif"))


def test_scenes_say_that_they_are_synthetic(scenes: Scenes) -> None:
    for _, item in scenes.values():
        assert "SYNTHETIC" in item.id
        assert "SYNTHETIC" in item.properties["title"]


def test_data_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    for name in ("demo-elevation", "demo-synthetic-s2"):
        (tmp_path / name).mkdir()
    paths = make_data(tmp_path)
    assert [path.parent.name for path in paths] == ["demo-elevation", "demo-synthetic-s2"]
    assert not any(path.exists() for path in paths)


def test_data_whose_making_fails_is_made_anew_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo-synthetic-s2").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr("tileserver.demo.data.collect", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            make_data(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["demo-synthetic-s2"]
    make_data(tmp_path)
    collection = json.loads((tmp_path / "demo-elevation" / "collection.json").read_text())
    assert collection["id"] == "demo-elevation"
    item = pystac.Item.from_file(str(tmp_path / "demo-elevation" / "jacksboro" / "jacksboro.json"))
    assert Path(item.assets["elevation"].get_absolute_href() or "").is_file()
