"""Loads: where a graft names products and images, and whether the times that it asks for have passed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from graft_eval.errors import EvaluationError
from graft_eval.syntax import Body, Builtin, Call, Graft, Literal, Local, Node, Reference
from graft_eval.typecheck import parse_datetime

__all__ = ["Load", "closing_of", "loads_of"]

COLLECTION: Final = "wf.ImageCollection.from_id"
LOADERS: Final = frozenset({COLLECTION, "wf.Image.load"})
FROM_STRING: Final = "wf.datetime.from_string"
FROM_COMPONENTS: Final = "wf.datetime.from_components"

Bodies = tuple[Body, ...]  # from the outermost to the one in which a node stands


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """A call that loads imagery."""

    call: Call
    bodies: Bodies

    @property
    def is_collection(self) -> bool:
        """Whether it loads what a product has, not one image."""
        return isinstance(self.call.function, Builtin) and self.call.function.name == COLLECTION

    @property
    def name(self) -> str | None:
        """The id of what it loads, where the graft spells it out."""
        first = self.call.arguments[0] if self.call.arguments else None
        name = None if first is None else _literal(first, self.bodies)
        return name if isinstance(name, str) else None

    def moment(self, parameter: str) -> datetime | None:
        """Return the moment that one of its named arguments is; None where there is none, or it is computed."""
        reference = self.call.named.get(parameter)
        try:
            return None if reference is None else _moment(reference, self.bodies)
        except (EvaluationError, IndexError, OverflowError, TypeError, ValueError):
            return None  # evaluation will say what is wrong with it


def loads_of(graft: Graft) -> Iterator[Load]:
    """Yield the calls of a graft that load imagery, those in functions too."""
    pending: list[Bodies] = [(graft.body,)]
    while pending:
        bodies = pending.pop()
        for node in bodies[-1].nodes.values():
            if isinstance(node, Body):
                pending.append((*bodies, node))
            elif isinstance(node, Call) and isinstance(node.function, Builtin) and node.function.name in LOADERS:
                yield Load(node, bodies)


def closing_of(graft: Graft) -> datetime | None:
    """Return when the last of the time ranges ends in which a graft looks for images.

    None where one of them is open, computed, or there is none.
    """
    collections = [load for load in loads_of(graft) if load.is_collection]
    starts = [load.moment("start_datetime") for load in collections]
    ends = [end for load in collections if (end := load.moment("end_datetime"))]
    return max(ends, default=None) if all(starts) and len(ends) == len(collections) else None


def _moment(reference: Reference, bodies: Bodies) -> datetime | None:
    node, bodies = _resolve(reference, bodies) or (None, bodies)
    if isinstance(node, Literal) and isinstance(node.value, str):
        return parse_datetime(node.value)
    if not isinstance(node, Call) or not isinstance(node.function, Builtin):
        return None
    if node.function.name == FROM_STRING:
        text = _literal((*node.arguments, *node.named.values())[0], bodies)
        return parse_datetime(text) if isinstance(text, str) else None
    if node.function.name == FROM_COMPONENTS:
        parts = {name: _literal(part, bodies) for name, part in node.named.items()}
        return datetime(**parts, tzinfo=UTC)  # type: ignore[arg-type]  # a TypeError is expected
    return None


def _resolve(reference: Reference, bodies: Bodies) -> tuple[Node, Bodies] | None:
    """Return what a reference of the innermost body stands for, and where that stands; None for a parameter."""
    if not isinstance(reference, Local):
        return None
    outer = bodies[: len(bodies) - reference.up]
    node = outer[-1].nodes.get(reference.key)
    return None if node is None else (node, outer)


def _literal(reference: Reference, bodies: Bodies) -> object:
    found = _resolve(reference, bodies)
    return found[0].value if found and isinstance(found[0], Literal) else None
