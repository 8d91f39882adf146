"""One computation: planes on the pieces of a grid, and before them what their barriers need."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft_eval.barriers.barrier import Neighbourhood, Summary
from graft_eval.barriers.mosaic import Mosaic
from graft_eval.grid import Grid
from graft_eval.kernels.physical import paste
from graft_eval.piece import Piece
from graft_eval.pixels import Pixels, PixelSource
from graft_eval.plane import Plane
from graft_eval.planning.advice import advise, count_scenes
from graft_eval.planning.computing import compute_run
from graft_eval.planning.leaves import AtHand, Leaves, constants
from graft_eval.planning.mosaics import fill
from graft_eval.planning.plan import Plan, plan
from graft_eval.planning.plans import Plans, Prepared
from graft_eval.planning.rasterizing import Shapes, project
from graft_eval.progress import Progress
from graft_eval.raster.reading import Reading
from graft_eval.scene import Asset
from graft_eval.scope import Raster

__all__ = ["Computation", "side_of"]

PIECE_SIDES = (512, 256, 128, 64)  # pixels; a piece of a grid is read at a time
PIECE_BYTES = 64 << 20  # of what a piece is computed from: where many scenes are read, pieces are smaller
BYTES_AROUND = 18  # of each pixel that a neighbourhood looks at: value and mask, and those of its result
RUN_BYTES = 2 << 20  # of the widest stage's values in a run of pixels: what is computed next is still in the cache
LEAST_RUN = 1024  # pixels

Known = Mapping[Plane, Pixels]


class Computation:
    """Planes on a grid. Summaries are of this grid; neighbourhoods look beyond it, and beyond its cutline.

    Mosaics of many planes read up to so many `scenes` for a part of the grid of 512 pixels; `report` tells the others.
    """

    def __init__(self, plans: Plans, reading: Reading, grid: Grid, progress: Progress, scenes: int) -> None:
        self._plans = plans
        self._reading = reading
        self._grid = grid
        self._progress = progress
        self._scenes = scenes
        self._summaries: dict[Plane, float] = {}
        self._leaves: dict[Plan, Leaves] = {}
        self._left: set[str] = set()
        self._late = False

    def raster(self, planes: Sequence[Plane]) -> Raster:
        """Return planes on the grid, as bands; boolean where all of them are, masked ones 0."""
        return self._raster(*self._begin(planes))

    def pieces(self, planes: Sequence[Plane]) -> Iterator[tuple[int, int, Raster]]:
        """Yield (row, col, raster) of the pieces that make up the grid: what `raster` returns as a whole."""
        for piece, pixels in self._pieces(*self._begin(planes)):
            data, mask = np.empty((len(planes), *piece.shape)), np.empty((len(planes), *piece.shape), np.bool_)
            paste(pixels.data.astype(np.float64, copy=False), pixels.mask, 0, 0, piece.shape[1], data, mask)
            yield piece.row, piece.col, Raster(data != 0 if pixels.data.dtype == np.bool_ else data, mask)

    def summaries(self, planes: Sequence[Plane]) -> list[float]:
        """Return the numbers that summaries below planes have on the grid, in the order of the plan."""
        prepared = self._plans.prepare(planes)
        self._summarize(prepared, Piece.all_of(self._grid), side_of(prepared, self._grid))
        return [self._summaries[summary] for summary in _flat(prepared)]

    def part(self, planes: Sequence[Plane], piece: Piece, summaries: Sequence[float]) -> Raster:
        """Return planes on a piece of the grid, as `raster` has them there, with the grid's summaries."""
        prepared = self._plans.prepare(planes)
        self._summaries |= dict(zip(_flat(prepared), summaries, strict=True))
        return self._raster(prepared.steps, piece, side_of(prepared, self._grid), {})

    def report(self, planes: Sequence[Plane]) -> None:
        """Note the scenes that limits left out of planes, once they are computed, and say where there are fewer."""
        if self._left:
            lacking = f"{len(self._left):,} of {count_scenes(planes):,} scenes were not read, and may be missing"
            lacking += ", as half of the time for this was spent" if self._late else ""
            self._progress.leave_unread(self._left, f"{lacking}: {advise(planes, self._grid, self._scenes)}")

    def _begin(self, planes: Sequence[Plane]) -> tuple[Plan, Piece, int | None, Known]:
        """Return what is left to compute once the summaries are known: a plan, its region and its parts' side."""
        prepared = self._plans.prepare(planes)
        whole, side = Piece.all_of(self._grid), side_of(prepared, self._grid)
        known = self._summarize(prepared, whole, side)
        return plan(planes, known) if known else prepared.steps, whole, side, known

    def _raster(self, steps: Plan, region: Piece, side: int | None, known: Known) -> Raster:
        planes = len(steps.outputs)
        data: NDArray[Any] = np.empty((planes, *region.shape))
        mask = np.empty((planes, *region.shape), np.bool_)
        truths = planes > 0
        for piece, pixels in self._pieces(steps, region, side, known):
            truths &= pixels.data.dtype == np.bool_
            # Where nothing is masked nothing is copied: 0.15 ms of three bands. Unlike any(), this keeps Python's lock.
            if piece.shape == region.shape and not np.count_nonzero(pixels.mask):
                data, mask = pixels.data.reshape(data.shape), pixels.mask.reshape(mask.shape)
            else:
                top, left = piece.row - region.row, piece.col - region.col
                paste(pixels.data.astype(np.float64, copy=False), pixels.mask, top, left, piece.shape[1], data, mask)
        return Raster(data != 0 if truths else data, mask)

    def _pieces(self, steps: Plan, region: Piece, side: int | None, known: Known) -> Iterator[tuple[Piece, Pixels]]:
        """Yield pieces of a region with the planes computed on them, (plane, pixel).

        Neighbourhoods are computed for parts of `side` pixels at a time, or with None for all of the region.
        """
        if not steps.stages:
            return
        leaves = self._leaves.get(steps) or self._leaves.setdefault(steps, Leaves(steps, known, self._grid.crs))
        for part in region.divide(side) if side else (region,):
            finished = self._finish(steps, part)
            for piece in self._divide(part, steps):
                self._progress.check()
                with self._progress.timed("read"):
                    sources = self._reading.read(piece.grid, steps.reads)
                with self._progress.timed("compute"):
                    for at, planes in finished.items():
                        sources[at] = AtHand(planes.cut(piece, part))
                    pixels = _compute(steps, sources | leaves.on(piece), piece, self._progress)
                    if piece.whole.cutline is not None:
                        pixels = Pixels(pixels.data, pixels.mask | ~self._cutline.inside(piece.grid).reshape(-1))
                yield piece, pixels

    def _summarize(self, prepared: Prepared, whole: Piece, side: int | None) -> Known:
        """Compute summaries, each rank in one pass over the grid, and return the planes that are known by then.

        Those are what was summarized, where one piece is the grid: it need not be computed again.
        """
        known: dict[Plane, Pixels] = {}
        for summaries in prepared.summaries:
            below = [plane for summary in summaries for plane in summary.inputs]
            values = [np.nan] * len(summaries)
            for piece, pixels in self._pieces(plan(below, known), whole, side, known):
                rows = [pixels.take(slice(at, at + 1)) for at in range(len(below))]
                values = [one.add(value, row) for one, value, row in zip(summaries, values, rows, strict=True)]
                if piece.is_whole:
                    known |= dict(zip(below, rows, strict=True))
            self._summaries |= dict(zip(summaries, values, strict=True))
        return known

    def _finish(self, steps: Plan, part: Piece) -> dict[int, _Finished]:
        """Compute the barriers of a plan on a part of the grid, by stage.

        The inputs of all neighbourhoods are computed together, on all that any of them needs: what several share,
        down to the innermost, is computed once.
        """
        if not steps.barriers:
            return {}
        every = [plane for members in steps.barriers.values() for plane in members]
        found = self._look_around([plane for plane in every if isinstance(plane, Neighbourhood)], part)
        found |= self._fill([plane for plane in every if isinstance(plane, Mosaic)], part)
        found |= {plane: constants([self._summaries[plane]]) for plane in every if isinstance(plane, Summary)}
        return {at: _Finished([found[plane] for plane in members]) for at, members in steps.barriers.items()}

    def _look_around(self, planes: Collection[Neighbourhood], part: Piece) -> dict[Plane, Pixels]:
        if not planes:
            return {}
        needs = {plane: plane.needs(part) for plane in planes}
        first, *others = needs.values()
        for other in others:
            first = first.union(other)
        region = replace(first, whole=self._uncut)
        inputs = {below: at for at, below in enumerate(dict.fromkeys(one for plane in planes for one in plane.inputs))}
        around = self._raster(self._plans.prepare(tuple(inputs)).steps, region, None, {})
        with self._progress.timed("compute"):
            return {
                plane: plane.finish(_cut(around, [inputs[one] for one in plane.inputs], need, region), part)
                for plane, need in needs.items()
            }

    def _fill(self, mosaics: Sequence[Mosaic], part: Piece) -> dict[Plane, Pixels]:
        if not mosaics:
            return {}
        wanted = np.ones(part.shape, np.bool_) if part.whole.cutline is None else self._cutline.inside(part.grid)
        layers = [self._plans.layers(mosaic) for mosaic in mosaics]

        begun = False

        def compute(planes: Sequence[Plane]) -> Raster | None:
            nonlocal begun
            if begun and self._progress.is_late:
                self._late = True
                return None
            begun = True
            return self._raster(self._plans.prepare(planes).steps, part, None, {})

        def outside(asset: Asset) -> NDArray[np.bool_]:
            return self._reading.outside(asset, part.grid)

        filled, left = fill(layers, part.grid, wanted, compute, outside, self._scenes)
        self._left |= left
        return {
            mosaic: Pixels(pixels.data != 0, pixels.mask) if mosaic.boolean else pixels
            for mosaic, pixels in zip(mosaics, filled, strict=True)
        }

    def _divide(self, part: Piece, steps: Plan) -> Iterator[Piece]:
        for piece in part.divide(_fitting(steps.bytes_read, 0)):
            yield from self._reading.divide(piece, steps.reads)

    @cached_property
    def _cutline(self) -> Shapes:
        assert self._grid.cutline is not None
        return Shapes([project(self._grid.cutline, self._grid.crs)], all_touched=self._grid.all_touched)

    @cached_property
    def _uncut(self) -> Grid:
        return replace(self._grid, cutline=None)


