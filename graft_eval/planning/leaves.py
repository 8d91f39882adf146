"""Leaves: stages that are neither read nor computed from others: constants, geometries, what is known already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial, singledispatch

import numpy as np
from numpy.typing import NDArray

from graft_eval.grid import Grid
from graft_eval.piece import Piece
from graft_eval.pixels import MISSING, NOT_MASKED, Pixels, PixelSource
from graft_eval.plane import Constant, Gridded, Inside, Missing, Plane, Rasterized
from graft_eval.planning.plan import Plan
from graft_eval.planning.rasterizing import Shapes, project, project_all

__all__ = ["AtHand", "Leaves", "constants"]


Leaf = Callable[[Piece], Pixels]  # gives the planes of a stage on a piece of the grid


class Leaves:
    """The leaves of a plan on pieces of a grid; `known` are planes whose pixels are at hand, on any of its pieces."""

    def __init__(self, steps: Plan, known: Mapping[Plane, Pixels], crs: str) -> None:
        self._leaves: dict[int, Leaf] = {}
        for at, stage in enumerate(steps.stages):
            if stage.given:
                self._leaves[at] = _always(known[stage.plane])
            elif not stage.origins and at not in steps.reads and at not in steps.barriers:
                self._leaves[at] = leaf(stage.plane, stage.members, crs)

    def on(self, piece: Piece) -> dict[int, PixelSource]:
        """Return where the pixels of a piece come from, by stage."""
        return {at: AtHand(leaf(piece)) for at, leaf in self._leaves.items()}


@singledispatch
def leaf(plane: Plane, members: Sequence[Plane], crs: str) -> Leaf:
    """Return what gives the planes of a stage, all of the kind of `plane`, on pieces of a grid in this CRS."""
    raise TypeError(f"{type(plane).__name__} is no leaf")


@leaf.register
def _(plane: Missing, members: Sequence[Plane], crs: str) -> Leaf:
    return _always(MISSING)


@leaf.register
def _(plane: Constant, members: Sequence[Plane], crs: str) -> Leaf:
    return _always(constants([member.value for member in members if isinstance(member, Constant)]))


@leaf.register
def _(plane: Inside, members: Sequence[Plane], crs: str) -> Leaf:
    shapes = [
        Shapes([project(one.geometry, crs, one.crs)], all_touched=one.all_touched)
        for one in members
        if isinstance(one, Inside)
    ]

    def burn(piece: Piece) -> Pixels:
        return Pixels(np.stack([one.inside(piece.grid).reshape(-1) for one in shapes]), NOT_MASKED)

    return burn


@leaf.register
def _(plane: Rasterized, members: Sequence[Plane], crs: str) -> Leaf:
    burners = [_burner(one, crs) for one in members if isinstance(one, Rasterized)]

    def burn(piece: Piece) -> Pixels:
        data = np.stack([one(piece.grid).reshape(-1) for one in burners])
        return Pixels(data, ~np.isfinite(data))

    return burn


@leaf.register
def _(plane: Gridded, members: Sequence[Plane], crs: str) -> Leaf:
    def cut(piece: Piece) -> Pixels:
        data = np.zeros((len(members), *piece.shape), plane.data.dtype)
        mask = np.ones(data.shape, np.bool_)
        for at, one in enumerate(members):
            assert isinstance(one, Gridded)
            there, here = _overlap(piece.offset_from(one.grid), piece.shape, one.grid.shape)
            data[at][here], mask[at][here] = one.data[there], one.mask[there]
        return Pixels(data.reshape(len(members), -1), mask.reshape(len(members), -1))

    return cut


def _overlap(
    offset: tuple[int, int], shape: tuple[int, int], other: tuple[int, int]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return where a piece that begins at an offset in another grid overlaps that: in the grid, and in the piece."""
    spans = [
        (max(first, 0), max(min(first + side, length), first, 0))
        for first, side, length in zip(offset, shape, other, strict=True)
    ]
    (top, bottom), (left, right) = spans
    row, col = offset
    return (slice(top, bottom), slice(left, right)), (slice(top - row, bottom - row), slice(left - col, right - col))


def _burner(plane: Rasterized, crs: str) -> Callable[[Grid], NDArray[np.float64]]:
    shapes = Shapes(project_all(plane.shapes, crs, plane.crs), all_touched=plane.all_touched)
    return partial(shapes.total if plane.merge == "add" else shapes.last, plane.values)


def _always(pixels: Pixels) -> Leaf:
    return lambda piece: pixels


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


class AtHand:
    """A source of pixels that are known."""

    def __init__(self, pixels: Pixels) -> None:
        self._pixels = pixels

    def pixels(self, start: int, stop: int) -> Pixels:
        """Return the pixels from start to stop; constant planes stay one pixel wide."""
        data, mask = (one if one.shape[1] == 1 else one[:, start:stop] for one in self._pixels)
        return Pixels(data, mask)
