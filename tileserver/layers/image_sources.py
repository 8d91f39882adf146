"""Image sources: the products, images and times that a graft names, read off its JSON without evaluating it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from graft_eval.errors import EvaluationError
from graft_eval.values.plain import parse_datetime
from tileserver.layers.cutlines import cut_box

__all__ = ["ImageSource", "image_sources_of", "latest_end"]

COLLECTION: Final = "wf.ImageCollection.from_id"
LOADERS: Final = frozenset({COLLECTION, "wf.Image.load"})
FROM_STRING: Final = "wf.datetime.from_string"
FROM_COMPONENTS: Final = "wf.datetime.from_components"
RESERVED: Final = frozenset({"parameters", "returns"})

Bodies = tuple[Mapping[str, Any], ...]  # from the outermost to the one in which an expression stands


@dataclass(frozen=True, slots=True)
class ImageSource:
    """A call that loads imagery: what a product has with `start` <= date < `end`, or else one image.

    `name` is the id of the product or image where the graft spells it out, else None; so are the moments, which are
    None if there is none, too. `within` is a box, in degrees, outside of which the graft shows nothing of it.
    """

    name: str | None
    is_collection: bool
    start: datetime | None = None
    end: datetime | None = None
    within: tuple[float, float, float, float] | None = None


def image_sources_of(document: Mapping[str, Any]) -> tuple[ImageSource, ...]:
    """Return the calls of a well-formed graft that load imagery, those in functions too, each once.

    >>> image_sources_of({"a": "my-product", "b": ["wf.ImageCollection.from_id", "a"], "returns": "b"})
    (ImageSource(name='my-product', is_collection=True, start=None, end=None, within=None),)
    """
    found, box = dict.fromkeys(_find((document,))), cut_box(document)
    return tuple(found) if box is None else tuple(replace(source, within=box) for source in found)


def latest_end(sources: Collection[ImageSource]) -> datetime | None:
    """Return when the last of the time ranges ends in which images are looked for.

    None if one of them is open, computed, or there is none.
    """
    collections = [source for source in sources if source.is_collection]
    ends = [source.end for source in collections if source.start and source.end]
    return max(ends, default=None) if len(ends) == len(collections) else None


def _find(outermost: Bodies) -> Iterator[ImageSource]:
    pending = [outermost]
    while pending:
        bodies = pending.pop()
        for value in bodies[-1].values():
            if isinstance(value, Mapping):
                pending.append((*bodies, value))
            elif isinstance(value, list) and value and isinstance(value[0], str) and value[0] in LOADERS:
                yield _source_of(value, bodies)


def _source_of(call: list[Any], bodies: Bodies) -> ImageSource:
    positional, named = _arguments(call)
    name = _literal(positional[0], bodies) if positional else None
    start, end = (
        _moment(named[parameter], bodies) if parameter in named else None
        for parameter in ("start_datetime", "end_datetime")
    )
    return ImageSource(name if isinstance(name, str) else None, call[0] == COLLECTION, start, end)


def _arguments(call: list[Any]) -> tuple[list[str], Mapping[str, str]]:
    """Return the keys of a call's arguments."""
    return (call[1:-1], call[-1]) if isinstance(call[-1], Mapping) else (call[1:], {})


def _moment(name: str, bodies: Bodies) -> datetime | None:
    """Return the moment that a key stands for; None if it is computed, or an argument."""
    try:
        value, bodies = _resolve(name, bodies)
        if isinstance(value, str):
            return parse_datetime(value)
        if not isinstance(value, list) or _is_quoted(value):
            return None
        positional, named = _arguments(value)
        if value[0] == FROM_STRING:
            text = _literal([*positional, *named.values()][0], bodies)
            return parse_datetime(text) if isinstance(text, str) else None
        if value[0] == FROM_COMPONENTS:
            parts: dict[str, Any] = {part: _literal(key, bodies) for part, key in named.items()}
            return datetime(**parts, tzinfo=UTC)
    except (EvaluationError, IndexError, OverflowError, TypeError, ValueError):
        pass  # evaluation will say what is wrong with it
    return None


def _resolve(name: str, bodies: Bodies) -> tuple[object, Bodies]:
    """Return the expression that a key of the innermost body stands for, and where it stands; None for a parameter."""
    for depth in range(len(bodies), 0, -1):
        body = bodies[depth - 1]
        if name in body.get("parameters", ()):
            break
        if name in body and name not in RESERVED:
            return body[name], bodies[:depth]
    return None, bodies


def _literal(name: str, bodies: Bodies) -> object:
    value, _ = _resolve(name, bodies)
    return value[0] if isinstance(value, list) and _is_quoted(value) else None if isinstance(value, list) else value


def _is_quoted(value: list[Any]) -> bool:
    return len(value) == 1 and isinstance(value[0], list | Mapping)
