"""Functions as values, and the trampoline on which they run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping

import sdk as wf
from graft_eval.errors import LimitExceeded
from graft_eval.values.types import ValueType, bind_type

__all__ = ["Function", "Task", "run"]

Task = Generator["Task", object, object]
"""Work that yields the tasks it waits for, is sent what they give, and returns its own value."""

_MAX_DEPTH = 100_000  # tasks that wait for each other; a chain of keys takes one each, a call three


class Function(ABC):
    """A function value. Applying one gives a task: an evaluator waits for it with `value = yield function(x)`."""

    parameters: tuple[str, ...]

    @property
    def least_steps(self) -> int:
        """The steps of evaluation that applying it takes at least."""
        return 1

    @abstractmethod
    def apply(self, arguments: tuple[object, ...], named: Mapping[str, object]) -> Task:
        """Return the task of applying the function."""

    def __call__(self, *arguments: object) -> Task:
        """Return the task of applying the function to arguments by position."""
        return self.apply(arguments, {})


def run(task: Task) -> object:
    """Return what a task gives, running the tasks it waits for without recursion.

    >>> def double(x):
    ...     return 2 * x
    ...     yield
    >>> def main():
    ...     return 1 + (yield double(4))
    >>> run(main())
    9
    """
    waiting: list[Task] = [task]
    value: object = None
    while waiting:
        try:
            inner = waiting[-1].send(value)
        except StopIteration as done:
            waiting.pop()
            value = done.value
        else:
            if len(waiting) >= _MAX_DEPTH:
                raise LimitExceeded(f"functions call each other more than {_MAX_DEPTH:,} deep, which is the limit")
            waiting.append(inner)
            value = None
    return value


bind_type(ValueType(wf.Function._row, Function))
