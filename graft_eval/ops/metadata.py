"""Properties of images and bands, and the attributes of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.scope import Scope
from graft_eval.values.geocontext import GeoContext
from graft_eval.values.image import Image, ImageCollection, Imagery, combine, describe_band, find_band
from graft_eval.values.kinds import kind_of
from sdk import Image as ImageProxy
from sdk.language.metadata import Metadata
from sdk.language.operation import GETATTR

_DATETIME = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_TIMEDELTA = ("days", "seconds", "microseconds")
_GEOCONTEXT = (
    "geometry", "resolution", "crs", "align_pixels", "bounds", "bounds_crs", "shape", "arr_shape", "gdal_geotrans",
    "projected_bounds",
)  # fmt: skip
_ATTRIBUTES: Mapping[type, tuple[str, ...]] = {
    Image: ("properties", "bandinfo"),
    ImageCollection: ("properties", "bandinfo"),
    datetime: _DATETIME,
    timedelta: _TIMEDELTA,
    GeoContext: _GEOCONTEXT,
}


@evaluates(GETATTR)
def getattr_(scope: Scope, value: object, name: str) -> object:
    if isinstance(value, dict):
        if name not in value:
            known = ", ".join(map(str, list(value)[:30]))
            raise EvaluationError(f"there is no {name[:80]!r}; there are: {known}"[:1000])
        return value[name]
    if name not in _ATTRIBUTES.get(type(value), ()):
        known = ", ".join(_ATTRIBUTES.get(type(value), ())) or "none"
        raise EvaluationError(f"{kind_of(value)} has no attribute {name[:80]!r}; it has: {known}")
    if isinstance(value, Image):
        return dict(value.properties) if name == "properties" else _plain(value.bandinfo)
    if isinstance(value, ImageCollection):
        return [dict(image.properties) for image in value.images] if name == "properties" else _bandinfo(value)
    if isinstance(value, GeoContext) and name in ("resolution", "shape") and getattr(value, name) is None:
        return max(value.grid.resolution) if name == "resolution" else value.arr_shape
    return getattr(value, name)


def _bandinfo(collection: ImageCollection) -> dict[str, object]:
    """Return what the images say alike of each band."""
    return {
        band: describe_band(band, [image.bandinfo[band] for image in collection.images]) for band in collection.bands
    }


def _plain(info: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    return {band: dict(described) for band, described in info.items()}


@evaluates(ImageProxy.with_properties)
def with_properties(scope: Scope, image: Image, **properties: object) -> Image:
    return replace(image, properties={**image.properties, **properties}) if image.bands else image


@evaluates(ImageProxy.without_properties)
def without_properties(scope: Scope, image: Image, *property_keys: str) -> Image:
    return replace(image, properties=_without(image.properties, property_keys))


@evaluates(Metadata.with_bandinfo)
def with_bandinfo(scope: Scope, imagery: Imagery, band: str, **bandinfo: object) -> Imagery:
    def change(image: Image) -> Image:
        at = find_band(image, band)
        if at is None:
            raise EvaluationError(f"there is no band {band[:80]!r}; there are {', '.join(image.bands[:50])}")
        name = image.bands[at]
        return replace(image, bandinfo={**image.bandinfo, name: {**image.bandinfo[name], **bandinfo}})

    return combine(change, imagery)


@evaluates(Metadata.without_bandinfo)
def without_bandinfo(scope: Scope, imagery: Imagery, band: str, *bandinfo_keys: str) -> Imagery:
    def change(image: Image) -> Image:
        at = find_band(image, band)
        if at is None:
            return image
        name = image.bands[at]
        return replace(image, bandinfo={**image.bandinfo, name: _without(image.bandinfo[name], bandinfo_keys)})

    return combine(change, imagery)


def _without(metadata: Mapping[str, object], names: tuple[str, ...]) -> dict[str, object]:
    return {name: value for name, value in metadata.items() if name not in names}
