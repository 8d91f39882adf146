"""Keys of queries and parts of paths, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sdk.contract.viz_option import GAMMAS, REDUCTIONS
from tileserver.drawing.canvas import MAX_SIDE
from tileserver.drawing.encoding import MEDIA_TYPES

__all__ = ["PATH", "QUERY", "Schema", "parameter"]

Schema = Mapping[str, Any]
TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "string", "pattern": "^[0-9]+$"}
SIDE: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": MAX_SIDE}
SWITCH: Final[Schema] = {"type": "boolean"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}

PATH: Final[Mapping[str, tuple[str, Schema]]] = MappingProxyType(
    {
        "alias": ("A name that stands for a version", TEXT),
        "builtin": ("A builtin of grafts", TEXT),
        "col": ("A column of tiles, from the left", NUMBER),
        "collection": ("A layer", TEXT),
        "file": ("A row of tiles, @2x for twice the pixels, and a format, as 335@2x.png", TEXT),
        "format": ("The suffix of a format", {"enum": [*MEDIA_TYPES, "gif", "mp4"]}),
        "id": ("The id of what is asked for; of a workflow, email:name", TEXT),
        "link": ("The id of a link", TEXT),
        "matrix": ("A level of a tile matrix set", TEXT),
        "page": ("A page of the reference", TEXT),
        "path": ("A service, and what is asked of it", TEXT),
        "row": ("A row of tiles, from the top", NUMBER),
        "style": ("A style of a layer", TEXT),
        "target": ("email:…, org:…, authenticated or public", TEXT),
        "tms": ("A tile matrix set that morecantile knows; tms for rows from the south", TEXT),
        "version": ("A semantic version, an alias, or latest", TEXT),
        "x": ("A column of tiles, from the left", NUMBER),
        "z": ("A zoom", NUMBER),
    }
)

QUERY: Final[Mapping[str, tuple[str, Schema]]] = MappingProxyType(
    {
        "after": ("Where the page before ended", TEXT),
        "band": ("Up to three bands", {"type": "array", "items": TEXT, "maxItems": 3}),
        "bounds": ("west,south,east,north in degrees; west is greater than east across the antimeridian", TEXT),
        "checkerboard": ("Squares where pixels are missing", SWITCH),
        "colormap": ("A colormap by name, or JSON of colours of one's own; empty for none", TEXT),
        "email": ("Whose workflows", TEXT),
        "f": ("The format", TEXT),
        "gamma": (
            "Bends scaled values: share ** (1 / gamma)",
            {"type": "number", "minimum": GAMMAS[0], "maximum": GAMMAS[1]},
        ),
        "geometry": ("A polygon, several, or a feature of them: GeoJSON in longitude and latitude", TEXT),
        "height": ("Rows of pixels", SIDE),
        "kind": ("Only those of a kind", TEXT),
        "lat": ("Latitude in degrees", {"type": "number", "minimum": -90, "maximum": 90}),
        "level": ("The least level of records", {"enum": ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]}),
        "lon": ("Longitude in degrees", {"type": "number", "minimum": -180, "maximum": 180}),
        "name": ("The name of workflows", TEXT),
        "q": ("Words to look for", TEXT),
        "over": ("The parameter whose values are the frames; without one, images of a collection are", TEXT),
        "public": ("Only those that are public, or are not", SWITCH),
        "reduction": ("How the images of a collection become one", {"enum": [*REDUCTIONS]}),
        "scales": ("JSON of a pair [low, high] for each band, null, or auto", TEXT),
        "seconds": ("Seconds of a frame", {"type": "number", "minimum": 0.02, "maximum": 10}),
        "session_id": ("The session whose log tells of it", {"type": "string", "minLength": 1, "maxLength": 128}),
        "since": ("The earliest time", MOMENT),
        "stage": ("The stage of jobs", TEXT),
        "start_datetime": ("The time of the first record", MOMENT),
        "tags": ("Tags that workflows have", {"type": "array", "items": TEXT}),
        "viz": ("The id of a VizOption, whose values are the defaults", TEXT),
        "width": ("Columns of pixels", SIDE),
        "workflows_after": ("Where the page of workflows before ended", TEXT),
    }
)
REQUIRED: Final = frozenset({"lon", "lat"})


def parameter(name: str, place: str) -> dict[str, Any]:
    """Return a key of a query, or a part of a path, as OpenAPI describes it."""
    description, schema = (PATH if place == "path" else QUERY).get(name, (name, TEXT))
    required = place == "path" or name in REQUIRED
    return {"name": name, "in": place, "required": required, "description": description, "schema": dict(schema)}
