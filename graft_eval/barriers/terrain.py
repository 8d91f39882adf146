"""Terrain: planes made of the slope of the ground."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from graft_eval.barriers.barrier import Neighbourhood
from graft_eval.barriers.ground import pixel_sizes
from graft_eval.grid import Grid
from graft_eval.kernels.neighbourhoods import ASPECT, DEGREES, PERCENT, incline, shade
from graft_eval.piece import Halo, Piece
from graft_eval.pixels import Pixels
from graft_eval.scope import Raster

__all__ = ["Hillshade", "Incline"]

Floats = NDArray[np.float64]
MEASURES: Final = {"degrees": DEGREES, "percent": PERCENT, "aspect": ASPECT}


class _Terrain(Neighbourhood):
    """What is told of the slope of heights in metres. Masked where one of 3 x 3 pixels is."""

    __slots__ = ()
    z_factor: float  # a field of each

    @override
    def halo(self, grid: Grid) -> Halo:
        return Halo(1, 1, 1, 1)

    @override
    def finish(self, inputs: Raster, piece: Piece) -> Pixels:
        out = Pixels(np.empty(piece.shape), np.empty(piece.shape, np.bool_))
        across, down = (self.z_factor / (8 * size) for size in pixel_sizes(piece.grid))
        self.fill(inputs.data[0].astype(np.float64, copy=False), inputs.mask[0], across, down, out)
        return Pixels(out.data.reshape(1, -1), out.mask.reshape(1, -1))

    @abstractmethod
    def fill(self, heights: Floats, mask: NDArray[np.bool_], across: Floats, down: Floats, out: Pixels) -> None:
        """Fill `out`; `across` and `down` make slopes of weighted differences of 3 x 3 pixels, by row."""


@dataclass(frozen=True, slots=True, eq=False)
class Incline(_Terrain):
    """The incline of heights: the slope in "degrees" or "percent", or the "aspect".

    The aspect is where the ground faces, in degrees clockwise from the north, masked where it is level.
    """

    measure: str
    z_factor: float

    @property
    @override
    def common(self) -> Hashable:
        return self.measure, self.z_factor

    @override
    def fill(self, heights: Floats, mask: NDArray[np.bool_], across: Floats, down: Floats, out: Pixels) -> None:
        incline(heights, mask, across, down, MEASURES[self.measure], out.data, out.mask)


@dataclass(frozen=True, slots=True, eq=False)
class Hillshade(_Terrain):
    """Heights, lit: 1 in the shadow to 255 facing the light.

    The light comes from `azimuth` and stands `altitude` above the horizon, both in degrees.
    """

    azimuth: float
    altitude: float
    z_factor: float

    @property
    @override
    def common(self) -> Hashable:
        return self.azimuth, self.altitude, self.z_factor

    @override
    def fill(self, heights: Floats, mask: NDArray[np.bool_], across: Floats, down: Floats, out: Pixels) -> None:
        turn, above = math.radians(self.azimuth), math.radians(self.altitude)
        light = np.array([math.sin(turn) * math.cos(above), math.cos(turn) * math.cos(above), math.sin(above)])
        shade(heights, mask, across, down, light, out.data, out.mask)
