"""Terrain: planes made of the slope of the ground."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

import numpy as np
from typing_extensions import override

from graft_eval.barriers.barrier import Neighbourhood
from graft_eval.barriers.ground import pixel_sizes
from graft_eval.kernels.neighbourhoods import ASPECT, DEGREES, PERCENT, incline, shade
from graft_eval.piece import Halo, Piece
from graft_eval.pixels import Pixels
from graft_eval.scope import Raster

__all__ = ["Hillshade", "Incline"]


MEASURES: Final = {"degrees": DEGREES, "percent": PERCENT, "aspect": ASPECT}


@dataclass(frozen=True, slots=True, eq=False)
class Incline(Neighbourhood):
    """The incline of heights in metres: the slope in "degrees" or "percent", or the "aspect".

    The aspect is where the ground faces, in degrees clockwise from the north, masked where it is level. Masked where
    one of 3 x 3 pixels is.
    """

    measure: str
    z_factor: float

    @property
    @override
    def common(self) -> Hashable:
        return self.measure, self.z_factor

    @property
    @override
    def halo(self) -> Halo:
        return Halo(1, 1, 1, 1)

    @override
    def finish(self, inputs: Raster, piece: Piece) -> Pixels:
        out = Pixels(np.empty(piece.shape), np.empty(piece.shape, np.bool_))
        widths, heights = (self.z_factor / (8 * size) for size in pixel_sizes(piece.grid))
        heights_of = inputs.data[0].astype(np.float64, copy=False)
        incline(heights_of, inputs.mask[0], widths, heights, MEASURES[self.measure], out.data, out.mask)
        return Pixels(out.data.reshape(1, -1), out.mask.reshape(1, -1))


@dataclass(frozen=True, slots=True, eq=False)
class Hillshade(Neighbourhood):
    """Heights in metres, lit: 1 in the shadow to 255 facing the light. Masked where one of 3 x 3 pixels is.

    The light comes from `azimuth` and stands `altitude` above the horizon, both in degrees.
    """

    azimuth: float
    altitude: float
    z_factor: float

    @property
    @override
    def common(self) -> Hashable:
        return self.azimuth, self.altitude, self.z_factor

    @property
    @override
    def halo(self) -> Halo:
        return Halo(1, 1, 1, 1)

    @override
    def finish(self, inputs: Raster, piece: Piece) -> Pixels:
        out = Pixels(np.empty(piece.shape), np.empty(piece.shape, np.bool_))
        widths, heights = (self.z_factor / (8 * size) for size in pixel_sizes(piece.grid))
        turn, above = math.radians(self.azimuth), math.radians(self.altitude)
        light = np.array([math.sin(turn) * math.cos(above), math.cos(turn) * math.cos(above), math.sin(above)])
        heights_of = inputs.data[0].astype(np.float64, copy=False)
        shade(heights_of, inputs.mask[0], widths, heights, light, out.data, out.mask)
        return Pixels(out.data.reshape(1, -1), out.mask.reshape(1, -1))
