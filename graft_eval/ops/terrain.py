"""Terrain: imagery of heights, its slopes, and how it is lit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from graft_eval.barriers.terrain import Hillshade, Incline
from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.plane import Plane
from graft_eval.scope import Scope
from graft_eval.values.image import Image, Imagery, combine
from sdk.language.terrain import Terrain

SHADES = (1.0, 255.0)
RANGES = {"degrees": (0.0, 90.0), "percent": (0.0, 100.0)}


@evaluates(Terrain.hillshade)
def hillshade(scope: Scope, imagery: Imagery, azimuth: float, altitude: float, z_factor: float) -> Imagery:
    if not 0 <= altitude <= 90:
        raise EvaluationError(f"altitude must be 0 to 90 degrees, not {altitude}")
    if not (math.isfinite(azimuth) and math.isfinite(z_factor)):
        raise EvaluationError(f"azimuth and z_factor must be finite, not {azimuth} and {z_factor}")
    light = float(azimuth), float(altitude), float(z_factor)
    return _measured(imagery, lambda plane: Hillshade(plane, *light), SHADES)


@evaluates(Terrain.slope)
def slope(scope: Scope, imagery: Imagery, unit: str, z_factor: float) -> Imagery:
    if unit not in RANGES:
        raise EvaluationError(f"unit must be degrees or percent, not {unit[:60]!r}")
    if not math.isfinite(z_factor):
        raise EvaluationError(f"z_factor must be finite, not {z_factor}")
    return _measured(imagery, lambda plane: Incline(plane, unit, float(z_factor)), RANGES[unit])


@evaluates(Terrain.aspect)
def aspect(scope: Scope, imagery: Imagery) -> Imagery:
    return _measured(imagery, lambda plane: Incline(plane, "aspect", 1.0), (0.0, 360.0))


def _measured(imagery: Imagery, measure: Callable[[Plane], Plane], span: tuple[float, float]) -> Imagery:
    """Return what is measured of each band, and the range of that."""

    def measured(image: Image) -> Image:
        info = {name: {**known, "data_range": span} for name, known in image.bandinfo.items()}
        return replace(image, planes=tuple(map(measure, image.planes)), bandinfo=info)

    return combine(measured, imagery)
