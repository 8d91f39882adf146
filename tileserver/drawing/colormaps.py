"""Names of colormaps, and the grey that a band without one is drawn in."""

from __future__ import annotations

from difflib import get_close_matches

import matplotlib
import numpy as np
from numpy.typing import NDArray

__all__ = ["GREY", "is_colormap", "near_colormaps"]

GREY: NDArray[np.uint8] = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
GREY.flags.writeable = False


def is_colormap(name: str) -> bool:
    """Return True if a colormap of that name exists; `_r` at its end reverses one."""
    return name in matplotlib.colormaps


def near_colormaps(name: str) -> list[str]:
    """Return up to three names that look like this one."""
    return get_close_matches(name, matplotlib.colormaps, 3)
