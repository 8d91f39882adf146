"""Small GeoTIFFs and STAC documents for tests of the catalog."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import ColorInterp

UTM = "EPSG:32633"
AT_BERLIN = rasterio.Affine(10.0, 0.0, 330000.0, 0.0, -10.0, 5822040.0)


def write_tif(
    path: Path,
    *,
    bands: int = 1,
    dtype: str = "uint8",
    crs: str | None = UTM,
    transform: rasterio.Affine = AT_BERLIN,
    nodata: float | None = None,
    descriptions: Sequence[str] = (),
    interpretation: Sequence[ColorInterp] = (),
    tags: Mapping[str, str] = {},
    data: np.ndarray[Any, Any] | None = None,
) -> Path:
    """Write a GeoTIFF of 8 columns and 6 rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if data is None:
        data = np.arange(bands * 48).reshape(bands, 6, 8).astype(dtype)
    profile = {"count": bands, "dtype": dtype, "crs": crs, "transform": transform, "nodata": nodata}
    with rasterio.open(path, "w", driver="GTiff", width=8, height=6, **profile) as dataset:
        dataset.write(data)
        dataset.update_tags(**tags)
        for index, description in enumerate(descriptions, 1):
            dataset.set_band_description(index, description)
        if interpretation:
            dataset.colorinterp = interpretation
    return path


def item(**fields: Any) -> dict[str, Any]:
    """Return an Item of a product p with one asset, `data`, at ./a.tif; `fields` replace its own."""
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "i",
        "collection": "p",
        "geometry": {"type": "Polygon", "coordinates": [[[12, 52], [13, 52], [13, 53], [12, 53], [12, 52]]]},
        "bbox": [12, 52, 13, 53],
        "properties": {"datetime": "2020-05-18T13:28:00Z", "eo:cloud_cover": 3.5},
        "links": [],
        "assets": {"data": {"href": "./a.tif", "type": "image/tiff; application=geotiff"}},
    } | fields


def collection(**fields: Any) -> dict[str, Any]:
    """Return a Collection p; `fields` replace its own."""
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": "p",
        "title": "Pea",
        "description": "A product.",
        "license": "CC0-1.0",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
        "links": [],
    } | fields


def write_json(path: Path, document: object) -> Path:
    """Write a document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return path
