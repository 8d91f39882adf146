"""Zarr: folders of arrays, each a folder of metadata and of files with pixels."""

from __future__ import annotations

import json
import math
import os
from contextlib import suppress
from typing import Final

from rasterio.errors import RasterioIOError

__all__ = ["METADATA", "check_zarr", "is_zarr", "stamp_of_zarr"]

METADATA: Final = (".zgroup", ".zarray", "zarr.json")  # one of them lies in each group and array
REFERENCES: Final = (".json", ".parq", ".parquet")  # of other stores: kerchunk's
OWN_JSON: Final = "zarr.json"
MAX_FILES: Final = 200_000
MAX_METADATA: Final = 4 << 20  # bytes
MAX_CHUNK: Final = 64 << 20  # pixels in a file


def is_zarr(folder: str) -> bool:
    """Return True if a folder is a Zarr group or array."""
    return any(os.path.isfile(os.path.join(folder, name)) for name in METADATA)


def check_zarr(folder: str) -> None:
    """Raise RasterioIOError where a folder holds links, references to other stores, or more than it should."""
    seen = 0
    for place, folders, files in os.walk(folder):
        seen += len(files) + len(folders)
        if seen > MAX_FILES:
            raise RasterioIOError(f"it holds more than {MAX_FILES:,} files")
        for name in (*folders, *files):
            path = os.path.join(place, name)
            if os.path.islink(path):
                raise RasterioIOError(f"its {os.path.relpath(path, folder)} is a link")
            if name != OWN_JSON and name.endswith(REFERENCES):
                raise RasterioIOError(f"its {os.path.relpath(path, folder)} may lead to other stores")
            if name.startswith(".z") or name == OWN_JSON:
                _check_metadata(path, os.path.relpath(path, folder))


def _check_metadata(path: str, name: str) -> None:
    """Raise RasterioIOError if metadata are no object of JSON, or tell of too large pieces."""
    if os.path.getsize(path) > MAX_METADATA:
        raise RasterioIOError(f"its {name} is larger than {MAX_METADATA:,} bytes")
    try:
        with open(path, "rb") as file:
            metadata = json.load(file)
        chunks = metadata.get("chunks") or metadata.get("chunk_grid", {}).get("configuration", {}).get(
            "chunk_shape", []
        )
        pixels = math.prod(map(int, chunks))
    except (ValueError, TypeError, AttributeError, RecursionError) as exc:
        raise RasterioIOError(f"its {name} is no metadata of Zarr: {exc}") from exc
    if pixels > MAX_CHUNK:
        raise RasterioIOError(f"its {name} tells of pieces of {pixels:,} pixels, more than {MAX_CHUNK:,}")


def stamp_of_zarr(folder: str) -> str:
    """Return what changes when arrays are added, or their metadata or the files of an array's folder change.

    Pixels that are written over in place change nothing.
    """
    found = []
    for place in (folder, *(entry.path for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False))):
        found.append(os.stat(place).st_mtime_ns)
        for name in (*METADATA, ".zattrs", ".zmetadata"):
            with suppress(OSError):
                status = os.stat(os.path.join(place, name))
                found += [status.st_size, status.st_mtime_ns]
    return f"{len(found)}-{max(found)}-{sum(found) % 1_000_000_007}"
