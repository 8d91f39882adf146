"""Kinds: what files and documents are, by their names and by what they begin with."""

from __future__ import annotations

import os
from typing import Final

from tileserver.catalog.ids import name_of, safe_id
from tileserver.catalog.locations import is_url
from tileserver.catalog.stac.collections import Document
from tileserver.catalog.stac.documents import ITEM_LIST_SUFFIXES

__all__ = ["DOCUMENT_SUFFIXES", "SIDE_SUFFIXES", "folder_name", "is_document", "is_raster", "is_stac", "suffix_of"]

DOCUMENT_SUFFIXES: Final = {".json", ".geojson", *ITEM_LIST_SUFFIXES}
RASTER_SUFFIXES: Final = {".tif", ".tiff", ".geotiff", ".gtiff", ".jp2", ".j2k"}
SIDE_SUFFIXES: Final = {".ovr", ".msk", ".tfw", ".tifw", ".j2w", ".jgw", ".pgw", ".wld", ".prj", ".xml", ".txt", ".md"}
TIFF_STARTS: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def is_document(location: str) -> bool:
    """Return True if a file or URL is a document: by its suffix, else its first bytes."""
    suffix = suffix_of(location)
    if suffix in DOCUMENT_SUFFIXES or is_url(location):
        return suffix not in RASTER_SUFFIXES
    if suffix in RASTER_SUFFIXES:
        return False
    return _start(location).lstrip()[:1] in (b"{", b"[", b"")


def is_raster(path: str) -> bool:
    """Return True if a file of a folder is a raster: by its suffix, else its first bytes."""
    suffix = suffix_of(path)
    return suffix in RASTER_SUFFIXES or (not suffix and _start(path).startswith(TIFF_STARTS))


def is_stac(document: Document) -> bool:
    """Return True if a document is meant as STAC; an Item without a version is invalid, and still meant."""
    kind = document.get("type")
    return (kind in ("Collection", "Catalog") and "stac_version" in document) or (
        kind == "Feature" and ("stac_version" in document or "assets" in document)
    )


def folder_name(location: str) -> str:
    """Return what a product is called after the folder of a document."""
    return safe_id(name_of(location).parent.name)


def suffix_of(location: str) -> str:
    """Return the suffix of a file's or URL's name, in lower case."""
    return name_of(location).suffix.lower()


def _start(path: str) -> bytes:
    try:
        if not os.path.isfile(path):  # a pipe would wait for somebody to write
            return b""
        with open(path, "rb") as file:
            return file.read(64)
    except OSError:
        return b""
