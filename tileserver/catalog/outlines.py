"""Outlines that cross themselves: how often, before anybody pays for mending them."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tileserver.catalog.errors import ItemError

__all__ = ["check_crossings"]

MAX_CROSSINGS: Final = 2_000  # which are mended in a second; the time grows with their square
PAIRS: Final = 150_000  # of edges that are looked at


def check_crossings(outline: BaseGeometry) -> None:
    """Raise `ItemError` for an outline that crosses itself too often to be mended.

    >>> check_crossings(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))
    """
    if outline.is_valid:
        return
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(outline))]
    ends = np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings])
    edges = np.asarray(shapely.linestrings(ends))
    sample = edges[:: max(1, len(edges) ** 2 // PAIRS)][: max(2, PAIRS // len(edges))]
    met = shapely.STRtree(edges).query(sample, predicate="crosses").shape[1]
    if (crossings := met * len(edges) // len(sample) // 2) > MAX_CROSSINGS:
        raise ItemError(f"its geometry crosses itself some {crossings:,} times; at most {MAX_CROSSINGS:,} are mended")
