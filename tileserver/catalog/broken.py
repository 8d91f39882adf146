"""Broken scenes: those that nothing leads from to the map any more, though they were placed when they were added."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from pyproj.exceptions import ProjError

from graft_eval.crs import transformer
from graft_eval.scene import Scene

__all__ = ["marked"]


def marked(scene: Scene) -> Scene:
    """Return a scene, marked as broken if PROJ does not know the coordinate reference system of one of its files."""
    reasons = map(_reason, {band.asset.crs for band in scene.bands})
    reason = next(filter(None, reasons), "")
    return replace(scene, broken=reason) if reason else scene


@lru_cache(maxsize=256)
def _reason(crs: str) -> str:
    try:
        transformer(crs, "OGC:CRS84")
    except ProjError:
        return f"nothing leads from its coordinate reference system to the map: {crs[:60]}"
    return ""
