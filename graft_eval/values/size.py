"""The size of values, so that no graft builds one beyond the limits."""

from __future__ import annotations

from collections.abc import Sized

from graft_eval.errors import LimitExceeded
from graft_eval.limits import Limits
from graft_eval.values.types import type_of

__all__ = ["MAX_DEPTH", "check_length", "size_of"]

MAX_DEPTH = 100  # containers within containers


def size_of(value: object, limits: Limits, what: str, budget: int | None = None) -> int:
    """Return what a value costs in steps: one for itself and each element, however shared, and what their types add.

    Raises `LimitExceeded` if text, a container, an array or the nesting is beyond its limit, or if the size is beyond
    the `budget`. `what` names the value in the message.

    >>> size_of([1, [2, 3]], Limits(), "it")
    5
    """
    held = type_of(value)
    count = 1 if held.size is None else 1 + held.size(value, limits, what)
    level, depth = [] if held.elements is None else [(value, 1)], 1  # containers, and how often each is met
    while level:
        if depth > MAX_DEPTH:
            raise LimitExceeded(f"{what} is nested more than {MAX_DEPTH} deep, which is the limit")
        inner: dict[int, tuple[object, int]] = {}
        for container, times in level:
            _check_budget(count, budget, what)
            elements = type_of(container).elements
            assert elements is not None
            for element in elements(container):
                held = type_of(element)
                if held.size is not None:
                    count += times * held.size(element, limits, what)
                if held.elements is not None:
                    met = inner.get(id(element))
                    inner[id(element)] = element, times if met is None else met[1] + times
            _check_budget(count, budget, what)
        level, depth = list(inner.values()), depth + 1
    return count


def check_length(value: Sized, most: int, of: str, what: str) -> None:
    """Raise `LimitExceeded` for a value that is too long, naming it and what it has too many of."""
    if len(value) > most:
        raise LimitExceeded(f"{what} has {len(value):,} {of}; the limit is {most:,}")


def _check_budget(count: int, budget: int | None, what: str) -> None:
    if budget is not None and count > budget:
        raise LimitExceeded(f"{what} has more than {budget:,} elements in all, which is what is left to spend")
