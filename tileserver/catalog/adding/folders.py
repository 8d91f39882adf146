"""Folders: the Items and rasters below one that was given."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from graft_eval.formats.addresses import split_address
from graft_eval.formats.zarr import is_zarr
from tileserver.catalog.adding.findings import (
    Document,
    Expected,
    Failure,
    Finding,
    FoundItem,
    PassedOver,
    Unchanged,
    files_found,
    findings_of,
    steps_found,
)
from tileserver.catalog.adding.kinds import DOCUMENT_SUFFIXES, SIDE_SUFFIXES, is_grid, rasters_in
from tileserver.catalog.adding.known import Known
from tileserver.catalog.errors import CatalogError
from tileserver.catalog.files.groups import RESOLUTION_FOLDER, Group, group_files
from tileserver.catalog.ids import safe_id, suffix_of
from tileserver.catalog.stac.documents import Documents
from tileserver.catalog.stac.hrefs import resolve_href

__all__ = ["Folder"]


class Folder:
    """One folder given, and what has been found below it."""

    def __init__(self, folder: Path, documents: Documents, known: Known, pattern: re.Pattern[str] | None) -> None:
        self._folder = folder
        self._documents = documents
        self._known = known
        self._pattern = pattern
        self._passed: Counter[str] = Counter()
        self._rasters: dict[str, str] = {}  # path -> product
        self._referenced: set[str] = set()  # by Items

    def crawl(self) -> Iterator[Finding | Expected]:
        """Yield the STAC of all folders, then the plain files that no Item names."""
        empty = True
        yield Expected(sum(suffix_of(file) in DOCUMENT_SUFFIXES for _, files in self._walk() for file in files))
        for name, files in self._walk():
            for finding in self._crawl_one(Path(name), files):
                empty &= isinstance(finding, Expected)
                yield finding
        for finding in self._plain():
            empty &= isinstance(finding, Expected)
            yield finding
        if self._passed:
            yield PassedOver(self._passed)
        if empty:
            yield Failure(str(self._folder), "the folder holds no STAC document and no raster that is read here")

    def _walk(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Yield all folders, with the names of their files; hidden ones are left out."""
        for name, folders, files in os.walk(self._folder):
            grids = [child for child in folders if is_zarr(os.path.join(name, child))]
            folders[:] = sorted(child for child in folders if not child.startswith(".") and child not in grids)
            yield name, sorted(file for file in (*files, *grids) if not file.startswith("."))

    def _crawl_one(self, folder: Path, files: Sequence[str]) -> Iterator[Finding | Expected]:
        paths = [str(folder / file) for file in files]
        documents = [path for path in paths if suffix_of(path) in DOCUMENT_SUFFIXES]
        found_in = {path: rasters_in(path) for path in paths if path not in documents}
        rasters = [raster for held in found_in.values() for raster in held]
        for path, held in found_in.items():
            if not held and (suffix := suffix_of(path)) not in SIDE_SUFFIXES:
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
        yield Expected(sum(len(read) - 1 for _, read in found))
        findings = [finding for path, read in found for finding in findings_of(path, read, product)]
        for finding in sorted(findings, key=lambda one: isinstance(one, FoundItem)):  # Collections first
            if isinstance(finding, FoundItem) and finding.document is not None:
                self._referenced.update(_files_of(finding.document, finding.location))
            yield finding

    def _plain(self) -> Iterator[Finding | Expected]:
        paths = [path for path in self._rasters if os.path.realpath(path) not in self._referenced]
        self._known.ask(paths)
        grids = [path for path in paths if is_grid(path)]
        for path in grids:
            yield from steps_found(path, self._rasters[path], self._known)
        paths = [path for path in paths if path not in grids]
        relative = {os.path.relpath(path, self._folder): path for path in paths}
        groups = group_files(relative, self._pattern)
        yield Expected(len(groups))
        short = Counter((self._product(group), safe_id(group.name)) for group in groups)
        for group in groups:
            first = _first(group)
            product = self._product(group)
            image = safe_id(group.name)
            if short[product, image] > 1:  # else called by its path below the folder
                image = safe_id(
                    str(Path(first).with_suffix("") if len(group.files) == 1 else Path(first).parent / image)
                )
            yield files_found(image, product, {band: relative[path] for band, path in group.files.items()}, self._known)

    def _product(self, group: Group) -> str:
        """Return the product of a group: its folder's, unless it has a folder of its own, as scenes come in."""
        path = self._folder / _first(group)
        own = path.parent.name.startswith(group.name) or RESOLUTION_FOLDER.fullmatch(path.parent.name)
        named = self._rasters[str(path)]
        return (
            safe_id(self._folder.name)
            if own and named == safe_id(path.parent.name) and "" not in group.files
            else named
        )


def _files_of(document: Document, location: str) -> Iterator[str]:
    """Yield the local files that an Item's assets name; an Item may be broken in every way."""
    assets = document.get("assets")
    for asset in assets.values() if isinstance(assets, dict) else ():
        href = asset.get("href") if isinstance(asset, dict) else None
        if not isinstance(href, str) or "\0" in href:
            continue
        if "://" not in (path := resolve_href(href, location)):
            yield os.path.realpath(split_address(path.removeprefix("file://")).path)


def _first(group: Group) -> str:
    return next(iter(group.files.values()))
