"""Raster files: what is known of them once they have been opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import rasterio
import shapely
from pyproj.exceptions import ProjError
from rasterio.dtypes import dtype_ranges
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from graft_eval.grid import transformer
from graft_eval.lonlat import outline_in_lonlat
from graft_eval.raster.handles import open_dataset
from graft_eval.scene import Asset
from tileserver.catalog.errors import RasterError

__all__ = ["RasterFile", "open_raster"]

READABLE = {*dtype_ranges, "float16"}  # no complex numbers
OUTLINE_POINTS = 21  # on each edge, where it becomes a curve in longitude and latitude


@dataclass(frozen=True, slots=True)
class RasterFile:
    """A raster file's grid, and of each of its bands, in order: type, nodata, description, unit.

    `alpha` is the index of its alpha band, from 1; `mask` what says which pixels are missing beside nodata.
    """

    asset: Asset
    dtypes: tuple[str, ...]
    nodata: tuple[float | None, ...]
    descriptions: tuple[str | None, ...]
    units: tuple[str | None, ...]
    alpha: int | None
    mask: Literal["alpha", "dataset"] | None

    @property
    def geographic(self) -> bool:
        """Whether the grid itself is one of longitudes and latitudes."""
        return bool(rasterio.crs.CRS.from_user_input(self.asset.crs).is_geographic)

    @property
    def outline(self) -> BaseGeometry:
        """The outline of the grid in longitude and latitude."""
        rows, cols = self.asset.shape
        outline: Polygon = shapely.segmentize(box(0, 0, cols, rows), max(rows, cols) / OUTLINE_POINTS)
        x, y = rasterio.Affine(*self.asset.transform) @ shapely.get_coordinates(outline).T
        return outline_in_lonlat(Polygon(np.column_stack([x, y])), transformer(self.asset.crs, "OGC:CRS84"))


def open_raster(location: str, fingerprint: str) -> RasterFile:
    """Open the raster at a checked location; raises `RasterError` where it is none or has no place on a map."""
    try:
        with open_dataset(location) as dataset:
            return _describe(dataset, location, fingerprint)
    except NotGeoreferencedWarning as exc:
        raise RasterError(f"{location} is not georeferenced") from exc
    except (RasterioError, ProjError, OSError) as exc:
        raise RasterError(f"{location} is no GeoTIFF or JPEG 2000 file that can be read: {exc}") from exc


def _describe(dataset: DatasetReader, location: str, fingerprint: str) -> RasterFile:
    if dataset.crs is None:
        raise RasterError(f"{location} has no coordinate reference system")
    if dataset.transform.is_identity or dataset.transform.is_degenerate:
        raise RasterError(f"{location} is not georeferenced")
    if strange := [dtype for dtype in dataset.dtypes if dtype not in READABLE]:
        raise RasterError(f"{location} holds {strange[0]} pixels: integers and floating point numbers can be read")
    alpha = next((i for i, what in enumerate(dataset.colorinterp, 1) if what == ColorInterp.alpha), None)
    flags = {flag for band in dataset.mask_flag_enums for flag in band}
    return RasterFile(
        asset=Asset(
            href=location,
            crs=_crs_name(dataset),
            transform=tuple(dataset.transform)[:6],
            shape=dataset.shape,
            overviews=tuple(_overview_shapes(dataset, location)),
            block=dataset.block_shapes[0],
            fingerprint=fingerprint,
        ),
        # GDAL before 3.11 calls half precision float32, later ones float16: it is read as float32, which holds it all.
        dtypes=tuple("float32" if dtype == "float16" else dtype for dtype in dataset.dtypes),
        nodata=dataset.nodatavals,
        descriptions=dataset.descriptions,
        units=dataset.units,
        alpha=alpha,
        mask="alpha" if alpha else "dataset" if MaskFlags.per_dataset in flags else None,
    )


def _crs_name(dataset: DatasetReader) -> str:
    # A code is the CRS itself at full confidence alone: below it, GDAL takes one that resembles it.
    code = dataset.crs.to_epsg(confidence_threshold=100)
    return f"EPSG:{code}" if code else str(dataset.crs.to_wkt())


def _overview_shapes(dataset: DatasetReader, location: str) -> list[tuple[int, int]]:
    shapes = []
    for level in range(len(dataset.overviews(1))):
        with open_dataset(location, level) as overview:
            shapes.append(overview.shape)
    return shapes
