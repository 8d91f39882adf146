"""OGC API – Tiles and – Maps: the layers of WMTS as JSON documents, and what requests for maps of them mean.

No HTTP: values in, JSON values or a canvas to draw on out.
"""

from __future__ import annotations

from tileserver.ogc.maps import MAP_KEYS, MapCanvas, read_map
from tileserver.ogc.resources import Resources
from tileserver.ogc.site import JSON, PNG, Site
from tileserver.ogc.times import time_of

__all__ = ["JSON", "MAP_KEYS", "PNG", "MapCanvas", "Resources", "Site", "read_map", "time_of"]
