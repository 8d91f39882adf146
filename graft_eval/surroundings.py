"""Surroundings: scenes are searched as far around a grid as the pixels of a value look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from graft_eval.plane import Plane
from graft_eval.planning.plan import sort
from graft_eval.planning.reach import reach_of
from graft_eval.scope import Scope, Trace
from graft_eval.values.image import Groupby, Image, ImageCollection
from graft_eval.values.types import type_of

__all__ = ["evaluate_around"]

T = TypeVar("T")

ROUNDS: Final = 3  # a kernel may depend on the scenes that are found
WIDEST: Final = 4096  # pixels: computations that look further are refused


def evaluate_around(scope: Scope, function: Callable[[Scope], T]) -> T:
    """Return what a function gives in a scope that searches as far around its grid as the pixels of the value look.

    How far that is follows from the value: it is evaluated without a margin, and again if scenes were searched and
    its pixels look further, or looked further on the way; three times at most.
    """
    margin, said = scope.margin, set[tuple[int, str]]()
    for _ in range(ROUNDS):
        inner = replace(scope, margin=margin, trace=Trace())
        with scope.progress.overhear(besides=said) as messages:
            value = function(inner)
        said.update(messages)
        reach = min(WIDEST, max(reach_of(sort([*inner.trace.planes, *_planes_of(value)]))))
        if scope.grid is None or not inner.trace.has_searched or reach <= margin:
            break
        margin = reach
    scope.trace.add(inner.trace)
    return value


def _planes_of(value: object) -> Iterator[Plane]:
    """Yield the planes of all imagery in a value."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Image):
            yield from value.planes
        elif isinstance(value, ImageCollection):
            waiting.extend(value.images)
        elif isinstance(value, Groupby):
            waiting.extend(value.groups.values())
        elif (elements := type_of(value).elements) is not None:
            waiting.extend(elements(value))
