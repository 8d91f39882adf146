"""Bounds: how much a raster file may claim, before GDAL makes room for it."""

from __future__ import annotations

import math
import struct
from typing import Final

import numpy as np
import rasterio
from rasterio.enums import Interleaving
from rasterio.errors import RasterioIOError

__all__ = ["MAX_BLOCK", "MAX_OVERVIEWS", "check_dataset", "check_directories"]

MAX_BLOCK: Final = 256 << 20  # bytes, of one block of a file, decoded
MAX_OVERVIEWS: Final = 64
MAX_BANDS: Final = 10_000
MAX_DIRECTORIES: Final = 2000  # of a TIFF: full resolution, overviews, masks, further pages
BIG: Final = 43


def check_directories(path: str) -> None:
    """Raise RasterioIOError where a TIFF has more directories than it should: GDAL reads them all, and keeps them."""
    with open(path, "rb") as file:
        order = "<" if file.read(2) == b"II" else ">"
        (version,) = struct.unpack(order + "H", file.read(2))
        start, count, entry, offset = ("4xQ", "Q", 20, "Q") if version == BIG else ("I", "H", 12, "I")
        try:
            (at,) = struct.unpack(order + start, file.read(struct.calcsize(order + start)))
            for _ in range(MAX_DIRECTORIES):
                if not at:
                    return
                file.seek(at)
                (entries,) = struct.unpack(order + count, file.read(struct.calcsize(count)))
                file.seek(entries * entry, 1)
                (at,) = struct.unpack(order + offset, file.read(struct.calcsize(offset)))
        except (struct.error, OSError, ValueError, OverflowError):
            return  # cut short: GDAL says so
    raise RasterioIOError(f"it has more than {MAX_DIRECTORIES:,} directories")


def check_dataset(dataset: rasterio.DatasetReader) -> None:
    """Raise RasterioIOError where an open file has more bands, or larger blocks, than fit in memory."""
    if dataset.count > MAX_BANDS:
        raise RasterioIOError(f"it has {dataset.count:,} bands, more than {MAX_BANDS:,}")
    if not dataset.count:
        return
    height, width = max(dataset.block_shapes, key=math.prod)
    together = dataset.count if dataset.interleaving == Interleaving.pixel else 1
    size = height * width * together * max(np.dtype(_numpy(dtype)).itemsize for dtype in dataset.dtypes)
    if size > MAX_BLOCK:
        raise RasterioIOError(
            f"its blocks hold {height:,} x {width:,} pixels, {size >> 20:,} MiB at once, more than {MAX_BLOCK >> 20};"
            " rewrite it in smaller ones: gdal_translate -of COG"
        )


def _numpy(dtype: str) -> str:
    return "complex64" if dtype == "complex_int16" else dtype
