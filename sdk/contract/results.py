"""Result classes of values that Python has no type for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ma.MaskedArray[Any, np.dtype[Any]]

__all__ = [
    "RESULTS", "FeatureCollectionResult", "FeatureResult", "GeometryCollectionResult", "GeometryResult",
    "ImageCollectionResult", "ImageResult", "Result",
]  # fmt: skip

RESULTS: dict[str, type[Result]] = {}  # by tag, filled as the classes are created


class Result:
    """Base of result classes: dataclasses that are sent as an object of their fields under their tag."""

    __slots__ = ()
    tag: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """Enter the class by its tag."""
        if cls.tag:
            RESULTS[cls.tag] = cls

    def fields(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    def text(self) -> dict[str, Any]:
        """Return the members of the plain JSON form, by name: the fields, unless a class overrides it."""
        return self.fields()


class _Pixels(Result):
    """Base of results with a masked array: JSON has its mask besides the values."""

    __slots__ = ()

    def text(self) -> dict[str, Any]:
        import numpy as np

        found = self.fields()
        return {"ndarray": found.pop("ndarray"), "mask": np.ma.getmaskarray(self.ndarray), **found}  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImageResult(_Pixels):
    """An image's pixels as a masked array (band, y, x), True in the mask is missing.

    `properties` are the image's own, `bandinfo` has a mapping for each band, in the order of the array's first
    axis, and `geocontext` is the grid of the pixels: `crs`, `bounds` in that crs, `shape` (rows, columns),
    `resolution`, `gdal_geotrans`.
    """

    tag = "image"
    ndarray: Pixels
    properties: Mapping[str, Any]
    bandinfo: Mapping[str, Mapping[str, Any]]
    geocontext: Mapping[str, Any]

    def __repr__(self) -> str:
        return _describe("ImageResult", self, f"{_names(self.properties)}")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImageCollectionResult(_Pixels):
    """The pixels of a collection as a masked array (image, band, y, x), True in the mask is missing.

    `properties` has a mapping for each image; all images have the bands of `bandinfo`. Iterating gives an
    `ImageResult` for each image, whose array is a view of this one's.
    """

    tag = "image_collection"
    ndarray: Pixels
    properties: Sequence[Mapping[str, Any]]
    bandinfo: Mapping[str, Mapping[str, Any]]
    geocontext: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.properties)

    def __iter__(self) -> Iterator[ImageResult]:
        for pixels, properties in zip(self.ndarray, self.properties, strict=True):
            yield ImageResult(pixels, properties, self.bandinfo, self.geocontext)

    def __repr__(self) -> str:
        count = len(self.properties)
        return _describe(f"ImageCollectionResult of length {count}", self, f"{count} items")


class _GeoJson(Result):
    """Base of results that are GeoJSON objects."""

    __slots__ = ()

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        """The GeoJSON object."""
        raise NotImplementedError

    def text(self) -> dict[str, Any]:
        return self.__geo_interface__


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


def _describe(title: str, result: ImageResult | ImageCollectionResult, properties: str) -> str:
    pixels = result.ndarray
    return "\n".join(
        (
            f"{title}:",
            f"  * ndarray: {type(pixels).__name__}<shape={pixels.shape}, dtype={pixels.dtype}>",
            f"  * properties: {properties}",
            f"  * bandinfo: {_names(result.bandinfo)}",
            f"  * geocontext: {_names(result.geocontext)}",
        )
    )


def _names(mapping: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, mapping))
