"""Colours as CSS has them."""

from __future__ import annotations

import re
from typing import Final

from PIL import ImageColor

__all__ = ["parse_colour"]

WITH_ALPHA: Final = re.compile(r"(rgb|hsl)a?\(([^,]+,[^,]+,[^,]+),\s*([0-9.]+)(%?)\s*\)")  # Pillow's alpha goes to 255


def parse_colour(text: str) -> tuple[int, int, int, int]:
    """Return the red, green, blue and alpha of a colour, as bytes; ValueError for what is none.

    Channels beyond their range are clipped, as CSS does it.

    >>> parse_colour("#006400"), parse_colour("rgba(300, 0, 0, 0.5)"), parse_colour("transparent")
    ((0, 100, 0, 255), (255, 0, 0, 128), (0, 0, 0, 0))
    """
    colour, alpha = text.strip().lower(), 1.0
    if colour == "transparent":
        return (0, 0, 0, 0)
    if found := WITH_ALPHA.fullmatch(colour):
        kind, channels, share, percent = found.groups()
        colour, alpha = f"{kind}({channels})", float(share) / (100 if percent else 1)
    red, green, blue, *own = ImageColor.getrgb(colour)
    return _byte(red), _byte(green), _byte(blue), _byte(own[0] if own else int(255 * alpha + 0.5))


def _byte(value: int) -> int:
    return min(max(value, 0), 255)
