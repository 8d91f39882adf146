"""Kinds of files and documents, told by their names and first bytes."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Final

from rasterio.errors import RasterioIOError

from graft_eval.formats.addresses import split_address
from graft_eval.formats.archives import members_of
from graft_eval.formats.kinds import HDF5, NETCDF, ZARR, ZIP, Kind, kind_of
from graft_eval.formats.references import world_files
from tileserver.catalog.ids import name_of, safe_id, suffix_of
from tileserver.catalog.locations import is_url
from tileserver.catalog.stac.collections import Document
from tileserver.catalog.stac.documents import ITEM_LIST_SUFFIXES

__all__ = [
    "DOCUMENT_SUFFIXES",
    "SIDE_SUFFIXES",
    "folder_name",
    "is_archive",
    "is_document",
    "is_grid",
    "is_stac",
    "rasters_in",
]

DOCUMENT_SUFFIXES: Final = {".json", ".geojson", *ITEM_LIST_SUFFIXES}
RASTER_SUFFIXES: Final = {".tif", ".tiff", ".geotiff", ".gtiff", ".jp2", ".j2k"}
SIDE_SUFFIXES: Final = {".ovr", ".msk", ".tfw", ".tifw", ".j2w", ".jgw", ".pgw", ".wld", ".prj", ".xml", ".txt", ".md"}
PICTURES: Final = ("PNG", "JPEG", "WebP")  # which are seldom maps


def is_document(location: str) -> bool:
    """Return True if a file or URL is a document: by its suffix, else its first bytes."""
    suffix = suffix_of(location)
    if suffix in DOCUMENT_SUFFIXES or is_url(location):
        return suffix not in RASTER_SUFFIXES
    if suffix in RASTER_SUFFIXES or split_address(location).part:
        return False
    return _start(location).lstrip()[:1] in (b"{", b"[", b"")


def rasters_in(path: str) -> list[str]:
    """Return the rasters that a file of a folder is, or holds: by its suffix, else its first bytes.

    Pictures without georeferencing beside them are none, as most in folders of imagery are previews.
    """
    suffix = suffix_of(path)
    if suffix in RASTER_SUFFIXES:
        return [path]
    if suffix in DOCUMENT_SUFFIXES | SIDE_SUFFIXES:
        return []
    kind = _kind(path)
    if kind == ZIP:
        with suppress(RasterioIOError, OSError):
            return [f"{path}/{member}" for member, _ in members_of(path)]
        return [path]  # whose reason is said where it is added
    if kind is None or (kind.name in PICTURES and not _is_placed(path)):
        return []
    return [path]


def is_archive(path: str) -> bool:
    """Return True if a file is an archive."""
    return _kind(path) == ZIP


def is_grid(path: str) -> bool:
    """Return True if a file or folder holds variables, each a raster."""
    return suffix_of(path) not in RASTER_SUFFIXES and _kind(split_address(path).path) in (NETCDF, HDF5, ZARR)


def _is_placed(path: str) -> bool:
    return any(map(os.path.exists, (f"{path}.aux.xml", *world_files(path))))


def _kind(path: str) -> Kind | None:
    try:
        # a pipe would wait for somebody to write
        return kind_of(path) if os.path.isfile(path) or os.path.isdir(path) else None
    except OSError:
        return None


def is_stac(document: Document) -> bool:
    """Return True if a document is meant as STAC; an Item without a version is invalid, and still meant."""
    kind = document.get("type")
    return (kind in ("Collection", "Catalog") and "stac_version" in document) or (
        kind == "Feature" and ("stac_version" in document or "assets" in document)
    )


def folder_name(location: str) -> str:
    """Return the name of a product from the folder of a document."""
    return safe_id(name_of(location).parent.name)


def _start(path: str) -> bytes:
    try:
        if not os.path.isfile(path):  # a pipe would wait for somebody to write
            return b""
        with open(path, "rb") as file:
            return file.read(64)
    except OSError:
        return b""
