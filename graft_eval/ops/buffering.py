"""Buffers of geometries, bounded by how many of their edges lie close together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.ops.registry import evaluates
from graft_eval.scope import Scope
from graft_eval.values.shapes import Feature, Geometry, GeometryCollection, as_geometry, geometry_from
from sdk.language import geometry

__all__ = ["check_edges", "grown"]

MOST_PAIRS: Final = 200_000  # of edges close together: GEOS takes from 1 to 15 microseconds for each
BESIDE_EACH: Final = 4  # pairs that an edge has with itself and with those beside it
AT_A_TIME: Final = 32  # edges: their pairs with 50,000 others take 25 MB
DETAIL: Final = 0.006  # of the distance: GEOS leaves out smaller bends, too


@evaluates(geometry.BUFFER)
def buffer(
    scope: Scope, obj: Geometry | GeometryCollection | Feature | dict[str, object], distance: float
) -> Geometry | GeometryCollection | Feature:
    if isinstance(obj, Feature):
        return Feature(grown(obj.geometry, distance), obj.properties)
    return grown(as_geometry(obj), distance)


def grown(one: Geometry | GeometryCollection, distance: float) -> Geometry | GeometryCollection:
    """Return a geometry with what lies around it, or without its margin; `LimitExceeded` if that would take long."""
    if not math.isfinite(distance):
        raise EvaluationError(f"the distance must be finite, not {distance}")
    check_edges(one.shapely, abs(distance))
    return geometry_from(shapely.buffer(one.shapely, distance, quad_segs=16))


def check_edges(shape: Any, distance: float) -> None:
    """Raise `LimitExceeded` if too many edges and points of a geometry lie within twice a distance of each other.

    Where their surroundings cross, all crossings are computed: a line of 1,000 random vertices has 500,000.
    """
    edges = np.concatenate([*_edges(shapely.simplify(shape, DETAIL * distance, preserve_topology=False))])
    most = MOST_PAIRS + BESIDE_EACH * len(edges)
    low = np.minimum(edges[:, :2], edges[:, 2:]) - distance
    high = np.maximum(edges[:, :2], edges[:, 2:]) + distance
    boxes = shapely.box(*low.T, *high.T)
    tree, pairs = shapely.STRtree(boxes), 0
    for start in range(0, len(boxes), AT_A_TIME):
        pairs += tree.query(boxes[start : start + AT_A_TIME]).shape[1]
        if pairs > most:
            raise LimitExceeded(
                f"of {len(boxes):,} edges {pairs:,} pairs or more lie within twice the distance of each other; "
                f"the limit is {most:,}: simplify the geometry, or buffer it by less"
            )


def _edges(shape: Any) -> Iterator[NDArray[np.float64]]:
    """Yield (x, y, x, y) from end to end of the edges of each line, and of points."""
    yield np.empty((0, 4))
    for part in shapely.get_parts(np.array(shapely.get_parts([shape]))):
        lines = shapely.get_rings(part) if part.geom_type == "Polygon" else [part]
        for line in lines:
            places = shapely.get_coordinates(line)
            yield np.hstack([places[:-1], places[1:]] if len(places) > 1 else [places, places])
