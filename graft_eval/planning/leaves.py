"""Leaves: stages that are neither read nor computed from others: constants, geometries, what is known already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from graft_eval.grid import Grid
from graft_eval.pixels import MISSING, NOT_MASKED, Pixels, PixelSource
from graft_eval.plane import Constant, Inside, Missing, Plane
from graft_eval.planning.plan import Plan
from graft_eval.planning.rasterizing import inside, project

__all__ = ["Leaves", "constants"]


class Leaves:
    """The leaves of a plan on parts of a grid; `known` are planes whose pixels are at hand, on any of its parts."""

    def __init__(self, steps: Plan, known: Mapping[Plane, Pixels], crs: str) -> None:
        self._fixed: dict[int, Pixels] = {}
        self._shapes: dict[int, list[Inside]] = {}
        for at, stage in enumerate(steps.stages):
            if stage.plane in known:
                self._fixed[at] = known[stage.plane]
            elif isinstance(stage.plane, Missing):
                self._fixed[at] = MISSING
            elif isinstance(stage.plane, Constant):
                self._fixed[at] = constants([plane.value for plane in stage.members if isinstance(plane, Constant)])
            elif isinstance(stage.plane, Inside):
                self._shapes[at] = [plane for plane in stage.members if isinstance(plane, Inside)]
        self._projected = {plane: project(plane.geometry, crs) for planes in self._shapes.values() for plane in planes}

    def on(self, part: Grid) -> dict[int, PixelSource]:
        """Return where the pixels of a part come from, by stage."""
        shaped = {at: Pixels(self._rasterize(planes, part), NOT_MASKED) for at, planes in self._shapes.items()}
        return {at: _Leaf(pixels) for at, pixels in (self._fixed | shaped).items()}

    def _rasterize(self, planes: Sequence[Inside], part: Grid) -> NDArray[np.bool_]:
        return np.stack(
            [inside(self._projected[plane], part, all_touched=plane.all_touched).reshape(-1) for plane in planes]
        )


def constants(values: Sequence[float | bool]) -> Pixels:
    """Return planes of the same value everywhere; one that is not finite is masked."""
    data = np.array(values)[:, None] if all(isinstance(value, bool) for value in values) else _numbers(values)
    return Pixels(data, ~np.isfinite(data))


def _numbers(values: Sequence[float | bool]) -> NDArray[np.float64]:
    numbers = np.full((len(values), 1), np.nan)
    for at, value in enumerate(values):
        try:
            numbers[at, 0] = value
        except OverflowError:  # an integer that no float64 comes near to
            continue
    return numbers


class _Leaf:
    """A source whose pixels are at hand."""

    def __init__(self, pixels: Pixels) -> None:
        self._pixels = pixels

    def pixels(self, start: int, stop: int) -> Pixels:
        data, mask = (one if one.shape[1] == 1 else one[:, start:stop] for one in self._pixels)
        return Pixels(data, mask)
