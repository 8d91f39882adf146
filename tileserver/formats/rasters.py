"""Raster files, written piece by piece."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tileserver.formats.format import Format
from tileserver.formats.geotiff import GeoTiffWriter
from tileserver.formats.layout import RasterLayout, RasterWriter

__all__ = ["WRITERS", "open_writer"]

WRITERS: Final = frozenset({"geotiff", "zarr", "netcdf"})
"""Names of the formats that are written piece by piece."""


def open_writer(format: Format, path: Path, layout: RasterLayout) -> RasterWriter:
    """Return what writes pixels in a format to a file, which is there once the writer is closed.

        with open_writer(format, path, RasterLayout.of(image, grid, origin)) as writer:
            for row, col, raster in evaluations.pieces(image, grid, progress):
                writer.write(row, col, raster)

    `KeyError` for formats that are no rasters, `CannotSave` for what the format cannot hold.
    """
    if format.name == "geotiff":
        return GeoTiffWriter(path, layout, format.options)
    from tileserver.formats.cubes import NetCdfWriter, ZarrWriter  # zarr and h5netcdf would slow down every start

    return {"zarr": ZarrWriter, "netcdf": NetCdfWriter}[format.name](path, layout, format.options)
