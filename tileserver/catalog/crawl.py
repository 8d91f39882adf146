"""Crawling: what files, folders and URLs hold that can be added to the catalog."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import pystac
from pystac.utils import make_absolute_href

from tileserver.catalog.documents import Documents
from tileserver.catalog.errors import CatalogError, DocumentError, explain
from tileserver.catalog.geotiffs import safe_id
from tileserver.catalog.locations import is_url

__all__ = ["Failure", "Found", "crawl"]

DOCUMENT_SUFFIXES = {".json", ".geojson"}
RASTER_SUFFIXES = {".tif", ".tiff"}

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """An Item, a Collection or a plain GeoTIFF; `document` is None where it has not been read yet.

    `product` is whose an Item is that names no collection, and whose a GeoTIFF is.
    """

    location: str
    product: str
    document: Document | None = None
    is_raster: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that cannot be added, and why."""

    name: str
    reason: str


def crawl(given: str, documents: Documents) -> Iterator[Found | Failure]:
    """Yield what lies at a path or URL that an operator gave.

    A folder stands for all files below it. A Catalog or Collection stands for the Items that it links to, and
    those of its children. Items that name no collection, and GeoTIFFs, belong to the Collection that lies in
    their folder when there is just one, else to a product called as the folder; a GeoTIFF given by itself to
    one called as the file.
    """
    path = None if is_url(given) or "://" in given else Path(given)
    if path is not None and path.is_dir():
        yield from _crawl_folder(path.resolve(), documents)
    elif _suffix(given) in RASTER_SUFFIXES:
        yield Found(given, safe_id(PurePosixPath(_path_of(given)).stem), is_raster=True)
    else:
        yield from _crawl_document(given if path is None else str(path.absolute()), documents)


def _crawl_folder(folder: Path, documents: Documents) -> Iterator[Found | Failure]:
    rasters: list[Found] = []
    referenced: set[Path] = set()
    empty = True
    for name, folders, files in os.walk(folder):
        folders[:] = sorted(child for child in folders if not child.startswith("."))
        read = [(str(Path(name, file)), file) for file in sorted(files) if _suffix(file) in DOCUMENT_SUFFIXES]
        found: list[tuple[str, Document]] = []
        for location, _ in read:
            try:
                found.append((location, documents.read(location)))
            except CatalogError as exc:
                empty = False
                yield Failure(location, str(exc))
        collections = [document.get("id") for _, document in found if document.get("type") == "Collection"]
        product = str(collections[0]) if len(collections) == 1 else safe_id(Path(name).name)
        for location, document in found:
            if _is_stac(document) and document.get("type") != "Catalog":
                empty = False
                referenced.update(_files_of(document, location))
                yield Found(location, product, document)
        rasters += [
            Found(str(Path(name, file)), product, is_raster=True)
            for file in sorted(files)
            if _suffix(file) in RASTER_SUFFIXES
        ]
    plain = [raster for raster in rasters if Path(raster.location).resolve() not in referenced]
    if empty and not plain:
        yield Failure(str(folder), "the folder holds no STAC document and no GeoTIFF")
    yield from plain


def _crawl_document(location: str, documents: Documents) -> Iterator[Found | Failure]:
    """Yield what a document is, and what it links to; each document is read once."""
    waiting, seen = [location], {location}
    while waiting:
        location = waiting.pop()
        try:
            document = documents.read(location)
            if not _is_stac(document):
                raise DocumentError(f"{location} is no STAC Item, Collection or Catalog")
            if document["type"] == "Feature":
                yield Found(location, _folder_name(location), document)
                continue
            items, children = _links(document, location)
        except CatalogError as exc:
            yield Failure(location, str(exc))
            continue
        is_collection = document["type"] == "Collection"
        if is_collection:
            yield Found(location, _folder_name(location), document)
        for item in items:
            yield Found(item, str(document.get("id")) if is_collection else _folder_name(item))
        new = [child for child in children if child not in seen]
        seen.update(new)
        waiting += reversed(new)


def _links(document: Document, location: str) -> tuple[list[str], list[str]]:
    """Return where the Items and the children of a Catalog or Collection lie."""
    kind = pystac.Collection if document["type"] == "Collection" else pystac.Catalog
    try:
        catalog = kind.from_dict(dict(document), href=location)
        items = [link.get_absolute_href() for link in catalog.get_item_links()]
        children = [link.get_absolute_href() for link in catalog.get_child_links()]
    except Exception as exc:  # pystac checks nothing first, and raises whatever it stumbles over
        raise DocumentError(f"{location} is no valid {document['type']}: {explain(exc)}") from exc
    return [href for href in items if href], [href for href in children if href]


def _is_stac(document: Document) -> bool:
    """Whether a document is meant as STAC; an Item without its version is a broken one, and still meant."""
    kind = document.get("type")
    return (kind in ("Collection", "Catalog") and "stac_version" in document) or (
        kind == "Feature" and ("stac_version" in document or "assets" in document)
    )


def _files_of(document: Document, location: str) -> Iterator[Path]:
    """Yield the local files that an Item's assets name; an Item may be broken in every way."""
    assets = document.get("assets")
    for asset in assets.values() if isinstance(assets, dict) else ():
        href = asset.get("href") if isinstance(asset, dict) else None
        if isinstance(href, str) and not is_url(href):
            yield Path(_path_of(make_absolute_href(href, location, start_is_dir=False))).resolve()


def _folder_name(location: str) -> str:
    return safe_id(PurePosixPath(_path_of(location)).parent.name)


def _suffix(location: str) -> str:
    return PurePosixPath(_path_of(location)).suffix.lower()


def _path_of(location: str) -> str:
    return unquote(urlsplit(location).path) if "://" in location else location
