"""Drivers: which formats GDAL may open in this process."""

from __future__ import annotations

import ctypes
import threading
from functools import lru_cache
from typing import Final

import rasterio
import rasterio._env

__all__ = ["SERVED", "restrict_drivers"]

# Formats of files that hold their own pixels, or lead to others that `formats` has looked at. A tile index or a
# service's description would lead GDAL to files and hosts that nobody has checked, and so would each of them as the
# overviews or the mask of an innocent file.
SERVED: Final = (
    "AAIGrid", "DTED", "GRIB", "GTiff", "HFA", "JP2OpenJPEG", "JPEG", "PNG", "VRT", "WEBP", "Zarr",
    "netCDF",
)  # fmt: skip
HARMLESS: Final = ("COG", "MEM", "Memory")  # they write, or open nothing


_lock: Final = threading.Lock()


def restrict_drivers() -> None:
    """Deregister all of GDAL's drivers but those that are served; once for a process. Thread safe.

    GDAL_SKIP would have to be set before rasterio is first used, and to name every driver of every version of GDAL.
    """
    with _lock:
        _restrict()


@lru_cache(maxsize=1)
def _restrict() -> None:
    with rasterio.Env() as env:
        names = [name for name in env.drivers() if name not in SERVED + HARMLESS]
    gdal = ctypes.CDLL(rasterio._env.__file__)  # its symbols, and those of the GDAL that it is linked to
    gdal.GDALGetDriverByName.restype = ctypes.c_void_p
    gdal.GDALGetDriverByName.argtypes = [ctypes.c_char_p]
    gdal.GDALDeregisterDriver.restype = None
    gdal.GDALDeregisterDriver.argtypes = [ctypes.c_void_p]
    for name in names:
        gdal.GDALDeregisterDriver(gdal.GDALGetDriverByName(name.encode()))