class _Finished:
    """The planes of a stage that are known on a part of the grid."""

    def __init__(self, planes: Sequence[Pixels]) -> None:
        self._planes = planes

    def cut(self, piece: Piece, part: Piece) -> Pixels:
        """Return the planes on a piece of the region, as (plane, pixel) or constants."""
        cut = [Pixels(_crop(data, piece, part), _crop(mask, piece, part)) for data, mask in self._planes]
        if len(cut) == 1:
            return cut[0]
        return Pixels(np.concatenate([one.data for one in cut]), np.concatenate([one.mask for one in cut]))


def side_of(prepared: Prepared, grid: Grid) -> int | None:
    """Return how large parts of a grid are, in pixels a side, for which barriers are computed; None for any."""
    if prepared.looked_at:
        return _fitting(BYTES_AROUND * prepared.looked_at, max(prepared.reach(grid)))
    return PIECE_SIDES[0] if prepared.mosaics else None


def _flat(prepared: Prepared) -> list[Summary]:
    return [summary for ranked in prepared.summaries for summary in ranked]


def _fitting(bytes_of_pixel: int, reach: int) -> int:
    """Return the side of the largest pieces that fit with what is around; where none does, of some as wide as that."""
    for side in PIECE_SIDES:
        if bytes_of_pixel * (side + 2 * reach) ** 2 <= PIECE_BYTES:
            return side
    return next((side for side in reversed(PIECE_SIDES) if side >= reach), PIECE_SIDES[0])


