"""What a grid takes from one file: which of its blocks, and what is made of them."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from graft_eval.blocks import ALPHA, MASK, Block, Unreadable
from graft_eval.grid import Grid
from graft_eval.kernels.gathering import gather
from graft_eval.levels import Level
from graft_eval.plane import Read
from graft_eval.resampling import Footprints, Window
from graft_eval.sampling import BlockPixels, Sampler, Sampling
from graft_eval.scene import Asset, Band
from graft_eval.stored import ResampledPlanes, StoredPlanes

__all__ = ["Nearest", "Part", "Resampled", "resampled_parts"]

LARGEST_WINDOW = 1 << 24  # source pixels looked at in one go; grids that need more are divided
FILE_MASKS = {"alpha": ALPHA, "dataset": MASK}


class Part(ABC):
    """Bands of one level of one file on a grid: `place` takes the blocks asked for, in any order, `finish` ends."""

    def __init__(self, asset: Asset, level: Level) -> None:
        self.asset = asset
        self.level = level
        self.reads: list[Read] = []

    @property
    def bands(self) -> frozenset[int]:
        """The planes of its blocks that are needed: bands, and the file's own mask."""
        masks = {FILE_MASKS[read.band.mask] for read in self.reads if read.band.mask}
        return frozenset(masks | {read.band.index for read in self.reads})

    @abstractmethod
    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield row and column of the blocks that are needed."""

    @abstractmethod
    def place(self, row: int, col: int, block: Block) -> None:
        """Take the pixels of a block; raises `Unreadable` where they are not as catalogued."""

    @abstractmethod
    def finish(self) -> None:
        """Complete the planes, once all blocks are placed."""


class Nearest(Part):
    """Bands sampled at the nearest source pixels."""

    def __init__(self, asset: Asset, level: Level, sampling: Sampling) -> None:
        super().__init__(asset, level)
        self._sampling = sampling
        self._blocks = {(block.row, block.col): block for block in sampling.blocks}
        self._targets: list[tuple[StoredPlanes, int, Band]] = []
        self._masks: dict[int, NDArray[np.uint8]] = {}

    def add(self, read: Read, planes: StoredPlanes, member: int) -> None:
        """Want a band as one of these planes."""
        self.reads.append(read)
        self._targets.append((planes, member, read.band))
        if read.band.mask:
            self._masks.setdefault(FILE_MASKS[read.band.mask], np.zeros(self._sampling.outside.shape, np.uint8))

    def blocks(self) -> Iterator[tuple[int, int]]:
        return iter(self._blocks)

    def place(self, row: int, col: int, block: Block) -> None:
        pixels = self._blocks[row, col]
        for planes, member, band in self._targets:
            _gather(_plane_of(block, band), pixels, planes.data[member])
        for number, mask in self._masks.items():
            _gather(block[number], pixels, mask)

    def finish(self) -> None:
        outside = {number: self._sampling.outside | (mask == 0) for number, mask in self._masks.items()}
        for planes, member, band in self._targets:
            gone = outside[FILE_MASKS[band.mask]] if band.mask else self._sampling.outside
            planes.which[member] = planes.add_outside(gone)


class Resampled(Part):
    """Bands resampled with weights, from a window of source pixels, on a part of the grid."""

    def __init__(self, asset: Asset, level: Level, footprints: Footprints, window: Window, resampler: str) -> None:
        super().__init__(asset, level)
        self._footprints, self._window, self._resampler = footprints, window, resampler
        self._targets: list[tuple[NDArray[np.float64], Band]] = []
        self._windows: dict[int, NDArray[np.generic]] = {}

    def add(self, read: Read, out: NDArray[np.float64]) -> None:
        """Want a band in this array, (row, col)."""
        self.reads.append(read)
        self._targets.append((out, read.band))

    def blocks(self) -> Iterator[tuple[int, int]]:
        top, bottom, left, right = self._window
        height, width = self.level.block
        for row in range(top // height, math.ceil(bottom / height)):
            for col in range(left // width, math.ceil(right / width)):
                yield row, col

    def place(self, row: int, col: int, block: Block) -> None:
        for _, band in self._targets:
            self._copy(row, col, band.index, _plane_of(block, band))
        for number in self.bands & set(FILE_MASKS.values()):
            self._copy(row, col, number, block[number])

    def finish(self) -> None:
        for out, band in self._targets:
            stored = self._windows[band.index]
            planes = StoredPlanes([band], stored.shape)
            gone = self._windows[FILE_MASKS[band.mask]] == 0 if band.mask else np.zeros(stored.shape, np.bool_)
            planes.data[0] = stored
            planes.which[0] = planes.add_outside(gone)
            data, mask = planes.pixels(0, stored.size)
            values = np.where(mask, np.nan, data).reshape(stored.shape)
            out[...] = self._footprints.resample(values, self._window, self._resampler)
        self._windows.clear()

    def _copy(self, row: int, col: int, number: int, plane: NDArray[np.generic]) -> None:
        top, bottom, left, right = self._window
        if number not in self._windows:
            self._windows[number] = np.zeros((bottom - top, right - left), plane.dtype)
        down, along = row * self.level.block[0] - top, col * self.level.block[1] - left
        skip_down, skip_along = max(0, -down), max(0, -along)
        room = self._windows[number][down + skip_down :, along + skip_along :]
        piece = plane[skip_down : skip_down + room.shape[0], skip_along : skip_along + room.shape[1]]
        room[: piece.shape[0], : piece.shape[1]] = piece


def resampled_parts(
    reads: list[tuple[Read, ResampledPlanes, int]], asset: Asset, level: Level, grid: Grid, sampler: Sampler
) -> Iterator[Resampled]:
    """Yield what resampling bands of one file, all with the same resampler, takes; in parts where it takes much."""
    waiting = [(0, 0, grid)]
    resampler = reads[0][0].resampler
    while waiting:
        row, col, piece = waiting.pop()
        footprints = Footprints(piece, level, sampler)
        window = footprints.window(level, resampler)
        if window is None:
            continue
        size = max(piece.shape)
        if (window[1] - window[0]) * (window[3] - window[2]) > LARGEST_WINDOW and size > 1:
            waiting += [(row + down, col + along, part) for down, along, part in piece.blocks(math.ceil(size / 2))]
            continue
        part = Resampled(asset, level, footprints, window, resampler)
        for read, planes, member in reads:
            part.add(read, planes.data[member, row : row + piece.shape[0], col : col + piece.shape[1]])
        yield part


def _plane_of(block: Block, band: Band) -> NDArray[np.generic]:
    plane = block[band.index]
    if plane.dtype != band.dtype:
        raise Unreadable(f"band {band.name} is {plane.dtype}, not {band.dtype} as the catalog noted")
    return plane


def _gather(source: NDArray[np.generic], pixels: BlockPixels, out: NDArray[np.generic]) -> None:
    word = f"u{source.itemsize}"
    gather(source.reshape(-1).view(word), pixels.sources, pixels.targets, out.reshape(-1).view(word))
