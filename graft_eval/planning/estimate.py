"""Estimates: what planes would read on a grid, before anything is read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graft_eval.crs import transformer
from graft_eval.grid import Grid
from graft_eval.plane import Plane, Read
from graft_eval.planning.plan import reads_of, sort
from graft_eval.raster.overviews import fitting_overview

__all__ = ["ReadEstimate", "estimate_reads"]


@dataclass(frozen=True, slots=True)
class ReadEstimate:
    """Scenes whose files a computation reads, the bytes of their pixels as decoded, and the expressions it computes."""

    scenes: int
    bytes: int
    expressions: int


def estimate_reads(planes: Sequence[Plane], grid: Grid) -> ReadEstimate:
    """Return what planes read on a grid: of each band, the blocks that it meets of the overview that fits it."""
    ordered = sort(planes)
    bands = {(read.scene.id, read.band.name): read for read in reads_of(ordered)}
    sizes = {key: _bytes_of(read, grid) for key, read in bands.items()}
    scenes = {scene for (scene, _), size in sizes.items() if size}
    return ReadEstimate(len(scenes), sum(sizes.values()), len(ordered))


def _bytes_of(read: Read, grid: Grid) -> int:
    asset = read.band.asset
    overview = fitting_overview(asset, grid)
    left, bottom, right, top = transformer(grid.crs, asset.crs).transform_bounds(*grid.bounds)
    corners = np.array([(left, left, right, right), (bottom, top, bottom, top)])
    if np.isfinite(corners).all():
        columns, lines = overview.inverse @ corners
        rows = _met(lines.min(), lines.max(), overview.block[0], overview.shape[0])
        cols = _met(columns.min(), columns.max(), overview.block[1], overview.shape[1])
    else:  # the grid reaches where the file's CRS has no coordinates
        rows, cols = overview.shape
    return rows * cols * np.dtype(read.band.dtype).itemsize


def _met(first: float, last: float, block: int, length: int) -> int:
    """Return how many of `length` pixels lie in the blocks that those from first to last meet."""
    start = max(0, math.floor(first / block) * block)
    stop = min(length, math.ceil(last / block) * block)
    return max(0, stop - start)
