"""Colormaps by name: 256 colours each, indexed by a byte."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

import matplotlib
import numpy as np
from numpy.typing import NDArray

__all__ = ["GREY", "colour_table", "is_colormap", "near_colormaps"]

GREY: NDArray[np.uint8] = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
GREY.flags.writeable = False


def is_colormap(name: str) -> bool:
    """Whether a colormap of that name exists; `_r` at its end reverses one."""
    return name in matplotlib.colormaps


def near_colormaps(name: str) -> list[str]:
    """Return up to three names that look like this one."""
    return get_close_matches(name, matplotlib.colormaps, 3)


@lru_cache(maxsize=256)
def colour_table(name: str) -> NDArray[np.uint8]:
    """Return the 256 colours of a colormap, (256, 3) bytes as matplotlib itself rounds them.

    >>> colour_table("viridis")[[0, 255]].tolist()
    [[68, 1, 84], [253, 231, 36]]
    """
    table: NDArray[np.uint8] = matplotlib.colormaps[name](np.linspace(0.0, 1.0, 256), bytes=True)[:, :3]
    table = np.ascontiguousarray(table)
    table.flags.writeable = False
    return table
