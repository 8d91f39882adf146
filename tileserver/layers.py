"""Layers: published computations as tiles, logs and pages need them, whatever they are published as."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cachetools import LRUCache, TTLCache

from graft_eval.scope import Limits
from graft_eval.syntax import Graft, parse
from sdk.naming import check_workflow_id
from sdk.versions import check_reference, is_version
from tileserver.auth import Caller
from tileserver.errors import BadRequest
from tileserver.loads import closing_of
from tileserver.store import PublishedVersion, Store, Workflows
from tileserver.store.freshness import Freshness

__all__ = ["Layer", "Layers", "path_of"]

CACHED_KEYS: Final = 500_000  # of all grafts kept
LAYERS_KEPT: Final = 4096
FOUND_SECONDS: Final = 1.0
HOUR: Final = 3600
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A published computation.

    `path` is where it is served, as `xyz/{id}` or `workflow/{id}/{version}`; `public` is whether anybody may see it.
    Its tiles may be kept for `max_age` seconds, 0 where they must be asked for anew each time.
    """

    path: str
    title: str
    description: str
    type: str
    parameters: Sequence[Mapping[str, Any]]
    viz_options: Sequence[Mapping[str, Any]]
    public: bool
    max_age: int
    graft: Graft


@dataclass(frozen=True, slots=True, eq=False)
class _Parsed:
    """A graft, what it costs to keep, and when the times that it looks at are over; None where they never are."""

    graft: Graft
    keys: int
    closing: datetime | None


class Layers:
    """Finds layers; thread safe.

    The stores are asked again as soon as anything in their database has changed: what is deleted or no longer shared
    is gone at once. What expires is gone within a second.
    """

    def __init__(self, store: Store, workflows: Workflows, limits: Limits, freshness: Freshness) -> None:
        self._store = store
        self._workflows = workflows
        self._limits = limits
        self._freshness = freshness
        self._found: TTLCache[object, tuple[int, Layer]] = TTLCache(LAYERS_KEPT, FOUND_SECONDS)
        self._grafts: LRUCache[str, _Parsed] = LRUCache(CACHED_KEYS, getsizeof=lambda parsed: parsed.keys)
        self._lock = threading.Lock()

    def get(self, place: Mapping[str, str], caller: Caller) -> Layer:
        """Return the layer of a path with `id` and, for a workflow, `version`: one, an alias, or `latest`.

        Raises `NotFound` for one that is not there or not to be known to the caller, `BadRequest` for what names none.
        """
        stamp = self._freshness.stamp()
        layer = self._find(place, caller)
        if stamp is not None:
            with self._lock:
                self._found[_key(place, caller)] = stamp, layer
        return layer

    def known(self, place: Mapping[str, str], caller: Caller) -> Layer | None:
        """Return what `get` would, if nothing has changed since it was last asked; None where it has to be asked.

        It takes a hundredth of the time, and no thread of its own, for it waits for nothing.
        """
        with self._lock:
            found = self._found.get(_key(place, caller))
        return found[1] if found is not None and found[0] == self._freshness.stamp() else None

    def _find(self, place: Mapping[str, str], caller: Caller) -> Layer:
        if "version" in place:
            path_of(place)
            published = self._workflows.version(place["id"], place["version"], caller)
            return self.of_version(published, place["version"])
        record = self._store.layer(place["id"], caller)
        return Layer(
            path=path_of(place),
            title=record.name,
            description=record.description,
            type=record.type,
            parameters=record.parameters,
            viz_options=record.viz_options,
            public=record.public,
            max_age=HOUR,
            graft=self._parse(record.id, record.graft).graft,
        )

    def of_version(self, published: PublishedVersion, reference: str) -> Layer:
        """Return the layer of a version, under the name by which it is referred to: its own, an alias or `latest`."""
        version = published.version
        parsed = self._parse(version.graft_hash, version.graft)
        closed = parsed.closing is not None and parsed.closing < datetime.now(UTC)
        return Layer(
            path=path_of({"id": published.workflow, "version": reference}),
            title=published.title or published.workflow,
            description=published.description,
            type=version.type,
            parameters=version.parameters,
            viz_options=version.viz_options,
            public=published.public,
            max_age=0 if not is_version(reference) else DAY if closed else HOUR,
            graft=parsed.graft,
        )

    def _parse(self, key: str, document: Mapping[str, Any]) -> _Parsed:
        with self._lock:
            parsed = self._grafts.get(key)
        if parsed is None:
            graft = parse(document, self._limits)
            parsed = _Parsed(graft, len(document), closing_of(graft))
            with self._lock:
                self._grafts[key] = parsed
        return parsed


def _key(place: Mapping[str, str], caller: Caller) -> object:
    return place["id"], place.get("version"), caller


def path_of(place: Mapping[str, str]) -> str:
    """Return the path of the layer that `id` and, for a workflow, `version` name; raises `BadRequest` for none.

    >>> path_of({"id": "bob@example.com:model", "version": "1.0.0"})
    'workflow/bob@example.com:model/1.0.0'
    """
    if "version" not in place:
        return f"xyz/{place['id']}"
    try:
        check_workflow_id(place["id"])
        return f"workflow/{place['id']}/{check_reference(place['version'])}"
    except ValueError as exc:
        raise BadRequest(str(exc)) from exc
