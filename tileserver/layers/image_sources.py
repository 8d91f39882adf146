"""Loads: which products and images a graft names, and for which times; read off its JSON, which takes no parsing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from graft_eval.errors import EvaluationError
from graft_eval.values.plain import parse_datetime

__all__ = ["Load", "closing_of", "loads_of"]

COLLECTION: Final = "wf.ImageCollection.from_id"
LOADERS: Final = frozenset({COLLECTION, "wf.Image.load"})
FROM_STRING: Final = "wf.datetime.from_string"
FROM_COMPONENTS: Final = "wf.datetime.from_components"
RESERVED: Final = frozenset({"parameters", "returns"})

Bodies = tuple[Mapping[str, Any], ...]  # from the outermost to the one in which an expression stands


@dataclass(frozen=True, slots=True)
class Load:
    """A call that loads imagery: what a product has with `start` <= date < `end`, or else one image.

    `name` is the id of the product or image where the graft spells it out, else None; so are the moments, which are
    None where there is none, too.
    """

    name: str | None
    is_collection: bool
    start: datetime | None = None
    end: datetime | None = None


def loads_of(document: Mapping[str, Any]) -> tuple[Load, ...]:
    """Return the calls of a well-formed graft that load imagery, those in functions too, each once.

    >>> loads_of({"a": "my-product", "b": ["wf.ImageCollection.from_id", "a"], "returns": "b"})
    (Load(name='my-product', is_collection=True, start=None, end=None),)
    """
    return tuple(dict.fromkeys(_find((document,))))


def closing_of(loads: Collection[Load]) -> datetime | None:
    """Return when the last of the time ranges ends in which images are looked for.

    None where one of them is open, computed, or there is none.
    """
    collections = [load for load in loads if load.is_collection]
    ends = [load.end for load in collections if load.start and load.end]
    return max(ends, default=None) if len(ends) == len(collections) else None


def _find(outermost: Bodies) -> Iterator[Load]:
    pending = [outermost]
    while pending:
        bodies = pending.pop()
        for value in bodies[-1].values():
            if isinstance(value, Mapping):
                pending.append((*bodies, value))
            elif isinstance(value, list) and value and isinstance(value[0], str) and value[0] in LOADERS:
                yield _load(value, bodies)


def _load(call: list[Any], bodies: Bodies) -> Load:
    positional, named = _arguments(call)
    name = _literal(positional[0], bodies) if positional else None
    start, end = (
        _moment(named[parameter], bodies) if parameter in named else None
        for parameter in ("start_datetime", "end_datetime")
    )
    return Load(name if isinstance(name, str) else None, call[0] == COLLECTION, start, end)


def _arguments(call: list[Any]) -> tuple[list[str], Mapping[str, str]]:
    """Return the keys of a call's arguments."""
    return (call[1:-1], call[-1]) if isinstance(call[-1], Mapping) else (call[1:], {})


def _moment(name: str, bodies: Bodies) -> datetime | None:
    """Return the moment that a key stands for; None where it is computed, or an argument."""
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
