"""Geometries and features as values: what GeoJSON says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

import sdk as wf
from graft_eval.errors import EvaluationError
from graft_eval.limits import Limits
from graft_eval.values.size import check_length
from graft_eval.values.types import Sender, ValueType, bind_type, describe
from sdk.contract.results import FeatureCollectionResult, FeatureResult, GeometryCollectionResult, GeometryResult
from sdk.language.geometry import GEOMETRY_TYPES, geojson_of, plain_json

__all__ = [
    "Feature", "FeatureCollection", "Geometry", "GeometryCollection", "as_feature", "as_geometry", "count_positions",
    "geometry_from", "to_geojson",
]  # fmt: skip

COLLECTION: Final = "GeometryCollection"


@dataclass(frozen=True)
class Geometry:
    """A geometry of longitudes and latitudes, by its GeoJSON type and coordinates.

    >>> Geometry("Point", [9.0, 47.0]).shapely
    <POINT (9 47)>
    """

    type: str
    coordinates: Sequence[Any]

    @cached_property
    def shapely(self) -> BaseGeometry:
        """The geometry as Shapely has it; `EvaluationError` if there is no such geometry."""
        try:
            made = shape({"type": self.type, "coordinates": self.coordinates})
            finite = bool(np.isfinite(shapely.get_coordinates(made)).all())
        except (ShapelyError, ValueError, TypeError, IndexError, AttributeError) as exc:
            raise EvaluationError(f"these are no coordinates of a {self.type}: {exc}"[:300]) from exc
        if not finite:
            raise EvaluationError(f"the coordinates of a {self.type} must be finite")
        return made


@dataclass(frozen=True)
class GeometryCollection:
    """Geometries, in order."""

    elements: tuple[Geometry, ...]
    type: str = COLLECTION

    @property
    def geometries(self) -> list[Geometry]:
        """The geometries, as a list."""
        return list(self.elements)

    @cached_property
    def shapely(self) -> BaseGeometry:
        """The geometries as one of Shapely's collections."""
        return shapely.GeometryCollection([each.shapely for each in self.elements])


@dataclass(frozen=True)
class Feature:
    """A geometry with properties."""

    geometry: Geometry | GeometryCollection
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class FeatureCollection:
    """Features, in order."""

    elements: tuple[Feature, ...]

    @property
    def features(self) -> list[Feature]:
        """The features, as a list."""
        return list(self.elements)


def geometry_from(made: BaseGeometry) -> Geometry | GeometryCollection:
    """Return one of Shapely's geometries as a value.

    >>> geometry_from(shapely.Point(9.0, 47.0))
    Geometry(type='Point', coordinates=[9.0, 47.0])
    """
    return as_geometry(mapping(made))


def as_geometry(value: object) -> Geometry | GeometryCollection:
    """Return a geometry, or the one that GeoJSON says; `EvaluationError` if it says none."""
    if isinstance(value, Geometry | GeometryCollection):
        return value
    match geojson_of(value):
        case {"type": str(type_), "coordinates": list() | tuple() as coordinates} if type_ in GEOMETRY_TYPES:
            return Geometry(type_, plain_json(coordinates))
        case {"type": "GeometryCollection", "geometries": list() | tuple() as geometries}:
            parts = [as_geometry(each) for each in geometries]
            if not all(isinstance(part, Geometry) for part in parts):
                raise EvaluationError("a GeometryCollection must not be in another one")
            return GeometryCollection(tuple(parts))  # type: ignore[arg-type]
        case {"type": str(type_)} if type_ not in (*GEOMETRY_TYPES, COLLECTION):
            raise EvaluationError(f"there is no geometry of the type {type_[:60]!r}; there are {_KNOWN}")
    raise EvaluationError(f"a geometry must be GeoJSON with a type and coordinates, not {describe(value)}")


def to_geojson(value: Geometry | GeometryCollection | Mapping[str, object]) -> Mapping[str, object]:
    """Return the GeoJSON of a geometry."""
    if isinstance(value, Geometry):
        return {"type": value.type, "coordinates": value.coordinates}
    if isinstance(value, GeometryCollection):
        return {"type": value.type, "geometries": [to_geojson(each) for each in value.elements]}
    return value


def as_feature(value: object) -> Feature:
    """Return a feature, or the one that GeoJSON says; `EvaluationError` if it says none."""
    if isinstance(value, Feature):
        return value
    match geojson_of(value):
        case {"type": "Feature", "geometry": geometry, **rest}:
            properties = rest.get("properties")
            return Feature(as_geometry(geometry), dict(properties) if isinstance(properties, Mapping) else {})
    raise EvaluationError(f"a feature must be GeoJSON with a geometry and properties, not {describe(value)}")


def count_positions(coordinates: object) -> int:
    """Return how many positions there are in coordinates, however they are nested.

    >>> count_positions([[[0, 0], [0, 1], [1, 1], [0, 0]]])
    4
    """
    count, level = 0, [coordinates]
    while level:
        lists = [each for each in level if isinstance(each, list | tuple)]
        count += sum(not each or not isinstance(each[0], list | tuple) for each in lists)
        level = [member for each in lists for member in each]
    return count


_KNOWN: Final = ", ".join((*GEOMETRY_TYPES, COLLECTION))


def _size(geometry: Geometry, limits: Limits, what: str) -> int:
    count = count_positions(geometry.coordinates)
    check_length(range(count), limits.vertices, "vertices", what)
    return count


def _collection(value: object) -> FeatureCollection | None:
    match geojson_of(value):
        case {"type": "FeatureCollection", "features": list() | tuple() as features}:
            return FeatureCollection(tuple(map(as_feature, features)))
    return None


def _geometry_collection(value: object) -> GeometryCollection | None:
    found = as_geometry(value) if geojson_of(value) else None
    return found if isinstance(found, GeometryCollection) else None


def _send_geometry(value: Geometry | GeometryCollection, send: Sender) -> GeometryResult | GeometryCollectionResult:
    if isinstance(value, GeometryCollection):
        parts = [GeometryResult(each.type, list(each.coordinates)) for each in value.elements]
        return GeometryCollectionResult(value.type, parts)
    return GeometryResult(value.type, list(value.coordinates))


def _send_feature(value: Feature, send: Sender) -> FeatureResult:
    properties: Any = send(dict(value.properties))
    return FeatureResult(_send_geometry(value.geometry, send), properties)


bind_type(
    ValueType(
        wf.Geometry._row,
        Geometry,
        summary=lambda value: value.type,
        convert=lambda value: as_geometry(value) if geojson_of(value) else None,
        size=_size,
        to_wire=_send_geometry,
    )
)
bind_type(
    ValueType(
        wf.GeometryCollection._row,
        GeometryCollection,
        summary=lambda value: f"of {len(value.elements):,}",
        convert=_geometry_collection,
        elements=lambda value: value.elements,
        to_wire=_send_geometry,
    )
)
bind_type(
    ValueType(
        wf.Feature._row,
        Feature,
        convert=lambda value: as_feature(value) if geojson_of(value) else None,
        elements=lambda value: (value.geometry, value.properties),
        to_wire=_send_feature,
    )
)
bind_type(
    ValueType(
        wf.FeatureCollection._row,
        FeatureCollection,
        summary=lambda value: f"of {len(value.elements):,}",
        convert=_collection,
        elements=lambda value: value.elements,
        to_wire=lambda value, send: FeatureCollectionResult([_send_feature(each, send) for each in value.elements]),
    )
)
