"""Recall: what a graft stands for, evaluated once for all grids on which the catalog gives the same answers.

Evaluating touches metadata alone, and mostly depends on the place through the scenes that are found there and nothing
else. So what an evaluation asked the catalog is kept, in order, and with the answers what came of it. The next one asks
the same questions for its own place; where the answers are known, so is the value. An evaluation that looked at its
grid, or computed pixels, is not kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from cachetools import LRUCache
from shapely.geometry.base import BaseGeometry

from graft_eval.errors import GraftError
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Plane
from graft_eval.progress import Work
from graft_eval.scene import Product, Scene, Source
from graft_eval.scope import Engine, Raster, Scope
from graft_eval.search import find_scene, find_scenes

__all__ = ["Recall"]

T = TypeVar("T")

Question = tuple[str] | tuple[str, datetime | None, datetime | None, int]  # of one scene, or of those in a place
Path = tuple[Hashable, ...]  # what is evaluated, then the answers as ids of scenes, which are kept with what is kept


@dataclass(frozen=True, slots=True, eq=False)
class _Asks:
    """Where an evaluation stands when it asks a question."""

    question: Question
    answers: tuple[Sequence[Scene], ...]
    size: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class _Ends(Generic[T]):
    """What came of an evaluation, and what it logged on the way."""

    value: T
    messages: Sequence[tuple[int, str]]
    answers: tuple[Sequence[Scene], ...]
    size: int


class Recall(Generic[T]):
    """Keeps values whose sizes add up to no more than `capacity`, the last ones used; thread safe."""

    def __init__(self, capacity: int, size_of: Callable[[T], int]) -> None:
        self._kept: LRUCache[Path, _Asks | _Ends[T]] = LRUCache(capacity, getsizeof=lambda entry: entry.size)
        self._size_of = size_of
        self._lock = threading.Lock()

    def evaluate(self, key: Hashable, scope: Scope, function: Callable[[Scope], T]) -> T:
        """Return what a function gives in a scope; `key` says all that it depends on beside the scope.

        It may be another call's result, when that was told the same by the catalog. What the scope's work is told is
        the same in either case. The grid must have no cutline: places that are cut out are evaluated anew.
        """
        if scope.grid is None or scope.grid.cutline is not None:
            return function(scope)
        path: Path = (key,)
        while (entry := self._get(path)) is not None:
            if isinstance(entry, _Ends):
                for level, message in entry.messages:
                    scope.work.log(level, message)
                return entry.value
            try:
                path += (_name(_ask(scope, entry.question)),)
            except GraftError:  # raised again below, where it is known which operation asked
                break
        return self._evaluate(key, scope, function)

    def _evaluate(self, key: Hashable, scope: Scope, function: Callable[[Scope], T]) -> T:
        assert scope.grid is not None
        watch = _Watch()
        source = _WatchedSource(scope.source, scope.grid.footprint, watch)
        engine, grid = _WatchedEngine(scope.engine, watch), _WatchedGrid(scope.grid, watch)
        with scope.work.overhear() as messages:
            value = function(replace(scope, source=source, engine=engine, grid=grid))
        if not watch.looked:
            self._keep(key, watch, value, tuple(messages))
        return value

    def _get(self, path: Path) -> _Asks | _Ends[T] | None:
        with self._lock:
            return self._kept.get(path)

    def _keep(self, key: Hashable, watch: _Watch, value: T, messages: Sequence[tuple[int, str]]) -> None:
        path: Path = (key,)
        entries: dict[Path, _Asks | _Ends[T]] = {}
        answers: tuple[Sequence[Scene], ...] = ()
        for question, answer in watch.told:
            entries[path] = _Asks(question, answers)
            path, answers = (*path, _name(answer)), (*answers, answer)
        entries[path] = _Ends(value, messages, answers, max(1, self._size_of(value)))
        with self._lock:
            if sum(entry.size for entry in entries.values()) <= self._kept.maxsize:
                self._kept.update(entries)


def _ask(scope: Scope, question: Question) -> Sequence[Scene]:
    return (find_scene(scope, *question),) if len(question) == 1 else find_scenes(scope, *question)


def _name(answer: Sequence[Scene]) -> tuple[int, ...]:
    """What tells an answer from others, as long as its scenes are kept: comparing what is in them would take long."""
    return tuple(map(id, answer))


class _Watch:
    """What an evaluation was told by the catalog, and whether it looked at anything else that depends on the place."""

    def __init__(self) -> None:
        self.told: list[tuple[Question, Sequence[Scene]]] = []
        self.looked = False


class _WatchedSource:
    def __init__(self, source: Source, area: BaseGeometry, watch: _Watch) -> None:
        self._source, self._area, self._watch = source, area, watch

    def product(self, product_id: str) -> Product:
        self._watch.looked = True
        return self._source.product(product_id)

    def scene(self, scene_id: str) -> Scene:
        scene = self._source.scene(scene_id)
        self._watch.told.append(((scene_id,), (scene,)))
        return scene

    def scenes(
        self,
        product_id: str,
        *,
        start: datetime | None,
        end: datetime | None,
        limit: int,
        area: BaseGeometry | None,
    ) -> Sequence[Scene]:
        scenes = self._source.scenes(product_id, start=start, end=end, limit=limit, area=area)
        self._watch.told.append(((product_id, start, end, limit), scenes))
        self._watch.looked |= area is not self._area  # another place than the grid's
        return scenes


class _WatchedEngine:
    def __init__(self, engine: Engine, watch: _Watch) -> None:
        self._engine, self._watch = engine, watch

    def compute(self, planes: Sequence[Plane], grid: Grid, work: Work, limits: Limits) -> Raster:
        self._watch.looked = True
        return self._engine.compute(planes, grid, work, limits)


class _WatchedGrid(Grid):
    """A grid that notes who looks at it; its footprint alone, which is what searches ask with, may be taken."""

    def __init__(self, grid: Grid, watch: _Watch) -> None:
        object.__setattr__(self, "_own", (grid, watch))

    def __getattribute__(self, name: str) -> Any:
        grid, watch = object.__getattribute__(self, "_own")
        watch.looked |= name not in ("footprint", "cutline")  # there is no cutline
        return getattr(grid, name)
