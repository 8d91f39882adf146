"""Colormaps of Matplotlib: 256 colours each."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from graft_eval.errors import EvaluationError

__all__ = ["colour_bytes", "colour_table"]


@lru_cache(maxsize=256)
def colour_table(name: str) -> NDArray[np.float64]:
    """Return the colours of a colormap, (256, 3), red, green and blue from 0 to 1.

    Raises `EvaluationError` for an unknown name; `_r` at its end reverses a colormap.
    """
    import matplotlib

    if name not in matplotlib.colormaps:
        raise EvaluationError(f"{name!r} is not a colormap")
    table: NDArray[np.float64] = matplotlib.colormaps[name](np.linspace(0.0, 1.0, 256))[:, :3]
    table.flags.writeable = False
    return table


@lru_cache(maxsize=256)
def colour_bytes(name: str) -> NDArray[np.uint8]:
    """Return the colours of a colormap as bytes, (256, 3), as Matplotlib itself rounds them.

    >>> colour_bytes("viridis")[[0, 255]].tolist()
    [[68, 1, 84], [253, 231, 36]]
    """
    colours = (colour_table(name) * 255).astype(np.uint8)
    colours.flags.writeable = False
    return colours
