"""Evaluation cache: values of grafts, shared by all grids on which the catalog gives the same answers.

Evaluating touches metadata alone, and mostly depends on the grid only through the scenes that are found there. So the
questions that an evaluation asked the catalog are kept, in order, with the answers and the value. The next one asks
the same questions for its own grid; if the answers are known, so is the value. An evaluation that looked at its grid,
or computed pixels, is not kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from cachetools import LRUCache

from graft_eval.errors import GraftError
from graft_eval.scene import Scene
from graft_eval.scope import Question, Scope, Trace, find_scene, find_scenes

__all__ = ["EvaluationCache"]

T = TypeVar("T")

Path = tuple[Hashable, ...]  # the key, then the answers so far as ids of scenes, which the entries keep alive


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A step of an evaluation: the question that it asked the catalog next, and the answers so far."""

    question: Question
    answers: tuple[Sequence[Scene], ...]
    size: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class _Result(Generic[T]):
    """The result of an evaluation: the value, its log messages, and all answers."""

    value: T
    messages: Sequence[tuple[int, str]]
    answers: tuple[Sequence[Scene], ...]
    size: int


class EvaluationCache(Generic[T]):
    """Keeps the values used last, whose sizes add up to no more than `capacity`; thread safe."""

    def __init__(self, capacity: int, size_of: Callable[[T], int]) -> None:
        self._kept: LRUCache[Path, _Step | _Result[T]] = LRUCache(capacity, getsizeof=lambda entry: entry.size)
        self._size_of = size_of
        self._lock = threading.Lock()

    def evaluate(self, key: Hashable, scope: Scope, function: Callable[[Scope], T]) -> T:
        """Return what a function gives in a scope; `key` identifies all that it depends on besides the scope.

        It may be the value of another call that got the same answers from the catalog; the scope's progress gets the
        same messages either way. Grids with a cutline are evaluated anew.
        """
        if scope.grid is None or scope.grid.cutline is not None:
            return function(scope)
        path: Path = (key,)
        while (entry := self._get(path)) is not None:
            if isinstance(entry, _Result):
                for level, message in entry.messages:
                    scope.progress.log(level, message)
                return entry.value
            try:
                path += (_identity(_ask(scope, entry.question)),)
            except GraftError:  # raised again below, where it is known which operation asked
                break
        return self._evaluate(key, scope, function)

    def _evaluate(self, key: Hashable, scope: Scope, function: Callable[[Scope], T]) -> T:
        scope = replace(scope, trace=Trace())
        with scope.progress.overhear() as messages:
            value = function(scope)
        if not scope.trace.looked:
            # what the catalog says of the scenes of a place, it says again
            lasting = tuple(message for message in messages if message not in scope.progress.records_here)
            self._keep(key, scope.trace, value, lasting)
        return value

    def _get(self, path: Path) -> _Step | _Result[T] | None:
        with self._lock:
            return self._kept.get(path)

    def _keep(self, key: Hashable, trace: Trace, value: T, messages: Sequence[tuple[int, str]]) -> None:
        path: Path = (key,)
        entries: dict[Path, _Step | _Result[T]] = {}
        answers: tuple[Sequence[Scene], ...] = ()
        for question, answer in trace.answers:
            entries[path] = _Step(question, answers)
            path, answers = (*path, _identity(answer)), (*answers, answer)
        entries[path] = _Result(value, messages, answers, max(1, self._size_of(value)))
        with self._lock:
            if sum(entry.size for entry in entries.values()) <= self._kept.maxsize:
                self._kept.update(entries)


def _ask(scope: Scope, question: Question) -> Sequence[Scene]:
    if len(question) == 1:
        return (find_scene(scope, *question),)
    product_id, start, end, limit, margin = question
    around = scope if scope.margin == margin else replace(scope, margin=margin)
    return find_scenes(around, product_id, start, end, limit)


def _identity(answer: Sequence[Scene]) -> tuple[int, ...]:
    """Return the identity of an answer, valid while its scenes are kept; comparing them by value would be slow."""
    return tuple(map(id, answer))
