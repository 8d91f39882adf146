"""Kinds: which driver reads a file, by what the file begins with and never by its name."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Final

from graft_eval.formats.zarr import is_zarr

__all__ = [
    "ERDAS", "HDF5", "NAMES", "NETCDF", "REMOTE", "START", "TIFF", "TIFF_STARTS", "VRT", "ZARR", "ZIP", "Kind",
    "kind_of", "kind_of_start",
]  # fmt: skip

START: Final = 1024  # bytes that tell a kind
TIFF_STARTS: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
HDF5_START: Final = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Kind:
    """A format: what people call it, and GDAL's driver.

    `remote` ones are read from other machines, too; files of those that are `alone` lead nowhere, and are read from
    archives, too.
    """

    name: str
    driver: str
    remote: bool = False
    alone: bool = False


TIFF: Final = Kind("GeoTIFF", "GTiff", remote=True, alone=True)
VRT: Final = Kind("VRT", "VRT")
ZIP: Final = Kind("zip archive", "")
NETCDF: Final = Kind("netCDF", "netCDF")
HDF5: Final = Kind("HDF5", "netCDF")
ZARR: Final = Kind("Zarr", "Zarr")

ERDAS: Final = Kind("Erdas Imagine", "HFA")

STARTS: Final = (
    *((start, TIFF) for start in TIFF_STARTS),
    (b"\0\0\0\x0cjP  \r\n\x87\n", Kind("JPEG 2000", "JP2OpenJPEG", remote=True, alone=True)),
    (b"\xff\x4f\xff\x51", Kind("JPEG 2000", "JP2OpenJPEG", remote=True, alone=True)),
    (b"\x89PNG\r\n\x1a\n", Kind("PNG", "PNG", remote=True, alone=True)),
    (b"\xff\xd8\xff", Kind("JPEG", "JPEG", remote=True, alone=True)),
    (b"EHFA_HEADER_TAG", ERDAS),
    (b"CDF\x01", NETCDF),
    (b"CDF\x02", NETCDF),
    (b"CDF\x05", NETCDF),
    (HDF5_START, HDF5),
    (b"PK\x03\x04", ZIP),
    (b"GRIB", Kind("GRIB", "GRIB", alone=True)),
    (b"UHL1", Kind("DTED", "DTED", alone=True)),
)
PATTERNS: Final = (
    (re.compile(rb"RIFF....WEBP", re.DOTALL), Kind("WebP", "WEBP", alone=True)),
    (re.compile(rb"(\xef\xbb\xbf)?\s*(<\?xml.*?\?>\s*|<!--.*?-->\s*)*<VRTDataset\b", re.DOTALL), VRT),
    (
        re.compile(rb"\s*(ncols|nrows|xll\w+|yll\w+|cellsize|dx|dy)[ \t]+[-+.\deE]+\s", re.IGNORECASE),
        Kind("AAIGrid", "AAIGrid", alone=True),
    ),
)
KINDS: Final = (*(kind for _, kind in STARTS), *(kind for _, kind in PATTERNS), ZARR)
NAMES: Final = tuple(dict.fromkeys(kind.name for kind in KINDS))
REMOTE: Final = tuple(dict.fromkeys(kind.name for kind in KINDS if kind.remote))


def kind_of(path: str) -> Kind | None:
    """Return what kind of raster a local file or folder is, None for any other; raises OSError if it is not there."""
    if os.path.isdir(path):
        return ZARR if is_zarr(path) else None
    with open(path, "rb") as file:
        return kind_of_start(file.read(START))


def kind_of_start(start: bytes) -> Kind | None:
    """Return what kind of raster begins so.

    >>> kind_of_start(b"CDF\\x01...").driver
    'netCDF'
    """
    for beginning, kind in STARTS:
        if start.startswith(beginning):
            return kind
    return next((kind for pattern, kind in PATTERNS if pattern.match(start)), None)
