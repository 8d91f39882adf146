"""Geometries and features: made of GeoJSON, grown, drawn on the grid."""

from __future__ import annotations

from collections.abc import Sequence

from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.plane import Rasterized
from graft_eval.scope import Scope, find_features
from graft_eval.values.image import Image, describe_band
from graft_eval.values.shapes import (
    Feature,
    FeatureCollection,
    Geometry,
    GeometryCollection,
    as_feature,
    as_geometry,
    count_positions,
    geometry_from,
)
from graft_eval.values.size import check_length
from sdk.language import features, geometry

Json = dict[str, object]
Shape = Geometry | GeometryCollection | Feature | FeatureCollection
BAND = "features"


@evaluates(geometry.CREATE)
def create(scope: Scope, *, type: str, coordinates: Sequence[object]) -> Geometry | GeometryCollection:
    check_length(range(count_positions(coordinates)), scope.limits.vertices, "vertices", "the geometry")
    return as_geometry({"type": type, "coordinates": coordinates})


@evaluates(geometry.CREATE_COLLECTION)
def create_collection(
    scope: Scope, *, type: str, geometries: Sequence[Geometry | Json]
) -> Geometry | GeometryCollection:
    return as_geometry({"type": type, "geometries": geometries})


@evaluates(features.CREATE)
def create_feature(scope: Scope, *, geometry: Geometry | GeometryCollection | Json, properties: Json) -> Feature:
    return Feature(as_geometry(geometry), properties)


@evaluates(features.CREATE_COLLECTION)
def create_features(scope: Scope, features: Sequence[Feature | Json]) -> FeatureCollection:
    return FeatureCollection(tuple(map(as_feature, features)))


@evaluates(features.FeatureCollection.from_vector_id)
def from_vector(scope: Scope, id: str) -> FeatureCollection:
    found = find_features(scope, id)
    return FeatureCollection(tuple(Feature(geometry_from(made), dict(properties)) for made, properties in found))


@evaluates(geometry.RASTERIZE)
def rasterize(
    scope: Scope, obj: Shape | Json, value: float | str, *, default_value: float, merge_algorithm: str
) -> Image:
    if merge_algorithm not in ("add", "replace"):
        raise EvaluationError(f"merge_algorithm must be add or replace, not {merge_algorithm[:60]!r}")
    shapes = obj.elements if isinstance(obj, FeatureCollection | GeometryCollection) else (obj,)
    geometries = [each.geometry if isinstance(each, Feature) else as_geometry(each) for each in shapes]
    values = [_value(each, value, default_value) for each in shapes]
    drawn = Rasterized(tuple(each.shapely for each in geometries), tuple(values), merge=merge_algorithm)  # type: ignore[arg-type]
    return Image((BAND,), (drawn,), {}, {BAND: describe_band(BAND, [])})


def _value(shape: object, value: float | str, default: float) -> float:
    """Return the value of a shape: a number, or that of a property which is one."""
    if not isinstance(value, str):
        return float(value)
    if not isinstance(shape, Feature):
        raise EvaluationError(f"value must be a number: geometries have no properties such as {value[:60]!r}")
    found = shape.properties.get(value)
    return float(found) if isinstance(found, int | float) else float(default)
