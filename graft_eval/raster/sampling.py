"""Sampling: which source pixel each pixel of a grid takes, shared by all files on the same lattice."""

from __future__ import annotations

import math
import threading
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from graft_eval.crs import parse_crs, transformer
from graft_eval.grid import Grid
from graft_eval.kernels.coordinates import interpolate, locate
from graft_eval.raster.overviews import Overview

__all__ = ["BlockPixels", "Coordinates", "Sampler", "Sampling"]

# Output pixels a side of cells between whose nodes parabolas run, before any is divided. Where straight lines did so
# in cells of 32, a tile took 0.98 ms for 576 exact places, and now 0.65 ms for 25, at a hundredth of the error.
CELL = 256
MAX_BYTES = 4 << 20  # of the coordinates that a thread keeps
LEAST_CELL = 4  # below it transforming all pixels is cheaper
TOLERANCE = 0.0005  # source pixels; this share of pixels, at most, takes a neighbour of the exact one
STEPS = np.array([(down, along) for down in range(5) for along in range(5)])  # of a cell, in quarters of its side


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """Pixel centres of a grid in another CRS: `x` and `y` of shape (rows, cols); not finite if undefined."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def nbytes(self) -> int:
        """Bytes of both arrays."""
        return self.x.nbytes + self.y.nbytes

    def near(self, overview: Overview) -> Coordinates:
        """Return them with each x on the turn around the earth that is the nearest to the overview's centre."""
        if not (turn := full_turn(overview.crs)):
            return self
        a, b, c, *_ = overview.transform
        rows, cols = overview.shape
        with np.errstate(invalid="ignore"):
            turns = np.round((self.x - (a * cols / 2 + b * rows / 2 + c)) / turn)
            return Coordinates(self.x - turns * turn, self.y) if turns.any() else self


