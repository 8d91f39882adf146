"""The process that evaluates: what is made ready once, before the first evaluation."""

from __future__ import annotations

from collections.abc import Callable

from graft_eval.kernels import warm
from graft_eval.memory import keep_freed_memory

__all__ = ["prepare_process"]


def prepare_process(when_compiling: Callable[[], None] = lambda: None) -> None:
    """Load all kernels, and have the C library keep the memory of freed arrays; a further call changes nothing.

    `when_compiling` is called once, as soon as a kernel is not on disk: compiling them all takes half a minute.
    """
    warm(when_compiling)
    keep_freed_memory()
