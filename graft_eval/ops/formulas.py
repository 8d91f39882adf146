"""Spectral indices, by the common names of bands."""

from __future__ import annotations

from dataclasses import replace

from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.plane import Constant, Elementwise, Plane
from graft_eval.scope import Scope
from graft_eval.values.image import Image, Imagery, combine, describe_band, find_band
from sdk.language.expressions import compute
from sdk.language.formulas import INDICES, Formulas

__all__: list[str] = []

# What else a band may be called: Landsat's and Sentinel-2's narrow infrared, and names without a wavelength.
OTHERWISE = {"nir": "nir08", "swir16": "swir1", "swir22": "swir2"}
RANGE = (-1.0, 1.0)


@evaluates(Formulas.spectral_index)
def spectral_index(scope: Scope, imagery: Imagery, *names: str) -> Imagery:
    for name in names:
        if name not in INDICES:
            raise EvaluationError(f"there is no index {name[:60]!r}; there are {', '.join(INDICES)}")
    if len(set(names)) < len(names) or not names:
        raise EvaluationError(f"names must be different indices, one or more, not {', '.join(names)[:200] or 'none'}")

    def indices(image: Image) -> Image:
        info = {name: {**describe_band(name, []), "data_range": RANGE} for name in names}
        return replace(image, bands=names, planes=tuple(_plane(image, name) for name in names), bandinfo=info)

    return combine(indices, imagery)


def _plane(image: Image, name: str) -> Plane:
    """Return an index of an image's bands; `EvaluationError` names those that it has not."""
    missing: dict[str, None] = {}

    def band(common_name: str) -> Plane:
        at = find_band(image, common_name)
        if at is None and common_name in OTHERWISE:
            at = find_band(image, OTHERWISE[common_name])
        if at is None:
            missing[common_name] = None
        return Constant(0.0) if at is None else image.planes[at]

    def apply(function: str, *operands: Plane | float) -> Plane:
        return Elementwise(function, tuple(x if isinstance(x, Plane) else Constant(x) for x in operands))

    made: Plane = compute(INDICES[name].expression, band, apply)
    if missing:
        there = ", ".join(_described(image, each) for each in image.bands[:50])
        raise EvaluationError(
            f"{name} = {INDICES[name].expression} needs one band each with the common name {' and '.join(missing)};"
            f" there are {there}: rename_bands gives them names"
        )
    return made


def _described(image: Image, band: str) -> str:
    known = image.bandinfo[band].get("common_name")
    return band if known in (None, band) else f"{band} ({known})"
