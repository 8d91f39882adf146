"""Adding: files, folders and URLs become rows of the catalog, and what cannot is reported with the reason."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain

from rasterio.errors import NotGeoreferencedWarning
from sqlalchemy import Engine

from graft_eval.formats.addresses import from_gdal
from tileserver.catalog.adding.crawl import crawl
from tileserver.catalog.adding.findings import (
    Expected,
    Failure,
    Finding,
    FoundCollection,
    FoundFiles,
    FoundItem,
    FoundStep,
    PassedOver,
    Unchanged,
)
from tileserver.catalog.adding.known import Known
from tileserver.catalog.adding.makers import make_all
from tileserver.catalog.adding.making import Prepared, Result
from tileserver.catalog.adding.report import AddOptions, AddReport
from tileserver.catalog.changes import (
    Entry,
    find_sources,
    read_settings,
    refresh_product,
    write_entries,
    write_product,
    write_settings,
)
from tileserver.catalog.errors import CatalogError
from tileserver.catalog.locations import Locations, is_url
from tileserver.catalog.stac.documents import Documents
from tileserver.settings import Settings
from tileserver.store import writing

__all__ = ["add", "prepare"]

log = logging.getLogger(__name__)


def add(
    engine: Engine,
    settings: Settings,
    sources: Iterable[str],
    options: AddOptions = AddOptions(),  # noqa: B008
) -> AddReport:
    """Add what files, folders and URLs hold, updating what has changed; nothing else changes.

    What was added is kept where this is interrupted.
    """
    report = AddReport()
    with _Run(engine, settings, sources, options, report) as run:
        try:
            for batch in run.batches():
                run.write(batch)
        except KeyboardInterrupt:
            report.interrupted = True
        run.finish()
    return report


def prepare(engine: Engine, settings: Settings, sources: Iterable[str], options: AddOptions) -> Iterable[Result]:
    """Yield what `add` would make of files, folders and URLs, and write nothing."""
    with _Run(engine, settings, sources, options, AddReport()) as run:
        yield from run.refused
        for batch in run.batches():
            yield from batch


class _Run:
    """One run of `add`: what it has seen so far."""

    def __init__(
        self, engine: Engine, settings: Settings, sources: Iterable[str], options: AddOptions, report: AddReport
    ) -> None:
        self._engine = engine
        self._options = options
        self._report = report
        self._sources: dict[str, tuple[str, int]] = {}  # image -> what it was made from
        self._texts: dict[str, FoundCollection] = {}
        self._crs: dict[str, str | None] = {}  # that a product's files are in, as was said before
        self._seen = self._total = 0
        self._given, self.refused, locations = _allow(settings, sources)
        report.failed += [(failure.name, failure.reason) for failure in self.refused]
        self._resources = ExitStack()
        self._documents = Documents(locations)
        self._known = Known(engine)
        self._collections: dict[str, FoundCollection] = {}

    def __enter__(self) -> _Run:
        self._resources.enter_context(self._documents)
        self._resources.enter_context(warnings.catch_warnings())
        # Files without a place are refused with a reason.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return self

    def __exit__(self, *exc: object) -> None:
        self._resources.close()

    def batches(self) -> Iterable[list[Result]]:
        """Yield what all sources hold, read some at a time."""
        findings = chain.from_iterable(self._crawl(source) for source in self._given)
        for batch in make_all(findings, self._documents, self._options.strict):
            yield batch
            self._seen += len(batch)
            self._options.progress(self._seen, max(self._seen, self._total))

    def write(self, batch: Iterable[Result]) -> None:
        """Write the images of a batch in one transaction, and keep the rest for later."""
        entries: list[Entry] = []
        for one in batch:
            match one:
                case Failure(name, reason, traceback):
                    if traceback:
                        log.error("a defect in the catalog: %s cannot be added\n%s", name, traceback)
                    self._report.failed.append((name, reason))
                case PassedOver(kinds):
                    self._report.passed_over.update(kinds)
                case Unchanged(images):
                    self._report.unchanged += [image.id for image in images]
                case FoundCollection(_, document):
                    self._texts[str(document["id"])] = one
                case Prepared(entry, part):
                    if self._is_first(entry, part):
                        entries.append(entry)
        with writing(self._engine) as connection:
            taken = self._drop_clashes(entries, find_sources(connection, [entry.scene for entry in entries]))
            entries = [entry for entry in entries if entry.scene.id not in taken]
            there = write_entries(connection, entries)
        self._report.added += [entry.scene.id for entry in entries if entry.scene.id not in there]
        self._report.updated += [entry.scene.id for entry in entries if entry.scene.id in there]
        self._report.problems += [(entry.scene.id, problem) for entry in entries for problem in entry.problems]

    def finish(self) -> None:
        """Write the products: the texts of Collections, the settings, the bands as they are after all updates."""
        changed = [image.rpartition(":")[0] for image in (*self._report.added, *self._report.updated)]
        met = changed + [image.rpartition(":")[0] for image in self._report.unchanged]
        with writing(self._engine) as connection:
            for product, found in self._texts.items():
                write_product(connection, product, found.document)
            if self._options.overrides:
                for product in dict.fromkeys(met):
                    write_settings(connection, product, self._options.overrides)
            products = list(dict.fromkeys([*met, *self._texts]))
            for product in dict.fromkeys([*changed, *self._texts]):
                refresh_product(connection, product)
        self._report.products += products

    def _crs_of(self, product: str) -> str | None:
        """Return what the files of a product are in: as is said now, else as was said before."""
        if self._options.overrides.crs is None and product not in self._crs:
            with self._engine.connect() as connection:
                self._crs[product] = read_settings(connection, product).crs
        return self._options.overrides.crs or self._crs.get(product)

    def _crawl(self, source: str) -> Iterable[Finding]:
        for finding in crawl(source, self._documents, self._known, self._options.pattern):
            if isinstance(finding, Expected):
                self._total += finding.findings
                continue
            if isinstance(finding, FoundCollection):
                self._collections[str(finding.document.get("id"))] = finding
            if isinstance(finding, FoundItem):
                finding = self._informed(finding)
            elif isinstance(finding, FoundFiles | FoundStep):
                finding = replace(finding, crs=self._crs_of(finding.product))
            yield finding

    def _informed(self, found: FoundItem) -> FoundItem:
        """Return an Item with its Collection, if that has been met, and what its files are in."""
        if found.document is None:
            return replace(found, crs=self._crs_of(found.product))
        product = str(found.document.get("collection") or found.product)
        return replace(found, crs=self._crs_of(product), collection=self._collections.get(product))

    def _is_first(self, entry: Entry, part: int) -> bool:
        """Return True if no other image of this run has an image's id; one that is given twice counts once."""
        image, this = entry.scene.id, (entry.source, part)
        if (first := self._sources.setdefault(image, this)) is this:
            return True
        if first != this:
            self._report.failed.append((image, f"{entry.source} has the same id as {first[0]}"))
        return False

    def _drop_clashes(self, entries: Iterable[Entry], sources: Mapping[str, str]) -> set[str]:
        """Refuse images that would take the place of others, made from files that are still there."""
        taken = set()
        for entry in entries:
            source = sources.get(entry.scene.id)
            if source is None or _same_place(source, entry.source) or not _is_there(source):
                continue
            taken.add(entry.scene.id)
            reason = (
                f"{entry.source} has the same id as {source}; to replace it: graftile catalog remove {entry.scene.id}"
            )
            self._report.failed.append((entry.scene.id, reason))
        return taken


def _allow(settings: Settings, sources: Iterable[str]) -> tuple[list[str], list[Failure], Locations]:
    """Return the sources that may be read, why others may not, and where files may lie then."""
    locations = Locations(settings.asset_roots, settings.access.hosts, settings.access.signers)
    given, refused = [], []
    for source in map(from_gdal, sources):
        try:
            locations = locations.allow(source)
            given.append(source)
        except CatalogError as exc:
            refused.append(Failure(source, str(exc)))
    return given, refused, locations


def _same_place(first: str, second: str) -> bool:
    return first == second or os.path.realpath(first) == os.path.realpath(second)


def _is_there(source: str) -> bool:
    return is_url(source) or os.path.exists(source)
