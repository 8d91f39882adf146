"""Cards: published layers as the start page and the viewer's search list them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from sdk.contract.parameters import read_parameters
from sdk.contract.versions import latest_of
from tileserver.auth import Caller
from tileserver.state import State
from tileserver.store import LayerRecord, WorkflowRecord
from tileserver.viewer.rendering import TEXTS, say

__all__ = ["Card", "find_cards"]

LIMIT = 100


@dataclass(frozen=True, slots=True)
class Card:
    """A layer in a list: where it is, and what one knows before it is opened.

    `preview` is the query of its picture, None if it has arguments without a default. `sharing` is who may see it, as
    far as the reader is to know. `object` is the path of what its owner deletes or shares, empty for others.
    """

    path: str
    title: str
    description: str
    type: str
    owner: str
    version: str
    parameters: tuple[str, ...]
    viz: str | None
    preview: str | None
    sharing: str
    published: datetime
    expires: datetime | None
    object: str

    @property
    def age(self) -> str:
        """How long ago it was published."""
        return _duration(datetime.now(UTC) - self.published)

    @property
    def expiry(self) -> str:
        """In how long it expires, if it does in a month."""
        left = None if self.expires is None else self.expires - datetime.now(UTC)
        return "" if left is None or left > timedelta(days=31) else _duration(left)

    def to_json(self) -> dict[str, Any]:
        """Return what the viewer needs to add it to a map."""
        return {"path": self.path, "title": self.title, "viz": self.viz}


def find_cards(
    state: State, text: str = "", *, layers_after: str | None = None, workflows_after: str | None = None
) -> tuple[tuple[list[Card], str | None], tuple[list[Card], str | None]]:
    """Return pages of workflows and of XYZ layers that the caller may see, and of which a text has a part.

    Each comes with what the page after it is asked for by. Raises ValueError for what no page gave.
    """
    caller = state["caller"]
    workflows, workflows_next = state["workflows"].search(caller, text=text, after=workflows_after, limit=LIMIT)
    layers, layers_next = state["store"].layers(reader=caller, text=text, after=layers_after, limit=LIMIT)
    return (
        ([*_released(workflows, state)], workflows_next),
        ([_card_of_layer(record, caller) for record in layers], layers_next),
    )


def _card_of_layer(record: LayerRecord, caller: Caller) -> Card:
    owned = caller.owns(record.user) and caller.scope != "read"
    return Card(
        path=f"xyz/{record.id}",
        title=record.name,
        description=record.description,
        type=record.type,
        owner=record.user,
        version="",
        parameters=tuple(parameter["name"] for parameter in record.parameters),
        viz=_first(record.viz_options),
        preview=_preview(record.viz_options, record.parameters),
        sharing=TEXTS["sharing_public" if record.public else "sharing_private"],
        published=record.created_timestamp,
        expires=record.expires_timestamp,
        object=f"api/xyz/{record.id}" if owned else "",
    )


def _released(workflows: Sequence[WorkflowRecord], state: State) -> Iterator[Card]:
    """Yield workflows by their latest version; one that has none has no layer to show."""
    caller = state["caller"]
    for record in workflows:
        latest = latest_of([version.version for version in record.versions])
        if latest is None:
            continue
        version = next(version for version in record.versions if version.version == latest)
        owned = caller.owns(record.email)
        yield Card(
            path=f"workflow/{quote(record.id)}/latest",
            title=record.title or record.name,
            description=record.description,
            type=version.type,
            owner=record.email,
            version=version.version,
            parameters=tuple(parameter["name"] for parameter in version.parameters),
            viz=_first(version.viz_options),
            preview=_preview(version.viz_options, version.parameters),
            sharing=_sharing(state["readers"].of(record.id))
            if owned
            else TEXTS["sharing_you" if caller.email else "sharing_public"],
            published=version.created_timestamp,
            expires=None,
            object=f"api/workflows/{quote(record.id)}" if owned and caller.scope != "read" else "",
        )


def _sharing(targets: Sequence[str]) -> str:
    if "public" in targets:
        return TEXTS["sharing_public"]
    if "authenticated" in targets:
        return TEXTS["sharing_authenticated"]
    return say("sharing_some", count=len(targets)) if targets else TEXTS["sharing_private"]


def _first(options: Sequence[Mapping[str, Any]]) -> str | None:
    return options[0]["id"] if options else None


def _preview(options: Sequence[Mapping[str, Any]], parameters: Sequence[Mapping[str, Any]]) -> str | None:
    if any(parameter.default is None for parameter in read_parameters(parameters)):
        return None
    viz = _first(options)
    return "width=480&height=270" + (f"&viz={quote(viz)}" if viz else "")


def _duration(span: timedelta) -> str:
    """Return a span of time in its largest unit.

    >>> _duration(timedelta(minutes=3)), _duration(timedelta(days=70))
    ('3 minutes', '2 months')
    """
    seconds = max(span.total_seconds(), 0)
    for unit, size in {"year": 31_557_600, "month": 2_629_800, "day": 86_400, "hour": 3600, "minute": 60}.items():
        if seconds >= size:
            count = int(seconds // size)
            return say(f"span_{unit}" if count == 1 else f"span_{unit}s", count=count)
    return TEXTS["span_short"]
