"""Turns: what waits is taken from each caller in turn, so that a flood of one holds up no other."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

__all__ = ["Turns"]

T = TypeVar("T")


class Turns(Generic[T]):
    """A queue of things of callers; thread safe.

    >>> turns = Turns[str]()
    >>> for caller, thing in (("bob", "b1"), ("bob", "b2"), ("bob", "b3"), ("ann", "a1")):
    ...     turns.put(caller, thing)
    >>> [turns.take(), turns.take(), turns.take_of("ann"), turns.take_of("bob"), turns.take(), turns.take()]
    ['b1', 'a1', None, 'b2', 'b3', None]
    """

    def __init__(self) -> None:
        self._waiting: OrderedDict[Hashable, deque[T]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many things wait."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    def put(self, caller: Hashable, thing: T) -> None:
        """Add a thing behind the caller's others."""
        with self._lock:
            self._waiting.setdefault(caller, deque()).append(thing)

    def take(self) -> T | None:
        """Return the first thing of the caller whose turn it is; None if nothing waits."""
        with self._lock:
            return self._pop(next(iter(self._waiting))) if self._waiting else None

    def take_of(self, caller: Hashable) -> T | None:
        """Return the first thing of a caller, out of turn; None if nothing of theirs waits."""
        with self._lock:
            return self._pop(caller) if caller in self._waiting else None

    def _pop(self, caller: Hashable) -> T:
        things = self._waiting.pop(caller)
        thing = things.popleft()
        if things:
            self._waiting[caller] = things
        return thing
