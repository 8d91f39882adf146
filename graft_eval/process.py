"""The process that evaluates: what is made ready once, before the first evaluation."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

from graft_eval.kernels import warm

__all__ = ["prepare_process"]

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # numbers of mallopt(3)
MMAP_THRESHOLD = 32 << 20  # bytes; glibc takes no more
TRIM_THRESHOLD = 64 << 20  # bytes at the end of the heap


def prepare_process(when_compiling: Callable[[], None] = lambda: None) -> None:
    """Load all kernels, and have the C library keep the memory of freed arrays; a further call changes nothing.

    `when_compiling` is called once, as soon as a kernel is not on disk: compiling them all takes half a minute.
    """
    warm(when_compiling)
    _keep_freed_memory()


def _keep_freed_memory() -> None:
    """Let glibc use freed arrays again instead of giving them back, page by page, after every operation.

    By default it does so too, but only once some array of such a size has been freed: until then the page faults
    take 5 of 11.5 ms of a median of 12 dates. All threads share one heap, as those of threads end at 64 MB, and the
    next one is given back whenever it is empty: 120 page faults a tile in one kernel become 40, and a walk takes 2 %
    less of the processor. Other C libraries are left as they are.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD)
        mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD)
        mallopt(M_ARENA_MAX, 1)
