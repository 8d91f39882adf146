"""Raster files: their grids, and the metadata of their bands."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Literal

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.exceptions import ProjError
from rasterio._err import CPLE_BaseError
from rasterio.dtypes import dtype_ranges
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from graft_eval.crs import transformer
from graft_eval.lonlat import follow_antimeridian, outline_in_lonlat
from graft_eval.palette import Palette
from graft_eval.raster.access import NOWHERE, RemoteAccess
from graft_eval.raster.handles import open_dataset
from graft_eval.raster.signatures import unsigned, without_queries
from graft_eval.scene import Asset
from tileserver.catalog.errors import RasterError, explain
from tileserver.catalog.georeferencing import NOT_GEOREFERENCED, grid_crs
from tileserver.catalog.palettes import read_palette

__all__ = ["RasterFile", "open_raster", "outline_of", "read_valid", "statistics_of"]

Mask = Literal["alpha", "dataset"]

READABLE = {*dtype_ranges, "float16"}  # no complex numbers
GRIDS = ("netCDF", "Zarr")
LONLAT = "EPSG:4326"  # of grids of degrees without a coordinate reference system
MAX_NAMES = 5  # variables in a message
CELLS = 64  # on each side, where parts of a grid have no longitude and latitude
DATE_TAGS = (("ACQUISITIONDATETIME", "IMAGERY"), ("TIFFTAG_DATETIME", None))
STATISTICS_SIDE = 512  # pixels on each side that a file's least and greatest values are taken from
OUTLINE_POINTS = 21  # on each edge, where it becomes a curve in longitude and latitude


@dataclass(frozen=True, slots=True)
class RasterFile:
    """A raster file's grid, and what it says of its bands, each in a tuple of all of them, in order.

    `alpha` is the index of its alpha band, from 1; `mask` names what marks missing pixels besides nodata.
    """

    asset: Asset
    dtypes: tuple[str, ...]
    bits: tuple[int | None, ...]
    nodata: tuple[float | None, ...]
    descriptions: tuple[str | None, ...]
    units: tuple[str | None, ...]
    colours: tuple[str, ...]
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    palettes: tuple[Palette | None, ...]
    alpha: int | None
    mask: Mask | None
    access: RemoteAccess = NOWHERE  # by which it is read, if it is remote
    date_tags: tuple[str, ...] = ()
    statistics: tuple[Mapping[str, float] | None, ...] = ()  # of each band, where they were asked for

    @property
    def geographic(self) -> bool:
        """True if the grid is one of longitudes and latitudes."""
        return bool(rasterio.crs.CRS.from_user_input(self.asset.crs).is_geographic)

    @property
    def outline(self) -> BaseGeometry:
        """The outline of the grid in longitude and latitude; what has none is left out.

        Raises `RasterError` if no part of the grid has a longitude and a latitude.
        """
        return outline_of(self.asset.crs, self.asset.transform, self.asset.shape)


@lru_cache(maxsize=1024)  # of the files of one grid; 1 ms each
def outline_of(crs: str, transform: tuple[float, ...], shape: tuple[int, int]) -> BaseGeometry:
    """Return the outline of a grid in longitude and latitude; raises `RasterError` if no part of it has these."""
    rows, cols = shape
    affine = rasterio.Affine(*transform)
    whole: Polygon = shapely.segmentize(box(0, 0, cols, rows), max(rows, cols) / OUTLINE_POINTS)
    try:
        to_lonlat = transformer(crs, "OGC:CRS84")
        x, y = affine @ shapely.get_coordinates(whole).T
        if np.isfinite(to_lonlat.transform(x, y)).all():
            return outline_in_lonlat(Polygon(np.column_stack([x, y])), to_lonlat)
        return _outline_of_cells(affine, shape, to_lonlat)
    except ProjError as exc:
        reason = explain(exc).partition(" You may override")[0]
        raise RasterError(f"nothing leads from its coordinate reference system to the map: {reason}") from exc


def _outline_of_cells(affine: rasterio.Affine, shape: tuple[int, int], to_lonlat: Transformer) -> BaseGeometry:
    """Return the outline of those cells of a coarse grid whose corners all have a longitude and a latitude."""
    rows, cols = np.meshgrid(*(np.linspace(0, size, CELLS + 1) for size in shape), indexing="ij")
    x, y = affine @ np.array([cols.ravel(), rows.ravel()])
    lon, lat = (values.reshape(rows.shape) for values in to_lonlat.transform(x, y))
    points = np.stack([lon, lat], axis=-1)
    rings = np.stack([points[:-1, :-1], points[:-1, 1:], points[1:, 1:], points[1:, :-1]], axis=2).reshape(-1, 4, 2)
    rings = rings[np.isfinite(rings).all(axis=(1, 2))]
    if not len(rings):
        raise RasterError("no part of its grid has a longitude and a latitude")
    return follow_antimeridian(MultiPolygon([Polygon(ring) for ring in rings]))


def open_raster(
    location: str,
    fingerprint: str,
    access: RemoteAccess = NOWHERE,
    crs: str | None = None,
    *,
    roots: tuple[str, ...] = (),
    measured: bool = False,
) -> RasterFile:
    """Open the raster at a checked location, with its bands' statistics if it is to be `measured`.

    `crs` is what its grid is in, whatever the file says; the files of a VRT lie in the folders `roots`. Raises
    `RasterError` if it is none or has no place on a map.
    """
    try:
        with open_dataset(location, version=fingerprint, access=access, roots=roots) as dataset:
            file = _describe(dataset, location, fingerprint, access, crs, roots)
            if measured:
                file = replace(file, statistics=_measure(dataset, file))
        if file.outline.is_empty:
            raise RasterError("its grid covers nothing on the map")
    except NotGeoreferencedWarning as exc:
        raise RasterError(f"{location} {NOT_GEOREFERENCED}") from exc
    except (RasterioError, CPLE_BaseError, OSError) as exc:
        raise RasterError(f"{unsigned(location)} cannot be read: {without_queries(explain(exc))}") from exc
    except RasterError as exc:
        raise exc if location in str(exc) else RasterError(f"{location}: {exc}") from exc
    return file


def read_valid(
    dataset: DatasetReader, index: int, mask: Mask | None, nodata: float | None, **options: Any
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """Read a band, with rasterio's options, and which of its pixels are there, by GDAL's rule on masks."""
    values = dataset.read(index, **options)
    valid = ~np.isnan(values) if values.dtype.kind == "f" else np.ones(values.shape, np.bool_)
    if mask == "dataset":
        valid &= dataset.read_masks(1, **options) != 0
    elif mask == "alpha":
        valid &= dataset.read(dataset.colorinterp.index(ColorInterp.alpha) + 1, **options) != 0
    elif nodata is not None:
        with np.errstate(over="ignore"):  # in the precision of floats; what integers cannot hold equals none of them
            valid &= values != (values.dtype.type(nodata) if values.dtype.kind == "f" else nodata)
    return values, valid


def _describe(
    dataset: DatasetReader,
    location: str,
    fingerprint: str,
    access: RemoteAccess,
    crs: str | None,
    roots: tuple[str, ...],
) -> RasterFile:
    if not dataset.count:
        names = ", ".join(f"{location}:{name.rpartition(':')[2]}" for name in dataset.subdatasets[:MAX_NAMES]) or "none"
        raise RasterError(f"{location} holds several variables, of which one has to be named: {names}")
    if crs is None and dataset.crs is None and _has_degrees(dataset):
        crs = LONLAT
    crs = grid_crs(dataset, location, crs)
    if strange := [dtype for dtype in dataset.dtypes if dtype not in READABLE]:
        name = PurePath(location).name
        raise RasterError(
            f"{location} holds {strange[0]} pixels: integers and floating point numbers can be read; gdal_calc.py "
            f"-A {shlex.quote(name)} --calc='abs(A)' --type=Float32 --outfile=amplitude.tif makes its amplitude"
        )
    alpha = next((i for i, what in enumerate(dataset.colorinterp, 1) if what == ColorInterp.alpha), None)
    mask = _mask_of(dataset)
    return RasterFile(
        asset=Asset(
            href=location,
            crs=crs,
            transform=tuple(dataset.transform)[:6],
            shape=dataset.shape,
            overviews=tuple(_overview_shapes(dataset, mask, location, fingerprint, access, roots)),
            block=dataset.block_shapes[0],
            fingerprint=fingerprint,
            roots=roots if dataset.driver == "VRT" else (),
        ),
        # GDAL before 3.11 calls half precision float32, later ones float16: it is read as float32, which holds it all.
        dtypes=tuple("float32" if dtype == "float16" else dtype for dtype in dataset.dtypes),
        bits=tuple(_bits_of(dataset, index) for index in dataset.indexes),
        nodata=dataset.nodatavals,
        descriptions=dataset.descriptions,
        units=dataset.units,
        colours=tuple(colour.name for colour in dataset.colorinterp),
        scales=dataset.scales,
        offsets=dataset.offsets,
        palettes=tuple(read_palette(dataset, index) for index in dataset.indexes),
        alpha=alpha,
        mask=mask,
        access=access,
        date_tags=tuple(tag for name, domain in DATE_TAGS if (tag := dataset.get_tag_item(name, domain)) is not None),
    )


def _bits_of(dataset: DatasetReader, index: int) -> int | None:
    """Return of how many bits a band's integers are, if of less than their type."""
    bits = dataset.tags(index, ns="IMAGE_STRUCTURE").get("NBITS", "")
    return int(bits) if bits.isdigit() and np.dtype(dataset.dtypes[index - 1]).kind == "u" else None


