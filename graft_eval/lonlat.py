"""Areas in longitude and latitude: cut at the antimeridian, so that each part lies within -180 to 180."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

__all__ = ["follow_antimeridian", "outline_in_lonlat", "wrap_longitudes"]

WORLD = box(-180, -90, 180, 90)


def outline_in_lonlat(outline: Polygon, to_lonlat: Transformer) -> BaseGeometry:
    """Return what a densified outline in some CRS encloses, in longitude and latitude.

    An outline that leaves what the CRS can show, as that of a disk seen from space, gives the whole world.
    """
    x, y = to_lonlat.transform(*shapely.get_coordinates(outline.exterior).T)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return WORLD
    return follow_antimeridian(Polygon(np.column_stack([x, y])))


def wrap_longitudes(area: BaseGeometry) -> BaseGeometry:
    """Return the same area within longitudes -180 to 180 and latitudes -90 to 90; what has no area is dropped.

    >>> wrap_longitudes(box(170, 0, 190, 10)).bounds
    (-180.0, 0.0, 180.0, 10.0)
    """
    area = _polygons(area if area.is_valid else shapely.make_valid(area))
    if area.is_empty:
        return area
    west, south, east, north = area.bounds
    if max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90:
        return area
    turns = range(floor((west + 180) / 360), ceil((east + 180) / 360))
    worlds = [(turn, box(360 * turn - 180, -90, 360 * turn + 180, 90)) for turn in turns]
    pieces = [translate(shapely.intersection(area, world), -360 * turn) for turn, world in worlds]
    return _polygons(shapely.union_all(pieces))


def follow_antimeridian(area: BaseGeometry) -> BaseGeometry:
    """Return the area that outlines mean whose vertices jump from one end of the longitudes to the other.

    An edge longer than 180 degrees goes the short way round; one of exactly 360 degrees is an edge of the
    whole world. A ring that goes around a pole holds it.

    >>> follow_antimeridian(box(-179, 0, 179, 10)).area
    20.0
    """
    parts = shapely.get_parts(_polygons(area))
    return wrap_longitudes(shapely.union_all([_unwrap(part) if _jumps(part) else part for part in parts]))


def _jumps(polygon: Polygon) -> bool:
    steps = np.abs(np.diff(shapely.get_coordinates(polygon.exterior)[:, 0]))
    return bool(((steps > 180) & (steps < 360)).any())


def _unwrap(polygon: Polygon) -> BaseGeometry:
    shell, *holes = (_unwrap_ring(shapely.get_coordinates(ring)) for ring in (polygon.exterior, *polygon.interiors))
    middle = shell[:, 0].mean()
    for hole in holes:
        hole[:, 0] += 360 * round((middle - hole[:, 0].mean()) / 360)
    return shapely.make_valid(Polygon(_close_over_pole(shell), holes))


def _unwrap_ring(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([np.unwrap(ring[:, 0], period=360), ring[:, 1]])


def _close_over_pole(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    first, last = ring[0], ring[-1]
    if abs(last[0] - first[0]) < 180:
        return ring
    pole = 90.0 if ring[:, 1].mean() > 0 else -90.0
    return np.vstack([ring, [(last[0], pole), (first[0], pole), first]])


def _polygons(area: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a geometry, without its points and lines."""
    if isinstance(area, Polygon | MultiPolygon):
        return area
    parts: Sequence[BaseGeometry] = shapely.get_parts(shapely.get_parts(area)).tolist()
    return shapely.union_all([part for part in parts if isinstance(part, Polygon)])
