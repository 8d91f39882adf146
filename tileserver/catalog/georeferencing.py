"""Georeferencing: which CRS a file's grid is in, or what to do if it has none on the map."""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import Final

from rasterio.crs import CRS
from rasterio.io import DatasetReader

from tileserver.catalog.errors import RasterError

__all__ = ["NOT_GEOREFERENCED", "crs_name", "grid_crs"]

# Ground control points that the polynomials of gdalwarp take; from the last number on, a thin plate goes through all.
ORDERS: Final = ((3, "-order 1"), (6, "-order 2"), (10, "-tps"))

NOT_GEOREFERENCED: Final = (
    "is not georeferenced: put a world file beside it and say --crs, or write both into it: "
    "gdal_translate -a_srs EPSG:CODE -a_ullr LEFT TOP RIGHT BOTTOM -of COG FILE NEW"
)


def grid_crs(dataset: DatasetReader, location: str, said: str | None = None) -> str:
    """Return the CRS of a file's grid, else the one that is `said`.

    Raises `RasterError`, with the command that mends it, for what is placed by control points or coefficients alone,
    or not at all.
    """
    name = PurePath(location).name
    command = f"{shlex.quote(name)} {shlex.quote(PurePath(location).stem + '_warped.tif')}"
    if dataset.transform.is_identity or dataset.transform.is_degenerate:
        points, crs = dataset.gcps
        if points:
            raise RasterError(f"{location} is placed by {_by_points(len(points), crs, command)}")
        if dataset.rpcs is not None:
            raise RasterError(
                f"{location} is placed by rational polynomial coefficients alone; it has to be warped by them: "
                f"gdalwarp -rpc -t_srs EPSG:4326 -of COG {command} (with -to RPC_DEM=FILE for the heights)"
            )
        raise RasterError(f"{location} {NOT_GEOREFERENCED}")
    if said is not None:
        return said
    if dataset.crs is None:
        raise RasterError(f"{location} has no coordinate reference system: --crs EPSG:CODE says which it is")
    return crs_name(dataset.crs)


def crs_name(crs: CRS) -> str:
    """Return what the catalog calls a CRS: its code, else its WKT.

    >>> crs_name(CRS.from_user_input("urn:ogc:def:crs:EPSG::32633"))
    'EPSG:32633'
    """
    # A code is the CRS itself at full confidence alone: below it, GDAL takes one that resembles it.
    code = crs.to_epsg(confidence_threshold=100)
    return f"EPSG:{code}" if code else str(crs.to_wkt())


def _by_points(count: int, crs: CRS | None, command: str) -> str:
    told = f"{count} ground control point{'s' if count > 1 else ''} alone"
    if count < ORDERS[0][0]:
        return f"{told}, which are too few to warp it by"
    how = next(option for least, option in reversed(ORDERS) if count >= least)
    target = "" if crs else "-s_srs EPSG:CODE -t_srs EPSG:CODE "
    return f"{told}; it has to be warped by them: gdalwarp {how} {target}-of COG {command}"