class BlockPixels(NamedTuple):
    """The pixels of a grid that lie in one source block: `spans` (from, to) of them, counted row by row.

    A third column is 1 where the source pixels follow each other, too.
    """

    row: int
    col: int
    spans: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Sampling:
    """The source pixels that hold the centres of a grid's pixels; `outside`, (rows, cols), where there is none.

    `sources` are their numbers, row by row, in the blocks that they lie in.
    """

    blocks: tuple[BlockPixels, ...]
    sources: NDArray[np.uint32]
    outside: NDArray[np.bool_]
    covered: bool  # nothing is outside

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays and spans."""
        return self.outside.nbytes + self.sources.nbytes + sum(block.spans.nbytes for block in self.blocks)


class Sampler:
    """Makes samplings and keeps the last ones, up to a number of bytes; thread safe.

    What they are made of, coordinates, each thread keeps for the grid that it samples: other scenes may have other
    lattices, but no other computation asks for them again. Kept for all, 1 MB a tile took 5 % of a walk over one scene,
    as memory that none of the processor's caches had.
    """

    def __init__(self, cache_bytes: int) -> None:
        self._kept: LRUCache[Hashable, Sampling] = LRUCache(cache_bytes, getsizeof=lambda sampling: sampling.nbytes)
        self._lock = threading.Lock()
        self._this_thread = _ThisThread()

    def sampling(self, grid: Grid, overview: Overview) -> Sampling:
        """Return the nearest source pixels of an overview for a grid."""
        key = (grid.bounds, grid.crs, grid.shape, overview.key)
        with self._lock:
            kept = self._kept.get(key)
        if kept is None:
            kept = _sample(self.coordinates(grid, overview), overview)
            with self._lock:
                if kept.nbytes <= self._kept.maxsize:
                    self._kept[key] = kept
        return kept

    def coordinates(self, grid: Grid, overview: Overview) -> Coordinates:
        """Return the pixel centres of a grid in the CRS of an overview, to 0.0005 of its pixels.

        Files that reach beyond 180 degrees have their pixels on both sides of the antimeridian.
        """
        a, b, _, d, e, _ = overview.transform
        key, this = (grid.bounds, grid.crs, grid.shape, overview.crs, (a, b, d, e)), self._this_thread
        if this.coordinates is None or this.key != key:
            this.coordinates = None  # whose memory the next ones take
            made = _transform(grid, overview)
            if made.nbytes > MAX_BYTES:
                return made.near(overview)
            this.key, this.coordinates = key, made
        return this.coordinates.near(overview)

    @property
    def bytes_kept(self) -> int:
        """Bytes of samplings."""
        return int(self._kept.currsize)


class _ThisThread(threading.local):
    """The coordinates that a thread asked for last, and of what they are."""

    key: Hashable = None
    coordinates: Coordinates | None = None


@lru_cache(maxsize=256)
def same_crs(one: str, other: str) -> bool:
    """Return True if two CRS have the same coordinates, x before y."""
    return one == other or parse_crs(one).equals(parse_crs(other), ignore_axis_order=True)


@lru_cache(maxsize=256)
def full_turn(crs: str) -> float:
    """Return how far x goes once around the earth, where it is a longitude; else 0."""
    system = parse_crs(crs)
    return 2 * math.pi / system.axis_info[0].unit_conversion_factor if system.is_geographic else 0.0


def _transform(grid: Grid, overview: Overview) -> Coordinates:
    rows, cols = grid.shape
    (width, height), (top, left) = grid.resolution, grid.first
    if same_crs(grid.crs, overview.crs):
        x, y = np.meshgrid((left + (np.arange(cols) + 0.5)) * width, -(top + (np.arange(rows) + 0.5)) * height)
        return Coordinates(x, y)
    x, y = np.empty(grid.shape), np.empty(grid.shape)
    # Cells lie on a lattice that all grids of this resolution share, so that a pixel is the same out of any of them.
    cells = _cells(_nearest(top), _nearest(left), grid.shape)
    project, inverse = transformer(grid.crs, overview.crs), overview.inverse
    while cells.size and cells[0, 2] > LEAST_CELL:
        points = cells[:, None, :2] + STEPS * (cells[0, 2] // 4)
        exact = np.stack(
            project.transform((left + points[..., 1]) * width, -(top + points[..., 0]) * height), axis=-1
        ).reshape(-1, 5, 5, 2)
        good = np.empty(len(cells), np.bool_)
        interpolate(cells, exact, (inverse.a, inverse.b, inverse.d, inverse.e), TOLERANCE, x, y, good)
        cells = cells[:0] if good.all() else _divide(cells[~good], grid.shape)
    if cells.size:
        down, along = _pixels(cells, grid.shape)
        x[down, along], y[down, along] = project.transform(
            (left + (along + 0.5)) * width, -(top + (down + 0.5)) * height
        )
    return Coordinates(x, y)


def _nearest(index: float) -> int:
    return math.floor(index + 0.5 + 1e-6)  # halves always up: grids may be shifted by half a pixel


def _cells(first_row: int, first_col: int, shape: tuple[int, int]) -> NDArray[np.int64]:
    """The cells (row, col, size) that cover an array whose first pixel is that one of the lattice."""
    starts = [
        np.arange(first // CELL * CELL, first + side, CELL) - first
        for first, side in zip((first_row, first_col), shape, strict=True)
    ]
    down, along = (axis.ravel() for axis in np.meshgrid(*starts, indexing="ij"))
    return np.stack([down, along, np.full(down.size, CELL)], axis=1).astype(np.int64)


def _divide(cells: NDArray[np.int64], shape: tuple[int, int]) -> NDArray[np.int64]:
    """The quarters of cells, as far as they reach into the array."""
    half = cells[:, 2:] // 2
    quarters = [np.hstack([cells[:, :2] + half * step, half]) for step in ((0, 0), (0, 1), (1, 0), (1, 1))]
    every = np.concatenate(quarters)
    ends = every[:, :2] + every[:, 2:]
    reaching: NDArray[np.int64] = every[((ends > 0) & (every[:, :2] < shape)).all(axis=1)]
    return reaching


def _pixels(cells: NDArray[np.int64], shape: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of all pixels of cells that lie in the array."""
    steps = np.arange(cells[0, 2])
    down = (cells[:, 0, None, None] + steps[:, None] + 0 * steps).ravel()
    along = (cells[:, 1, None, None] + 0 * steps[:, None] + steps).ravel()
    inside = (down >= 0) & (down < shape[0]) & (along >= 0) & (along < shape[1])
    return down[inside], along[inside]


def _sample(coordinates: Coordinates, overview: Overview) -> Sampling:
    shape = coordinates.x.shape
    sources, outside = np.empty(math.prod(shape), np.uint32), np.empty(shape, np.bool_)
    spans = np.empty((sources.size, 4), np.int32)
    count = locate(
        coordinates.x, coordinates.y, tuple(overview.inverse)[:6], overview.shape, overview.block, _rounding(overview),
        sources, outside.reshape(-1), spans,
    )  # fmt: skip
    return Sampling(tuple(_by_blocks(spans[:count], overview)), sources, outside, not outside.any())


def _rounding(overview: Overview) -> float:
    """Return by how many pixels rounding may move a coordinate.

    Where both grids share a lattice, centres of pixels meet edges of the source exactly: it must not decide there.
    """
    a, b, c, d, e, f = overview.transform
    rows, cols = overview.shape
    farthest = max(abs(c), abs(f), abs(c + a * cols + b * rows), abs(f + d * cols + e * rows))
    return float(4 * np.spacing(farthest) / min(math.hypot(a, d), math.hypot(b, e)))


def _by_blocks(spans: NDArray[np.int32], overview: Overview) -> Iterator[BlockPixels]:
    across = math.ceil(overview.shape[1] / overview.block[1])
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    numbers, starts = np.unique(spans[:, 0], return_index=True)
    for number, own in zip(numbers.tolist(), np.split(spans[:, 1:], starts[1:]), strict=True):
        if number >= 0:
            yield BlockPixels(number // across, number % across, np.ascontiguousarray(own))