def _compute(steps: Plan, sources: Mapping[int, PixelSource], piece: Piece, progress: Progress) -> Pixels:
    """The planes of a plan on a piece of the grid, run by run."""
    size = piece.shape[0] * piece.shape[1]
    step = max(LEAST_RUN, RUN_BYTES // (8 * steps.width))
    runs = []
    for start in range(0, size, step):
        progress.check()
        runs.append(compute_run(steps, sources, start, min(start + step, size)))
    data, mask = (one[0] if len(one) == 1 else np.concatenate(one, axis=1) for one in zip(*runs, strict=True))
    return Pixels(data, mask)


def _cut(raster: Raster, bands: Sequence[int], need: Piece, region: Piece) -> Raster:
    """Return some of the bands that are known in a region where they are needed."""
    rows, cols = need.within(region)
    chosen: slice | list[int] = list(bands)
    if chosen == list(range(bands[0], bands[0] + len(bands))):
        chosen = slice(bands[0], bands[0] + len(bands))  # copies nothing
    return Raster(raster.data[chosen, rows, cols], raster.mask[chosen, rows, cols])


def _crop(plane: NDArray[Any], piece: Piece, part: Piece) -> NDArray[Any]:
    if plane.shape[1] == 1 or piece.shape == part.shape:
        return plane
    rows, cols = piece.within(part)
    return np.ascontiguousarray(plane.reshape(part.shape)[rows, cols]).reshape(1, -1)
