"""GDAL, through rasterio: the extent, the resolution, and every place where it is."""

from __future__ import annotations

import pytest

from tests.clients.conftest import BOX, PIXEL, PLACES, SETS, Published, near
from tests.gdal import LonLat, Opened, open_in_gdal


def open_layer(published: Published, name: str, *places: LonLat) -> Opened:
    layer = f'WMTS:{published.document},layer={published.layer},tilematrixset="{name}",style=colours'
    return open_in_gdal(layer, places)


@pytest.mark.parametrize("name", SETS)
def test_req_32_gdal_finds_every_place(published: Published, name: str) -> None:
    opened = open_layer(published, name, *PLACES.values())
    for place, rgba in zip(PLACES.values(), opened.values, strict=True):
        assert near(place, rgba), (place, rgba)


def test_req_14_gdal_takes_the_extent_and_the_finest_level(published: Published) -> None:
    opened = open_layer(published, "WorldCRS84Quad")
    assert opened.bounds == pytest.approx(BOX, abs=2 * PIXEL)
    assert PIXEL / 2 < opened.resolution[0] <= 1.05 * PIXEL
