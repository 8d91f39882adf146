"""Open files: how many a process may have, and how many of them are for what."""

from __future__ import annotations

import resource
from typing import Final

__all__ = ["max_connections", "max_handles", "max_vrt_files"]

MAX_HANDLES: Final = 256  # 60 scenes at four overviews
MAX_VRT_FILES: Final = 100  # GDAL's own
UNLIMITED: Final = 1 << 20


def max_handles() -> int:
    """Return how many raster files may stay open while nobody uses them: at most a fifth of `ulimit -n`.

    Some have overviews or a mask beside them, which are files, too.
    """
    return max(1, min(MAX_HANDLES, _limit() // 5))


def max_connections() -> int:
    """Return how many connections may be open: two fifths of `ulimit -n`.

    The last two are for the database, the files of VRTs, those that are being read, and what serves them.
    """
    return max(1, _limit() * 2 // 5)


def max_vrt_files() -> int:
    """Return how many files of all VRTs may stay open: at most a tenth of `ulimit -n`."""
    return max(2, min(MAX_VRT_FILES, _limit() // 10))


def _limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return UNLIMITED if soft == resource.RLIM_INFINITY else soft
