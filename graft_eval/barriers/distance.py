"""Distances to the nearest pixel of some."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

import numpy as np
from typing_extensions import override

from graft_eval.barriers.barrier import Neighbourhood
from graft_eval.barriers.ground import pixel_sizes
from graft_eval.errors import LimitExceeded
from graft_eval.grid import Grid
from graft_eval.kernels.neighbourhoods import approach
from graft_eval.piece import Halo, Piece
from graft_eval.pixels import Pixels
from graft_eval.scope import Raster

__all__ = ["Distance"]

FARTHEST: Final = 1024  # pixels


@dataclass(frozen=True, slots=True, eq=False)
class Distance(Neighbourhood):
    """Metres from the centre of a pixel to that of the nearest one that is not 0; masked beyond `farthest` metres.

    Masked pixels of the plane are none. Pixels are as large as those of a pixel's own row on the ground. How far this
    looks follows from the grid: beyond 1,024 pixels it is a `LimitExceeded`.
    """

    farthest: float

    @property
    @override
    def common(self) -> Hashable:
        return self.farthest

    @override
    def halo(self, grid: Grid) -> Halo:
        last = grid.shape[0] - 1
        nearest_equator = min(max(0, math.floor(-grid.first[0])), last)
        # Pixels are the narrowest in the first or the last row, and those in degrees the lowest nearest to the equator.
        ends = [pixel_sizes(grid.window(row, 0, (1, 1))) for row in (0, nearest_equator, last)]
        width, height = (
            min((float(size[0]) for size in sizes if size[0] > 0), default=math.inf)
            for sizes in zip(*ends, strict=True)
        )
        across, down = self.farthest / width, self.farthest / height
        if max(across, down) > FARTHEST:
            raise LimitExceeded(
                f"a distance of up to {self.farthest:,.6g} m is {max(across, down):,.0f} pixels of"
                f" {min(width, height):.3g} m, more than the limit of {FARTHEST:,}: give a lower one, or larger pixels"
            )
        return Halo(*(math.floor(down) + 1,) * 2, *(math.floor(across) + 1,) * 2)

    @override
    def finish(self, inputs: Raster, piece: Piece) -> Pixels:
        out = Pixels(np.empty(piece.shape), np.empty(piece.shape, np.bool_))
        halo, (widths, heights) = self.halo(piece.grid), pixel_sizes(piece.grid)
        there = (inputs.data[0] != 0) & ~inputs.mask[0]
        approach(there, halo.above, halo.left, widths, heights, self.farthest, out.data, out.mask)
        return Pixels(out.data.reshape(1, -1), out.mask.reshape(1, -1))
