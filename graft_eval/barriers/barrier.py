"""Barriers: planes that no plan looks through, as their inputs are computed elsewhere first."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override

from graft_eval.grid import Grid
from graft_eval.piece import Halo, Piece
from graft_eval.pixels import Pixels
from graft_eval.plane import Plane, Truth
from graft_eval.scope import Raster

__all__ = ["Barrier", "Neighbourhood", "Summary"]


class Barrier(Plane):
    """A plane whose pixels need other pixels of its inputs than their own."""

    __slots__ = ()

    @override
    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return False


class Summary(Barrier):
    """A number made of the whole grid that is asked for, the same on all of its pieces."""

    __slots__ = ()

    @abstractmethod
    def add(self, so_far: float, pixels: Pixels) -> float:
        """Return the number after some more pixels of the input, one plane of them; it starts as NaN, for nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood(Barrier):
    """A plane each of whose pixels is made of those around it in another plane.

    What is around a pixel is read wherever it lies, so that pieces have no seams, and tiles neither.
    """

    plane: Plane

    @property
    @override
    def inputs(self) -> tuple[Plane, ...]:
        return (self.plane,)

    @abstractmethod
    def halo(self, grid: Grid) -> Halo:
        """Return how many pixels around those of a grid the inputs are computed on, too."""

    def needs(self, piece: Piece) -> Piece:
        """Return the piece on which the inputs must be known for this one."""
        return piece.padded(self.halo(piece.grid))

    @abstractmethod
    def finish(self, inputs: Raster, piece: Piece) -> Pixels:
        """Return the plane on a piece, (1, pixel), of its inputs, as bands, on what that needs."""
