"""Files with a colour table: kept when they are added, drawn by default, dropped by whatever computes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx2
import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from PIL import Image
from rasterio.enums import ColorInterp

import sdk as wf
from graft_eval.palette import Palette
from graft_eval.scope import Raster
from tests.server_fixture import running_server
from tests.tileserver.conftest import PIXEL, WORLD, Served, X, Y
from tests.tileserver.rasters import item, write_json, write_tif
from tileserver.catalog.palettes import read_palette
from tileserver.drawing.classes import Class, classes_of
from tileserver.drawing.render import Paint, draw

Colours = Mapping[int, tuple[int, int, int, int]]
SIDE = 256
TREES, SHRUBS, WATER = (0, 100, 0, 255), (255, 187, 34, 255), (0, 100, 200, 255)
COVER: Colours = {0: (0, 0, 0, 0), 1: TREES, 2: SHRUBS, 3: WATER}
CLASSES = (np.arange(SIDE * SIDE).reshape(SIDE, SIDE) // (SIDE * SIDE // 4)).astype(np.uint8)
STRIPES = np.array([COVER[value] for value in range(4)], np.uint8)[CLASSES]


def write_classes(path: Path, colours: Colours = COVER, dtype: str = "uint8") -> Path:
    """Write stripes of classes 0 to 3 on the pixels of a tile."""
    transform = rasterio.Affine(PIXEL, 0, X * 256 * PIXEL - WORLD, 0, -PIXEL, WORLD - Y * 256 * PIXEL)
    profile = {"crs": "EPSG:3857", "transform": transform, "dtype": dtype, "count": 1, "photometric": "palette"}
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(path, "w", driver="GTiff", width=SIDE, height=SIDE, **profile) as dataset:
        dataset.write(CLASSES.astype(dtype), 1)
        dataset.write_colormap(1, dict(colours))
    return path


@pytest.fixture(scope="module")
def cover(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of land cover: files of one table, of another one, of 16 bits, and an Item that names the classes."""
    root, data_dir = tmp_path_factory.mktemp("covers"), tmp_path_factory.mktemp("data")
    write_classes(root / "cover" / "a_2024-01-01.tif")
    write_classes(root / "cover" / "b_2024-02-01.tif")
    write_classes(root / "mixed" / "a_2024-01-01.tif")
    write_classes(root / "mixed" / "b_2024-02-01.tif", {**COVER, 3: (9, 9, 9, 255)})
    write_classes(root / "wide" / "a_2024-01-01.tif", dtype="uint16")
    write_classes(root / "named" / "a.tif")
    told = [{"value": 1, "name": "trees"}, {"value": 3, "description": "Water"}]
    asset = {"href": "./a.tif", "type": "image/tiff; application=geotiff", "classification:classes": told}
    document = item(collection="named", assets={"cover": {**asset, "raster:bands": [{"classification:classes": told}]}})
    write_json(root / "named" / "i.json", document)
    added = [root / name for name in ("cover", "mixed", "wide")] + [root / "named" / "i.json"]
    with running_server(data_dir, add=added) as url, Served(url, root, data_dir, {}) as found:
        yield found


def rgba(answer: httpx2.Response) -> NDArray[np.uint8]:
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def field() -> wf.ImageCollection:
    return wf.ImageCollection.from_id("cover")


KEPT = {
    "a collection": lambda: field(),
    "a picked band": lambda: field().pick_bands("data"),
    "a renamed band": lambda: field().rename_bands("cover"),
    "a mosaic": lambda: field().mosaic(),
    "a masked one": lambda: field().mask(wf.ImageCollection.from_id("cover") > 9),
    "one image": lambda: wf.Image.from_id("cover:a_2024-01-01"),
    "any resampler": lambda: wf.ImageCollection.from_id("cover", resampler="bilinear"),
    "16 bits": lambda: wf.ImageCollection.from_id("wide"),
}
DROPPED = {
    "arithmetic": lambda: field() + 0,
    "a mean": lambda: field().mean(axis="images"),
    "clipped values": lambda: field().clip_values(0, 3),
    "tables that differ": lambda: wf.ImageCollection.from_id("mixed"),
}


@pytest.mark.parametrize("made", KEPT.values(), ids=KEPT.keys())
@pytest.mark.parametrize("query", ["", "scales=auto", "scales=null"])
def test_classes_are_drawn_in_their_colours(cover: Served, made: object, query: str) -> None:
    layer = cover.publish(made())  # type: ignore[operator]
    picture = rgba(cover.tile(layer, query))
    np.testing.assert_array_equal(picture[CLASSES > 0], STRIPES[CLASSES > 0])
    assert (picture[CLASSES == 0, 3] == 0).all()


@pytest.mark.parametrize("made", DROPPED.values(), ids=DROPPED.keys())
def test_what_is_computed_has_no_colours_of_its_own(cover: Served, made: object) -> None:
    layer = cover.publish(made())  # type: ignore[operator]
    np.testing.assert_array_equal(rgba(cover.tile(layer))[:, :, 0], CLASSES * 85)
    assert cover.get(f"/xyz/{layer}/legend.json").json()["type"] == "colorbar"


