"""The typeface of what is written on pictures."""

from __future__ import annotations

from pathlib import Path

import matplotlib
from PIL import ImageFont

__all__ = ["typeface"]


def typeface(size: int) -> ImageFont.FreeTypeFont:
    """Return DejaVu Sans, which Matplotlib brings along: Pillow's own has no letters but those of English.

    >>> typeface(10).getname()
    ('DejaVu Sans', 'Book')
    """
    return ImageFont.truetype(Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"), size)
