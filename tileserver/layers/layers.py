"""Layers: published computations as tiles, logs and pages need them, whatever they are published as."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any, Final

from cachetools import LRUCache

from graft_eval.graft.syntax import Graft, parse
from graft_eval.limits import Limits
from sdk.contract.naming import check_workflow_id
from sdk.contract.parameters import Parameter, read_parameters
from sdk.contract.versions import check_reference, is_version
from tileserver.auth import Caller
from tileserver.http.errors import BadRequest
from tileserver.layers.image_sources import ImageSource, image_sources_of, latest_end
from tileserver.store import PublishedVersion, Store, Workflows
from tileserver.store.change_stamp import ChangeStamp
from tileserver.store.outages import Remembered
from tileserver.store.unchanged import Unchanged

__all__ = ["Layer", "Layers", "path_of"]

CACHED_KEYS: Final = 500_000  # of all grafts kept
MAX_SOURCES: Final = 50_000  # of all grafts
MAX_LAYERS: Final = 4096
HOUR: Final = 3600
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A published computation.

    `path` is where it is served, as `xyz/{id}` or `workflow/{id}/{version}`; `public` is whether anybody may see it.
    `identity` is the same, but names a version where the path may name an alias.
    Its tiles may be kept for `max_age` seconds, 0 if they must be asked for anew each time. `image_sources` are those
    that it names, `document` is its graft as it came, and `read` returns it parsed: to list a thousand layers, none of
    them needs to be parsed. From `expires` on it is not found any more.
    """

    path: str
    identity: str
    title: str
    description: str
    type: str
    parameters: tuple[Parameter, ...]
    viz_options: Sequence[Mapping[str, Any]]
    public: bool
    max_age: int
    image_sources: tuple[ImageSource, ...]
    document: Mapping[str, Any]
    read: Callable[[], Graft]
    expires: datetime | None = None

    @property
    def graft(self) -> Graft:
        """The computation; raises GraftError if limits are lower than when it was published."""
        return self.read()


class Layers:
    """Finds layers; thread safe.

    The stores are asked again as soon as anything in their database has changed: what is deleted or no longer shared
    is gone at once, and what expires. While the database is away, callers get what they got in the ten minutes before.
    """

    def __init__(self, store: Store, workflows: Workflows, limits: Limits, stamp: ChangeStamp) -> None:
        self._store = store
        self._workflows = workflows
        self._limits = limits
        self._found = Unchanged[object, Layer](stamp, MAX_LAYERS, attrgetter("expires"))
        self._remembered = Remembered[object, tuple[Layer, int]](CACHED_KEYS, itemgetter(1))
        self._grafts: LRUCache[str, tuple[Graft, int]] = LRUCache(CACHED_KEYS, getsizeof=itemgetter(1))
        self._sources: LRUCache[str, tuple[ImageSource, ...]] = LRUCache(MAX_SOURCES, lambda known: len(known) + 1)
        self._lock = threading.Lock()

    def get(self, address: Mapping[str, str], caller: Caller) -> Layer:
        """Return the layer of a path with `id` and, for a workflow, `version`: one, an alias, or `latest`.

        Raises `NotFound` for one that is not there or not to be known to the caller, `BadRequest` for what names none.
        """
        return self._found.ask(_key(address, caller), partial(self._ask, address, caller))

    def known(self, address: Mapping[str, str], caller: Caller, stamp: int | None = None) -> Layer | None:
        """Return what `get` would, if nothing has changed since it was last asked; None if it has to be asked.

        It takes a hundredth of the time, and no thread of its own, for it waits for nothing. `stamp` is the database's
        current one, if that was looked at already.
        """
        return self._found.get(_key(address, caller), stamp)

    def _ask(self, address: Mapping[str, str], caller: Caller) -> Layer:
        layer, _ = self._remembered.ask(_key(address, caller), partial(self._find, address, caller))
        graft = layer.graft
        return replace(layer, read=lambda: graft)  # which waits for nothing

    def _find(self, address: Mapping[str, str], caller: Caller) -> tuple[Layer, int]:
        """Return a layer, and how many keys its graft has."""
        if "version" in address:
            path_of(address)
            published = self._workflows.version(address["id"], address["version"], caller)
            return self.of_version(published, address["version"]), len(published.version.graft)
        record = self._store.layer(address["id"], caller)
        layer = Layer(
            path=path_of(address),
            identity=path_of(address),
            title=record.name,
            description=record.description,
            type=record.type,
            parameters=read_parameters(record.parameters),
            viz_options=record.viz_options,
            public=record.public,
            max_age=HOUR,
            image_sources=self._image_sources(record.id, record.graft),
            document=record.graft,
            read=partial(self._parse, record.id, record.graft),
            expires=record.expires_timestamp,
        )
        return layer, len(record.graft)

    def of_version(self, published: PublishedVersion, reference: str) -> Layer:
        """Return the layer of a version, under the name by which it is referred to: its own, an alias or `latest`."""
        version = published.version
        sources = self._image_sources(version.graft_hash, version.graft)
        end = latest_end(sources)
        closed = end is not None and end < datetime.now(UTC)
        return Layer(
            path=path_of({"id": published.workflow, "version": reference}),
            identity=path_of({"id": published.workflow, "version": version.version}),
            title=published.title or published.workflow,
            description=published.description,
            type=version.type,
            parameters=read_parameters(version.parameters),
            viz_options=version.viz_options,
            public=published.public,
            max_age=0 if not is_version(reference) else DAY if closed else HOUR,
            image_sources=sources,
            document=version.graft,
            read=partial(self._parse, version.graft_hash, version.graft),
        )

    def _image_sources(self, key: str, document: Mapping[str, Any]) -> tuple[ImageSource, ...]:
        with self._lock:
            known = self._sources.get(key)
        if known is None:
            known = image_sources_of(document)
            with self._lock:
                self._sources[key] = known
        return known

    def _parse(self, key: str, document: Mapping[str, Any]) -> Graft:
        with self._lock:
            known = self._grafts.get(key)
        if known is None:
            known = parse(document, self._limits), len(document)
            with self._lock:
                self._grafts[key] = known
        return known[0]


def _key(address: Mapping[str, str], caller: Caller) -> object:
    return address["id"], address.get("version"), caller


def path_of(address: Mapping[str, str]) -> str:
    """Return the path of the layer that `id` and, for a workflow, `version` name; raises `BadRequest` for none.

    >>> path_of({"id": "bob@example.com:model", "version": "1.0.0"})
    'workflow/bob@example.com:model/1.0.0'
    """
    if "version" not in address:
        return f"xyz/{address['id']}"
    try:
        check_workflow_id(address["id"])
        return f"workflow/{address['id']}/{check_reference(address['version'])}"
    except ValueError as exc:
        raise BadRequest(str(exc)) from exc
