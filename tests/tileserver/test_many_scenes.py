"""Many scenes on one tile: mosaics are drawn as far as the limits allow, and say so; other reductions are refused."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import httpx2
import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from PIL import Image

import sdk as wf
from tests.server_fixture import running_server
from tests.tileserver.conftest import PIXEL, WORLD, Served, X, Y, Z

SMALL = 16  # pixels a side of a scene: 256 of them fill the tile
SCENES = 256
MOST = 80


def value(number: int) -> int:
    return 1 + number % 250


def corner(number: int) -> tuple[int, int]:
    """Return the first row and column of a scene on the tile."""
    row, col = divmod(number, 16)
    return row * SMALL, col * SMALL


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of 256 small scenes side by side, and of a stack of as many that all hold one place."""
    root, data_dir = tmp_path_factory.mktemp("crowds"), tmp_path_factory.mktemp("data")
    for product in ("crowd", "stack"):
        (root / product).mkdir()
        for number in range(SCENES if product == "crowd" else 90):
            row, col = corner(number) if product == "crowd" else (0, 0)
            pixels = np.full((3, SMALL, SMALL), value(number), "uint8")
            if product == "stack" and number:
                pixels[:, number // 8 % 16] = 0  # nodata
            left, top = (X * 256 + col) * PIXEL - WORLD, WORLD - (Y * 256 + row) * PIXEL
            transform = rasterio.Affine(PIXEL, 0, left, 0, -PIXEL, top)
            profile = {"crs": "EPSG:3857", "transform": transform, "dtype": "uint8", "nodata": 0, "count": 3}
            path = root / product / f"s{number:03}_2020-01-01.tif"
            with rasterio.open(path, "w", driver="GTiff", width=SMALL, height=SMALL, **profile) as dataset:
                dataset.write(pixels)
    added = [root / "crowd", root / "stack"]
    with running_server(data_dir, add=added, limits={"scenes": MOST}) as url, Served(url, root, data_dir, {}) as found:
        yield found


def rgba(answer: httpx2.Response) -> NDArray[np.uint8]:
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def expected(first: int) -> NDArray[np.uint8]:
    """Return the tile's pixels of the scenes from one on; 0 where there are none."""
    tile = np.zeros((256, 256), np.uint8)
    for number in range(first, SCENES):
        row, col = corner(number)
        tile[row : row + SMALL, col : col + SMALL] = value(number)
    return tile


def warning(crowd: Served, layer: str, session: str) -> str:
    with crowd.http.stream("GET", f"/xyz/{layer}/logs?session_id={session}&level=WARNING") as answer:
        line = next(line for line in answer.iter_lines() if line.startswith("data:"))
    return str(json.loads(line.removeprefix("data:"))["record"]["message"])


SCALES = "scales=[[0,255],[0,255],[0,255]]"


def test_a_tile_of_too_many_scenes_shows_the_topmost_and_says_what_it_lacks(crowd: Served) -> None:
    layer = crowd.publish(wf.ImageCollection.from_id("crowd"))
    answer = crowd.tile(layer, f"{SCALES}&session_id=s")
    picture = rgba(answer)
    right = expected(SCENES - MOST)
    np.testing.assert_array_equal(picture[..., 0], right)
    np.testing.assert_array_equal(picture[..., 3] > 0, right > 0)
    assert answer.headers["Graftile-Partial"] == str(SCENES - MOST)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert warning(crowd, layer, "s") == (
        f"{SCENES - MOST} of {SCENES} scenes were not read, and may be missing: from zoom {Z + 1} on there are no more,"
        f" or the setting limits.scenes, {MOST}, allows more"
    )


def test_a_partial_tile_is_asked_for_again(crowd: Served) -> None:
    layer = crowd.publish(wf.ImageCollection.from_id("crowd"))
    first = crowd.tile(layer, SCALES)
    assert crowd.tile(layer, SCALES, headers={"If-None-Match": '"anything"'}).content == first.content


@pytest.mark.parametrize("size", ["", "@2x"])
def test_tiles_are_whole_from_the_zoom_on_that_is_named(crowd: Served, size: str) -> None:
    layer = crowd.publish(wf.ImageCollection.from_id("crowd"))
    whole = crowd.get(f"/xyz/{layer}/{Z + 1}/{2 * X + 1}/{2 * Y + 1}{size}.png?{SCALES}")
    assert "Graftile-Partial" not in whole.headers
    assert "ETag" in whole.headers
    side = 512 if size else 256
    right = np.kron(expected(0)[128:, 128:], np.ones((side // 128, side // 128), np.uint8))
    np.testing.assert_array_equal(rgba(whole)[..., 0], right)


DERIVED = {
    "a band": lambda crowd: crowd.pick_bands("red"),
    "a mosaic": lambda crowd: crowd.mosaic().pick_bands("red"),
    "what is computed of a mosaic": lambda crowd: crowd.mosaic().pick_bands("red") + 0,
    "a mosaic of what is computed": lambda crowd: (crowd.pick_bands("red") + 0).mosaic(),
    "a mosaic of masked scenes": lambda crowd: crowd.pick_bands("red").mask(crowd.pick_bands("red") < 0),
}


@pytest.mark.parametrize("made", DERIVED.values(), ids=DERIVED.keys())
def test_whatever_stands_on_a_mosaic_is_partial_with_it(crowd: Served, made: object) -> None:
    layer = crowd.publish(made(wf.ImageCollection.from_id("crowd")))  # type: ignore[operator]
    answer = crowd.tile(layer, "scales=[[0,255]]")
    np.testing.assert_array_equal(rgba(answer)[..., 0], expected(SCENES - MOST))
    assert answer.headers["Graftile-Partial"] == str(SCENES - MOST)


@pytest.mark.parametrize("reverse", [False, True])
def test_scenes_below_are_read_as_far_as_pixels_are_missing(crowd: Served, reverse: bool) -> None:
    layer = crowd.publish(wf.ImageCollection.from_id("stack").mosaic(reverse=reverse).pick_bands("red"))
    answer = crowd.tile(layer, "scales=[[0,255]]&session_id=deep")
    stack = [np.full(SMALL, value(number)) for number in range(90)]
    for number in range(1, 90):
        stack[number][number // 8 % 16] = 0
    on_top = stack if reverse else stack[::-1]
    column = np.zeros(SMALL, int)
    for layer_values in on_top:
        column = np.where(column == 0, layer_values, column)
    np.testing.assert_array_equal(rgba(answer)[:SMALL, 0, 0], column)
    assert (
        "Graftile-Partial" not in answer.headers
    )  # 90 are more than the limit, and what they hold is known all the same


def test_booleans_stay_so(crowd: Served) -> None:
    few = wf.ImageCollection.from_id("crowd").pick_bands("red") > 100
    layer = crowd.publish(~few.mosaic())
    picture = rgba(crowd.tile(layer, "scales=[[0,1]]"))
    right = expected(SCENES - MOST)
    np.testing.assert_array_equal(picture[..., 0][right > 0], np.where(right > 100, 0, 255)[right > 0])


@pytest.mark.parametrize("reduction", ["median", "mean", "max", "count"])
def test_other_reductions_need_all_scenes_and_say_where_they_are_fewer(crowd: Served, reduction: str) -> None:
    layer = crowd.publish(wf.ImageCollection.from_id("crowd").pick_bands("red"))
    answer = crowd.tile(layer, f"scales=[[0,255]]&reduction={reduction}")
    assert answer.status_code == 413
    assert f"the pixels of 256 scenes are needed, more than the limit of {MOST}: from zoom {Z + 1} on" in answer.text
    assert "limits.scenes" in answer.text
    deeper = crowd.get(f"/xyz/{layer}/{Z + 1}/{2 * X + 1}/{2 * Y + 1}.png?scales=auto&reduction={reduction}")
    assert deeper.status_code == 200, deeper.text


def test_what_lies_above_one_another_is_fewer_at_no_zoom(crowd: Served) -> None:
    layer = crowd.publish(wf.ImageCollection.from_id("stack").pick_bands("red").median(axis="images"))
    answer = crowd.tile(layer, "scales=[[0,255]]")
    assert answer.status_code == 413
    assert "as many lie above one another, and the setting limits.scenes, 80, allows more" in answer.text


def test_automatic_scales_are_those_of_the_topmost_and_make_no_whole_tile_partial(crowd: Served) -> None:
    layer = crowd.publish(wf.ImageCollection.from_id("crowd").pick_bands("red"))
    whole = crowd.get(f"/xyz/{layer}/{Z + 1}/{2 * X + 1}/{2 * Y + 1}.png?scales=auto&session_id=a")
    assert whole.status_code == 200, whole.text
    assert "Graftile-Partial" not in whole.headers
    assert warning(crowd, layer, "a").startswith("scales=auto: 176 of 256 scenes were not read")
    low, high = crowd.get(f"/xyz/{layer}/legend.json?scales=auto").json()["bands"][0]["scale"]
    assert (low, high) == (
        pytest.approx(np.percentile(expected(176)[expected(176) > 0], 2), abs=6),
        pytest.approx(248, abs=6),
    )


def test_wmts_ogc_and_inspect_go_by_the_same_rule(crowd: Served) -> None:
    collection = wf.ImageCollection.from_id("crowd").pick_bands("red")
    layer = crowd.publish(collection)
    lacking = str(SCENES - MOST)
    wmts = f"SERVICE=WMTS&VERSION=1.0.0&LAYER={layer}&STYLE=default&FORMAT=image/png&TILEMATRIXSET=EPSG:3857"
    place = f"TILEMATRIX={Z}&TILEROW={Y}&TILECOL={X}"
    info = f"REQUEST=GetFeatureInfo&INFOFORMAT=application/json&I=3&J=3&{wmts}&{place}"
    for path in (
        f"/wmts/xyz/{layer}?REQUEST=GetTile&{wmts}&{place}",
        f"/wmts/xyz/{layer}?{info}",
        f"/ogc/xyz/{layer}/collections/{layer}/map/tiles/WebMercatorQuad/{Z}/{Y}/{X}",
    ):
        answer = crowd.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Graftile-Partial"] == lacking
        assert answer.headers["Cache-Control"] == "no-store"
    left, top = X * 256 * PIXEL - WORLD, WORLD - Y * 256 * PIXEL
    side = 256 * PIXEL
    geoctx = wf.GeoContext(
        bounds=(left, top - side, left + side, top), bounds_crs="EPSG:3857", crs="EPSG:3857", shape=(256, 256)
    )
    client = wf.Client(crowd.url)
    with pytest.warns(UserWarning, match=f"the result lacks {lacking} scenes"):
        result = collection.mosaic().inspect(geoctx, client=client)
    np.testing.assert_array_equal(result.ndarray.filled(0)[0], expected(SCENES - MOST))
