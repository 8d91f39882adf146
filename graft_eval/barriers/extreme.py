"""Extremes: the least or the greatest value of a plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from typing_extensions import override

from graft_eval.barriers.barrier import Summary
from graft_eval.pixels import Pixels
from graft_eval.plane import Plane

__all__ = ["Extreme"]


@dataclass(frozen=True, slots=True, eq=False)
class Extreme(Summary):
    """A constant: the valid minimum or maximum of a plane over the whole grid; masked where nothing is valid."""

    operation: str  # "min" or "max"
    plane: Plane

    @property
    @override
    def inputs(self) -> tuple[Plane, ...]:
        return (self.plane,)

    @override
    def add(self, so_far: float, pixels: Pixels) -> float:
        values = pixels.data[~pixels.mask]
        if not values.size:
            return so_far
        found = float(values.min() if self.operation == "min" else values.max())
        return found if np.isnan(so_far) else (min if self.operation == "min" else max)(so_far, found)
