"""Geometries, features, what is drawn of them, and geocontexts: by Shapely and pyproj."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry import box, shape
from shapely.geometry.base import BaseGeometry

from tests.oracle.twin.values import PAD, Feature, Features, Geometries, Grid, Picture, Refused, World

__all__ = ["Context", "drawn", "geometry_of", "shapes"]

HALF_WORLD = math.pi * 6378137.0


@dataclass(frozen=True)
class Context:
    """A place, whose grid has the shape (rows, cols)."""

    crs: str
    bounds: tuple[float, float, float, float]
    shape: tuple[int, int]
    align_pixels: bool
    bounds_crs: str

    @property
    def size(self) -> tuple[float, float]:
        left, bottom, right, top = self.bounds
        return (right - left) / self.shape[1], (top - bottom) / self.shape[0]

    arr_shape = property(lambda self: self.shape)
    projected_bounds = property(lambda self: self.bounds)
    resolution = property(lambda self: max(self.size))

    @property
    def gdal_geotrans(self) -> tuple[float, ...]:
        return self.bounds[0], self.size[0], 0.0, self.bounds[3], 0.0, -self.size[1]

    @property
    def geometry(self) -> BaseGeometry:
        to_degrees: Any = pyproj.Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True)
        return shapely.transform(box(*self.bounds), to_degrees.transform, interleaved=False)


def context(
    crs: str,
    bounds: Sequence[float],
    align_pixels: bool = True,
    bounds_crs: str = "EPSG:4326",
    shape: Sequence[int] | None = None,
    resolution: float | None = None,
) -> Context:
    to_crs: Any = pyproj.Transformer.from_crs(bounds_crs, crs, always_xy=True)
    xs, ys = zip(*(to_crs.transform(*corner) for corner in product(bounds[::2], bounds[1::2])), strict=True)
    left, bottom, right, top = min(xs), min(ys), max(xs), max(ys)
    if shape is not None:
        return Context(crs, (left, bottom, right, top), (shape[0], shape[1]), align_pixels, bounds_crs)
    if resolution is None:
        raise Refused("a context needs a resolution or a shape")
    if align_pixels:
        left, bottom = (math.floor(edge / resolution) * resolution for edge in (left, bottom))
        right, top = (math.ceil(edge / resolution) * resolution for edge in (right, top))
    rows, cols = (math.ceil(round(side / resolution, 6)) for side in (top - bottom, right - left))
    bounds = left, top - rows * resolution, left + cols * resolution, top
    return Context(crs, bounds, (rows, cols), align_pixels, bounds_crs)


def of_tile(x: int, y: int, z: int) -> Context:
    side = 2 * HALF_WORLD / 2**z
    left, top = x * side - HALF_WORLD, HALF_WORLD - y * side
    return Context("EPSG:3857", (left, top - side, left + side, top), (256, 256), False, "EPSG:3857")


def of_dltile(key: str) -> Context:
    size, pad, resolution, zone, column, row = (float(part) for part in key.split(":"))
    left, bottom = 500_000 + (column * size - pad) * resolution, (row * size - pad) * resolution
    side = int(size + 2 * pad)
    crs = f"EPSG:{32600 + int(zone)}"
    bounds = left, bottom, left + side * resolution, bottom + side * resolution
    return Context(crs, bounds, (side, side), False, crs)


def geometry_of(value: Any) -> BaseGeometry:
    match value:
        case BaseGeometry():
            return value
        case Feature():
            return value.geometry
        case {"type": "Feature"}:
            return shape(value["geometry"])
        case {"type": "FeatureCollection"}:
            return shapely.GeometryCollection([shape(each["geometry"]) for each in value["features"]])
        case dict():
            return shape(value)
        case Geometries():
            return shapely.GeometryCollection(value)
        case Features():
            return shapely.GeometryCollection([each.geometry for each in value])
    raise Refused(f"{value} is no geometry")


def _feature(value: Any) -> Feature:
    if isinstance(value, Feature):
        return value
    return Feature(shape(value["geometry"]), value["properties"] or {})


def drawn(geometry: BaseGeometry, grid: Grid) -> NDArray[np.bool_]:
    """Return the pixels that belong to a geometry: by their centre, or to what has no area by being met."""
    if geometry.geom_type.startswith(("Multi", "Geom")):
        parts = [drawn(part, grid) for part in shapely.get_parts(geometry)]
        return np.logical_or.reduce(parts) if parts else _none(grid)
    to_crs: Any = pyproj.Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True)
    moved = shapely.transform(geometry, to_crs.transform, interleaved=False)
    cells = _none(grid)
    for row, col in np.ndindex(cells.shape):
        x, y = grid.transform @ (col - PAD, row - PAD)
        centre = shapely.Point(x + grid.size / 2, y - grid.size / 2)
        cells[row, col] = (
            moved.contains(centre) if moved.area else moved.intersects(box(x, y - grid.size, x + grid.size, y))
        )
    return cells


def _none(grid: Grid) -> NDArray[np.bool_]:
    return np.zeros((grid.shape[0] + 2 * PAD, grid.shape[1] + 2 * PAD), bool)


def _grown(value: Any, distance: float) -> Any:
    if isinstance(value, Feature):
        return Feature(_grown(value.geometry, distance), value.properties)
    return geometry_of(value).buffer(distance, quad_segs=16)


def _parts(value: Any) -> list[Any]:
    return value if isinstance(value, Features | Geometries) else [value]


def rasterized(grid: Grid) -> Callable[..., Picture]:
    def rasterize(value: Any, burnt: float | str, default_value: float = 1, merge_algorithm: str = "add") -> Picture:
        values, covered = np.zeros(_none(grid).shape), _none(grid)
        for part in _parts(value):
            number = part.properties.get(burnt, default_value) if isinstance(burnt, str) else burnt
            number = number if isinstance(number, int | float) else default_value
            pixels = drawn(geometry_of(part), grid)
            values[pixels] = number + (values[pixels] if merge_algorithm == "add" else 0)
            covered |= pixels
        info = {"id": "features", "name": "features", "data_range": (0.0, 1.0)}
        return Picture(
            ("features",), (np.ma.MaskedArray(np.where(covered, values, np.nan), ~covered),), {}, {"features": info}
        )

    return rasterize


def _index(at: Any, x: float, y: float) -> tuple[int, int]:
    left, width, _, top, _, height = at.gdal_geotrans
    return math.floor((y - top) / height), math.floor((x - left) / width)


def _coordinates(at: Any, row: int, col: int) -> tuple[float, float]:
    left, width, _, top, _, height = at.gdal_geotrans
    return left + col * width, top + row * height


def shapes(world: World) -> dict[str, Any]:
    """Return the builtins of geometries, features and geocontexts."""
    grid = world.grid
    here = Context(
        grid.crs,
        (grid.left, grid.top - grid.size * grid.shape[0], grid.left + grid.size * grid.shape[1], grid.top),
        grid.shape, False, grid.crs,
    )  # fmt: skip
    return {
        "wf.Geometry.create": lambda type, coordinates: shape({"type": type, "coordinates": coordinates}),
        "wf.GeometryCollection.create": lambda type, geometries: Geometries(map(geometry_of, geometries)),
        "wf.Feature.create": lambda geometry, properties: Feature(geometry_of(geometry), properties),
        "wf.FeatureCollection.create": lambda features: Features(map(_feature, features)),
        "wf.buffer": _grown, "wf.rasterize": rasterized(grid),
        "wf.GeoContext.create": context, "wf.GeoContext.from_xyz_tile": of_tile,
        "wf.GeoContext.from_dltile_key": of_dltile,
        "wf.GeoContext.coords_to_index": _index, "wf.GeoContext.index_to_coords": _coordinates,
        "wf.coords_to_index": lambda _, x, y: _index(here, x, y),
        "wf.index_to_coords": lambda _, row, col: _coordinates(here, row, col),
    }  # fmt: skip
