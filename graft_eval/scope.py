"""The environment of an evaluation: grid, catalog, engine, limits and progress."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from graft_eval.errors import EvaluationError, SceneError
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Plane, Read
from graft_eval.progress import Progress
from graft_eval.scene import Scene, SceneCatalog

__all__ = [
    "Engine", "Question", "Raster", "Scope", "Trace", "find_features", "find_scene", "find_scenes",
    "values_at",
]  # fmt: skip

# Of one scene, or of those in a place: a product, from when to when, how many, how many pixels around the grid.
Question = tuple[str] | tuple[str, datetime | None, datetime | None, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Computed pixels: float64 or boolean `data` and a `mask` (True is missing), both (band, y, x)."""

    data: NDArray[np.float64] | NDArray[np.bool_]
    mask: NDArray[np.bool_]


class Engine(Protocol):
    """Computes planes on grids; one serves all requests of a process."""

    def compute(self, planes: Sequence[Plane], grid: Grid, progress: Progress, limits: Limits) -> Raster:
        """Read what the planes need on the grid, compute them, and return them as bands."""

    def pieces(
        self, planes: Sequence[Plane], grid: Grid, progress: Progress, limits: Limits
    ) -> Iterator[tuple[int, int, Raster]]:
        """Yield (row, col, raster) of the pieces that make up the grid, each computed when it is asked for."""

    def integer(self, read: Read, grid: Grid, progress: Progress) -> int:
        """Return the first pixel of integers on a grid, with all its digits."""


@dataclass(slots=True, eq=False)
class Trace:
    """A record of what an evaluation depends on: scenes of the catalog, its grid, pixels of planes."""

    answers: list[tuple[Question, Sequence[Scene]]] = field(default_factory=list)
    planes: list[Plane] = field(default_factory=list)
    looked: bool = False

    @property
    def has_searched(self) -> bool:
        """True if scenes of an area were searched."""
        return any(len(question) > 1 for question, _ in self.answers)

    def add(self, other: Trace) -> None:
        """Add what an evaluation within this one has asked for."""
        self.answers += other.answers
        self.planes += other.planes
        self.looked |= other.looked


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """The environment of one evaluation; `grid` is None if no pixels can be computed.

    Operations reach the grid by `search_area`, `pixel_grid` and `compute`, so that `trace` knows whether the value
    depends on the place by more than the scenes found there. Those are searched for `margin` pixels around, too.
    """

    catalog: SceneCatalog
    engine: Engine
    grid: Grid | None = None
    limits: Limits = field(default_factory=Limits)
    progress: Progress = field(default_factory=Progress)
    trace: Trace = field(default_factory=Trace)
    margin: int = 0

    @property
    def search_area(self) -> BaseGeometry | None:
        """The geometry in longitude and latitude in which scenes are searched; None is anywhere."""
        return None if self.grid is None else self.grid.search_area(self.margin)

    def pixel_grid(self) -> Grid:
        """Return the grid of the pixels; raises `EvaluationError` without one."""
        if self.grid is None:
            raise EvaluationError("needs pixels, and so a geocontext: give a geoctx")
        self.trace.looked = True
        return self.grid

    def compute(self, planes: Sequence[Plane], grid: Grid | None = None) -> Raster:
        """Return the pixels of planes on another grid, or on the scope's own."""
        grid = self.pixel_grid() if grid is None else grid
        self.trace.planes.extend(planes)
        with self.progress.spent.apart():
            return self.engine.compute(planes, grid, self.progress, self.limits)

    def pieces(self, planes: Sequence[Plane]) -> Iterator[tuple[int, int, Raster]]:
        """Yield (row, col, pixels) of the pieces of the scope's grid."""
        grid = self.pixel_grid()
        self.trace.planes.extend(planes)
        return self.engine.pieces(planes, grid, self.progress, self.limits)


def values_at(scope: Scope, planes: Sequence[Plane], raster: Raster, pixel: tuple[int, int], grid: Grid) -> list[float]:
    """Return the value of each plane, computed as a raster on a grid, at (row, col); NaN if there is none.

    Integers of 64 bits that nothing is computed with come with all their digits.
    """
    row, col = pixel
    found: list[float] = []
    for plane, value, gone in zip(planes, raster.data[:, row, col], raster.mask[:, row, col], strict=True):
        if gone:
            found.append(math.nan)
        elif isinstance(plane, Read) and plane.is_large_integer:
            found.append(scope.engine.integer(plane, grid.window(row, col, (1, 1)), scope.progress))
        else:
            found.append(float(value))
    return found


def find_features(scope: Scope, product_id: str) -> Sequence[tuple[BaseGeometry, Mapping[str, Any]]]:
    """Return the features of a vector product in the scope's search area."""
    scope.trace.looked = True  # other places have others, which no question of the trace tells
    with scope.progress.timed("search"), scope.progress.spent.apart():
        return scope.catalog.features(product_id, limit=scope.limits.features, area=scope.search_area)


def find_scene(scope: Scope, scene_id: str) -> Scene:
    """Return a scene by its id; raises `SceneError` if it is broken."""
    with scope.progress.timed("search"), scope.progress.spent.apart():
        scene = scope.catalog.scene(scene_id)
    if scene.broken:
        raise SceneError(f"{scene.id} cannot be read: {scene.broken}")
    scope.trace.answers.append(((scene_id,), (scene,)))
    scope.progress.find(scene.id)
    return scene


def find_period(scope: Scope, product_id: str) -> tuple[datetime, datetime] | None:
    """Return the first and the last moment of which a product has scenes, for messages; None for one without."""
    return scope.catalog.period(product_id)


def find_scenes(
    scope: Scope, product_id: str, start: datetime | None, end: datetime | None, limit: int
) -> Sequence[Scene]:
    """Return the scenes of a product in the scope's search area, by date and id; broken ones are skipped."""
    area = scope.search_area
    with scope.progress.timed("search"), scope.progress.spent.apart():
        scope.catalog.refresh(product_id, start=start, end=end, area=area, progress=scope.progress)
        found = scope.catalog.scenes(product_id, start=start, end=end, limit=limit, area=area)
    for scene in found:
        scope.progress.find(scene.id)
        if scene.broken:
            scope.progress.skip(scene.id, scene.broken)
    scenes = [scene for scene in found if not scene.broken]
    scope.trace.answers.append(((product_id, start, end, limit, scope.margin), scenes))
    return scenes
