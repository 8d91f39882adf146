"""Tiles and previews in every format, decoded by Pillow, NumPy and rasterio, against the PNG and the files' pixels."""

from __future__ import annotations

import io
from typing import Any

import httpx2
import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from PIL import Image
from pyproj import Transformer
from rasterio.io import MemoryFile

import sdk as wf
from graft_eval.grid import Grid
from graft_eval.scope import Raster
from tests.tileserver.conftest import BANDS, PIXEL, SIDE, WORLD, Served, X, Y, Z
from tileserver.drawing.encoding import Indexed, encode_picture, encode_values

RGB = "scales=[[0,1],[0,1],[0,1]]"


def rgba(answer: httpx2.Response, media_type: str) -> NDArray[np.uint8]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type), answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def tile(served: Served, layer: str, suffix: str, query: str = "") -> httpx2.Response:
    return served.get(f"/xyz/{layer}/{Z}/{X}/{Y}{suffix}?{query}")


def merged(served: Served) -> np.ma.MaskedArray[Any, Any]:
    early, late = served.pixels.values()
    found: np.ma.MaskedArray[Any, Any] = np.ma.where(late.mask, early, late)
    return found


@pytest.mark.parametrize("query", ["scales=[[0,1]]", "scales=[[0,1]]&colormap=viridis", "checkerboard=true"])
def test_webp_of_one_band_loses_nothing(served: Served, nir: str, query: str) -> None:
    png, webp = (rgba(tile(served, nir, f".{s}", query), f"image/{s}") for s in ("png", "webp"))
    np.testing.assert_array_equal(webp[..., 3], png[..., 3])
    np.testing.assert_array_equal(webp[png[..., 3] > 0], png[png[..., 3] > 0])


def test_webp_of_three_bands_is_near_and_its_alpha_exact(served: Served, rgb: str) -> None:
    answer = tile(served, rgb, ".webp", RGB)
    png, webp = rgba(tile(served, rgb, ".png", RGB), "image/png"), rgba(answer, "image/webp")
    np.testing.assert_array_equal(webp[..., 3], png[..., 3])
    seen = png[..., 3] > 0
    assert np.abs(webp[seen].astype(int) - png[seen]).mean() < 12
    assert len(answer.content) < len(tile(served, rgb, ".png", RGB).content) / 2


def test_jpeg_is_near_and_what_is_missing_white(served: Served, rgb: str) -> None:
    png, jpeg = rgba(tile(served, rgb, ".png", RGB), "image/png"), rgba(tile(served, rgb, ".jpg", RGB), "image/jpeg")
    expected = np.where(png[..., 3:] > 0, png[..., :3], 255)
    assert np.abs(jpeg[..., :3].astype(int) - expected).mean() < 20
    empty = rgba(served.get(f"/xyz/{rgb}/3/0/0.jpg"), "image/jpeg")
    assert (empty == 255).all()


def test_npy_is_the_values_of_all_bands_and_a_mask(served: Served) -> None:
    layer = served.publish(wf.ImageCollection.from_id("field"))
    answer = tile(served, layer, ".npy", "colormap=&checkerboard=true")
    assert answer.headers["Content-Type"] == "application/x-npy"
    found = np.load(io.BytesIO(answer.content))
    expected = merged(served)[:, :256, :256]
    assert found.shape == (len(BANDS) + 1, 256, 256)
    np.testing.assert_array_equal(found[:-1], expected.filled(np.nan))
    np.testing.assert_array_equal(found[-1] == 255, ~expected.mask.any(axis=0))
    np.testing.assert_array_equal(np.unique(found[-1]), [0, 255])


def test_tif_is_the_values_where_they_are(served: Served, rgb: str) -> None:
    answer = tile(served, rgb, ".tif", "band=blue&band=red&scales=[[0,9],[0,9]]")
    assert answer.headers["Content-Type"] == "image/tiff; application=geotiff"
    with MemoryFile(answer.content) as file, file.open() as dataset:
        expected = merged(served)[[2, 0], :256, :256]
        np.testing.assert_array_equal(dataset.read(), expected.filled(np.nan))
        np.testing.assert_array_equal(dataset.read(masked=True).mask, expected.mask)
        assert (dataset.crs.to_epsg(), dataset.descriptions) == (3857, ("blue", "red"))
        left, top = X * 256 * PIXEL - WORLD, WORLD - Y * 256 * PIXEL
        assert tuple(dataset.transform)[:6] == pytest.approx((PIXEL, 0, left, 0, -PIXEL, top))


def test_every_format_comes_at_twice_the_scale(served: Served, rgb: str) -> None:
    for suffix in ("png", "webp", "jpg"):
        picture = Image.open(io.BytesIO(tile(served, rgb, f"@2x.{suffix}", RGB).content))
        assert picture.size == (512, 512)
    one, two = (np.load(io.BytesIO(tile(served, rgb, f"{s}.npy").content)) for s in ("", "@2x"))
    np.testing.assert_array_equal(two, one.repeat(2, axis=1).repeat(2, axis=2))


