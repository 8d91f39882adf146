"""A STAC API on this machine, rustac's own server, whose Items name files of another server on this machine.

`with running_stac_api(folder) as api:` gives `api.url`, the root to give to `graftile catalog add-api`;
`api.collection`, which has an image of each of the first four months of 2020 with the bands red, green, blue and nir
(uint16, scale 0.0001) on the tile `api.tile` of the map and those right of and below it; `api.host`, the `name:port`
of the files, for the setting `asset_hosts`; and `api.files`, which counts what is asked for and may answer late.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.warp import transform_bounds

from benchmarks.ranges import Ranges, serve_ranges

__all__ = ["BANDS", "COLLECTION", "MONTHS", "StacApi", "make_items", "pixels_of", "running_stac_api", "serve_stac"]

COLLECTION: Final = "sentinel-2-l2a"
BANDS: Final = ("red", "green", "blue", "nir")
MONTHS: Final = (1, 2, 3, 4)
TILE: Final = (10, 550, 335)  # zoom, column, row; near Berlin
SIDE: Final = 512
WORLD: Final = 20037508.342789244
PIXEL: Final = 2 * WORLD / 2 ** TILE[0] / 256
STARTING_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class StacApi:
    """A running STAC API and the server of its files."""

    url: str
    files: Ranges
    collection: str = COLLECTION
    tile: tuple[int, int, int] = TILE

    @property
    def host(self) -> str:
        """The `name:port` of the files."""
        return urlsplit(self.files.url).netloc


@contextmanager
def running_stac_api(folder: Path) -> Iterator[StacApi]:
    """Serve made imagery by a STAC API meanwhile; what it takes is written to the folder."""
    files = folder / "files"
    files.mkdir(parents=True)
    with serve_ranges(Ranges(files)) as ranges, serve_stac(folder, make_items(files, ranges.url)) as url:
        yield StacApi(url, ranges)


@contextmanager
def serve_stac(folder: Path, items: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Serve Items of the collection by rustac's own server meanwhile, and give its URL."""
    documents = {"collection": collection(), "items": {"type": "FeatureCollection", "features": items}}
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "{}:{}".format(*free.getsockname())
    rustac = Path(sys.executable).with_name("rustac")
    command = [str(rustac), "serve", "--addr", address, "collection.json", "items.json"]
    said = folder / "stac.log"
    with said.open("wb") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as server:
        try:
            _wait_for(f"http://{address}", server, said)
            yield f"http://{address}"
        finally:
            server.terminate()


def make_items(folder: Path, url: str) -> list[dict[str, Any]]:
    """Write the files of all images to a folder, and return their Items, with the files below a URL."""
    return [_make_item(folder, url, month) for month in MONTHS]


def pixels_of(month: int, band: str) -> NDArray[np.uint16]:
    """Return the stored numbers of a band, (row, col): 0 is missing."""
    rows, cols = np.mgrid[:SIDE, :SIDE]
    pixels: NDArray[np.uint16] = (1000 * month + 100 * BANDS.index(band) + (rows + 2 * cols) % 997).astype(np.uint16)
    pixels[(rows // 32 + cols // 32) % 9 == month] = 0
    return pixels


def collection() -> dict[str, Any]:
    """Return the Collection."""
    return {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": COLLECTION,
        "title": "Sentinel-2, made up",
        "description": "Images of made numbers.",
        "license": "CC0-1.0",
        "extent": {
            "spatial": {"bbox": [[-180, -90, 180, 90]]},
            "temporal": {"interval": [["2015-06-27T00:00:00Z", None]]},
        },
        "links": [],
    }


def _make_item(folder: Path, url: str, month: int) -> dict[str, Any]:
    name = f"S2_2020{month:02}15"
    west, south, east, north = transform_bounds("EPSG:3857", "OGC:CRS84", *_bounds())
    assets = {}
    for band in BANDS:
        _write(folder / f"{name}_{band}.tif", pixels_of(month, band))
        assets[band] = {
            "href": f"{url}/{name}_{band}.tif",
            "type": "image/tiff; application=geotiff; profile=cloud-optimized",
            "roles": ["data"],
            "bands": [{"name": band, "eo:common_name": band}],
            "raster:scale": 0.0001,
        }
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": name,
        "collection": COLLECTION,
        "bbox": [west, south, east, north],
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"datetime": f"2020-{month:02}-15T10:30:00Z", "eo:cloud_cover": 10.0 * month},
        "links": [],
        "assets": assets,
    }


def _bounds() -> tuple[float, float, float, float]:
    _, col, row = TILE
    left, top = col * 256 * PIXEL - WORLD, WORLD - row * 256 * PIXEL
    return left, top - SIDE * PIXEL, left + SIDE * PIXEL, top


def _write(path: Path, pixels: NDArray[np.uint16]) -> None:
    left, _, _, top = _bounds()
    profile = {
        "driver": "COG", "dtype": "uint16", "count": 1, "width": SIDE, "height": SIDE, "crs": "EPSG:3857", "nodata": 0,
        "transform": rasterio.Affine(PIXEL, 0, left, 0, -PIXEL, top), "blocksize": 256, "compress": "DEFLATE",
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(pixels, 1)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < ends and server.poll() is None:
        try:
            httpx2.get(url)
            return
        except httpx2.TransportError:
            time.sleep(0.02)
    raise RuntimeError(f"the STAC API did not start: {log.read_text()}")
