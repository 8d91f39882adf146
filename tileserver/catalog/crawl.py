"""Crawling: what files, folders and URLs hold that can be added to the catalog."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tileserver.catalog.documents import ITEM_LIST_SUFFIXES, Documents
from tileserver.catalog.errors import CatalogError, DocumentError
from tileserver.catalog.groups import RESOLUTION_FOLDER, Group, group_files
from tileserver.catalog.hrefs import resolve_href
from tileserver.catalog.ids import name_of, safe_id
from tileserver.catalog.known import Known, KnownImage
from tileserver.catalog.locations import is_url

__all__ = [
    "Document",
    "Failure",
    "Finding",
    "FoundCollection",
    "FoundFiles",
    "FoundItem",
    "PassedOver",
    "Unchanged",
    "crawl",
]

DOCUMENT_SUFFIXES: Final = {".json", ".geojson", *ITEM_LIST_SUFFIXES}
RASTER_SUFFIXES: Final = {".tif", ".tiff", ".geotiff", ".gtiff", ".jp2", ".j2k"}
SIDE_SUFFIXES: Final = {".ovr", ".msk", ".tfw", ".tifw", ".j2w", ".jgw", ".pgw", ".wld", ".prj", ".xml", ".txt", ".md"}
TIFF_STARTS: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An Item in a file; `document` is None where it has not been read yet.

    `product` is whose it is where it names no collection, `part` its place among the `parts` of its document.
    """

    location: str
    product: str
    document: Document | None = None
    part: int = 0
    parts: int = 1


