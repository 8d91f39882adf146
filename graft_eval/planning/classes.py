"""Classes: planes whose values are those of classes that pixels belong to, and how they are computed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from typing_extensions import override

from graft_eval.pixels import Pixels
from graft_eval.plane import Plane, Truth
from graft_eval.planning.computing import RunValues, compute
from graft_eval.planning.stage import Stage

__all__ = ["Classified", "Remapped"]


@dataclass(frozen=True, slots=True, eq=False)
class Classified(Plane):
    """The value of the class that a pixel lies in; of `edges`, which ascend, each begins a class after the first."""

    plane: Plane
    edges: tuple[float, ...]
    values: tuple[float, ...]  # one more than edges

    @property
    @override
    def inputs(self) -> tuple[Plane, ...]:
        return (self.plane,)

    @property
    @override
    def common(self) -> Hashable:
        return self.edges, self.values

    @override
    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return False


@dataclass(frozen=True, slots=True, eq=False)
class Remapped(Plane):
    """The value that goes with the one of `keys`, which ascend, that a pixel has; `otherwise`, or masked, if none."""

    plane: Plane
    keys: tuple[float, ...]
    values: tuple[float, ...]
    otherwise: float | None = None

    @property
    @override
    def inputs(self) -> tuple[Plane, ...]:
        return (self.plane,)

    @property
    @override
    def common(self) -> Hashable:
        return self.keys, self.values, self.otherwise

    @override
    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return False


@compute.register
def _(plane: Classified, stage: Stage, values: RunValues) -> Pixels:
    (pixels,) = values.arguments(stage)
    classes = np.searchsorted(np.array(plane.edges), pixels.data, side="right")
    return Pixels(np.array(plane.values, np.float64)[classes], pixels.mask)


@compute.register
def _(plane: Remapped, stage: Stage, values: RunValues) -> Pixels:
    (pixels,) = values.arguments(stage)
    keys = np.array(plane.keys)
    nearest = np.searchsorted(keys, pixels.data).clip(max=len(keys) - 1)
    known = keys[nearest] == pixels.data
    data = np.where(known, np.array(plane.values, np.float64)[nearest], plane.otherwise or 0.0)
    return Pixels(data, pixels.mask | ~known if plane.otherwise is None else pixels.mask)