@pytest.mark.parametrize("query", ["colormap=", "scales=[[0,3]]"])
def test_a_style_of_ones_own_wins(cover: Served, query: str) -> None:
    layer = cover.publish(field().max(axis="images"))
    auto = cover.get(f"/xyz/{layer}/legend.json?{query}").json()
    assert auto["type"] == "colorbar"
    np.testing.assert_array_equal(rgba(cover.tile(layer, query))[:, :, 0], CLASSES * 85)
    assert cover.tile(layer, query).headers["ETag"] != cover.tile(layer).headers["ETag"]


def test_the_checkerboard_shows_below_what_is_transparent(cover: Served) -> None:
    picture = rgba(cover.tile(cover.publish(field()), "checkerboard=true"))
    np.testing.assert_array_equal(picture[CLASSES > 0], STRIPES[CLASSES > 0])
    assert {tuple(colour) for colour in picture[CLASSES == 0]} == {(204, 204, 204, 255), (255, 255, 255, 255)}


def test_a_legend_lists_classes_and_the_styles_of_wmts_and_qgis_lead_to_it(cover: Served) -> None:
    layer = cover.publish(field())
    assert cover.get(f"/xyz/{layer}/legend.json").json() == {
        "type": "classes",
        "bands": [{"name": "data", "scale": None}],
        "colormap": None,
        "classes": [
            {"value": 1, "color": "#006400"},
            {"value": 2, "color": "#ffbb22"},
            {"value": 3, "color": "#0064c8"},
        ],
    }
    legend = rgba(cover.get(f"/xyz/{layer}/legend.png"))
    assert [tuple(legend[row, 16]) for row in (25, 45, 65)] == [TREES, SHRUBS, WATER]
    assert f"/xyz/{layer}/legend.png" in cover.get(f"/wmts/xyz/{layer}/1.0.0/WMTSCapabilities.xml").text
    assert "styles=default" in cover.get(f"/xyz/{layer}/layer.qlr").text


def test_classes_are_called_as_the_item_says(cover: Served) -> None:
    layer = cover.publish(wf.ImageCollection.from_id("named"))
    classes = cover.get(f"/xyz/{layer}/legend.json").json()["classes"]
    assert classes == [
        {"value": 1, "color": "#006400", "label": "trees"},
        {"value": 3, "color": "#0064c8", "label": "Water"},
    ]


TABLES: dict[str, tuple[Colours, list[int]]] = {
    "lost alpha": (COVER, [0, 0, 0, 0]),
    "ink on white paper": ({0: (0, 0, 0, 255), 1: (255, 255, 255, 255)}, [0, 0, 0, 255]),
    "a colour": ({0: (1, 2, 3, 255), 1: TREES}, [1, 2, 3, 255]),
    "full to the end": ({value: (value, 0, 0, 255) for value in range(256)}, [0, 0, 0, 255]),
}


@pytest.mark.parametrize(("colours", "first"), TABLES.values(), ids=TABLES.keys())
def test_black_is_transparent_only_where_it_means_nothing(tmp_path: Path, colours: Colours, first: list[int]) -> None:
    with rasterio.open(write_classes(tmp_path / "a.tif", colours)) as dataset:
        palette = read_palette(dataset, 1)
    assert palette is not None
    assert palette.table[0].tolist() == first


def test_bands_without_a_table_have_no_palette(tmp_path: Path) -> None:
    with rasterio.open(write_tif(tmp_path / "a.tif", interpretation=[ColorInterp.gray])) as dataset:
        assert read_palette(dataset, 1) is None


def test_many_classes_with_half_transparent_ones_are_drawn_exactly() -> None:
    random = np.random.default_rng(3)
    table = random.integers(0, 256, (300, 4)).astype(np.uint8)
    values = random.integers(-5, 310, (40, 50)).astype(float)
    mask = random.random(values.shape) < 0.1
    for limit in (20.0, 400.0):
        shown = np.minimum(values, limit)
        missing = mask | (shown < 0) | (shown >= 300)
        expected = np.where(missing[..., None], 0, table[np.clip(shown, 0, 299).astype(int)])
        png = draw(Raster(shown[None], mask[None]), Paint(palette=Palette(table.tobytes())))
        picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
        np.testing.assert_array_equal(picture[~missing], expected[~missing])
        assert (picture[missing, 3] == 0).all()


def test_odd_lists_of_classes_say_nothing() -> None:
    palette = Palette(bytes([*TREES, *WATER]))
    told = [{"value": True}, {"value": "1"}, {"value": 7, "name": "beyond"}, "x", {"name": "no value"}]
    assert classes_of(palette, {"classification:classes": told}) == [Class(0, "", TREES), Class(1, "", WATER)]
