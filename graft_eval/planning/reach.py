"""Reach: how far around its pixels a computation looks, and what it needs first."""

from __future__ import annotations

from collections.abc import Sequence

from graft_eval.barriers.barrier import Neighbourhood, Summary
from graft_eval.grid import Grid
from graft_eval.piece import NO_HALO, Halo, Piece
from graft_eval.plane import Plane

__all__ = ["nesting_of", "rank_summaries", "reach_of"]


def rank_summaries(ordered: Sequence[Plane]) -> list[list[Summary]]:
    """Return the summaries among sorted planes: those of no other, then those of these, and so on."""
    if not any(isinstance(plane, Summary) for plane in ordered):
        return []
    ranks: dict[Plane, int] = {}
    ranked: dict[int, list[Summary]] = {}
    for plane in ordered:
        ranks[plane] = max((ranks[below] for below in plane.inputs), default=0)
        if isinstance(plane, Summary):
            ranked.setdefault(ranks[plane], []).append(plane)
            ranks[plane] += 1
    return [ranked[rank] for rank in sorted(ranked)]


def reach_of(ordered: Sequence[Plane], grid: Grid) -> Halo:
    """Return how far around a grid the pixels lie that sorted planes need there.

    Neighbourhoods of neighbourhoods reach as far as both together; a summary is of the grid itself, whoever needs it.
    """
    reaches: dict[Plane, Halo] = {}
    for plane in reversed(ordered):
        reach = NO_HALO if isinstance(plane, Summary) else reaches.get(plane, NO_HALO)
        if isinstance(plane, Neighbourhood):
            reach = reach.plus(plane.halo(Piece.all_of(grid).padded(reach).grid))
        if reach != NO_HALO:
            for below in plane.inputs:
                reaches[below] = reaches.get(below, NO_HALO).union(reach)
    farthest = NO_HALO
    for reach in reaches.values():
        farthest = farthest.union(reach)
    return farthest


def nesting_of(ordered: Sequence[Plane]) -> int:
    """Return how many neighbourhoods of neighbourhoods there are at most, one within the other."""
    depths: dict[Plane, int] = {}
    for plane in ordered:
        depths[plane] = max((depths[below] for below in plane.inputs), default=0) + isinstance(plane, Neighbourhood)
    return max(depths.values(), default=0)
