"""References: what a local raster file leads GDAL to besides itself."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO, Final

from rasterio.errors import RasterioIOError

__all__ = ["OVERVIEW_FILE", "has_sidecars", "leads_elsewhere", "texts_lead_elsewhere", "world_files"]

OVERVIEW_FILE: Final = "OVERVIEW_FILE"  # the item of metadata by which a file names another as its overviews
RASTERS: Final = (".ovr", ".OVR", ".msk", ".MSK")  # beside a file: its overviews and its mask, TIFFs themselves
TEXTS: Final = (".aux.xml",)
GDAL_METADATA: Final = 42112  # the tag that holds it
MAX_METADATA: Final = 16 << 20  # bytes
NESTED: Final = 3  # overviews of overviews

TIFF: Final = {b"II*\0": ("<", 42), b"MM\0*": (">", 42), b"II+\0": ("<", 43), b"MM\0+": (">", 43)}


def has_sidecars(path: str, nested: int = 0) -> bool:
    """Return True if overviews, a mask, metadata or a world file lie next to a file, which GDAL then opens.

    Raises RasterioIOError if one is a link to another folder, or overviews or a mask are no plain TIFF.
    """
    names = [path + suffix for suffix in RASTERS + TEXTS] + [*world_files(path), os.path.splitext(path)[0] + ".prj"]
    beside = [name for name in names if os.path.lexists(name)]
    for sidecar in beside:
        if not os.path.isfile(sidecar) or Path(sidecar).resolve().parent != Path(path).resolve().parent:
            raise RasterioIOError(f"{sidecar} beside it is no file of that folder")
        if sidecar.endswith(RASTERS):
            has_sidecars(sidecar, nested + 1)
            if nested == NESTED or leads_elsewhere(sidecar):
                raise RasterioIOError(f"{sidecar} beside it is no TIFF that stands for itself")
    return bool(beside)


def world_files(path: str) -> list[str]:
    """Return what world files of a raster may be called: of a.tif a.tfw, a.tifw and a.wld, in either case."""
    stem, suffix = os.path.splitext(path)
    kind = suffix[1:].lower()
    suffixes = [f"{kind[:1]}{kind[-1:]}w", f"{kind}w", "wld"] if kind else ["wld"]
    return [f"{stem}.{written}" for one in suffixes for written in (one, one.upper())]


def leads_elsewhere(path: str) -> bool:
    """Return True if a file, or its metadata file, may name other files as overviews; always if it is no TIFF."""
    if texts_lead_elsewhere(path):
        return True
    with open(path, "rb") as file:
        return file.read(4) not in TIFF or OVERVIEW_FILE.encode() in _metadata(file).upper()


def texts_lead_elsewhere(path: str) -> bool:
    """Return True if the metadata file of a file may name another file as its overviews."""
    return any(
        os.path.exists(metadata) and OVERVIEW_FILE in Path(metadata).read_text("utf-8", "replace").upper()
        for metadata in (path + suffix for suffix in TEXTS)
    )


def _metadata(file: BinaryIO) -> bytes:
    """Return GDAL's metadata in the first directory of a TIFF; nothing where there is none, or it is broken."""
    file.seek(0)
    order, version = TIFF[file.read(4)]
    head, count, entry = ("I", "H", "HHI4s") if version == 42 else ("4xQ", "Q", "HHQ8s")
    try:
        file.seek(*struct.unpack(order + head, file.read(struct.calcsize(order + head))))
        (entries,) = struct.unpack(order + count, file.read(struct.calcsize(order + count)))
        listed = file.read(min(entries, 1 << 16) * struct.calcsize(order + entry))
        for tag, _, size, value in struct.iter_unpack(order + entry, listed):
            if tag == GDAL_METADATA:
                if size > len(value):
                    file.seek(*struct.unpack(order + ("I" if version == 42 else "Q"), value))
                    return file.read(min(size, MAX_METADATA))
                return bytes(value)
    except (struct.error, OSError):
        pass
    return b""
