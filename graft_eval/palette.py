"""Palettes: the colours of classes, which a band's values are the numbers of."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["Palette"]

MAX_TEXTS = 1024
MAX_BYTES = 4 << 16  # those of the colours of all 16-bit numbers


@dataclass(frozen=True, slots=True)
class Palette:
    """The colour table of a file's band: red, green, blue and alpha of the values 0, 1, 2, … as they are stored.

    Values beyond its end have no colour, and are transparent.
    """

    colours: bytes

    @property
    def table(self) -> NDArray[np.uint8]:
        """The colours as (value, 4) bytes, red, green, blue, alpha.

        >>> Palette(bytes([0, 100, 0, 255])).table.tolist()
        [[0, 100, 0, 255]]
        """
        return np.frombuffer(self.colours, np.uint8).reshape(-1, 4)

    @property
    def seen(self) -> list[int]:
        """The values whose colours can be seen; those that a table is filled up with at its end are none of them.

        >>> Palette(bytes([0, 0, 0, 0] + [0, 100, 0, 255] + 6 * [0, 0, 0, 255])).seen
        [1]
        """
        table = self.table
        visible = table[:, 3] > 0
        if len(table) > 2 and (table[-1] == table[-2]).all():
            visible[1:] &= (table[1:] != table[-1]).any(axis=1)
        return [int(value) for value in np.flatnonzero(visible)]

    @classmethod
    @lru_cache(MAX_TEXTS)  # the scenes of a product share one
    def from_text(cls, text: str) -> Palette:
        """Return the palette that a text stands for.

        >>> Palette.from_text(Palette(bytes([0, 100, 0, 255])).to_text()).colours.hex()
        '006400ff'
        """
        return cls(zlib.decompressobj().decompress(base64.b64decode(text), MAX_BYTES))

    def to_text(self) -> str:
        """Return the palette as a text, in a tenth of the room that numbers would take."""
        return base64.b64encode(zlib.compress(self.colours)).decode()
