"""Features: geometries with properties, as GeoJSON has them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any as Untyped
from typing import Self, TypeVar, overload

from sdk.graft.nodes import Quoted
from sdk.graft.op import declare
from sdk.graft.rules import fixed
from sdk.language.any_ import Any
from sdk.language.containers import MAP, SORTED, Collection, List
from sdk.language.dicts import Dict
from sdk.language.geometry import BUFFER, RASTERIZE, Geometry, Shape, of_type, plain_json
from sdk.language.image import Image
from sdk.language.operation import attribute, emits, one_of, operation, promoted
from sdk.language.primitives import BoolLike, FloatLike
from sdk.language.proxy import Proxy, describe
from sdk.language.strings import Str, StrLike

__all__ = ["Feature", "FeatureCollection", "load_geojson", "load_geojson_file"]

R = TypeVar("R")

CREATE = declare(
    "wf.Feature.create",
    "*, geometry: Geometry | GeometryCollection, properties: Dict[Str, Any]",
    fixed("Feature"),
    "A geometry with properties.",
    example='Feature(Geometry(type="Point", coordinates=[9.0, 47.0]), {"name": "here"})',
)
CREATE_COLLECTION = declare(
    "wf.FeatureCollection.create",
    "features: List[Feature]",
    fixed("FeatureCollection"),
    "Features, in order.",
    example='FeatureCollection([Feature(Geometry(type="Point", coordinates=[9.0, 47.0]), {"name": "here"})])',
)


class Feature(Shape):
    """A geometry with properties.

    >>> Feature(Geometry(type="Point", coordinates=[9.0, 47.0]), {"name": "here"}).properties["name"]
    <Any>
    """

    _constructor = CREATE.builtin
    _geojson_types = ("Feature",)

    def __init__(self, geometry: object, properties: object) -> None:
        self._node = self._call(
            CREATE,
            geometry=promoted("Feature", "geometry", geometry, "Geometry | GeometryCollection"),
            properties=promoted("Feature", "properties", properties, "Dict[Str, Any]"),
        )._node

    @classmethod
    def _document_node(cls, document: Mapping[str, Untyped]) -> Untyped:
        geometry = of_type(document.get("geometry"), "Geometry", (*Geometry._geojson_types, "GeometryCollection"))
        properties = document.get("properties") or {}
        if not isinstance(properties, Mapping):
            raise ValueError(f"the properties of a Feature must be an object, not {describe(properties)}")
        return cls._call(
            CREATE,
            geometry=Geometry._from_node(Quoted(plain_json(geometry))),
            properties=Dict[Str, Any]._from_node(Quoted(plain_json(properties))),
        )._node

    @emits(BUFFER)
    def buffer(self, distance: FloatLike) -> Self:
        return self._call(BUFFER, self, promoted("buffer", "distance", distance, "FloatLike"))

    @emits(RASTERIZE)
    def rasterize(self, value: FloatLike | StrLike = 1, default_value: FloatLike = 1) -> Image:
        return self._rasterized(value, default_value=default_value)

    geometry = attribute("geometry", "Geometry", "The geometry.")
    properties = attribute("properties", "Dict[Str, Any]", "What is known of the feature.")


class FeatureCollection(Shape, Collection[Feature]):
    """Features in order.

    >>> here = Feature(Geometry(type="Point", coordinates=[9.0, 47.0]), {"height": 410})
    >>> FeatureCollection([here]).sorted(key=lambda feature: feature.properties["height"]).rasterize("height")
    <Image>
    """

    _constructor = CREATE_COLLECTION.builtin
    _geojson_types = ("FeatureCollection",)

    def __init__(self, features: object) -> None:
        self._node = self._call(CREATE_COLLECTION, features=List[Feature]._promote(features))._node

    @classmethod
    def _document_node(cls, document: Mapping[str, Untyped]) -> Untyped:
        features = document.get("features")
        if not isinstance(features, (list, tuple)):
            raise ValueError(f"the features of a FeatureCollection must be a list, not {describe(features)}")
        return cls._call(CREATE_COLLECTION, List[Feature]._from_node(Quoted(plain_json(features))))._node

    @classmethod
    @operation("wf.FeatureCollection.from_vector")
    def from_vector_id(cls, id: StrLike) -> FeatureCollection:
        """Return the features of a vector product of the catalog that meet the grid.

        >>> FeatureCollection.from_vector_id("fields")
        <FeatureCollection>
        """

    @classmethod
    def _element_type(cls) -> type[Proxy]:
        return Feature

    @overload
    def map(self, func: Callable[[Feature], Feature]) -> Self: ...  # type: ignore[overload-overlap]
    @overload
    def map(self, func: Callable[[Feature], R]) -> List[R]: ...
    @emits(MAP)
    def map(self, func: Callable[[Feature], Untyped]) -> Untyped:
        return super().map(func)

    @emits(SORTED)
    def sorted(  # type: ignore[override]
        self, key: Callable[[Feature], Untyped], reverse: BoolLike = False
    ) -> Self:
        return self._sorted_by(key, reverse)

    @emits(RASTERIZE)
    def rasterize(
        self, value: FloatLike | StrLike = 1, default_value: FloatLike = 1, merge_algorithm: StrLike = "add"
    ) -> Image:
        one_of("merge_algorithm", merge_algorithm, ("add", "replace"))
        return self._rasterized(value, default_value=default_value, merge_algorithm=merge_algorithm)

    features = attribute("features", "List[Feature]", "The features, as a List.")


def load_geojson(geojson: object) -> Untyped:
    """Return the shape that a GeoJSON object, or one with `__geo_interface__`, stands for, by its type.

    >>> load_geojson({"type": "Point", "coordinates": [9.0, 47.0]})
    <Geometry>
    """
    return Shape.load(geojson)


def load_geojson_file(path: str | Path) -> Untyped:
    """Return the shape that a GeoJSON file holds, by its type."""
    return load_geojson(json.loads(Path(path).read_text(encoding="utf-8")))
