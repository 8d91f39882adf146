"""TileJSON of layers: what a web map needs to know of one, in one document."""

from __future__ import annotations

import math
from typing import Any, Final

from markupsafe import escape

from tileserver.layers.attribution import credits_html
from tileserver.layers.coverage import Coverage
from tileserver.layers.layers import Layer

__all__ = ["tilejson"]

WIDEST_PIXEL: Final = 156543.03392804097  # metres, at the equator in zoom 0
MAX_ZOOM: Final = 30


def tilejson(layer: Layer, coverage: Coverage, root: str, query: str) -> dict[str, Any]:
    """Return a TileJSON 3.0.0 document; zooms go to where a tile's pixels are not larger than the data's."""
    middle = coverage.bounds.middle
    finest = math.ceil(math.log2(max(1.0, WIDEST_PIXEL * math.cos(math.radians(middle[1])) / coverage.metres)) - 1e-9)
    here = f"{root}/{layer.path}"
    return {
        "tilejson": "3.0.0",
        "name": layer.title,
        "description": layer.description,
        **({"attribution": credits_html(coverage.credits)} if coverage.credits else {}),
        "scheme": "xyz",
        "tiles": [f"{here}/{{z}}/{{x}}/{{y}}.png{query}"],
        "bounds": list(coverage.bounds.uncrossed),  # which must not wrap around the antimeridian
        "center": [*middle, _fitting_zoom(*coverage.bounds.unrolled)],
        "minzoom": 0,
        "maxzoom": min(finest, MAX_ZOOM),
        "legend": f'<img src="{escape(f"{here}/legend.png{query}")}" alt="Legend">',
    }


def _fitting_zoom(west: float, south: float, east: float, north: float) -> int:
    """The zoom in which the bounds are about one tile wide."""
    return min(math.floor(math.log2(360 / max(east - west, 2 * (north - south), 1e-6))), MAX_ZOOM)