@dataclass(frozen=True, slots=True)
class FoundCollection:
    """A Collection."""

    location: str
    document: Document


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """An image of plain files: of one for each of its bands, or of a single one, called by no name."""

    image: str
    product: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Images that would be made again as they are."""

    images: Sequence[KnownImage]


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that cannot be added, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """How many files of a folder are of no kind that can be added, by suffix."""

    kinds: Mapping[str, int] = field(default_factory=dict)


Finding = FoundItem | FoundCollection | FoundFiles | Unchanged | Failure | PassedOver


def crawl(given: str, documents: Documents, known: Known, pattern: re.Pattern[str] | None = None) -> Iterator[Finding]:
    """Yield what lies at a path or URL that an operator gave.

    A folder stands for all files below it. A Catalog or Collection stands for the Items that it links to, and
    those of its children. Items that name no collection, and plain files, belong to the Collection that lies in
    their folder when there is just one, else to a product called as the folder; a file given by itself to
    one called as the file. Files of one scene, by the pattern or as Landsat and Sentinel-2 name theirs, are one image.
    """
    path = None if "://" in given else Path(given)
    if path is not None and path.is_dir():
        yield from _Folder(path.resolve(), documents, known, pattern).crawl()
        return
    location = given if path is None else str(path.absolute())
    if _is_document(location):
        yield from _crawl_document(location, documents, known)
    else:
        known.ask([location])
        yield _plain(safe_id(name_of(given).stem), safe_id(name_of(given).stem), {"": location}, known)


class _Folder:
    """One folder given, and what has been found below it."""

    def __init__(self, folder: Path, documents: Documents, known: Known, pattern: re.Pattern[str] | None) -> None:
        self._folder = folder
        self._documents = documents
        self._known = known
        self._pattern = pattern
        self._passed: Counter[str] = Counter()
        self._rasters: dict[str, str] = {}  # path -> product
        self._referenced: set[str] = set()  # by Items

    def crawl(self) -> Iterator[Finding]:
        """Yield the STAC of all folders, then the plain files that no Item names."""
        empty = True
        for name, folders, files in os.walk(self._folder):
            folders[:] = sorted(child for child in folders if not child.startswith("."))
            for finding in self._crawl_one(Path(name), sorted(file for file in files if not file.startswith("."))):
                empty = False
                yield finding
        for finding in self._plain():
            empty = False
            yield finding
        if self._passed:
            yield PassedOver(self._passed)
        if empty:
            yield Failure(str(self._folder), "the folder holds no STAC document and no GeoTIFF or JPEG 2000 file")

    def _crawl_one(self, folder: Path, files: Sequence[str]) -> Iterator[Finding]:
        paths = [str(folder / file) for file in files]
        documents = [path for path in paths if _suffix(path) in DOCUMENT_SUFFIXES]
        rasters = [path for path in paths if _is_raster(path)]
        for path in set(paths) - set(documents) - set(rasters):
            if (suffix := _suffix(path)) not in SIDE_SUFFIXES:
                self._passed[suffix.removeprefix(".") or "without a suffix"] += 1
        self._known.ask(documents)
        found: list[tuple[str, Sequence[Document]]] = []
        for path in documents:
            if self._known.is_unchanged(path):
                images = self._known.images(path)
                self._referenced.update(file for image in images for file in image.files)
                yield Unchanged(images)
                continue
            try:
                read, errors = self._documents.read_all(path)
                found.append((path, read))
                for error in errors:
                    yield Failure(path, error)
            except CatalogError as exc:
                yield Failure(path, str(exc))
        collections = [one for _, read in found for one in read if one.get("type") == "Collection"]
        product = str(collections[0].get("id")) if len(collections) == 1 else safe_id(folder.name)
        self._rasters |= dict.fromkeys(rasters, product)
        findings = [finding for path, read in found for finding in _findings(path, read, product)]
        for finding in sorted(findings, key=lambda one: isinstance(one, FoundItem)):  # Collections first
            if isinstance(finding, FoundItem) and finding.document is not None:
                self._referenced.update(_files_of(finding.document, finding.location))
            yield finding

    def _plain(self) -> Iterator[Finding]:
        paths = [path for path in self._rasters if os.path.realpath(path) not in self._referenced]
        self._known.ask(paths)
        relative = {os.path.relpath(path, self._folder): path for path in paths}
        groups = group_files(relative, self._pattern)
        short = Counter((self._product(group), safe_id(group.name)) for group in groups)
        for group in groups:
            first = _first(group)
            product = self._product(group)
            image = safe_id(group.name)
            if short[product, image] > 1:  # else called by its path below the folder
                image = safe_id(
                    str(Path(first).with_suffix("") if len(group.files) == 1 else Path(first).parent / image)
                )
            yield _plain(image, product, {band: relative[path] for band, path in group.files.items()}, self._known)

    def _product(self, group: Group) -> str:
        """Return whose a group is: that of its folder, unless it has one of its own, as scenes come in."""
        path = self._folder / _first(group)
        own = path.parent.name.startswith(group.name) or RESOLUTION_FOLDER.fullmatch(path.parent.name)
        named = self._rasters[str(path)]
        return (
            safe_id(self._folder.name)
            if own and named == safe_id(path.parent.name) and "" not in group.files
            else named
        )


def _plain(image: str, product: str, files: Mapping[str, str], known: Known) -> FoundFiles | Unchanged:
    """Return an image of files; one that is known from them keeps its name."""
    source = next(iter(files.values()))
    there = known.images(source)
    if known.is_unchanged(source) and {file for one in there for file in one.files} == set(files.values()):
        return Unchanged(there)
    of_product = [one.id.removeprefix(f"{product}:") for one in there if one.id.startswith(f"{product}:")]
    return FoundFiles(of_product[0] if len(of_product) == 1 else image, product, files)


def _crawl_document(location: str, documents: Documents, known: Known) -> Iterator[Finding]:
    """Yield what a document is, and what it links to; each document is read once."""
    waiting, seen = [location], {location}
    while waiting:
        location = waiting.pop()
        try:
            read, errors = documents.read_all(location)
            yield from (Failure(location, error) for error in errors)
            catalogs = [one for one in read if one.get("type") in ("Catalog", "Collection")]
            if not any(map(_is_stac, read)):
                raise DocumentError(f"{location} is no STAC Item, Collection or Catalog")
            yield from _findings(location, read, _folder_name(location))
            links = [(one, *_links(one, location)) for one in catalogs]
        except CatalogError as exc:
            yield Failure(location, str(exc))
            continue
        for document, items, children in links:
            known.ask(item for item in items if not is_url(item))
            for item in items:
                if item in seen:
                    continue
                seen.add(item)
                if known.is_unchanged(item):
                    yield Unchanged(known.images(item))
                else:
                    is_collection = document["type"] == "Collection"
                    yield FoundItem(item, str(document.get("id")) if is_collection else _folder_name(item))
            new = [child for child in children if child not in seen]
            seen.update(new)
            waiting += reversed(new)


def _findings(location: str, read: Sequence[Document], product: str) -> Iterator[FoundItem | FoundCollection]:
    """Yield the Items and the Collections of a document."""
    items = [one for one in read if one.get("type") == "Feature" and _is_stac(one)]
    for one in read:
        if one.get("type") == "Collection" and _is_stac(one):
            yield FoundCollection(location, one)
    for part, item in enumerate(items):
        yield FoundItem(location, product, item, part, len(items))


def _links(document: Document, location: str) -> tuple[list[str], list[str]]:
    """Return where the Items and the children of a Catalog or Collection lie."""
    links = document.get("links")
    if links is None:
        raise DocumentError(f"{location} is no valid {document['type']}: 'links' is missing")
    if not isinstance(links, list):
        raise DocumentError(f"{location} is no valid {document['type']}: its links must be a list")
    found: dict[str, dict[str, None]] = {"item": {}, "child": {}}
    for link in links:
        if isinstance(link, dict) and link.get("rel") in found and isinstance(link.get("href"), str):
            found[link["rel"]][resolve_href(link["href"], location)] = None
    return list(found["item"]), list(found["child"])


def _is_stac(document: Document) -> bool:
    """Whether a document is meant as STAC; an Item without its version is a broken one, and still meant."""
    kind = document.get("type")
    return (kind in ("Collection", "Catalog") and "stac_version" in document) or (
        kind == "Feature" and ("stac_version" in document or "assets" in document)
    )


def _files_of(document: Document, location: str) -> Iterator[str]:
    """Yield the local files that an Item's assets name; an Item may be broken in every way."""
    assets = document.get("assets")
    for asset in assets.values() if isinstance(assets, dict) else ():
        href = asset.get("href") if isinstance(asset, dict) else None
        if isinstance(href, str) and "://" not in (path := resolve_href(href, location)):
            yield os.path.realpath(path.removeprefix("file://"))


def _is_document(location: str) -> bool:
    """Whether a file or URL that was given is a document: by its suffix, else what it begins with."""
    suffix = _suffix(location)
    if suffix in DOCUMENT_SUFFIXES or is_url(location):
        return suffix not in RASTER_SUFFIXES
    if suffix in RASTER_SUFFIXES:
        return False
    return _start(location).lstrip()[:1] in (b"{", b"[", b"")


def _is_raster(path: str) -> bool:
    suffix = _suffix(path)
    return suffix in RASTER_SUFFIXES or (not suffix and _start(path).startswith(TIFF_STARTS))


def _start(path: str) -> bytes:
    try:
        if not os.path.isfile(path):  # a pipe would wait for somebody to write
            return b""
        with open(path, "rb") as file:
            return file.read(64)
    except OSError:
        return b""


def _first(group: Group) -> str:
    return next(iter(group.files.values()))


def _folder_name(location: str) -> str:
    return safe_id(name_of(location).parent.name)


def _suffix(location: str) -> str:
    return name_of(location).suffix.lower()
