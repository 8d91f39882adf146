"""Properties of images and bands, and the attributes of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graft_eval.errors import EvaluationError
from graft_eval.ops.imagery_arrays import pixels_of
from graft_eval.ops.registry import evaluates
from graft_eval.scope import Scope
from graft_eval.values.image import Image, Imagery, combine, explain_missing, find_band
from graft_eval.values.types import type_of
from sdk import Image as ImageProxy
from sdk.language.metadata import Metadata
from sdk.language.operation import GETATTR


@evaluates(GETATTR)
def getattr_(scope: Scope, value: object, name: str) -> object:
    if isinstance(value, dict):
        if name not in value:
            known = ", ".join(map(str, list(value)[:30]))
            raise EvaluationError(f"there is no {name[:80]!r}; there are: {known}"[:1000])
        return value[name]
    if isinstance(value, Imagery) and name == "ndarray":
        return pixels_of(scope, value)
    held = type_of(value)
    if name not in held.row.attributes:
        known = ", ".join(held.row.attributes) or "none"
        raise EvaluationError(f"{held.name} has no attribute {name[:80]!r}; it has: {known}")
    return held.attribute(value, name)


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
            raise EvaluationError(explain_missing(image, band))
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
