"""Compilation of kernels: ahead of use, for the types they state, kept on disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, cast

import numba

__all__ = ["kernel", "part_of_kernel", "warm"]

F = TypeVar("F", bound=Callable[..., Any])

MODULES = (
    "arithmetic", "coordinates", "fitting", "gathering", "median", "neighbourhoods", "percentile", "physical",
    "predictor", "ranks", "reductions", "resampling", "stored",
)  # fmt: skip

_declared: list[tuple[Any, tuple[str, ...]]] = []
_lock = threading.Lock()


def kernel(*signatures: str) -> Callable[[F], F]:
    """Declare a function as a kernel of these Numba signatures: one thread, without the GIL, cached on disk.

    Kernels never run on threads of their own: a barrier costs more than most of them, and tiles run in parallel.
    """

    def declare(function: F) -> F:
        dispatcher = _compiled(function)
        _declared.append((dispatcher, signatures))
        return cast(F, dispatcher)

    return declare


def part_of_kernel(function: F) -> F:
    """Declare a function that kernels call; it is compiled with them."""
    return cast(F, _compiled(function))


def _compiled(function: F) -> Any:
    return numba.njit(nogil=True, cache=True, error_model="numpy")(function)


def warm(when_compiled: Callable[[], None] = lambda: None) -> None:
    """Load all kernels from disk, or compile them; afterwards a call with other types fails instead of compiling.

    `when_compiled` is called once, as soon as one had to be compiled: the others may take half a minute.
    """
    with _lock:
        for module in MODULES:
            import_module(f"graft_eval.kernels.{module}")
        told = False
        while _declared:
            dispatcher, signatures = _declared.pop()
            for signature in signatures:
                dispatcher.compile(signature)
                if not told and dispatcher.stats.cache_misses:
                    told = True
                    when_compiled()
            dispatcher.disable_compile()
