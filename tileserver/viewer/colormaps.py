"""Colormaps as the viewer offers them: their names, and a picture of their colours."""

from __future__ import annotations

import io
from functools import cache
from typing import Final

import matplotlib
import numpy as np
from PIL import Image

__all__ = ["COLORMAPS", "STRIPE", "draw_colormaps"]

COLORMAPS: Final = sorted((name for name in matplotlib.colormaps if not name.endswith("_r")), key=str.casefold)
STRIPE: Final = 12  # pixels that a colormap is high


@cache
def draw_colormaps() -> bytes:
    """Return the PNG: a stripe of 256 colours for each colormap, one below another.

    >>> Image.open(io.BytesIO(draw_colormaps())).size == (256, STRIPE * len(COLORMAPS))
    True
    """
    steps = np.linspace(0.0, 1.0, 256)
    colours = np.stack([matplotlib.colormaps[name](steps, bytes=True)[:, :3] for name in COLORMAPS])
    buffer = io.BytesIO()
    Image.fromarray(colours.repeat(STRIPE, axis=0)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
