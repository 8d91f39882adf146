"""A small world for tests: products whose pixels are arrays, a source that finds them, and shorthands for grafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from graft_eval import evaluate, parse
from graft_eval.errors import NotInCatalog
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.progress import Progress
from graft_eval.scene import Asset, Band, Product, Scene
from graft_eval.scope import Scope
from tests.oracle.planes import NumpyEngine

NAN = float("nan")
UNHURRIED = Limits(seconds=60)  # tests run beside others
GRID = Grid((0.0, 0.0, 2.0, 2.0), "EPSG:4326", (2, 2))
ASSET = Asset("memory", "EPSG:4326", (1.0, 0.0, 0.0, 0.0, -1.0, 2.0), (2, 2), (), (2, 2), "1")


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def scene(
    scene_id: str, date: str, bands: Sequence[str], footprint: BaseGeometry | None = None, **properties: object
) -> Scene:
    """A scene of bands on the grid of `ASSET`; "B04=red" gives the band B04 the common name red."""
    named = [name.partition("=") for name in bands]
    return Scene(
        scene_id,
        scene_id.rpartition(":")[0],
        day(date),
        footprint or box(0, 0, 2, 2),
        properties,
        tuple(Band(name, ASSET, i, "int16", common_name=alias or None) for i, (name, _, alias) in enumerate(named, 1)),
    )


@dataclass
class FakeSource:
    """Scenes in memory; `searches` notes the areas asked for."""

    held: Sequence[Scene] = ()
    searches: list[BaseGeometry | None] = field(default_factory=list)

    def product(self, product_id: str) -> Product:
        return Product(product_id, product_id, "", ())

    def scene(self, scene_id: str) -> Scene:
        for found in self.held:
            if found.id == scene_id:
                return found
        raise NotInCatalog(f"there is no image {scene_id!r}")

    def period(self, product_id: str) -> tuple[datetime, datetime] | None:
        dates = [scene.date for scene in self.held if scene.product == product_id]
        return (min(dates), max(dates)) if dates else None

    def refresh(self, product_id: str, **search: Any) -> None:
        """All there is is known."""

    def scenes(
        self, product_id: str, *, start: datetime | None, end: datetime | None, limit: int, area: BaseGeometry | None
    ) -> Sequence[Scene]:
        self.searches.append(area)
        found = [each for each in self.held if each.product == product_id]
        if not found:
            raise NotInCatalog(f"there is no product {product_id!r}")
        return sorted(
            (
                each
                for each in found
                if (start is None or each.date >= start)
                and (end is None or each.date < end)
                and (area is None or each.footprint.intersection(area).area > 0)
            ),
            key=lambda each: (each.date, each.id),
        )[:limit]

    def features(
        self, product_id: str, *, limit: int, area: BaseGeometry | None
    ) -> Sequence[tuple[BaseGeometry, dict[str, Any]]]:
        raise NotInCatalog(f"there is no vector product {product_id!r}")


@dataclass
class World:
    """Scenes, their pixels, and a log of what an evaluation said."""

    scenes: Sequence[Scene]
    pixels: Mapping[tuple[str, str], object]
    logged: list[str] = field(default_factory=list)

    def scope(self, grid: Grid | None = GRID, limits: Limits | None = None) -> Scope:
        arrays = {key: np.array(values, float) for key, values in self.pixels.items()}
        progress = Progress(log=lambda level, message: self.logged.append(message))
        return Scope(FakeSource(self.scenes), NumpyEngine(arrays), grid, limits or UNHURRIED, progress)

    def evaluate(self, graft: object, grid: Grid | None = GRID, **arguments: object) -> Any:
        scope = self.scope(grid)
        return evaluate(parse(graft, scope.limits), scope, arguments)


def pixels(world: World, image: Any, grid: Grid = GRID) -> np.ma.MaskedArray[Any, Any]:
    """The pixels of an image, (band, y, x)."""
    scope = world.scope(grid)
    raster = scope.engine.compute(image.planes, grid, scope.progress, scope.limits)
    return np.ma.MaskedArray(raster.data, raster.mask)


def grids_of(scope: Scope) -> list[Grid]:
    """The grids that a scope's engine, one of a `World`, has computed on."""
    assert isinstance(scope.engine, NumpyEngine)
    return scope.engine.grids


def graft(proxy: Any) -> dict[str, object]:
    """The graft of a proxy of the SDK; of one with parameters, as the function of them that is stored."""
    document = dict(proxy.graft)
    if proxy.params:
        document["parameters"] = [parameter._name for parameter in proxy.params]
    return document
