"""The engine: computes planes on grids, with what all computations of a process share."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from graft_eval.errors import LimitExceeded
from graft_eval.fingerprint import fingerprint
from graft_eval.grid import Grid
from graft_eval.kernels import warm
from graft_eval.kernels.physical import place
from graft_eval.limits import Limits
from graft_eval.memory import keep_freed_memory
from graft_eval.pixels import Pixels, PixelSource
from graft_eval.plane import Extreme, Plane
from graft_eval.planning.computing import compute_run
from graft_eval.planning.leaves import Leaves, constants
from graft_eval.planning.plan import Plan, assets_of, plan, rank_extremes, reads_of, sort
from graft_eval.planning.rasterizing import inside, project
from graft_eval.progress import Work
from graft_eval.raster.blocks import Blocks
from graft_eval.raster.reading import Reading
from graft_eval.raster.sampling import Sampler
from graft_eval.scope import Raster

__all__ = ["RasterEngine", "assets_of", "fingerprint"]

PART_SIDES = (512, 256, 128, 64)  # pixels; a part of a grid is read at a time
PART_BYTES = 64 << 20  # of stored pixels in a part: where many scenes are read, parts are smaller
RUN_BYTES = 2 << 20  # of the widest stage's values in a run of pixels: what is computed next is still in the cache
LEAST_RUN = 1024  # pixels
SAMPLING_BYTES = 64 << 20
PREPARED_PLANES = 100_000

Known = dict[Plane, Pixels]


class RasterEngine:
    """Computes planes from raster files; one serves all requests of a process, from any number of threads.

    Decoded blocks take up to `cache_bytes`; `threads` of its own read files. Kernels are loaded when it is made.
    """

    def __init__(self, cache_bytes: int, threads: int) -> None:
        warm()
        keep_freed_memory()
        self._blocks = Blocks(cache_bytes, threads)
        self._sampler = Sampler(SAMPLING_BYTES)
        self._prepared: LRUCache[tuple[Plane, ...], _Prepared] = LRUCache(PREPARED_PLANES, getsizeof=_size)
        self._lock = threading.Lock()

    def compute(self, planes: Sequence[Plane], grid: Grid, work: Work, limits: Limits) -> Raster:
        """Read what the planes need on the grid, compute them, and return them as bands.

        Values are float64, or boolean where all planes are; masked ones are 0. A scene whose files cannot be read is
        masked and noted in `work`. Raises `LimitExceeded` before anything is read, `SceneError` when none of the
        scenes can be read, `Cancelled` soon after `work` is.
        """
        prepared = self._prepare(tuple(planes))
        _check(prepared.scenes, len(planes), grid, limits)
        data: NDArray[Any] = np.empty((len(planes), *grid.shape))
        mask = np.empty((len(planes), *grid.shape), np.bool_)
        reading = Reading(self._blocks, self._sampler, work)
        known = self._extremes(prepared.extremes, grid, reading, work)
        steps = plan(planes, known) if known else prepared.steps
        truths = len(planes) > 0
        for row, col, part, pixels in self._parts(steps, known, grid, reading, work):
            truths &= pixels.data.dtype == np.bool_
            if part.shape == grid.shape and not pixels.mask.any():  # copies nothing: 0.15 ms of a tile of three bands
                data, mask = pixels.data.reshape(data.shape), pixels.mask.reshape(mask.shape)
            else:
                place(pixels.data.astype(np.float64, copy=False), pixels.mask, row, col, part.shape[1], data, mask)
        reading.finish()
        return Raster(data != 0 if truths else data, mask)

    def close(self) -> None:
        """End the threads and close the files."""
        self._blocks.close()

    def _prepare(self, planes: tuple[Plane, ...]) -> _Prepared:
        """What is the same on every grid: an image that is drawn tile by tile is looked through once."""
        with self._lock:
            prepared = self._prepared.get(planes)
        if prepared is None:
            prepared = _Prepared(planes)
            if _size(prepared) <= PREPARED_PLANES:
                with self._lock:
                    self._prepared[planes] = prepared
        return prepared

    def _extremes(self, ranks: Sequence[Sequence[Extreme]], grid: Grid, reading: Reading, work: Work) -> Known:
        """The values of all extremes, those that depend on no other first, each rank in one pass over the grid."""
        known: Known = {}
        for extremes in ranks:
            below = [extreme.plane for extreme in extremes]
            values = [np.nan] * len(extremes)
            for _, _, part, pixels in self._parts(plan(below, known), known, grid, reading, work):
                for at, extreme in enumerate(extremes):
                    values[at] = _more_extreme(extreme.operation, values[at], pixels, at)
                if part.shape == grid.shape:  # one part is the grid: what is computed need not be computed again
                    known |= {plane: pixels.take(slice(at, at + 1)) for at, plane in enumerate(below)}
            known |= {extreme: constants([value]) for extreme, value in zip(extremes, values, strict=True)}
        return known

    def _parts(
        self, steps: Plan, known: Known, grid: Grid, reading: Reading, work: Work
    ) -> Iterator[tuple[int, int, Grid, Pixels]]:
        """Yield parts of the grid, (row, col, grid), with the planes computed on them, (plane, pixel)."""
        if not steps.stages:
            return
        leaves = Leaves(steps, known, grid.crs)
        cutline = None if grid.cutline is None else project(grid.cutline, grid.crs)
        for row, col, part in _divide(grid, steps, reading):
            work.check()
            with work.stage("read"):
                sources = reading.read(part, steps.reads)
            with work.stage("compute"):
                pixels = _compute(steps, sources | leaves.on(part), part, work)
                if cutline is not None:
                    pixels = Pixels(pixels.data, pixels.mask | ~inside(cutline, part).reshape(-1))
            yield row, col, part, pixels


class _Prepared:
    """What planes need, whatever the grid: how many scenes, which extremes first, and the plan where there are none."""

    def __init__(self, planes: Sequence[Plane]) -> None:
        ordered = sort(planes)
        self.size = len(ordered)
        self.scenes = len({read.scene.id for read in reads_of(ordered)})
        self.extremes = rank_extremes(ordered)
        self.steps = plan(()) if self.extremes else plan(planes)


def _size(prepared: _Prepared) -> int:
    return prepared.size


def _check(scenes: int, bands: int, grid: Grid, limits: Limits) -> None:
    rows, cols = grid.shape
    if rows * cols > limits.pixels:
        raise LimitExceeded(f"{rows} x {cols} pixels are {rows * cols:,}, more than the limit of {limits.pixels:,}")
    if (values := rows * cols * bands) > limits.values:
        raise LimitExceeded(
            f"{bands:,} bands of {rows} x {cols} pixels are {values:,} values, more than the limit of {limits.values:,}"
        )
    if scenes > limits.scenes:
        raise LimitExceeded(f"the pixels of {scenes:,} scenes are needed, more than the limit of {limits.scenes:,}")


def _divide(grid: Grid, steps: Plan, reading: Reading) -> Iterator[tuple[int, int, Grid]]:
    for row, col, block in grid.blocks(_part_side(steps)):
        for down, along, part in reading.divide(block, steps.reads):
            yield row + down, col + along, part


def _part_side(steps: Plan) -> int:
    size = sum(np.dtype(read.band.dtype).itemsize for wanted in steps.reads.values() for read in wanted.reads)
    return next((side for side in PART_SIDES if size * side * side <= PART_BYTES), PART_SIDES[-1])


def _compute(steps: Plan, sources: Mapping[int, PixelSource], part: Grid, work: Work) -> Pixels:
    """The planes of a plan on a part of the grid, run by run."""
    size = part.shape[0] * part.shape[1]
    step = max(LEAST_RUN, RUN_BYTES // (8 * steps.width))
    runs = []
    for start in range(0, size, step):
        work.check()
        runs.append(compute_run(steps, sources, start, min(start + step, size)))
    data, mask = (one[0] if len(one) == 1 else np.concatenate(one, axis=1) for one in zip(*runs, strict=True))
    return Pixels(data, mask)


def _more_extreme(operation: str, so_far: float, pixels: Pixels, at: int) -> float:
    """The extreme of what came before, NaN for nothing, and of a plane's valid pixels."""
    values = pixels.data[at][~pixels.mask[at]]
    if not values.size:
        return so_far
    found = float(values.min() if operation == "min" else values.max())
    return found if np.isnan(so_far) else (min if operation == "min" else max)(so_far, found)
