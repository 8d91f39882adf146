"""Addresses: a local raster file, or a part of one, by one text."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Address", "from_gdal", "split_address"]

SUBDATASET: Final = re.compile(
    r"""(?:NETCDF|HDF5|ZARR):(?P<quote>["']?)(?P<path>.*?)(?P=quote)(?::/*(?P<part>[^:"']+))?""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Address:
    """A file or folder on disk, and what of it: a variable, a member of an archive; all of it, if `part` is empty."""

    path: str
    part: str = ""


def split_address(address: str) -> Address:
    """Return the file that an address names, and the part of it.

    `/data/a.zip/b.tif` is a member of an archive, `/data/a.nc:ndvi` a variable. What is there by the whole name is
    no part of anything.
    """
    if os.path.exists(address):
        return Address(address)
    folder, part = os.path.split(address)
    while part and len(folder) > 1:
        if os.path.isfile(folder):
            return Address(folder, os.path.relpath(address, folder))
        folder = os.path.dirname(folder)
    at = len(address)
    while (at := address.rfind(":", 0, at)) > 0:
        if os.path.exists(address[:at]):
            return Address(address[:at], address[at + 1 :])
    return Address(address)


def from_gdal(name: str) -> str:
    """Return the address of what GDAL and rasterio call by a name of their own; others are returned as they are.

    >>> from_gdal('NETCDF:"/data/a.nc":ndvi'), from_gdal("/vsizip//data/a.zip/b.tif"), from_gdal("zip:///data/a.zip!b.tif")
    ('/data/a.nc:ndvi', '/data/a.zip/b.tif', '/data/a.zip/b.tif')
    """
    if found := SUBDATASET.fullmatch(name):
        return f"{found['path']}:{found['part']}" if found["part"] else found["path"]
    for prefix in ("/vsizip/", "zip+file://", "zip://"):
        if name.lower().startswith(prefix):
            path = re.sub(r"^\{(.*?)\}", r"\1", name[len(prefix) :]).replace("!", "/", 1)
            return re.sub("/+", "/", path)
    return name
