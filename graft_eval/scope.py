"""The environment of an evaluation: grid, catalog, engine, limits and progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Plane
from graft_eval.progress import Work
from graft_eval.scene import Source

__all__ = ["Engine", "Raster", "Scope"]


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Computed pixels: float64 or boolean `data` and a `mask` (True is missing), both (band, y, x)."""

    data: NDArray[np.float64] | NDArray[np.bool_]
    mask: NDArray[np.bool_]


class Engine(Protocol):
    """Computes planes on grids; one serves all requests of a process."""

    def compute(self, planes: Sequence[Plane], grid: Grid, work: Work, limits: Limits) -> Raster:
        """Read what the planes need on the grid, compute them, and return them as bands."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where and with what a graft is evaluated; `grid` is None where no pixels can be asked for."""

    source: Source
    engine: Engine
    grid: Grid | None = None
    limits: Limits = field(default_factory=Limits)
    work: Work = field(default_factory=Work)
