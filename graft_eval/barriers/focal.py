"""Focal statistics: reductions of the pixels around each."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from graft_eval.barriers.barrier import Neighbourhood
from graft_eval.barriers.convolution import Weights
from graft_eval.grid import Grid
from graft_eval.kernels.neighbourhoods import LEAST, MOST, TOTAL, aggregate, deviate
from graft_eval.kernels.ranks import majority_around, median_around, merges
from graft_eval.piece import Halo, Piece
from graft_eval.pixels import Pixels, reduce
from graft_eval.scope import Raster

__all__ = ["Focal"]

STRIP: Final = 1 << 20  # bytes of shifted pixels at a time: they are still in the cache when they are reduced
MOST_RANKED: Final = 441  # pixels of a rectangle: what is sorted of more does not fit into the cache
RANKED: Final = {"median": median_around, "majority": majority_around}
SEPARABLE: Final = {"min": LEAST, "max": MOST, "mean": TOTAL, "std": TOTAL}  # first along rows, then down columns


@dataclass(frozen=True, slots=True, eq=False)
class Focal(Neighbourhood):
    """A reduction of the pixels around each: those where `footprint` is not 0, which lies as that of a convolution.

    Masked pixels are left out; masked where all are.
    """

    operation: str  # min max mean median std majority
    footprint: Weights

    @property
    @override
    def common(self) -> Hashable:
        return self.operation, self.footprint

    @override
    def halo(self, grid: Grid) -> Halo:
        return self.footprint.halo

    @override
    def finish(self, inputs: Raster, piece: Piece) -> Pixels:
        data, mask = inputs.data[0].astype(np.float64, copy=False), inputs.mask[0]
        out = Pixels(np.empty(piece.shape), np.empty(piece.shape, np.bool_))
        rectangle = self.footprint.shape if all(self.footprint.values) else None
        size = len(self.footprint.values)
        if rectangle and self.operation in SEPARABLE:
            aggregate(data, mask, *rectangle, SEPARABLE[self.operation], out.data, out.mask)
            if self.operation == "std":
                deviate(data, mask, *rectangle, out.data, out.mask)
        elif rectangle and self.operation in RANKED and size <= MOST_RANKED:
            steps = merges(*rectangle, size // 2 + 1 if self.operation == "median" else size)
            RANKED[self.operation](data, mask, *rectangle, *steps, out.data, out.mask)
        else:
            for top, bottom in self._strips(piece):
                self._reduce(data, mask, slice(top, bottom), out)
        return Pixels(out.data.reshape(1, -1), out.mask.reshape(1, -1))

    def _strips(self, piece: Piece) -> Iterator[tuple[int, int]]:
        """Yield from which row to which other the pixels around are taken at a time."""
        rows, cols = piece.shape
        side = max(1, STRIP // (9 * cols * len(self.footprint.values)))
        for top in range(0, rows, side):
            yield top, min(top + side, rows)

    def _reduce(self, data: NDArray[np.float64], mask: NDArray[np.bool_], strip: slice, out: Pixels) -> None:
        """Reduce the pixels around those of a strip: a plane for each place in the footprint."""
        _, cols = out.data.shape
        size = strip.stop - strip.start
        places = [divmod(at, self.footprint.shape[1]) for at, weight in enumerate(self.footprint.values) if weight]
        around = Pixels(np.empty((len(places), size * cols)), np.empty((len(places), size * cols), np.bool_))
        for at, (down, along) in enumerate(places):
            rows = slice(strip.start + down, strip.stop + down)
            around.data[at].reshape(size, cols)[:] = data[rows, along : along + cols]
            around.mask[at].reshape(size, cols)[:] = mask[rows, along : along + cols]
        result = Pixels(out.data[strip].reshape(-1), out.mask[strip].reshape(-1))  # views: rows are whole
        reduce(self.operation, around, np.arange(len(places)), result)
