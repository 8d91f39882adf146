"""Geometries in longitude and latitude, as GeoJSON has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any as Untyped
from typing import Self, TypeVar, overload

from sdk.graft.nodes import Quoted
from sdk.graft.op import declare
from sdk.graft.rules import fixed, like
from sdk.language.any_ import Any
from sdk.language.containers import LIST, MAP, Collection, List
from sdk.language.image import Image
from sdk.language.operation import attribute, emits, promoted
from sdk.language.primitives import FloatLike
from sdk.language.proxify import proxify
from sdk.language.proxy import Proxy, describe, plain_number
from sdk.language.strings import Str, StrLike

__all__ = ["Geometry", "GeometryCollection", "Shape", "geojson_of", "of_type", "plain_json"]

R = TypeVar("R")

GEOMETRY_TYPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")

CREATE = declare(
    "wf.Geometry.create",
    "*, type: Str, coordinates: List[Any]",
    fixed("Geometry"),
    "A geometry, by its GeoJSON type and coordinates: longitudes and latitudes.",
    example='Geometry(type="Point", coordinates=[9.0, 47.0])',
)
CREATE_COLLECTION = declare(
    "wf.GeometryCollection.create",
    "*, type: Str = 'GeometryCollection', geometries: List[Geometry]",
    fixed("GeometryCollection"),
    "A collection of geometries.",
    example='GeometryCollection([Geometry(type="Point", coordinates=[9.0, 47.0])])',
)
BUFFER = declare(
    "wf.buffer",
    "obj: Geometry | GeometryCollection | Feature, distance: FloatLike",
    like("obj"),
    "Return the shape with everything within a distance, in degrees, around it; less than 0 shrinks polygons. Round "
    "corners have 16 vertices in a quarter of a circle. Collections become one geometry.",
    owner="Geometry",
    example='Geometry(type="Point", coordinates=[9.0, 47.0]).buffer(0.1)',
)
RASTERIZE = declare(
    "wf.rasterize",
    "obj: Geometry | GeometryCollection | Feature | FeatureCollection, value: FloatLike | StrLike, *, "
    "default_value: FloatLike = 1, merge_algorithm: Str = 'add'",
    fixed("Image"),
    "Return an image of one band, `features`: the value in pixels whose centre lies in the shape or that a point or "
    "a line meets, masked outside. Of features, the value may name a property; those without a number there have the "
    "`default_value`. Where shapes overlap, their values are added up (`add`), or the last one counts (`replace`).",
    owner="Geometry",
    example='Geometry(type="Point", coordinates=[9.0, 47.0]).buffer(0.1).rasterize(2.0)',
)


class Shape(Proxy, abstract=True):
    """Base of what has a place on the map: geometries and features."""

    _geojson_types: tuple[str, ...] = ()  # the GeoJSON objects that it stands for

    @classmethod
    def from_geojson(cls, geojson: Mapping[str, Untyped]) -> Self:
        """Return the shape of a GeoJSON object, which becomes part of the graft as it is.

        >>> Geometry.from_geojson({"type": "Point", "coordinates": [9.0, 47.0]})
        <Geometry>
        """
        return cls._from_node(cls._document_node(of_type(geojson, cls.__name__, cls._geojson_types)))

    @staticmethod
    def load(geojson: object) -> Untyped:
        """Return the shape that a GeoJSON object, or one with `__geo_interface__`, stands for, by its type."""
        known = {name: shape for shape in Shape.__subclasses__() for name in shape._geojson_types}
        document = of_type(geojson, "shape", known)
        return known[document["type"]].from_geojson(document)

    @classmethod
    def _document_node(cls, document: Mapping[str, Untyped]) -> Untyped:
        """Return the node of a GeoJSON object of a type that the class stands for."""
        raise NotImplementedError

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        document = geojson_of(value)
        known = document is not None and document.get("type") in cls._geojson_types
        return cls.from_geojson(document) if known and document is not None else None

    def _rasterized(self, value: object, **named: object) -> Image:
        values = promoted("rasterize", "value", value, "FloatLike | StrLike")
        types = {"default_value": "FloatLike", "merge_algorithm": "StrLike"}
        others = {name: promoted("rasterize", name, given, types[name]) for name, given in named.items()}
        return Image._call(RASTERIZE, self, values, **others)

    @emits(RASTERIZE)
    def rasterize(self, value: FloatLike = 1) -> Image:
        return self._rasterized(value)


class Geometry(Shape):
    """A geometry in longitude and latitude: a point, a line, a polygon, or several of one kind.

    >>> Geometry(type="Point", coordinates=[9.0, 47.0]).buffer(0.1)
    <Geometry>
    """

    _constructor = CREATE.builtin
    _geojson_types = GEOMETRY_TYPES

    def __init__(self, type: StrLike, coordinates: object) -> None:
        self._node = self._call(
            CREATE, type=promoted("Geometry", "type", type, "StrLike"), coordinates=_coordinates(coordinates)
        )._node

    @classmethod
    def from_geo_interface(cls, obj: object) -> Geometry:
        """Return the geometry of an object with `__geo_interface__`, such as Shapely's.

        >>> import shapely
        >>> Geometry.from_geo_interface(shapely.Point(9.0, 47.0))
        <Geometry>
        """
        if not hasattr(obj, "__geo_interface__"):
            raise TypeError(f"an object with __geo_interface__ is needed, not {describe(obj)}")
        return cls.from_geojson(obj.__geo_interface__)

    @classmethod
    def _document_node(cls, document: Mapping[str, Untyped]) -> Untyped:
        coordinates = document.get("coordinates")
        if not isinstance(coordinates, (list, tuple)):
            raise ValueError(f"the coordinates of a {document['type']} must be a list, not {describe(coordinates)}")
        quoted = List[Any]._from_node(Quoted(plain_json(coordinates)))
        return cls._call(CREATE, type=Str(document["type"]), coordinates=quoted)._node

    @emits(BUFFER)
    def buffer(self, distance: FloatLike) -> Self:
        return self._call(BUFFER, self, promoted("buffer", "distance", distance, "FloatLike"))

    type = attribute("type", "Str", "The GeoJSON type: Point, Polygon and so on.")
    coordinates = attribute("coordinates", "List[Any]", "The coordinates, as GeoJSON nests them.")


class GeometryCollection(Shape, Collection[Geometry]):
    """Geometries of any kind, together.

    >>> GeometryCollection([Geometry(type="Point", coordinates=[9.0, 47.0])]).length()
    <Int>
    """

    _constructor = CREATE_COLLECTION.builtin
    _geojson_types = ("GeometryCollection",)

    def __init__(self, geometries: object, type: StrLike = "GeometryCollection") -> None:
        self._node = self._call(
            CREATE_COLLECTION,
            type=promoted("GeometryCollection", "type", type, "StrLike"),
            geometries=List[Geometry]._promote(geometries),
        )._node

    @classmethod
    def _document_node(cls, document: Mapping[str, Untyped]) -> Untyped:
        geometries = document.get("geometries")
        if not isinstance(geometries, (list, tuple)):
            raise ValueError(f"the geometries of a GeometryCollection must be a list, not {describe(geometries)}")
        quoted = List[Geometry]._from_node(Quoted(plain_json(geometries)))
        return cls._call(CREATE_COLLECTION, type=Str(document["type"]), geometries=quoted)._node

    @classmethod
    def _element_type(cls) -> type[Proxy]:
        return Geometry

    @overload
    def map(self, func: Callable[[Geometry], Geometry]) -> Self: ...  # type: ignore[overload-overlap]
    @overload
    def map(self, func: Callable[[Geometry], R]) -> List[R]: ...
    @emits(MAP)
    def map(self, func: Callable[[Geometry], Untyped]) -> Untyped:
        return super().map(func)

    @emits(BUFFER)
    def buffer(self, distance: FloatLike) -> Geometry:
        return Geometry._call(BUFFER, self, promoted("buffer", "distance", distance, "FloatLike"))

    type = attribute("type", "Str", "GeometryCollection.")
    geometries = attribute("geometries", "List[Geometry]", "The geometries.")


def geojson_of(value: object) -> Mapping[str, Untyped] | None:
    """Return the GeoJSON that a value is, or has as its `__geo_interface__`; None if it is and has none."""
    document = getattr(value, "__geo_interface__", value)
    return document if isinstance(document, Mapping) and isinstance(document.get("type"), str) else None


def of_type(geojson: object, name: str, types: Iterable[str]) -> Mapping[str, Untyped]:
    """Return a GeoJSON object of one of some types; `ValueError` if it is none."""
    document = geojson_of(geojson)
    if document is None:
        raise ValueError(f"a {name} is made of a GeoJSON object, which has a type, not of {describe(geojson)}")
    if document["type"] not in types:
        raise ValueError(f"a {name} is made of GeoJSON of the type {' or '.join(types)}, not {document['type']!r:.60}")
    return document


def plain_json(value: Untyped) -> Untyped:
    """Return GeoJSON as JSON has it: with lists for tuples, and Python's numbers for NumPy's."""
    if isinstance(value, Mapping):
        return {key: plain_json(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_json(element) for element in value]
    return plain_number(value)


def _coordinates(value: object) -> Proxy:
    """Return coordinates as lists, however they are nested, of numbers or of proxies."""
    if isinstance(value, (list, tuple)):
        return List[Any]._call(LIST, *map(_coordinates, value))
    return value if isinstance(value, Proxy) else proxify(value)
