"""Advice: where on the map fewer scenes meet, for whom a limit on them is in the way."""

from __future__ import annotations

import math
from collections.abc import Iterable

from graft_eval.grid import HALF_WORLD, WEB_MERCATOR, Grid
from graft_eval.plane import Plane
from graft_eval.planning.extents import Extents
from graft_eval.planning.plan import reads_of, sort
from graft_eval.scene import Asset

__all__ = ["advise", "count_scenes"]


def count_scenes(planes: Iterable[Plane]) -> int:
    """Return how many scenes planes are made of."""
    return len({read.scene.id for read in reads_of(sort(planes))})


def advise(planes: Iterable[Plane], grid: Grid, most: int) -> str:
    """Return from which zoom on no more than so many scenes meet, and which setting allows more."""
    files: dict[str, set[Asset]] = {}
    for read in reads_of(sort(planes)):
        files.setdefault(read.scene.id, set()).add(read.band.asset)
    halvings = Extents(list(files.values()), grid).halvings(most)
    setting = f"the setting limits.scenes, {most:,}, allows more"
    if halvings is None:
        return f"as many lie above one another, and {setting}"
    halvings = max(halvings, 1)
    if (zoom := _zoom_of(grid)) is not None:
        return f"from zoom {zoom + halvings} on there are no more, or {setting}"
    return f"in areas 1/{2**halvings} as wide and high there are no more, or {setting}"


def _zoom_of(grid: Grid) -> int | None:
    """Return the zoom of a tile of Web Mercator; None for other grids."""
    left, bottom, right, top = grid.bounds
    zoom = math.log2(2 * HALF_WORLD / (right - left))
    is_tile = grid.crs == WEB_MERCATOR and math.isclose(right - left, top - bottom) and abs(zoom - round(zoom)) < 1e-6
    return round(zoom) if is_tile else None
