"""MapLibre: styles of a whole map that shows one layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["maplibre_style"]

TILE_SIZE: Final = 256  # pixels a side
SOURCE: Final = ("attribution", "bounds", "maxzoom", "minzoom", "scheme", "tiles")  # members that TileJSON has, too
ID: Final = "layer"  # of the source, and of the layer that shows it


def maplibre_style(tilejson: Mapping[str, Any]) -> dict[str, Any]:
    """Return the style, of version 8 of the specification, that shows the tiles of a TileJSON document.

    >>> maplibre_style({"name": "Snow", "center": [10.5, 47.0, 6], "tiles": []})["layers"]
    [{'id': 'layer', 'type': 'raster', 'source': 'layer'}]
    """
    lon, lat, zoom = tilejson["center"]
    source = {name: tilejson[name] for name in SOURCE if name in tilejson}
    return {
        "version": 8,
        "name": tilejson["name"],
        "center": [lon, lat],
        "zoom": zoom,
        "sources": {ID: {"type": "raster", "tileSize": TILE_SIZE, **source}},
        "layers": [{"id": ID, "type": "raster", "source": ID}],
    }
