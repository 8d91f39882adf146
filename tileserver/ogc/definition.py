"""The definition of the API, as an OpenAPI 3.0 document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any, Final

from sdk.contract.viz_option import REDUCTIONS
from tileserver.ogc.maps import MAX_SIDE
from tileserver.ogc.matrixsets import LONLAT, crs_uri
from tileserver.ogc.site import JSON, PNG, Site

__all__ = ["DEFINITION_TYPE", "api_definition"]

DEFINITION_TYPE: Final = "application/vnd.oai.openapi+json;version=3.0"
PROBLEM: Final = "application/problem+json"

Schema = Mapping[str, Any]
TEXT: Final[Schema] = {"type": "string"}
OBJECT: Final[Schema] = {"type": "object"}
NUMBERS: Final[Schema] = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
SIDE: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": MAX_SIDE}
FAILURES: Final = (400, 401, 404, 406, 500, 503)
STYLE: Final = ("colormap", "band", "scales", "gamma", "reduction", "checkerboard", "viz", "session_id", "arguments")


def api_definition(site: Site, crs: Iterable[str]) -> dict[str, Any]:
    """Return the definition; maps can be in these CRSs."""
    uris = [crs_uri(code) for code in crs]
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "OGC API of graftile",
            "version": version("graftile"),
            "description": "Published computations as maps and map tiles.",
            "x-OGC-limits": {"maps": {"maxWidth": MAX_SIDE, "maxHeight": MAX_SIDE, "maxPixels": MAX_SIDE**2}},
        },
        "servers": [{"url": site.url}],
        "security": [{}, {"bearer": []}, {"access_token": []}, {"link": []}],
        "paths": _paths(),
        "components": {
            "parameters": _parameters(uris),
            "responses": {
                "Problem": {
                    "description": "What is wrong",
                    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}},
                },
                "Known": {"description": "The client has it already"},
            },
            "schemas": {"problem": PROBLEM_SCHEMA},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "access_token": {"type": "apiKey", "in": "query", "name": "access_token"},
                "link": {"type": "apiKey", "in": "query", "name": "link"},
            },
        },
    }


def _paths() -> dict[str, Any]:
    layer = "/collections/{collectionId}"
    paths = {
        "/": _document("getLandingPage", "Where everything else is"),
        "/conformance": _document("getConformance", "What the API conforms to"),
        "/api": _document("getApi", "This definition", DEFINITION_TYPE),
        "/collections": _document("getCollectionsList", "The layers"),
        layer: _document("getCollection", "A layer", keys=("collectionId",)),
        f"{layer}/styles": _document("getStylesList", "The styles of a layer", keys=("collectionId",)),
        "/tileMatrixSets": _document("getTileMatrixSetsList", "The tile matrix sets"),
        "/tileMatrixSets/{tileMatrixSetId}": _document(
            "getTileMatrixSet", "A tile matrix set", keys=("tileMatrixSetId",)
        ),
    }
    for here, suffix, keys in (
        (layer, ".collection", ("collectionId",)),
        (f"{layer}/styles/{{styleId}}", ".collection.style", ("collectionId", "styleId")),
    ):
        maps = ("bbox", "bbox-crs", "crs", "width", "height", "transparent", "datetime", *STYLE)
        tiles, tile = f"{here}/map/tiles", ("tileMatrixSetId", "tileMatrix", "tileRow", "tileCol")
        paths |= {
            f"{here}/map": _picture(f"{suffix}.getMap", "A map", (*keys, *maps)),
            tiles: _document(f"{suffix}.map.getTileSetsList", "The map tilesets", keys=keys),
            f"{tiles}/{{tileMatrixSetId}}": _document(
                f"{suffix}.map.getTileSet", "A map tileset", keys=(*keys, "tileMatrixSetId")
            ),
            f"{tiles}/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _picture(
                f"{suffix}.map.getTile", "A map tile", (*keys, *tile, "datetime", *STYLE)
            ),
        }
    return paths


def _document(name: str, summary: str, media_type: str = JSON, keys: Iterable[str] = ()) -> dict[str, Any]:
    return _operation(name, summary, (*keys, "f-json"), {media_type: {"schema": OBJECT}})


def _picture(name: str, summary: str, keys: Iterable[str]) -> dict[str, Any]:
    content = {PNG: {"schema": {"type": "string", "format": "binary"}}}
    return _operation(name, summary, (*keys, "f-png"), content, (*FAILURES, 413, 422))


def _operation(
    name: str, summary: str, keys: Iterable[str], content: Schema, failures: Iterable[int] = FAILURES
) -> dict[str, Any]:
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": [{"$ref": f"#/components/parameters/{key}"} for key in keys],
            "responses": {
                "200": {"description": summary, "content": content},
                "304": {"$ref": "#/components/responses/Known"},
                **{str(status): {"$ref": "#/components/responses/Problem"} for status in failures},
            },
        }
    }


def _parameters(crs: list[str]) -> dict[str, Any]:
    names = {"type": "string", "enum": crs, "default": crs_uri(LONLAT)}
    boolean = {"type": "boolean"}
    return {
        **{name: _parameter(name, text, TEXT, "path") for name, text in PATH.items()},
        "f-json": _parameter("f", "The format", {"type": "string", "enum": ["json"]}),
        "f-png": _parameter("f", "The format", {"type": "string", "enum": ["png"]}),
        "bbox": {
            **_parameter("bbox", "Lower left and upper right corner, as the axes of bbox-crs are ordered", NUMBERS),
            "style": "form",
            "explode": False,
        },
        "bbox-crs": _parameter("bbox-crs", "The CRS of bbox: CRS84, or that of the map", names),
        "crs": _parameter("crs", "The CRS of the map", names),
        "width": _parameter("width", "Columns of pixels; a map without width and height has 1024 a side", SIDE),
        "height": _parameter("height", "Rows of pixels", SIDE),
        "transparent": _parameter("transparent", "What the layer lacks is transparent", {**boolean, "enum": [True]}),
        "datetime": _parameter(
            "datetime",
            "An instant of the layer, or an interval, of which the last instant is drawn; no effect without times",
            TEXT,
        ),
        "colormap": _parameter("colormap", "A colormap by name, or JSON of colours, of one band; empty: grey", TEXT),
        "band": _parameter("band", "Up to three bands to draw", {"type": "array", "items": TEXT, "maxItems": 3}),
        "scales": _parameter("scales", "JSON: a pair [low, high] for each band; or auto", TEXT),
        "gamma": _parameter("gamma", "Bends scaled values: share ** (1 / gamma)", {"type": "number"}),
        "reduction": _parameter("reduction", "How images become one", {"type": "string", "enum": [*REDUCTIONS]}),
        "checkerboard": _parameter("checkerboard", "Squares where pixels are lacking", boolean),
        "viz": _parameter("viz", "The id of a VizOption, whose values are the defaults", TEXT),
        "session_id": _parameter("session_id", "The session whose log tells of it", TEXT),
        "arguments": {
            **_parameter(
                "arguments",
                "One key for each argument of the layer's function: JSON of a literal or a graft",
                {"type": "object", "additionalProperties": TEXT},
            ),
            "style": "form",
            "explode": True,
        },
    }  # fmt: skip


def _parameter(name: str, description: str, schema: Schema, place: str = "query") -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "description": description, "schema": schema}


PATH: Final = {
    "collectionId": "A layer",
    "styleId": "A style of the layer",
    "tileMatrixSetId": "A tile matrix set",
    "tileMatrix": "A level of the tile matrix set",
    "tileRow": "A row of tiles, from the top",
    "tileCol": "A column of tiles, from the left",
}

PROBLEM_SCHEMA: Final[Schema] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "error", "message"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "error": {"type": "string", "description": "The code of the error"},
        "message": {"type": "string", "description": "What was expected, and what came"},
    },
}
