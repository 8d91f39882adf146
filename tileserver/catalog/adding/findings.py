"""Findings of a crawl: Items, images of plain files, failures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tileserver.catalog.adding.kinds import is_stac
from tileserver.catalog.adding.known import Known, KnownImage
from tileserver.catalog.errors import CatalogError
from tileserver.catalog.files.variables import Step, find_steps
from tileserver.catalog.stac.collections import Document, FoundCollection

__all__ = [
    "Document",
    "Expected",
    "Failure",
    "Finding",
    "FoundCollection",
    "FoundFiles",
    "FoundItem",
    "FoundStep",
    "PassedOver",
    "Unchanged",
    "files_found",
    "findings_of",
    "steps_found",
]


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An Item in a file; `document` is None if it has not been read yet.

    `product` is whose it is where it names no collection, `collection` one that may be its own, `crs` what its
    files are in whatever they say, `part` its place among the `parts` of its document.
    """

    location: str
    product: str
    document: Document | None = None
    collection: FoundCollection | None = None
    crs: str | None = None
    part: int = 0
    parts: int = 1


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """An image of plain files: of one for each of its bands, or of a single one, called by no name.

    `crs` is what they are in, whatever they say.
    """

    image: str
    product: str
    files: Mapping[str, str]
    crs: str | None = None


@dataclass(frozen=True, slots=True)
class FoundStep:
    """An image of the variables of a file, at one of its times: `part` of `parts`; `crs` as of `FoundFiles`."""

    location: str
    product: str
    step: Step
    part: int
    parts: int
    crs: str | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Images that would be made again as they are."""

    images: Sequence[KnownImage]


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that cannot be added, and why; a defect of ours has a traceback."""

    name: str
    reason: str
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Counts of a folder's files that cannot be added, by suffix."""

    kinds: Mapping[str, int] = field(default_factory=dict)


Finding = FoundItem | FoundCollection | FoundFiles | FoundStep | Unchanged | Failure | PassedOver


@dataclass(frozen=True, slots=True)
class Expected:
    """The number of findings to come, as far as is known before they are read."""

    findings: int


def files_found(image: str, product: str, files: Mapping[str, str], known: Known) -> FoundFiles | Unchanged:
    """Return an image of files; one that is known from them keeps its name."""
    source = next(iter(files.values()))
    there = known.images(source)
    if known.is_unchanged(source) and {file for one in there for file in one.files} == set(files.values()):
        return Unchanged(there)
    of_product = [one.id.removeprefix(f"{product}:") for one in there if one.id.startswith(f"{product}:")]
    return FoundFiles(of_product[0] if len(of_product) == 1 else image, product, files)


def steps_found(location: str, product: str, known: Known) -> Iterator[FoundStep | Unchanged | Failure | Expected]:
    """Yield the images of a file of variables."""
    if known.is_unchanged(location):
        yield Unchanged(known.images(location))
        return
    try:
        steps = find_steps(location)
    except CatalogError as exc:
        yield Failure(location, str(exc))
        return
    yield Expected(len(steps))
    for part, step in enumerate(steps):
        yield FoundStep(location, product, step, part, len(steps))


def findings_of(location: str, read: Sequence[Document], product: str) -> Iterator[FoundItem | FoundCollection]:
    """Yield the Items and the Collections of a document."""
    items = [one for one in read if one.get("type") == "Feature" and is_stac(one)]
    for one in read:
        if one.get("type") == "Collection" and is_stac(one):
            yield FoundCollection(location, one)
    for part, item in enumerate(items):
        yield FoundItem(location, product, item, part=part, parts=len(items))
