"""Blocks: the parts in which the pixels of a job are computed, each a file until all of them are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graft_eval.grid import Grid
from graft_eval.piece import Piece
from tileserver.formats.parts import Part

__all__ = ["Block", "Blocks", "remove_blocks"]

SIDES: Final = (2048, 1024, 512, 256)  # pixels; a block of the format's tiles is within one of the computation's
BLOCK_BYTES: Final = 64 << 20  # of a block in memory, where that is possible
BYTES: Final = 9  # of a pixel: a number and its mask


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a grid, of `shape` (rows, cols) from (row, col) on."""

    row: int
    col: int
    shape: tuple[int, int]

    def __str__(self) -> str:
        return f"block at row {self.row:,}, column {self.col:,}"


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a job's grid, and what each needs to know of the whole.

    `signature` tells the files and the expressions that pixels are computed from: blocks of another one are of no use.
    """

    folder: Path
    signature: str
    shape: tuple[int, int]
    planes: int
    summaries: tuple[float, ...]

    @property
    def side(self) -> int:
        """Pixels a side of all but the last blocks of a row or column."""
        return next((side for side in SIDES if side * side * self.planes * BYTES <= BLOCK_BYTES), SIDES[-1])

    def __iter__(self) -> Iterator[Block]:
        (rows, cols), side = self.shape, self.side
        for row in range(0, rows, side):
            for col in range(0, cols, side):
                yield Block(row, col, (min(side, rows - row), min(side, cols - col)))

    def begin(self) -> None:
        """Make the folder of the blocks' files; those of another signature are removed."""
        if not self.home.exists():
            remove_blocks(self.folder)
            self.home.mkdir()

    @property
    def home(self) -> Path:
        """The folder of the blocks' files."""
        return self.folder / f"blocks-{self.signature}"

    def part_of(self, block: Block) -> Part:
        """Return a block as a part of the result."""
        return Part(block.row, block.col, self.home / f"{block.row}-{block.col}.npz")

    def piece_of(self, block: Block, grid: Grid) -> Piece:
        """Return a block as a piece of its grid."""
        return Piece(grid, block.row, block.col, block.shape)

    def missing(self) -> list[Block]:
        """Return the blocks that are not finished."""
        finished = {path.name for path in self.home.glob("*.npz")}
        return [block for block in self if self.part_of(block).path.name not in finished]


def remove_blocks(folder: Path) -> None:
    """Remove the blocks of a job."""
    for found in folder.glob("blocks-*"):
        shutil.rmtree(found, ignore_errors=True)
