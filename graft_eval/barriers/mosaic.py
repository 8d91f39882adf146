"""Mosaics of many planes, which are looked through from the first one on until nothing is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graft_eval.barriers.barrier import Barrier
from graft_eval.plane import Plane, Truth

__all__ = ["Mosaic"]


@dataclass(frozen=True, slots=True, eq=False)
class Mosaic(Barrier):
    """The first valid pixel of many planes, as `Reduce("mosaic", planes)` gives it; `boolean` where all planes are.

    Which of them are needed is only known once the pixels of those before them are.
    """

    planes: tuple[Plane, ...]
    boolean: bool = False

    @property
    def inputs(self) -> tuple[Plane, ...]:
        """The planes, in order."""
        return self.planes

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        """Return whether all planes are boolean, which was found out when this one was made."""
        return self.boolean