def _has_degrees(dataset: DatasetReader) -> bool:
    """Return True if the axes of a grid are longitudes and latitudes by the conventions for climate and forecast."""
    if dataset.driver not in GRIDS:
        return False
    units = {value for name, value in dataset.tags().items() if name.endswith("#units")}
    return {"degrees_east", "degrees_north"} <= units


def _measure(dataset: DatasetReader, file: RasterFile) -> tuple[Mapping[str, float] | None, ...]:
    try:
        return tuple(statistics_of(dataset, index, file) for index in dataset.indexes)
    except (RasterioError, CPLE_BaseError, OSError) as exc:
        raise RasterError(f"{dataset.name} cannot be read: {explain(exc)}") from exc


def statistics_of(dataset: DatasetReader, index: int, file: RasterFile) -> Mapping[str, float] | None:
    """Return the least and greatest value of a sample of a band; None if it has no valid ones."""
    shape = tuple(min(side, STATISTICS_SIDE) for side in dataset.shape)
    values, there = read_valid(dataset, index, file.mask, file.nodata[index - 1], out_shape=shape)
    valid = values[there & np.isfinite(values)]
    return {"minimum": float(valid.min()), "maximum": float(valid.max())} if valid.size else None


def _mask_of(dataset: DatasetReader) -> Mask | None:
    """Return what says which pixels are missing, by GDAL's rule: a mask band, else an alpha band, else nodata."""
    flags = dataset.mask_flag_enums
    if any(MaskFlags.per_dataset in one and MaskFlags.alpha not in one for one in flags):
        return "dataset"
    return "alpha" if ColorInterp.alpha in dataset.colorinterp else None


def _overview_shapes(
    dataset: DatasetReader,
    mask: Mask | None,
    location: str,
    fingerprint: str,
    access: RemoteAccess,
    roots: tuple[str, ...],
) -> list[tuple[int, int]]:
    """Return the shapes of the overviews, up to the first one that lacks the file's mask."""
    shapes = []
    for level in range(len(dataset.overviews(1))):
        with open_dataset(location, level, fingerprint, access, roots) as overview:
            if _mask_of(overview) != mask:
                break
            shapes.append(overview.shape)
    return shapes