def test_formats_have_tags_of_their_own_and_answer_that_the_caller_has_them(served: Served, nir: str) -> None:
    tags = {}
    for suffix in ("png", "webp", "jpg", "npy", "tif"):
        answer = tile(served, nir, f".{suffix}")
        tags[answer.headers["ETag"]] = suffix
        again = served.get(str(answer.url), headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert len(tags) == 5


def test_a_style_that_no_picture_could_have_is_none_of_values(served: Served) -> None:
    layer = served.publish(wf.ImageCollection.from_id("field"))
    assert tile(served, layer, ".png", "colormap=magma").status_code == 400
    assert tile(served, layer, ".npy", "colormap=magma").status_code == 200
    assert tile(served, layer, ".npy", "band=nothing").status_code == 400


def test_a_preview_shows_the_whole_layer(served: Served, nir: str) -> None:
    picture = rgba(served.get(f"/xyz/{nir}/preview.png?width={SIDE}&scales=[[0,1]]"), "image/png")
    expected = merged(served)[3]
    assert picture.shape == (SIDE, SIDE, 4)
    seen = ~expected.mask
    levels = np.floor(255 * np.clip(expected.filled(0), 0, 1) + 0.5)
    np.testing.assert_array_equal(picture[seen, 0], levels[seen])
    assert (picture[~seen, 3] == 0).all()


def test_a_preview_of_bounds_shows_these(served: Served, nir: str) -> None:
    left, top = X * 256 * PIXEL - WORLD, WORLD - Y * 256 * PIXEL
    back = Transformer.from_crs("EPSG:3857", "OGC:CRS84", always_xy=True)
    (west, east), (north, south) = back.transform(
        [left + 64 * PIXEL, left + 192 * PIXEL], [top - 32 * PIXEL, top - 96 * PIXEL]
    )
    here = f"/xyz/{nir}/preview.npy?bounds={west!r},{south!r},{east!r},{north!r}"
    found = np.load(io.BytesIO(served.get(f"{here}&height=64").content))
    np.testing.assert_array_equal(found[0], merged(served)[3, 32:96, 64:192].filled(np.nan))
    assert np.load(io.BytesIO(served.get(here).content)).shape == (2, 512, 1024)
    assert np.load(io.BytesIO(served.get(f"{here}&width=50&height=7").content)).shape == (2, 7, 50)


def test_a_preview_is_known_by_its_tag(served: Served, nir: str) -> None:
    answer = served.get(f"/xyz/{nir}/preview.webp?width=64")
    again = served.get(str(answer.url), headers={"If-None-Match": answer.headers["ETag"]})
    assert (answer.headers["Content-Type"], again.status_code) == ("image/webp", 304)
    assert "preview of 64 x 64 pixels served" in _log(served, nir)


def _log(served: Served, layer: str) -> str:
    served.get(f"/xyz/{layer}/preview.png?width=64&session_id=preview")
    with served.http.stream("GET", f"/xyz/{layer}/logs?session_id=preview&level=INFO") as events:
        return next(line for line in events.iter_lines() if line.startswith("data:"))


BAD = {
    "preview.png?width=0": (400, "width must be a whole number of pixels, 1 to 4096, not '0'"),
    "preview.png?width=4097": (413, "width must be at most 4096 pixels, not 4,097"),
    "preview.png?width=5&width=6": (400, "width must be given once"),
    "preview.png?bounds=1,2": (400, "bounds must be west,south,east,north"),
    "preview.png?bounds=0,86,1,89": (400, "bounds must be an area between -85.05 and 85.05"),
    "preview.png?bounds=0,0,1e-9,80&width=900": (413, "height must be at most 4096"),
    "preview.png?size=5": (400, "size is no key of this query"),
    "preview.gif": (400, "the format of a preview must be one of png, webp, jpg, npy, tif, not 'gif'"),
    "preview.png?bounds=1_0,1,12,3": (400, "bounds must be west,south,east,north"),
    "tilejson.json?band=nowhere": (400, "there is no band 'nowhere'"),
    "style.json?band=nowhere&scales=[[0,1]]": (400, "there is no band 'nowhere'"),
    "layer.qlr?band=nowhere": (400, "there is no band 'nowhere'"),
    "tilejson.json?scales=[[0,1],[0,1]]": (400, "scales must be a single pair"),
    "10/550/335.gif": (400, "the format of a tile must be one of png, webp, jpg, npy, tif, not 'gif'"),
    "10/550/335@3x.webp": (400, "the scale of a tile must be @1x or @2x"),
}


@pytest.mark.parametrize("path", BAD)
def test_bad_requests_are_told_so(served: Served, nir: str, path: str) -> None:
    answer, (status, message) = served.get(f"/xyz/{nir}/{path}"), BAD[path]
    assert (answer.status_code, message in answer.json()["message"]) == (status, True), answer.text


def test_a_picture_by_a_table_is_spread_with_its_alpha() -> None:
    places = np.array([[0, 1, 2]], np.uint8)
    table = np.array([[9, 9, 9], [1, 2, 3], [4, 5, 6]], np.uint8)
    webp = encode_picture(Indexed(places, table, b"\x00"), "webp")
    found = np.asarray(Image.open(io.BytesIO(webp)).convert("RGBA"))
    assert found[0, 1:].tolist() == [[1, 2, 3, 255], [4, 5, 6, 255]]
    assert found[0, 0, 3] == 0


@pytest.mark.parametrize("format", ["npy", "tif"])
def test_nothing_is_a_file_in_which_all_is_missing(format: str) -> None:
    grid = Grid.from_xyz_tile(0, 0, 0, 4)
    data = encode_values(Raster(np.empty((0, 4, 4)), np.empty((0, 4, 4), bool)), grid, (), format)
    if format == "npy":
        np.testing.assert_array_equal(np.load(io.BytesIO(data)), np.zeros((1, 4, 4)))
    else:
        with MemoryFile(data) as file, file.open() as dataset:
            assert np.isnan(dataset.read()).all()
            assert isinstance(dataset, rasterio.DatasetReader)
