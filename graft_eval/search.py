"""Searching: scenes of the catalog for an evaluation, and the account of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from graft_eval.scene import Scene
from graft_eval.scope import Scope

__all__ = ["find_scene", "find_scenes"]


def find_scene(scope: Scope, scene_id: str) -> Scene:
    """Return a scene by its id."""
    with scope.work.stage("search"):
        scene = scope.source.scene(scene_id)
    scope.work.find(scene.id)
    return scene


def find_scenes(
    scope: Scope, product_id: str, start: datetime | None, end: datetime | None, limit: int
) -> Sequence[Scene]:
    """Return the scenes of a product that meet the scope's grid, by date and id; without a grid, those of anywhere."""
    area = None if scope.grid is None else scope.grid.footprint
    if scope.grid is not None and area is not None and scope.grid.cutline is not None:
        area = area.intersection(scope.grid.cutline)
    with scope.work.stage("search"):
        scenes = scope.source.scenes(product_id, start=start, end=end, limit=limit, area=area)
    for scene in scenes:
        scope.work.find(scene.id)
    return scenes
