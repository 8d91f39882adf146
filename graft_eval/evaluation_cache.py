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
from typing import Generic, TypeVar

from cachetools import LRUCache

from graft_eval.errors import GraftError
from graft_eval.scene import Scene
from graft_eval.scope import Question, Scope, Trace
from graft_eval.search import find_scene, find_scenes

__all__ = ["Recall"]

T = TypeVar("T")

Path = tuple[Hashable, ...]  # what is evaluated, then the answers as ids of scenes, which are kept with what is kept


@dataclass(frozen=True, slots=True, eq=False)
class _Asks:
    """A step of a remembered evaluation: the question it asked of the catalog, and the answers so far."""

    question: Question
    answers: tuple[Sequence[Scene], ...]
    size: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class _Ends(Generic[T]):
    """The last step: the result of an evaluation, and its log messages."""

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
        """Return what a function gives in a scope; `key` identifies all that it depends on besides the scope.

        It may be another call's result, when that was told the same by the catalog. What the scope's progress is told
        is the same in either case. The grid must have no cutline: places that are cut out are evaluated anew.
        """
        if scope.grid is None or scope.grid.cutline is not None:
            return function(scope)
        path: Path = (key,)
        while (entry := self._get(path)) is not None:
            if isinstance(entry, _Ends):
                for level, message in entry.messages:
                    scope.progress.log(level, message)
                return entry.value
            try:
                path += (_name(_ask(scope, entry.question)),)
            except GraftError:  # raised again below, where it is known which operation asked
                break
        return self._evaluate(key, scope, function)

    def _evaluate(self, key: Hashable, scope: Scope, function: Callable[[Scope], T]) -> T:
        scope = replace(scope, trace=Trace())
        with scope.progress.overhear() as messages:
            value = function(scope)
        if not scope.trace.looked:
            self._keep(key, scope.trace, value, tuple(messages))
        return value

    def _get(self, path: Path) -> _Asks | _Ends[T] | None:
        with self._lock:
            return self._kept.get(path)

    def _keep(self, key: Hashable, trace: Trace, value: T, messages: Sequence[tuple[int, str]]) -> None:
        path: Path = (key,)
        entries: dict[Path, _Asks | _Ends[T]] = {}
        answers: tuple[Sequence[Scene], ...] = ()
        for question, answer in trace.answers:
            entries[path] = _Asks(question, answers)
            path, answers = (*path, _name(answer)), (*answers, answer)
        entries[path] = _Ends(value, messages, answers, max(1, self._size_of(value)))
        with self._lock:
            if sum(entry.size for entry in entries.values()) <= self._kept.maxsize:
                self._kept.update(entries)


def _ask(scope: Scope, question: Question) -> Sequence[Scene]:
    if len(question) == 1:
        return (find_scene(scope, *question),)
    product_id, start, end, limit, margin = question
    return find_scenes(replace(scope, margin=margin), product_id, start, end, limit)


def _name(answer: Sequence[Scene]) -> tuple[int, ...]:
    """Identity of an answer as long as its scenes are kept; comparing their contents would be slow."""
    return tuple(map(id, answer))
