"""Pieces of a grid: what is computed at a time, and what is needed around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from graft_eval.errors import EvaluationError
from graft_eval.grid import Grid

__all__ = ["NO_HALO", "Halo", "Piece"]


class Halo(NamedTuple):
    """Numbers of pixels beyond each edge."""

    above: int = 0
    below: int = 0
    left: int = 0
    right: int = 0

    def plus(self, other: Halo) -> Halo:
        """Return a halo around another."""
        return Halo(*map(sum, zip(self, other, strict=True)))

    def union(self, other: Halo) -> Halo:
        """Return the halo that holds two."""
        return Halo(*map(max, zip(self, other, strict=True)))


NO_HALO = Halo()


@dataclass(frozen=True)
class Piece:
    """`shape` (rows, cols) of pixels of a grid, `whole`, from (row, col) on; it may reach beyond the grid's edges."""

    whole: Grid
    row: int
    col: int
    shape: tuple[int, int]

    @classmethod
    def all_of(cls, grid: Grid) -> Piece:
        """Return a grid as one piece."""
        return cls(grid, 0, 0, grid.shape)

    @property
    def is_whole(self) -> bool:
        """True if this is all of the grid and nothing else."""
        return (self.row, self.col, self.shape) == (0, 0, self.whole.shape)

    @cached_property
    def grid(self) -> Grid:
        """The grid of the piece alone."""
        return self.whole if self.is_whole else self.whole.window(self.row, self.col, self.shape)

    def padded(self, halo: Halo) -> Piece:
        """Return the piece with the pixels around it."""
        rows, cols = self.shape
        shape = rows + halo.above + halo.below, cols + halo.left + halo.right
        return Piece(self.whole, self.row - halo.above, self.col - halo.left, shape)

    def union(self, other: Piece) -> Piece:
        """Return the piece of the same grid that holds both."""
        row, col = min(self.row, other.row), min(self.col, other.col)
        bottom = max(self.row + self.shape[0], other.row + other.shape[0])
        right = max(self.col + self.shape[1], other.col + other.shape[1])
        return Piece(self.whole, row, col, (bottom - row, right - col))

    def within(self, other: Piece) -> tuple[slice, slice]:
        """Return which rows and columns of another piece of the same grid these are."""
        row, col = self.row - other.row, self.col - other.col
        return slice(row, row + self.shape[0]), slice(col, col + self.shape[1])

    def offset_from(self, grid: Grid) -> tuple[int, int]:
        """Return the row and the column of another grid at which the piece begins, maybe beyond its edges.

        Raises `EvaluationError` if the pixels are not the same.
        """
        offset = self.whole.offset_from(grid)
        if offset is None:
            raise EvaluationError(
                f"pixels of a grid in {grid.crs[:60]}, {grid.resolution[0]:g} large, are asked for on one in"
                f" {self.whole.crs[:60]}, {self.whole.resolution[0]:g} large, that has other pixels"
            )
        return self.row + offset[0], self.col + offset[1]

    def divide(self, side: int) -> Iterator[Piece]:
        """Yield pieces of about the same size that make up this one, at most 5/4 of `side` pixels a side.

        >>> [piece.shape for piece in Piece.all_of(Grid((0, 0, 1030, 90), "EPSG:3857", (90, 1030))).divide(512)]
        [(90, 515), (90, 515)]
        """
        rows, cols = (_cuts(length, side) for length in self.shape)
        if len(rows) == len(cols) == 2:
            yield self
            return
        for top, bottom in pairwise(rows):
            for left, right in pairwise(cols):
                yield Piece(self.whole, self.row + top, self.col + left, (bottom - top, right - left))

    def squares(self) -> Iterator[Piece]:
        """Yield the pieces of this one in each of the squares of pixels that all grids share."""
        for row, col, square in self.grid.squares():
            yield Piece(self.whole, self.row + row, self.col + col, square.shape)


def _cuts(length: int, side: int) -> list[int]:
    """Return where to cut a length into equal pieces, with both ends; one that is a little longer is not cut."""
    count = max(1, -(-(length - side // 4) // side))
    return [round(length * at / count) for at in range(count + 1)]
