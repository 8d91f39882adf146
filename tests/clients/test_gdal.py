"""GDAL, through rasterio: the extent, the resolution, and every place where it is."""

from __future__ import annotations

import pytest
import rasterio
from pyproj import Transformer

from tests.clients.conftest import BOX, PIXEL, PLACES, SETS, Published, near


def open_layer(published: Published, name: str) -> rasterio.DatasetReader:
    return rasterio.open(f'WMTS:{published.document},layer={published.layer},tilematrixset="{name}",style=colours')


@pytest.mark.parametrize("name", SETS)
def test_req_32_gdal_finds_every_place(published: Published, name: str) -> None:
    with open_layer(published, name) as dataset:
        to_crs = Transformer.from_crs("OGC:CRS84", dataset.crs, always_xy=True)
        for place in PLACES.values():
            row, col = dataset.index(*to_crs.transform(*place))
            rgba = dataset.read(window=((row, row + 1), (col, col + 1)))[:, 0, 0]
            assert near(place, tuple(float(level) for level in rgba)), (place, rgba)


def test_req_14_gdal_takes_the_extent_and_the_finest_level(published: Published) -> None:
    with open_layer(published, "WorldCRS84Quad") as dataset:
        assert dataset.bounds == pytest.approx(BOX, abs=2 * PIXEL)
        assert PIXEL / 2 < dataset.res[0] <= 1.05 * PIXEL
