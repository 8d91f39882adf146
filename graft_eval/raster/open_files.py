"""Open files: how many a process may have, and how many of them are for what."""

from __future__ import annotations

import resource
from typing import Final

__all__ = ["max_handles", "most_connections"]

MAX_HANDLES: Final = 256  # 60 scenes at four overviews
UNLIMITED: Final = 1 << 20


def max_handles() -> int:
    """Return how many raster files may stay open while nobody uses them: at most a fifth of `ulimit -n`.

    Some have overviews or a mask beside them, which are files, too.
    """
    return max(1, min(MAX_HANDLES, _limit() // 5))


def most_connections() -> int:
    """Return how many connections may be open: two fifths of `ulimit -n`.

    The last two are for the database, files that are being read, and what serves them.
    """
    return max(1, _limit() * 2 // 5)


def _limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return UNLIMITED if soft == resource.RLIM_INFINITY else soft
