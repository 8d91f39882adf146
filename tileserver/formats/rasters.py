"""Raster files, written piece by piece, or in parts by several processes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tileserver.formats.cog_parts import CogParts
from tileserver.formats.format import Format
from tileserver.formats.geotiff import GeoTiffWriter
from tileserver.formats.layout import RasterLayout, RasterWriter
from tileserver.formats.parts import Parts, PixelParts

__all__ = ["WRITERS", "open_parts", "open_writer"]

WRITERS: Final = ("geotiff", "zarr", "netcdf")
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
    from tileserver.formats.netcdf import NetCdfWriter  # h5netcdf and zarr would slow down every start
    from tileserver.formats.zarr_groups import ZarrWriter

    return {"zarr": ZarrWriter, "netcdf": NetCdfWriter}[format.name](path, layout, format.options)


def open_parts(format: Format, layout: RasterLayout, side: int) -> Parts:
    """Return what writes blocks of pixels, up to `side` pixels a side, to files and joins them in a format."""
    if format.name == "geotiff" and CogParts.fit(layout, format.options):
        return CogParts(layout, format.options, side)
    if format.name == "zarr":
        from tileserver.formats.cubes import CHUNK
        from tileserver.formats.zarr_groups import ZarrParts

        if side >= CHUNK:
            return ZarrParts(layout, format.options)
    return PixelParts(lambda path: open_writer(format, path, layout), layout)
