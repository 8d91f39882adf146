"""Results that are shapes: geometries, and features with properties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sdk.contract.results.base import Result
from sdk.contract.results.plots import show

if TYPE_CHECKING:
    import geopandas
    from matplotlib.axes import Axes

__all__ = ["FeatureCollectionResult", "FeatureResult", "GeometryCollectionResult", "GeometryResult"]

MAX_DRAWN: Final = 1000  # shapes of a thumbnail


class _GeoJson(Result):
    """Base of results that are GeoJSON objects."""

    __slots__ = ()

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        """The GeoJSON object."""
        raise NotImplementedError

    def text(self) -> dict[str, Any]:
        return self.__geo_interface__

    def to_geopandas(self) -> geopandas.GeoDataFrame:
        """Return a table of geopandas, in longitude and latitude: a row for each feature, else one for the shape.

        Needs the package geopandas, which `graftile[results]` has.
        """
        import geopandas

        shape = self.__geo_interface__
        if shape["type"] not in ("Feature", "FeatureCollection"):
            shape = {"type": "Feature", "geometry": shape, "properties": {}}
        features = shape["features"] if shape["type"] == "FeatureCollection" else [shape]
        columns = None if features else ["geometry"]
        return geopandas.GeoDataFrame.from_features(features, crs="EPSG:4326", columns=columns)

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Draw the shapes with matplotlib, in longitude and latitude; `options` are those of geopandas' `plot`."""
        drawn: Axes = self.to_geopandas().plot(ax=ax, **options)
        return drawn

    def _repr_html_(self) -> str:
        return show(type(self).__name__, self._rows(), drawing=_drawing(self.__geo_interface__))

    def _rows(self) -> dict[str, object]:
        return {"type": self.__geo_interface__["type"]}


class _Shape(_GeoJson):
    """Base of results that are geometries."""

    __slots__ = ()

    @property
    def shapely(self) -> Any:
        """The geometry as one of Shapely's."""
        from shapely.geometry import shape

        return shape(self.__geo_interface__)


@dataclass(frozen=True, slots=True)
class GeometryResult(_Shape):
    """A geometry of longitudes and latitudes: its GeoJSON type and coordinates."""

    tag = "geometry"
    type: str
    coordinates: list[Any]
    crs: str | None = None

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return {"type": self.type, "coordinates": self.coordinates}


@dataclass(frozen=True, slots=True)
class GeometryCollectionResult(_Shape):
    """Geometries of longitudes and latitudes."""

    tag = "geometry_collection"
    type: str
    geometries: list[GeometryResult]
    crs: str | None = None

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return {"type": self.type, "geometries": [each.__geo_interface__ for each in self.geometries]}


@dataclass(frozen=True, slots=True)
class FeatureResult(_GeoJson):
    """A geometry with properties."""

    tag = "feature"
    geometry: GeometryResult | GeometryCollectionResult
    properties: dict[str, Any]

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return {"type": "Feature", "geometry": self.geometry.__geo_interface__, "properties": self.properties}

    @property
    def shapely(self) -> Any:
        """The geometry as one of Shapely's."""
        return self.geometry.shapely

    def _rows(self) -> dict[str, object]:
        return {"geometry": self.geometry.type, **self.properties}


@dataclass(frozen=True, slots=True)
class FeatureCollectionResult(_GeoJson):
    """Features, in order; iterating gives each."""

    tag = "feature_collection"
    features: list[FeatureResult]

    def __len__(self) -> int:
        return len(self.features)

    def __iter__(self) -> Iterator[FeatureResult]:
        return iter(self.features)

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        return {"type": "FeatureCollection", "features": [each.__geo_interface__ for each in self.features]}

    def _rows(self) -> dict[str, object]:
        names = dict.fromkeys(name for each in self.features for name in each.properties)
        return {"features": len(self), "properties": ", ".join(names)}


def _drawing(shape: dict[str, Any]) -> str:
    """Return the first shapes of a GeoJSON object as SVG; nothing without the package shapely."""
    try:
        from shapely.geometry import GeometryCollection
        from shapely.geometry import shape as read
    except ImportError:
        return ""
    features = shape["features"] if shape["type"] == "FeatureCollection" else [shape]
    found = [read(each["geometry"] if each["type"] == "Feature" else each) for each in features[:MAX_DRAWN]]
    drawn: str = GeometryCollection(found)._repr_svg_()
    return drawn
