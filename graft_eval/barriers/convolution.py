"""Convolutions: sums of the pixels around each, times weights."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from typing_extensions import override

from graft_eval.barriers.barrier import Neighbourhood
from graft_eval.grid import Grid
from graft_eval.kernels.neighbourhoods import correlate
from graft_eval.piece import Halo, Piece
from graft_eval.pixels import Pixels
from graft_eval.scope import Raster

__all__ = ["Convolved", "Weights"]


@dataclass(frozen=True, slots=True)
class Weights:
    """`values` of a kernel of `shape` (rows, cols), row by row from the upper left."""

    shape: tuple[int, int]
    values: tuple[float, ...]

    @property
    def halo(self) -> Halo:
        """Numbers of weights around the one at (rows // 2, cols // 2)."""
        rows, cols = self.shape
        return Halo(rows // 2, rows - 1 - rows // 2, cols // 2, cols - 1 - cols // 2)


@dataclass(frozen=True, slots=True, eq=False)
class Convolved(Neighbourhood):
    """Sums of a plane's pixels times weights, which lie as they are written around (rows // 2, cols // 2) of them.

    That is the order of image filters, a correlation. Masked where one of the pixels is, whatever its weight.
    """

    weights: Weights

    @property
    @override
    def common(self) -> Hashable:
        return self.weights

    @override
    def halo(self, grid: Grid) -> Halo:
        return self.weights.halo

    @override
    def finish(self, inputs: Raster, piece: Piece) -> Pixels:
        out = Pixels(np.empty(piece.shape), np.empty(piece.shape, np.bool_))
        weights = np.array(self.weights.values, np.float64).reshape(self.weights.shape)
        correlate(inputs.data[0].astype(np.float64, copy=False), inputs.mask[0], weights, out.data, out.mask)
        return Pixels(out.data.reshape(1, -1), out.mask.reshape(1, -1))
