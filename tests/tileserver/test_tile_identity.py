"""The same pixels in four tiles of 256, in one of 512, in WMTS, and in what `inspect` computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import sdk as wf
from tests.tileserver.conftest import WORLD, Served, X, Y, Z
from tests.tileserver.wmts_client import Wmts, rgba

RESAMPLERS = ["near", "bilinear", "cubic", "average"]
STYLE = {"id": "grey", "bands": ["nir"], "scales": [[0, 1]]}


AROUND = ["edges of edges", "relief", "arrays"]  # computations that look around each pixel, or at all of a tile
EDGES = wf.Kernel(dims=(3, 4), data=[0.1, 0.2, 0.1, 0.0, 0.0, 0.3, 0.0, 0.1, -0.1, 0.2, -0.1, 0.3])


def computation(name: str) -> Any:
    """A mean by a resampler, of what is around each pixel of every image, or of arrays of their pixels."""
    images = wf.ImageCollection.from_id("field", resampler=name if name in RESAMPLERS else None).pick_bands("nir")
    if name == "edges of edges":
        images = wf.conv2d(wf.conv2d(images, EDGES), EDGES)
    elif name == "relief":
        images = images.hillshade(z_factor=3000) / 255
    elif name == "arrays":
        images = wf.numpy.sqrt(images.ndarray).to_imagery(bandinfo={"nir": {}}) ** 2
    elif name == "steepness, smoothed":
        images = (images.slope(z_factor=3000) / 90).focal("median", 5)
    return images.mean(axis="images")


def four_tiles(served: Served, layer: str, z: int, x: int, y: int) -> NDArray[np.uint8]:
    """The four tiles of the next zoom, put together."""
    tiles = [
        [rgba(served.get(f"/xyz/{layer}/{z + 1}/{2 * x + col}/{2 * y + row}.png?viz=grey")) for col in (0, 1)]
        for row in (0, 1)
    ]
    return np.concatenate([np.concatenate(row, axis=1) for row in tiles])


@pytest.mark.parametrize("name", RESAMPLERS + AROUND)
@pytest.mark.parametrize("zoom", [Z - 3, Z - 1, Z, Z + 3])
def test_four_tiles_are_one_of_twice_the_size(served: Served, name: str, zoom: int) -> None:
    layer = served.publish(computation(name), viz_options=[STYLE])
    x, y = (int((place + 0.8) * 2.0 ** (zoom - Z)) for place in (X, Y))
    tiles = four_tiles(served, layer, zoom, x, y)
    assert tiles[..., 3].any()
    twice = rgba(served.get(f"/xyz/{layer}/{zoom}/{x}/{y}@2x.png?viz=grey"))
    np.testing.assert_array_equal(twice, tiles)
    wmts = Wmts(served.http, f"xyz/{layer}")
    place = {"style": "grey", "TileMatrix": zoom, "TileRow": y, "TileCol": x}
    np.testing.assert_array_equal(rgba(wmts.tile(layer, TileMatrixSet="WebMercatorQuadx2", **place)), tiles)
    finer = {"style": "grey", "TileMatrix": zoom + 1, "TileRow": 2 * y + 1, "TileCol": 2 * x + 1}
    np.testing.assert_array_equal(rgba(wmts.tile(layer, **finer)), tiles[256:, 256:])


@pytest.mark.parametrize("name", RESAMPLERS + AROUND)
def test_what_is_inspected_is_what_the_tiles_show(served: Served, name: str) -> None:
    layer = served.publish(computation(name), viz_options=[STYLE])
    tiles = four_tiles(served, layer, Z, X, Y)
    size = 2 * WORLD / 2 ** (Z + 1) / 256
    left, top = 2 * X * 256 * size - WORLD, WORLD - 2 * Y * 256 * size
    around = wf.GeoContext(
        bounds=(left - 256 * size, top - 768 * size, left + 768 * size, top + 256 * size),
        bounds_crs="EPSG:3857", crs="EPSG:3857", resolution=size,
    )  # fmt: skip
    values = computation(name).inspect(around, client=wf.Client(served.url)).ndarray[0]
    assert values.shape == (1024, 1024)
    inner = values[256:768, 256:768]
    grey = np.floor(255 * np.clip(inner.filled(0), 0, 1) + 0.5)
    np.testing.assert_array_equal(tiles[..., 3] == 0, np.ma.getmaskarray(inner))
    np.testing.assert_array_equal(tiles[..., 0][~inner.mask], grey[~inner.mask])
