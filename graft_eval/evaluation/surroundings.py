"""Surroundings: scenes are searched as far around a grid as the pixels of a value look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Plane, Read
from graft_eval.planning.plan import sort
from graft_eval.planning.reach import reach_of
from graft_eval.progress import Progress
from graft_eval.scope import Engine, Raster, Scope, Trace
from graft_eval.values.image import Groupby, Image, ImageCollection
from graft_eval.values.types import type_of

__all__ = ["evaluate_around", "planes_of"]

T = TypeVar("T")

ROUNDS: Final = 3  # a kernel may depend on the scenes that are found
WIDEST: Final = 4096  # pixels: computations that look further are refused


def evaluate_around(scope: Scope, function: Callable[[Scope], T]) -> T:
    """Return what a function gives in a scope that searches as far around its grid as the pixels of the value look.

    How far that is follows from the value: it is evaluated without a margin, and again if scenes were searched and
    its pixels look further, or looked further on the way; three times at most. The first of all pixels are not
    computed in vain: if they look further, it is evaluated anew at once.
    """
    margin, said, rounds = scope.margin, set[tuple[int, str]](), 0
    is_watched = scope.grid is not None
    while rounds < ROUNDS:
        trace = Trace()
        engine = _Watched(scope.engine, trace, margin, scope.grid) if is_watched else scope.engine
        inner = replace(scope, engine=engine, margin=margin, trace=trace)
        try:
            with scope.progress.overhear(besides=said) as messages:
                value = function(inner)
            reach = _reach_of([*trace.planes, *planes_of(value)], scope.grid)
        except _LooksFurther as further:
            margin, is_watched = further.reach, False
            continue
        finally:
            said.update(messages)
        if scope.grid is None or not trace.has_searched or reach <= margin:
            break
        margin, rounds = reach, rounds + 1
    scope.trace.add(inner.trace)
    return value


class _LooksFurther(Exception):
    """The pixels of planes look further than scenes were searched."""

    def __init__(self, reach: int) -> None:
        super().__init__(f"pixels look {reach} pixels around")
        self.reach = reach


class _Watched:
    """An engine that raises `_LooksFurther` instead of computing the first planes of an evaluation, if they do."""

    def __init__(self, engine: Engine, trace: Trace, margin: int, grid: Grid | None) -> None:
        self._engine = engine
        self._trace = trace
        self._margin = margin
        self._grid = grid
        self._has_computed = False

    def compute(self, planes: Sequence[Plane], grid: Grid, progress: Progress, limits: Limits) -> Raster:
        self._watch(planes)
        return self._engine.compute(planes, grid, progress, limits)

    def pieces(
        self, planes: Sequence[Plane], grid: Grid, progress: Progress, limits: Limits
    ) -> Iterator[tuple[int, int, Raster]]:
        self._watch(planes)
        return self._engine.pieces(planes, grid, progress, limits)

    def integer(self, read: Read, grid: Grid, progress: Progress) -> int:
        return self._engine.integer(read, grid, progress)  # of a band that is read as it is, which looks nowhere else

    def _watch(self, planes: Sequence[Plane]) -> None:
        if (
            not self._has_computed
            and self._trace.has_searched
            and (reach := _reach_of(planes, self._grid)) > self._margin
        ):
            raise _LooksFurther(reach)
        self._has_computed = True


def _reach_of(planes: Iterable[Plane], grid: Grid | None) -> int:
    return 0 if grid is None else min(WIDEST, max(reach_of(sort(planes), grid)))


def planes_of(value: object) -> Iterator[Plane]:
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
