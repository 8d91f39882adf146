"""Rasters as cloud-optimized GeoTIFFs, and what STAC says of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pystac
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.warp import transform_geom
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

__all__ = ["EXTENSIONS", "collect", "describe", "write_cog"]

EXTENSIONS = [
    "https://stac-extensions.github.io/eo/v2.0.0/schema.json",
    "https://stac-extensions.github.io/raster/v2.0.0/schema.json",
]


def write_cog(
    path: Path,
    pixels: NDArray[np.generic],
    transform: Affine,
    crs: str,
    *,
    nodata: float | None = None,
    scale: float = 1.0,
    overviews: str = "average",
) -> None:
    """Write pixels (y, x) as a cloud-optimized GeoTIFF with overviews made by that resampling."""
    with rasterio.open(
        path,
        "w",
        driver="COG",
        height=pixels.shape[0],
        width=pixels.shape[1],
        count=1,
        dtype=pixels.dtype,
        crs=crs,
        transform=transform,
        nodata=nodata,
        compress="deflate",
        level=1,
        predictor=2,
        blocksize=256,
        overview_resampling=overviews,
    ) as raster:
        raster.write(pixels, 1)
        raster.scales = (scale,)


def describe(
    item_id: str, when: datetime, outline: BaseGeometry, crs: str, properties: dict[str, Any], **bands: dict[str, Any]
) -> pystac.Item:
    """Return an Item whose bands are files of their names in its folder; the outline is in the CRS."""
    footprint = shape(transform_geom(crs, "OGC:CRS84", mapping(outline), precision=7))
    bbox = list(footprint.bounds)
    item = pystac.Item(item_id, mapping(footprint), bbox, when, properties, stac_extensions=EXTENSIONS)
    for name, fields in bands.items():
        extra = {"bands": [{"name": name, **fields}]}
        item.add_asset(name, pystac.Asset(f"./{name}.tif", name, None, pystac.MediaType.COG, ["data"], extra))
    return item


def collect(
    folder: Path, collection_id: str, title: str, description: str, licence: str, items: list[pystac.Item]
) -> None:
    """Write `collection.json` and the Items, `<id>/<id>.json` each, into the folder."""
    collection = pystac.Collection(
        collection_id, description, pystac.Extent.from_items(items), title, license=licence, keywords=["demo"]
    )
    collection.add_items(items)
    collection.normalize_and_save(str(folder), pystac.CatalogType.SELF_CONTAINED)
