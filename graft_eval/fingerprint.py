"""Fingerprints of files, which change when the files do."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from graft_eval.scene import Asset

__all__ = ["fingerprint", "fingerprint_of_file", "local_path"]


def fingerprint(asset: Asset) -> str:
    """Return the fingerprint that a file has now: of a local file its own, of a remote one what the catalog noted.

    Raises FileNotFoundError for a local file that is not there.
    """
    path = local_path(asset.href)
    return asset.fingerprint if path is None else fingerprint_of_file(path)


def fingerprint_of_file(path: str | Path) -> str:
    """Return size and time of modification of a local file as a fingerprint."""
    status = os.stat(path)
    return f"{status.st_size}-{status.st_mtime_ns}"


def local_path(href: str) -> str | None:
    """Return the path of a local file, None for a remote one.

    >>> local_path("file:///data/a%20b.tif"), local_path("/data/c.tif"), local_path("https://host/d.tif")
    ('/data/a b.tif', '/data/c.tif', None)
    """
    if "://" not in href:
        return href
    parts = urlsplit(href)
    return unquote(parts.path) if parts.scheme == "file" else None
