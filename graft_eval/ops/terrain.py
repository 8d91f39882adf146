"""Terrain: imagery of heights, lit."""

from __future__ import annotations

import math
from dataclasses import replace

from graft_eval.barriers.terrain import Hillshade
from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.scope import Scope
from graft_eval.values.image import Image, Imagery, combine
from sdk.language.terrain import Terrain

SHADES = (1.0, 255.0)


@evaluates(Terrain.hillshade)
def hillshade(scope: Scope, imagery: Imagery, azimuth: float, altitude: float, z_factor: float) -> Imagery:
    if not 0 <= altitude <= 90:
        raise EvaluationError(f"altitude must be 0 to 90 degrees, not {altitude}")
    if not (math.isfinite(azimuth) and math.isfinite(z_factor)):
        raise EvaluationError(f"azimuth and z_factor must be finite, not {azimuth} and {z_factor}")

    def shade(image: Image) -> Image:
        planes = tuple(Hillshade(plane, float(azimuth), float(altitude), float(z_factor)) for plane in image.planes)
        info = {name: {**known, "data_range": SHADES} for name, known in image.bandinfo.items()}
        return replace(image, planes=planes, bandinfo=info)

    return combine(shade, imagery)
