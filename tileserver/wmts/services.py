"""Services: the capabilities document of each, and the layers that requests to it name."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from cachetools import LRUCache

from graft_eval.limits import Limits
from tileserver.auth import Caller
from tileserver.catalog import Catalog
from tileserver.drawing.style import Style
from tileserver.http.errors import BadRequest
from tileserver.layers.coverage import Coverage, Coverages
from tileserver.layers.layers import Layer, Layers
from tileserver.store import NotFound, PublishedVersion, WorkflowRecord, Workflows
from tileserver.wmts.addresses import Service
from tileserver.wmts.layers import Offer, Unfit, offer
from tileserver.wmts.presets import Presets
from wmts import (
    CapabilitiesRequest,
    LayerInfo,
    MatrixSet,
    MatrixSets,
    ServiceInfo,
    Tile,
    capabilities,
    parse_layer_identifier,
    unchanged_capabilities,
)

__all__ = ["Document", "Finder", "MapServices", "View"]

log = logging.getLogger(__name__)

MAX_BYTES: Final = 64 << 20  # of documents
PAGE: Final = 1000
PRESETS_SECONDS: Final = 1.0  # in which the bands of styles are looked for, of all layers of a document


@dataclass(frozen=True, slots=True)
class View:
    """A client's view of a service: the root of URLs, the tile matrix sets, and the keys that URLs carry."""

    root: str
    sets: tuple[MatrixSet, ...]
    dimensions: bool = True
    carried: tuple[tuple[str, str], ...] = ()
    selection: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A capabilities document, and the tag by which it is known."""

    data: bytes
    tag: str


class MapServices:
    """All services of a server; thread safe. The stores are asked every time, so that documents are never stale."""

    def __init__(
        self,
        layers: Layers,
        workflows: Workflows,
        catalog: Catalog,
        coverages: Coverages,
        sets: MatrixSets,
        presets: Presets,
        limits: Limits,
    ) -> None:
        self.sets = sets
        self._layers = layers
        self._workflows = workflows
        self._catalog = catalog
        self._coverages = coverages
        self._presets = presets
        self._limits = limits
        self._documents: LRUCache[object, tuple[object, Document]] = LRUCache(
            MAX_BYTES, getsizeof=lambda entry: len(entry[1].data)
        )
        self._lock = threading.Lock()

    def document(self, service: Service, view: View, caller: Caller, asked: CapabilitiesRequest) -> Document:
        """Return the document of a service for a caller; raises `NotFound` if there is nothing for them.

        It may be empty, for a client that has the newest one; raises InvalidUpdateSequence.
        """
        revision = self._catalog.revision()
        sequence = revision + self._workflows.revision()
        single = self._single(service, caller)
        title = single.title if single else self._title(service, caller)
        info = _describe(service, view, title, single.description if single else "", sequence)
        if asked.is_up_to_date(sequence):
            return _tagged(unchanged_capabilities(info))
        key = service, view, caller, asked.sections
        with self._lock:
            known = self._documents.get(key)
        if known is not None and known[0] == sequence:
            return known[1]
        offers = self._offers(service, single, caller, revision)
        infos = [listed for one in offers for listed in one.list(view.root, view.sets, view.dimensions)]
        document = _tagged(capabilities(info, infos, asked.sections))
        with self._lock:
            if len(document.data) <= MAX_BYTES and all(one.is_settled for one in offers):
                self._documents[key] = sequence, document
        return document

    def finder(self, service: Service, root: str, caller: Caller) -> Finder:
        """Return what finds layers of a service for one request."""
        return Finder(self, service, root, caller)

    def offers(self, service: Service, caller: Caller) -> list[Offer]:
        """Return all layers of a service that the caller may see; raises `NotFound` if there is nothing for them."""
        return self._offers(service, self._single(service, caller), caller, self._catalog.revision())

    def offer(self, service: Service, name: str, caller: Caller) -> Offer | None:
        """Return the layer of that name; None if the service has none that the caller may see."""
        address = service.address_of(name)
        try:
            layer = None if address is None else self._layers.get(address, caller)
        except (NotFound, BadRequest):
            return None
        if layer is None:
            return None
        revision = self._catalog.revision()
        coverage = self._coverages.find(layer.image_sources, revision)
        return self._offer(name, layer, coverage, revision, time.monotonic() + PRESETS_SECONDS)

    def _single(self, service: Service, caller: Caller) -> Layer | None:
        """Return the one layer of a service; None if it may have any number of them."""
        if service.kind == "xyz":
            return self._layers.get({"id": service.id}, caller)
        if service.version:
            return self._layers.get({"id": service.id, "version": service.version}, caller)
        return None

    def _title(self, service: Service, caller: Caller) -> str:
        """Return what a service of several layers is called: as its workflow, if they are all of one."""
        return (self._workflows.find(service.id, caller).title or service.id) if service.id else ""

    def _offers(self, service: Service, single: Layer | None, caller: Caller, revision: int) -> list[Offer]:
        layers = [(_name_of(service), single)] if single else list(self._published(service, caller))
        coverages = self._coverages.find_all([layer.image_sources for _, layer in layers], revision)
        placed, ends = zip(layers, coverages, strict=True), time.monotonic() + PRESETS_SECONDS
        offers = (self._offer(name, layer, coverage, revision, ends) for (name, layer), coverage in placed)
        return [one for one in offers if one]

    def _published(self, service: Service, caller: Caller) -> Iterator[tuple[str, Layer]]:
        """Yield all versions of the service's workflows, with their names."""
        for record in self._records(service, caller):
            for version in record.versions:
                published = PublishedVersion(
                    workflow=record.id,
                    title=record.title,
                    description=record.description,
                    public=False,
                    version=version,
                )
                yield f"{record.id}/{version.version}", self._layers.of_version(published, version.version)

    def _records(self, service: Service, caller: Caller) -> Iterator[WorkflowRecord]:
        if service.id:
            yield self._workflows.find(service.id, caller)
            return
        after = None
        while True:
            records, after = self._workflows.search(caller, after=after, limit=PAGE)
            yield from records
            if after is None:
                return

    def _offer(self, name: str, layer: Layer, coverage: Coverage, revision: int, ends: float) -> Offer | None:
        """Return the offer of a layer; None, with a line in the log, for one that no map can show."""
        try:
            found = offer(name, layer, coverage, self._limits)
            options = self._presets.find(layer, coverage, revision, ends)
            return replace(found, is_settled=False) if options is None else replace(found, viz_options=options)
        except Unfit as exc:
            log.warning("%s is left out of WMTS: %s", layer.path, exc)
            return None


