"""Searching: scenes of the catalog for an evaluation, and the account of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from graft_eval.scene import Scene
from graft_eval.scope import Scope

__all__ = ["find_scene", "find_scenes"]


def find_scene(scope: Scope, scene_id: str) -> Scene:
    """Return a scene by its id."""
    with scope.progress.timed("search"):
        scene = scope.catalog.scene(scene_id)
    scope.trace.answers.append(((scene_id,), (scene,)))
    scope.progress.find(scene.id)
    return scene


def find_scenes(
    scope: Scope, product_id: str, start: datetime | None, end: datetime | None, limit: int
) -> Sequence[Scene]:
    """Return the scenes of a product in the scope's search area, by date and id."""
    area = scope.search_area
    with scope.progress.timed("search"):
        scenes = scope.catalog.scenes(product_id, start=start, end=end, limit=limit, area=area)
    scope.trace.answers.append(((product_id, start, end, limit, scope.margin), scenes))
    for scene in scenes:
        scope.progress.find(scene.id)
    return scenes
