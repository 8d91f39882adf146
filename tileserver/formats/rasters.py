"""Raster files, written piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tileserver.formats.cubes import NetCdfWriter, ZarrWriter
from tileserver.formats.format import Format
from tileserver.formats.geotiff import GeoTiffWriter
from tileserver.formats.layout import RasterLayout, RasterWriter

__all__ = ["WRITERS", "open_writer"]

WRITERS: Final[Mapping[str, Callable[[Path, RasterLayout, Mapping[str, Any]], RasterWriter]]] = MappingProxyType(
    {"geotiff": GeoTiffWriter, "zarr": ZarrWriter, "netcdf": NetCdfWriter}
)
"""Writers by the names of their formats."""


def open_writer(format: Format, path: Path, layout: RasterLayout) -> RasterWriter:
    """Return what writes pixels in a format to a file, which is there once the writer is closed.

        with open_writer(format, path, RasterLayout.of(image, grid, origin)) as writer:
            for row, col, raster in evaluations.pieces(image, grid, progress):
                writer.write(row, col, raster)

    `KeyError` for formats that are no rasters, `CannotSave` for what the format cannot hold.
    """
    return WRITERS[format.name](path, layout, format.options)
