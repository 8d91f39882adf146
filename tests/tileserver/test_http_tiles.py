"""Tiles over HTTP: the picture, its headers, its cache, its log."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import quote

import httpx2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sdk as wf
from tests.tileserver.conftest import Served, X, Y, Z


def rgba(response: httpx2.Response) -> NDArray[np.uint8]:
    assert response.status_code == 200, response.text
    return np.asarray(Image.open(io.BytesIO(response.content)).convert("RGBA"))


def levels(values: np.ma.MaskedArray[Any, Any], low: float, high: float) -> NDArray[np.uint8]:
    scaled: NDArray[np.uint8] = np.floor(255 * np.clip((values.filled(low) - low) / (high - low), 0, 1) + 0.5)
    return scaled.astype(np.uint8)


def mosaic(served: Served) -> np.ma.MaskedArray[Any, Any]:
    """The later scene over the earlier one."""
    early, late = served.pixels["2020-01-01"], served.pixels["2020-02-01"]
    merged: np.ma.MaskedArray[Any, Any] = np.ma.where(late.mask, early, late)
    return merged


def test_a_collection_is_drawn_as_its_mosaic(served: Served, rgb: str) -> None:
    picture = rgba(served.tile(rgb, "scales=[[0,1],[0,1],[0,0.5]]"))
    expected = mosaic(served)[:3, :256, :256]
    for band, (low, high) in enumerate([(0, 1), (0, 1), (0, 0.5)]):
        seen = ~expected[band].mask
        np.testing.assert_array_equal(picture[..., band][seen], levels(expected[band], low, high)[seen])
    np.testing.assert_array_equal(picture[..., 3] == 0, expected.mask.any(axis=0))


@pytest.mark.parametrize("reduction", ["min", "max", "mean", "median", "sum", "std", "count"])
def test_a_reduction_is_numpys(served: Served, nir: str, reduction: str) -> None:
    stack = np.ma.stack([pixels[3, :256, :256] for pixels in served.pixels.values()])
    functions = {"median": lambda stack: np.ma.median(stack, axis=0), "count": lambda stack: stack.count(axis=0)}
    found = functions.get(reduction, lambda stack: getattr(stack, reduction)(axis=0))(stack)
    expected = np.ma.masked_array(found, stack.mask.all(axis=0))
    picture = rgba(served.tile(nir, f"scales=[[0,3]]&reduction={reduction}"))
    seen = ~expected.mask
    assert np.mean(picture[..., 0][seen] != levels(expected, 0, 3)[seen]) < 0.001
    np.testing.assert_array_equal(picture[..., 3] == 0, expected.mask)


def test_bands_are_picked_after_the_reduction(served: Served, rgb: str) -> None:
    picture = rgba(served.tile(rgb, "band=blue&band=red&scales=[[0,1],[0,1]]"))
    expected = mosaic(served)[:3, :256, :256]
    seen = ~expected.mask.any(axis=0)
    np.testing.assert_array_equal(picture[..., 0][seen], levels(expected[2], 0, 1)[seen])
    np.testing.assert_array_equal(picture[..., 1][seen], levels(expected[0], 0, 1)[seen])
    assert not picture[..., 2].any()


def test_twice_the_scale_shows_every_pixel_four_times(served: Served, nir: str) -> None:
    one = rgba(served.tile(nir, "scales=[[0,1]]"))
    two = rgba(served.get(f"/xyz/{nir}/{Z}/{X}/{Y}@2x.png?scales=[[0,1]]"))
    np.testing.assert_array_equal(two, one.repeat(2, axis=0).repeat(2, axis=1))


def test_the_checkerboard_is_continuous_across_tiles(served: Served, nir: str) -> None:
    for x in (0, 1):
        board = rgba(served.tile(nir, "checkerboard=true", x=x, y=0))
        assert (board[..., 3] == 255).all()
        rows, cols = np.mgrid[:256, :256] // 16
        np.testing.assert_array_equal(board[..., 0], np.where((rows + cols) % 2 == 0, 204, 255))


def test_beyond_the_data_is_a_tile_of_nothing(served: Served, rgb: str) -> None:
    assert not rgba(served.tile(rgb, x=0, y=0)).any()


def test_a_named_matrix_set_gives_the_same_web_mercator_tile(served: Served, nir: str) -> None:
    named = served.get(f"/xyz/{nir}/WebMercatorQuad/{Z}/{X}/{Y}.png?scales=[[0,1]]")
    np.testing.assert_array_equal(rgba(named), rgba(served.tile(nir, "scales=[[0,1]]")))


def test_a_tile_has_other_addresses(served: Served, nir: str) -> None:
    tile = served.tile(nir, "scales=[[0,1]]")
    key = "".join(str((X >> bit & 1) + 2 * (Y >> bit & 1)) for bit in reversed(range(Z)))
    for path in (f"tms/{Z}/{X}/{2**Z - 1 - Y}", f"quadkey/{key}", f"EPSG:3857/{Z}/{X}/{Y}"):
        other = served.get(f"/xyz/{nir}/{path}.png?scales=[[0,1]]&_=17&cache=no")
        np.testing.assert_array_equal(rgba(other), rgba(tile))


def test_automatic_scales_are_the_layers_percentiles_and_the_same_for_all_tiles(served: Served, nir: str) -> None:
    everything = mosaic(served)[3, ::2, ::2].compressed()  # the sample has 256 pixels a side, the layer 512
    low, high = np.percentile(everything, [2, 98])
    for x, y in ((0, 0), (1, 1)):
        picture = rgba(served.tile(nir, "scales=auto", x=X + x, y=Y + y))
        values = mosaic(served)[3, y * 256 : y * 256 + 256, x * 256 : x * 256 + 256]
        difference = picture[..., 0].astype(int) - levels(values, low, high)
        assert np.abs(difference[~values.mask]).max() <= 3


def test_arguments_reach_the_function(served: Served) -> None:
    gain = wf.parameter("gain", wf.Float)
    layer = served.publish(wf.ImageCollection.from_id("field").pick_bands("nir") * gain)
    doubled = rgba(served.tile(layer, "gain=2&scales=[[0,2]]"))
    graft = quote(json.dumps((wf.Float(1.5) + 0.5).graft))
    np.testing.assert_array_equal(rgba(served.tile(layer, f"gain={graft}&scales=[[0,2]]")), doubled)
    expected = mosaic(served)[3, :256, :256] * 2
    np.testing.assert_array_equal(doubled[..., 0][~expected.mask], levels(expected, 0, 2)[~expected.mask])


def test_the_headers_of_a_tile(served: Served, nir: str) -> None:
    answer = served.tile(nir, headers={"Origin": "https://maps.example.org"})
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    stages = [stage.partition(";")[0] for stage in answer.headers["Server-Timing"].split(", ")]
    assert stages == ["search", "read", "compute", "encode"]
    read = dict(field.split("=") for field in answer.headers["Graftile-Read"].split(", "))
    assert (int(read["scenes"]), read["bytes"].isdigit()) == (2, True)  # a mosaic needs no third one
    head = httpx2.head(f"{served.url}/xyz/{nir}/{Z}/{X}/{Y}.png")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == answer.headers["ETag"]
    assert head.headers["Content-Length"] == answer.headers["Content-Length"]


def test_the_tag_follows_what_is_seen_and_nothing_else(served: Served, nir: str) -> None:
    def tag(query: str, **options: Any) -> str:
        return str(served.tile(nir, query, **options).headers["ETag"])

    base = tag("scales=[[0,1]]")
    assert tag("scales=[[0.0,1.0]]&session_id=s1") == base
    assert tag("scales=[[0,1]]&access_token=t") == base
    others = {tag("scales=[[0,2]]"), tag("scales=[[0,1]]&colormap=jet"), tag("scales=[[0,1]]", x=X + 1), tag("")}
    others |= {tag("scales=[[0,1]]&checkerboard=true"), tag("scales=[[0,1]]&reduction=min")}
    assert len(others | {base}) == 7


def test_what_the_caller_has_is_not_sent_again(served: Served, nir: str) -> None:
    tag = served.tile(nir, "scales=[[0,1]]").headers["ETag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        answer = served.tile(nir, "scales=[[0,1]]", headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert served.tile(nir, "scales=[[0,1]]", headers={"If-None-Match": '"other"'}).status_code == 200
    assert served.tile(nir, "scales=[[0,1,2]]", headers={"If-None-Match": tag}).status_code == 400


def test_a_private_layer_and_a_request_with_a_token_are_cached_by_nobody_else(served: Served, nir: str) -> None:
    private = served.publish(wf.ImageCollection.from_id("field").pick_bands("nir"), public=False)
    assert served.tile(private).headers["Cache-Control"] == "private"
    assert served.tile(nir, "access_token=t").headers["Cache-Control"] == "private"
    assert served.tile(nir, headers={"Authorization": "Bearer t"}).headers["Cache-Control"] == "private"


def test_a_layer_that_is_no_imagery_says_what_it_is(served: Served) -> None:
    answer = served.tile(served.publish(wf.Int(2) + 3))
    assert answer.status_code == 422
    assert answer.json()["error"] == "no_imagery"
    assert "Int 5" in answer.json()["message"]


def test_an_error_in_the_computation_names_the_operation(served: Served) -> None:
    answer = served.tile(served.publish(wf.ImageCollection.from_id("field").pick_bands("swir")))
    assert answer.status_code == 422
    assert "pick_bands" in answer.json()["operation"]
    assert "swir" in answer.json()["message"]
    assert answer.headers["Cache-Control"] == "no-store"
    unknown = served.tile(served.publish(wf.ImageCollection.from_id("nowhere")))
    assert (unknown.status_code, "nowhere" in unknown.json()["message"]) == (422, True)


def test_without_scales_each_tile_takes_its_own_range(served: Served, nir: str) -> None:
    values = mosaic(served)[3, :256, :256]
    picture = rgba(served.tile(nir))
    expected = levels(values, float(values.min()), float(values.max()))
    np.testing.assert_array_equal(picture[..., 0][~values.mask], expected[~values.mask])
