"""The stack of scenes that is measured on: Cloud-Optimized GeoTIFFs, their STAC Items, a MosaicJSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import morecantile
import numpy as np
import rasterio.shutil
from affine import Affine
from numpy.typing import NDArray
from rasterio.io import MemoryFile
from rasterio.warp import transform_bounds

from benchmarks.pixels import BANDS, Landscape, draw_landscape, draw_scene

__all__ = ["DEEP_PRODUCT", "FULL", "PRODUCT", "SMALL", "Stack", "build_stack", "read_once", "write_item"]

WEB_MERCATOR = morecantile.tms.get("WebMercatorQuad")
CRS = "EPSG:32632"
RESOLUTION = 10.0  # metres
CENTRE = (500_000.0, 5_205_000.0)  # 9° E, 47° N: z13 is 13 m there
BLOCK = 512
FIRST_DATE = datetime(2024, 1, 8, 10, 30, tzinfo=UTC)
CLOUD = (0.01, 0.86)  # least and most of a scene that clouds hide
MOSAIC_ZOOM = 8  # of the MosaicJSON's cells: the stack lies in very few
PRODUCT = "stack"
DEEP_PRODUCT = "deep"
DEEP = 5  # how many times the deep product holds each scene


@dataclass(frozen=True, slots=True)
class Stack:
    """Size of each scene in pixels a side, how many dates, and the seed of it all."""

    size: int = 4096
    dates: int = 12
    seed: int = 20240108

    @property
    def name(self) -> str:
        """Name of the folder that holds it."""
        return f"stack-{self.dates}x{self.size}-{self.seed}"

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top in UTM 32N."""
        half = self.size * RESOLUTION / 2
        return CENTRE[0] - half, CENTRE[1] - half, CENTRE[0] + half, CENTRE[1] + half

    @property
    def lonlat_bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        west, south, east, north = transform_bounds(CRS, "EPSG:4326", *self.bounds)
        return west, south, east, north

    @property
    def clouds(self) -> NDArray[np.float64]:
        """Share of each date that clouds hide."""
        shares = np.linspace(*CLOUD, self.dates)
        return np.random.default_rng((self.seed, 2)).permutation(shares)

    def date(self, index: int) -> datetime:
        """Date of a scene: they spread evenly over a year."""
        return FIRST_DATE + timedelta(days=index * 365 // self.dates)


FULL = Stack()
SMALL = Stack(size=2048, dates=12)


def build_stack(stack: Stack, folder: Path) -> Path:
    """Make the stack in a folder of its own below the given one, unless it is there; return that folder.

    It holds `{date}.tif`, a folder `items` with STAC Items of the product `stack`, a folder `deep` with Items
    of the product `deep` that has each scene five times as other files, and `mosaic.json`, written last.
    """
    home = folder / stack.name
    if (home / "mosaic.json").is_file():
        return home
    for part in (home / "items", home / "deep"):
        part.mkdir(parents=True, exist_ok=True)
    landscape = draw_landscape(stack.size, stack.seed)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        paths = list(threads.map(lambda index: _write_scene(stack, landscape, index, home), range(stack.dates)))
    for index, path in enumerate(paths):
        write_item(stack, PRODUCT, stack.date(index), {"data": (path, BANDS)}, home / "items")
        for copy in range(DEEP):
            link = home / "deep" / f"{path.stem}-{copy}.tif"
            link.unlink(missing_ok=True)
            link.hardlink_to(path)
            date = stack.date(index) + timedelta(hours=copy)
            write_item(stack, DEEP_PRODUCT, date, {"data": (link, BANDS)}, home / "deep")
    (home / "mosaic.json").write_text(json.dumps(_mosaic(stack, paths)))
    return home


def read_once(home: Path) -> int:
    """Read every file, so that the system has them in memory, and return their bytes."""
    return sum(len(path.read_bytes()) for path in sorted(home.glob("*.tif")))


def _write_scene(stack: Stack, landscape: Landscape, index: int, home: Path) -> Path:
    path = home / f"{stack.date(index):%Y-%m-%d}.tif"
    pixels = draw_scene(landscape, stack.seed, index, index / stack.dates, stack.clouds[index])
    left, _, _, top = stack.bounds
    profile = {
        "driver": "GTiff", "count": len(BANDS), "width": stack.size, "height": stack.size, "dtype": "uint16",
        "crs": CRS, "transform": Affine(RESOLUTION, 0, left, 0, -RESOLUTION, top), "nodata": 0,
        "interleave": "pixel", "tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK,
    }  # fmt: skip
    with MemoryFile() as memory:
        with memory.open(**profile) as raw:
            raw.write(pixels)
            raw.descriptions = BANDS
        cog = {"compress": "DEFLATE", "predictor": 2, "blocksize": BLOCK, "overview_resampling": "AVERAGE"}
        with memory.open() as raw:
            rasterio.shutil.copy(raw, path, driver="COG", **cog)
    return path


def write_item(
    stack: Stack, product: str, date: datetime, assets: Mapping[str, tuple[Path, Sequence[str]]], folder: Path
) -> None:
    """Write a STAC Item of a stack's extent, named after its first file; the assets are files and their bands."""
    west, south, east, north = stack.lonlat_bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    name = next(path for path, _ in assets.values()).stem
    item = {
        "type": "Feature", "stac_version": "1.1.0", "stac_extensions": [], "id": name, "collection": product,
        "bbox": [west, south, east, north], "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"datetime": date.isoformat().replace("+00:00", "Z")}, "links": [],
        "assets": {
            asset: {
                "href": str(path), "type": "image/tiff; application=geotiff; profile=cloud-optimized",
                "roles": ["data"], "bands": [{"name": band} for band in bands],
            }
            for asset, (path, bands) in assets.items()
        },
    }  # fmt: skip
    (folder / f"{name}.json").write_text(json.dumps(item))


def _mosaic(stack: Stack, paths: list[Path]) -> dict[str, object]:
    cells = WEB_MERCATOR.tiles(*stack.lonlat_bounds, zooms=[MOSAIC_ZOOM])
    tiles = {WEB_MERCATOR.quadkey(cell): [str(path) for path in paths] for cell in cells}
    zooms = {"minzoom": MOSAIC_ZOOM, "maxzoom": 16, "quadkey_zoom": MOSAIC_ZOOM}
    return {"mosaicjson": "0.0.3", **zooms, "bounds": stack.lonlat_bounds, "tiles": tiles}
