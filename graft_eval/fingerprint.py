"""Fingerprints of files, which change when the files do."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from stat import S_ISDIR
from urllib.parse import unquote, urlsplit

from graft_eval.formats.addresses import split_address
from graft_eval.formats.vrt import files_of
from graft_eval.formats.zarr import stamp_of_zarr
from graft_eval.scene import Asset

__all__ = ["fingerprint", "fingerprint_of_file", "local_path", "stamp"]


def fingerprint(asset: Asset) -> str:
    """Return the fingerprint that a file has now: of a local file its own, of a remote one what the catalog noted.

    Raises FileNotFoundError for a local file that is not there.
    """
    path = local_path(asset.href)
    return asset.fingerprint if path is None else fingerprint_of_file(path)


def fingerprint_of_file(path: str | Path) -> str:
    """Return size and time of modification of a local file as a fingerprint, and of the files that a VRT names.

    A part of a file changes when the file does.
    """
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        found = split_address(str(path))
        if not found.part:
            raise
        return fingerprint_of_file(found.path)
    if S_ISDIR(status.st_mode):
        return stamp_of_zarr(str(path))
    own = stamp(status)
    return f"{own}-{_stamp(files_of(str(path)))}" if str(path).endswith(".vrt") else own


def stamp(status: os.stat_result) -> str:
    """Return the fingerprint of a file that leads to no others."""
    return f"{status.st_size}-{status.st_mtime_ns}"


def _stamp(paths: Iterable[str]) -> int:
    """Return a number that changes when one of some files does."""
    found = []
    for path in paths:
        try:
            status = os.stat(path)
            found.append((status.st_size, status.st_mtime_ns))
        except OSError:
            found.append((0, 0))
    return zlib.crc32(repr(found).encode())


def local_path(href: str) -> str | None:
    """Return the path of a local file, None for a remote one.

    >>> local_path("file:///data/a%20b.tif"), local_path("/data/c.tif"), local_path("https://host/d.tif")
    ('/data/a b.tif', '/data/c.tif', None)
    """
    if "://" not in href:
        return href
    parts = urlsplit(href)
    return unquote(parts.path) if parts.scheme == "file" else None
