"""Canvases: the grids that pictures of layers are drawn on, tiles of any scheme and maps alike."""

from __future__ import annotations

from typing import Protocol

from graft_eval.grid import Grid

__all__ = ["Canvas"]


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
