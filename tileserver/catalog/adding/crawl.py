"""Crawling: the Items, Collections and rasters that files, folders and URLs hold."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tileserver.catalog.adding.findings import (
    Document,
    Expected,
    Failure,
    Finding,
    FoundCollection,
    FoundItem,
    Unchanged,
    files_found,
    findings_of,
    steps_found,
)
from tileserver.catalog.adding.folders import Folder
from tileserver.catalog.adding.kinds import folder_name, is_archive, is_document, is_grid, is_stac, rasters_in
from tileserver.catalog.adding.known import Known
from tileserver.catalog.errors import CatalogError, DocumentError
from tileserver.catalog.files.groups import group_files
from tileserver.catalog.ids import name_of, safe_id
from tileserver.catalog.locations import is_url
from tileserver.catalog.stac.documents import Documents
from tileserver.catalog.stac.hrefs import resolve_href

__all__ = ["crawl"]


def crawl(
    given: str, documents: Documents, known: Known, pattern: re.Pattern[str] | None = None
) -> Iterator[Finding | Expected]:
    """Yield the findings at a path or URL that an operator gave.

    A folder stands for all files below it. A Catalog or Collection stands for the Items that it links to, and
    those of its children. Items that name no collection, and plain files, belong to the Collection that lies in
    their folder when there is just one, else to a product called as the folder; a file given by itself to
    one called as the file. Files of one scene, by the pattern or as Landsat and Sentinel-2 name theirs, are one image.
    """
    path = None if "://" in given else Path(given)
    if path is not None and path.is_dir() and not is_grid(given):
        yield from Folder(path.resolve(), documents, known, pattern).crawl()
        return
    location = given if path is None else os.path.abspath(given)
    product = safe_id(name_of(location).stem)
    if is_grid(location):
        known.ask([location])
        yield from steps_found(location, product, known)
    elif is_document(location):
        yield from _crawl_documents(location, documents, known)
    elif is_archive(location):
        known.ask(members := rasters_in(location))
        groups = group_files(members, pattern)
        yield Expected(len(groups))
        for group in groups:
            yield files_found(safe_id(group.name), product, group.files, known)
    else:
        known.ask([location])
        yield Expected(1)
        yield files_found(product, product, {"": location}, known)


def _crawl_documents(location: str, documents: Documents, known: Known) -> Iterator[Finding | Expected]:
    """Yield the findings of a document and of those that it links to; each is read once."""
    waiting, seen = [location], {location}
    while waiting:
        location = waiting.pop()
        try:
            read, errors = documents.read_all(location)
            yield from (Failure(location, error) for error in errors)
            catalogs = [one for one in read if one.get("type") in ("Catalog", "Collection")]
            if not any(map(is_stac, read)):
                raise DocumentError(f"{location} is no STAC Item, Collection or Catalog")
            yield Expected(len(read))
            yield from findings_of(location, read, folder_name(location))
            for one in catalogs:
                _refuse_api(one, location)
            links = [(one, *_links(one, location)) for one in catalogs]
        except CatalogError as exc:
            yield Failure(location, str(exc))
            continue
        for document, items, children in links:
            yield Expected(sum(item not in seen for item in items))
            known.ask(item for item in items if not is_url(item))
            for item in items:
                if item in seen:
                    continue
                seen.add(item)
                if known.is_unchanged(item):
                    yield Unchanged(known.images(item))
                else:
                    is_collection = document["type"] == "Collection"
                    product = str(document.get("id")) if is_collection else folder_name(item)
                    collection = FoundCollection(location, document) if is_collection else None
                    yield FoundItem(item, product, collection=collection)
            new = [child for child in children if child not in seen]
            seen.update(new)
            waiting += reversed(new)


def _refuse_api(document: Document, location: str) -> None:
    """Raise `DocumentError` for the root and the Collections of a STAC API, which link to searches and no Item."""
    links = document.get("links")
    relations = [link.get("rel") for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    if is_url(location) and ("search" in relations or ("items" in relations and "item" not in relations)):
        raise DocumentError(
            f"{location} is of a STAC API, whose Collections `graftile catalog add-api URL --collection ID` adds"
        )


def _links(document: Document, location: str) -> tuple[list[str], list[str]]:
    """Return the locations of the Items and children of a Catalog or Collection."""
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
