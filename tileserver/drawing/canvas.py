"""Canvases: the grids that pictures of layers are drawn on, tiles of any scheme and maps alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Protocol

from graft_eval.grid import Bounds, Grid
from tileserver.http.errors import BadQuery, TooLarge

__all__ = ["MAX_SIDE", "Canvas", "read_shape"]

MAX_SIDE: Final = 4096  # pixels
DEFAULT_SIDE: Final = 1024  # pixels of the longer side
SIDE: Final = re.compile(r"[1-9][0-9]{0,8}")


class Canvas(Protocol):
    """A grid of pixels and the format of the file; its text is its name in logs, and no other canvas has it."""

    @property
    def grid(self) -> Grid:
        """The pixels."""

    @property
    def origin(self) -> tuple[int, int]:
        """Row and column of the first pixel among those of the world, which places the checkerboard."""

    @property
    def scale(self) -> int:
        """2 where there are twice the pixels a side."""

    @property
    def format(self) -> str:
        """The suffix of the file."""

    @property
    def media_type(self) -> str:
        """The media type of the file."""


def read_shape(query: Mapping[str, str], area: Bounds) -> tuple[int, int]:
    """Return the rows and columns that the keys `width` and `height` ask for; pixels are squares unless both are given.

    Raises `BadQuery` for what are no sides, `TooLarge` for those of more than 4096 pixels.
    """
    wide, high = area[2] - area[0], area[3] - area[1]
    cols, rows = (_read_side(key, query.get(key)) for key in ("width", "height"))
    if cols is None and rows is None:
        cols = DEFAULT_SIDE if wide >= high else max(round(DEFAULT_SIDE * wide / high), 1)
    if cols is None:
        assert rows is not None
        cols = _bounded("width", max(round(rows * wide / high), 1))
    if rows is None:
        rows = _bounded("height", max(round(cols * high / wide), 1))
    return rows, cols


def _read_side(key: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not SIDE.fullmatch(text):
        raise BadQuery.of(key, f"a whole number of pixels, 1 to {MAX_SIDE}", text)
    return _bounded(key, int(text))


def _bounded(key: str, side: int) -> int:
    if side > MAX_SIDE:
        raise TooLarge(f"{key} must be at most {MAX_SIDE} pixels, not {side:,}")
    return side
