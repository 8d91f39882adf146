"""Geocontexts, and values of imagery at a point."""

from __future__ import annotations

import math
from collections.abc import Sequence

from graft_eval.barriers.barrier import Summary
from graft_eval.errors import EvaluationError
from graft_eval.grid import Grid
from graft_eval.ops.registry import evaluates
from graft_eval.plane import Plane
from graft_eval.planning.plan import sort
from graft_eval.scope import Scope, values_at
from graft_eval.values.geocontext import GeoContext
from graft_eval.values.image import Image, Imagery
from graft_eval.values.shapes import Geometry, GeometryCollection, to_geojson
from sdk import GeoContext as Proxy
from sdk.language.geocontext import CREATE
from sdk.language.places import Places


@evaluates(CREATE)
def create(
    scope: Scope,
    *,
    geometry: Geometry | GeometryCollection | dict[str, object] | None,
    resolution: float | None,
    crs: str | None,
    align_pixels: bool,
    bounds: Sequence[float] | None,
    bounds_crs: str,
    shape: Sequence[int] | None,
    all_touched: bool,
) -> GeoContext:
    cutline = None if geometry is None else to_geojson(geometry)
    return GeoContext.from_json(
        {
            "geometry": cutline, "resolution": resolution, "crs": crs, "align_pixels": align_pixels,
            "bounds": bounds, "bounds_crs": bounds_crs, "shape": shape, "all_touched": all_touched,
        }
    )  # fmt: skip


@evaluates(Proxy.from_xyz_tile)
def from_xyz_tile(scope: Scope, x: int, y: int, z: int) -> GeoContext:
    return GeoContext.from_xyz_tile(x, y, z)


@evaluates(Proxy.from_dltile_key)
def from_dltile_key(scope: Scope, key: str) -> GeoContext:
    return GeoContext.from_dltile_key(key)


@evaluates(Proxy.index_to_coords)
def geocontext_index_to_coords(scope: Scope, geocontext: GeoContext, row: int, col: int) -> tuple[float, float]:
    return _coordinates(geocontext.grid, row, col)


@evaluates(Proxy.coords_to_index)
def geocontext_coords_to_index(scope: Scope, geocontext: GeoContext, x: float, y: float) -> tuple[int, int]:
    return _index(geocontext.grid, x, y)


@evaluates(Places.index_to_coords)
def index_to_coords(scope: Scope, imagery: Imagery, row: int, col: int) -> tuple[float, float]:
    return _coordinates(scope.pixel_grid(), row, col)


@evaluates(Places.coords_to_index)
def coords_to_index(scope: Scope, imagery: Imagery, x: float, y: float) -> tuple[int, int]:
    return _index(scope.pixel_grid(), x, y)


def _coordinates(grid: Grid, row: int, col: int) -> tuple[float, float]:
    """Return the upper left corner of a pixel."""
    x, y = grid.transform @ (col, row)
    return float(x), float(y)


def _index(grid: Grid, x: float, y: float) -> tuple[int, int]:
    """Return the row and column of the pixel that a point lies in, which may be beyond the grid."""
    if not (math.isfinite(x) and math.isfinite(y)):
        raise EvaluationError(f"x and y must be finite, not {x} and {y}")
    col, row = ~grid.transform @ (x, y)
    return math.floor(row), math.floor(col)


@evaluates(Places.value_at)
def value_at(scope: Scope, imagery: Imagery, x: float, y: float) -> object:
    images = imagery.images
    values = iter(_values(scope, [plane for image in images for plane in image.planes], x, y) if images else [])
    found = [{band: next(values) for band in image.bands} for image in images]
    if isinstance(imagery, Image):
        return found[0] if found else {}
    return found


def _values(scope: Scope, planes: Sequence[Plane], x: float, y: float) -> list[float]:
    """Return the value of each plane in the pixel that a point of the grid's CRS lies in; NaN where there is none."""
    grid = scope.pixel_grid()
    row, col = _index(grid, x, y)
    rows, cols = grid.shape
    if not (0 <= row < rows and 0 <= col < cols):
        return [math.nan] * len(planes)
    if not any(isinstance(plane, Summary) for plane in sort(planes)):
        grid, row, col = grid.window(row, col, (1, 1)), 0, 0
    raster = scope.compute(planes, grid)
    return values_at(scope, planes, raster, (row, col), grid)