class Finder:
    """Finds the layers of a service by their identifiers, each once."""

    def __init__(self, services: MapServices, service: Service, root: str, caller: Caller) -> None:
        self._services = services
        self._service = service
        self._root = root
        self._caller = caller
        self._found: dict[str, tuple[Offer, Mapping[str, str] | None, LayerInfo] | None] = {}

    def info(self, identifier: str) -> LayerInfo | None:
        """Return the layer's entry of a document; None if there is none of that identifier."""
        if identifier not in self._found:
            self._found[identifier] = self._find(identifier)
        found = self._found[identifier]
        return None if found is None else found[2]

    def layer(self, tile: Tile) -> Layer:
        """Return the layer that a tile is of."""
        return self._known(tile)[0].layer

    def style(self, tile: Tile, limits: Limits) -> Style:
        """Return the style that a tile is drawn in, arguments included."""
        offer, values, _ = self._known(tile)
        return offer.style(tile.style.identifier, tile.dimensions if values is None else values, limits)

    def _known(self, tile: Tile) -> tuple[Offer, Mapping[str, str] | None, LayerInfo]:
        known = self._found[tile.layer.identifier]
        assert known is not None
        return known

    def _find(self, identifier: str) -> tuple[Offer, Mapping[str, str] | None, LayerInfo] | None:
        try:
            name, combined = parse_layer_identifier(identifier)
        except ValueError:
            return None
        offer = self._services.offer(self._service, name, self._caller)
        if offer is None or not offer.has(combined):
            return None
        values = combined or None
        info = offer.describe(self._root, self._services.sets.select(()), values)
        return None if info is None else (offer, values, info)


def _describe(service: Service, view: View, title: str, abstract: str, sequence: int) -> ServiceInfo:
    return ServiceInfo(
        f"{view.root}/{service.path}",
        title or "graftile",
        abstract=abstract,
        carried=view.carried,
        selection=view.selection,
        update_sequence=sequence,
    )


def _name_of(service: Service) -> str:
    return f"{service.id}/{service.version}" if service.version else service.id


def _tagged(data: bytes) -> Document:
    return Document(data, f'"{hashlib.sha256(data).hexdigest()[:32]}"')
