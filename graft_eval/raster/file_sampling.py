"""File samplings: the blocks of one file that a grid needs, and the planes made of them."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from graft_eval.grid import Grid
from graft_eval.kernels.gathering import gather
from graft_eval.raster.blocks import Block, Unreadable
from graft_eval.raster.overviews import Overview
from graft_eval.raster.read_requests import FileReads, ReadRequests
from graft_eval.raster.resampling import Footprints, Window
from graft_eval.raster.sampling import Sampler, Sampling
from graft_eval.raster.stored import ResampledPlanes, StoredPlanes
from graft_eval.scene import Band

__all__ = ["FileSampling", "Nearest", "Resampled", "resampled_pieces"]

Planes = Sequence[NDArray[np.float64]]  # (row, col) each

MAX_WINDOW = 1 << 24  # source pixels looked at in one go; grids that need more are divided


class FileSampling(ABC):
    """Bands of one overview of one file on a grid: `paste` takes the blocks asked for, in any order, `finish` ends."""

    def __init__(self, file: FileReads, overview: Overview) -> None:
        self.file = file
        self.overview = overview

    @abstractmethod
    def blocks(self) -> Collection[tuple[int, int]]:
        """Return row and column of the blocks that are needed."""

    @abstractmethod
    def paste(self, row: int, col: int, block: Block) -> None:
        """Take the pixels of a block; raises `Unreadable` if they are not as catalogued."""

    @abstractmethod
    def finish(self) -> None:
        """Complete the planes, once all blocks are pasted."""


class Nearest(FileSampling):
    """Bands sampled at the nearest source pixels."""

    def __init__(self, file: FileReads, overview: Overview, sampling: Sampling, planes: StoredPlanes) -> None:
        super().__init__(file, overview)
        self._sampling = sampling
        self._planes = planes
        self._spans = {(block.row, block.col): block.spans for block in sampling.blocks}
        self._masks = {number: np.zeros(sampling.outside.shape, np.uint8) for number in file.masks if number}

    @override
    def blocks(self) -> Collection[tuple[int, int]]:
        return self._spans.keys()

    @override
    def paste(self, row: int, col: int, block: Block) -> None:
        sources, spans = self._sampling.sources, self._spans[row, col]
        for read, member in zip(self.file.reads, self.file.members, strict=True):
            gather(_plane_of(block, read.band), sources, spans, self._planes.data[member])
        for number, mask in self._masks.items():
            gather(block[number], sources, spans, mask)

    @override
    def finish(self) -> None:
        outside = {number: self._sampling.outside | (mask == 0) for number, mask in self._masks.items()}
        for member, number in zip(self.file.members, self.file.masks, strict=True):
            if number:
                self._planes.which[member] = self._planes.add_outside(outside[number])
            else:
                self._planes.which[member] = self._planes.add_outside(self._sampling.outside, self._sampling.covered)


class Resampled(FileSampling):
    """Bands resampled with weights, from a window of source pixels, on a piece of the grid."""

    def __init__(
        self, file: FileReads, overview: Overview, footprints: Footprints, window: Window, out: Planes
    ) -> None:
        super().__init__(file, overview)
        self._footprints, self._window, self._out = footprints, window, out
        self._windows: dict[int, NDArray[np.generic]] = {}

    @override
    def blocks(self) -> Collection[tuple[int, int]]:
        top, bottom, left, right = self._window
        height, width = self.overview.block
        rows, cols = range(top // height, math.ceil(bottom / height)), range(left // width, math.ceil(right / width))
        return [(row, col) for row in rows for col in cols]

    @override
    def paste(self, row: int, col: int, block: Block) -> None:
        for read in self.file.reads:
            self._copy(row, col, read.band.index, _plane_of(block, read.band))
        for number in {*self.file.masks} - {0}:
            self._copy(row, col, number, block[number])

    @override
    def finish(self) -> None:
        for read, out, number in zip(self.file.reads, self._out, self.file.masks, strict=True):
            stored = self._windows[read.band.index]
            planes = StoredPlanes(ReadRequests((read,)), stored.shape)
            gone = self._windows[number] == 0 if number else np.zeros(stored.shape, np.bool_)
            planes.data[0] = stored
            planes.which[0] = planes.add_outside(gone)
            data, mask = planes.pixels(0, stored.size)
            values = np.where(mask, np.nan, data).reshape(stored.shape)
            out[...] = self._footprints.resample(values, self._window, read.resampler)
        self._windows.clear()

    def _copy(self, row: int, col: int, number: int, plane: NDArray[np.generic]) -> None:
        top, bottom, left, right = self._window
        if number not in self._windows:
            self._windows[number] = np.zeros((bottom - top, right - left), plane.dtype)
        down, along = row * self.overview.block[0] - top, col * self.overview.block[1] - left
        skip_down, skip_along = max(0, -down), max(0, -along)
        room = self._windows[number][down + skip_down :, along + skip_along :]
        pixels = plane[skip_down : skip_down + room.shape[0], skip_along : skip_along + room.shape[1]]
        room[: pixels.shape[0], : pixels.shape[1]] = pixels


def resampled_pieces(
    file: FileReads, planes: ResampledPlanes, overview: Overview, grid: Grid, sampler: Sampler
) -> Iterator[Resampled]:
    """Yield what resampling bands of one file, all with the same resampler, takes; in pieces if it takes much."""
    waiting = [(0, 0, grid)]
    while waiting:
        row, col, piece = waiting.pop()
        footprints = Footprints(piece, overview, sampler)
        window = footprints.window(overview, file.reads[0].resampler)
        if window is None:
            continue
        size = max(piece.shape)
        if (window[1] - window[0]) * (window[3] - window[2]) > MAX_WINDOW and size > 1:
            waiting += [
                (row + down, col + along, smaller) for down, along, smaller in piece.pieces(math.ceil(size / 2))
            ]
            continue
        there = (slice(row, row + piece.shape[0]), slice(col, col + piece.shape[1]))
        yield Resampled(file, overview, footprints, window, [planes.data[member][there] for member in file.members])


def _plane_of(block: Block, band: Band) -> NDArray[np.generic]:
    plane = block[band.index]
    if plane.dtype != band.dtype:
        raise Unreadable(f"band {band.name} is {plane.dtype}, not {band.dtype} as the catalog noted")
    return plane
