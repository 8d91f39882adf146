"""Colormaps of Matplotlib by name, and the grey that a band without one is drawn in."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sdk.graft.near import find_near

__all__ = ["GREY", "find_colormap", "find_near_colormap"]

GREY: NDArray[np.uint8] = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
GREY.flags.writeable = False


def find_colormap(name: str) -> str | None:
    """Return the colormap of a name in any case, None if there is none; `_r` at its end reverses one.

    >>> find_colormap("rdylgn_r"), find_colormap("no such")
    ('RdYlGn_r', None)
    """
    return name if name in _names() else _by_folded_name().get(name.casefold())


@lru_cache(1)
def _by_folded_name() -> dict[str, str]:
    return {name.casefold(): name for name in _names()}


def find_near_colormap(name: str) -> str | None:
    """Return the colormap whose name looks like this one, None if none does."""
    return find_near(name, _names())


@lru_cache(1)
def _names() -> dict[str, None]:
    import matplotlib  # 0.15 s, for those who name colormaps

    return dict.fromkeys(matplotlib.colormaps)
