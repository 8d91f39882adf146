"""A published GeoTIFF whose colours say where they are: red is longitude, green latitude, outside is transparent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
import rasterio

import sdk as wf
from sdk.service.computation import Computation
from tests.server_fixture import running_server

BOX = (5.5, 45.0, 11.5, 48.0)
PIXEL = 0.01  # degrees
COLOURS = {"id": "colours", "bands": ["lon", "lat"], "scales": [[BOX[0], BOX[2]], [BOX[1], BOX[3]]]}
# Degrees by which a decoded place may be off: half a colour, a pixel of the file, and one of the screen.
NEAR_LON, NEAR_LAT = (BOX[2] - BOX[0]) / 510 + 2 * PIXEL, (BOX[3] - BOX[1]) / 510 + 2 * PIXEL
PLACES = {"west": (5.6, 46.5), "middle": (8.5, 46.5), "south-east": (11.2, 45.2), "north": (8.0, 47.9)}
OUTSIDE = (5.3, 46.5)
SETS = ("WebMercatorQuad", "WebMercatorQuadx2", "WorldCRS84Quad", "EPSG:4326")


@dataclass(frozen=True)
class Published:
    """A server, and its layer."""

    url: str
    layer: str

    @property
    def document(self) -> str:
        return f"{self.url}/wmts/xyz/{self.layer}/1.0.0/WMTSCapabilities.xml"


def decode(rgba: tuple[float, ...]) -> tuple[float, float]:
    """Return longitude and latitude of a colour."""
    west, south, east, north = BOX
    return west + rgba[0] / 255 * (east - west), south + rgba[1] / 255 * (north - south)


def near(place: tuple[float, float], rgba: Any) -> bool:
    """Whether an opaque colour is that of a place."""
    lon, lat = decode(rgba)
    return rgba[3] == 255 and abs(lon - place[0]) <= NEAR_LON and abs(lat - place[1]) <= NEAR_LAT


def write_colours(path: Path) -> Path:
    """Write the GeoTIFF: bands of longitude and latitude in degrees."""
    rows, cols = round((BOX[3] - BOX[1]) / PIXEL), round((BOX[2] - BOX[0]) / PIXEL)
    lon, lat = np.meshgrid(BOX[0] + (np.arange(cols) + 0.5) * PIXEL, BOX[3] - (np.arange(rows) + 0.5) * PIXEL)
    transform = rasterio.Affine(PIXEL, 0, BOX[0], 0, -PIXEL, BOX[3])
    profile = {"crs": "EPSG:4326", "transform": transform, "nodata": -9999.0, "dtype": "float32"}
    with rasterio.open(path, "w", driver="GTiff", width=cols, height=rows, count=2, **profile) as dataset:
        dataset.write(np.stack([lon, lat]).astype(np.float32))
        dataset.descriptions = ("lon", "lat")
    return path


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A server that publishes it."""
    folder = tmp_path_factory.mktemp("colours")
    path = write_colours(folder / "colours_2020-01-01.tif")
    with running_server(tmp_path_factory.mktemp("data"), add=[path]) as url:
        product = httpx2.get(f"{url}/api/catalog/products").json()["products"][0]["id"]
        body = Computation.of(wf.ImageCollection.from_id(product)).to_json()
        made = httpx2.post(f"{url}/api/xyz", json={**body, "name": "Colours", "viz_options": [COLOURS]})
        assert made.status_code == 201, made.text
        yield Published(url, made.json()["id"])
