"""The OpenAPI document: a path for each route, described by the row of its endpoint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute, Mount, Route

from tileserver.openapi.parameters import parameter
from tileserver.openapi.table import DESCRIBED, UNDESCRIBED, Described

__all__ = ["Definition", "definition_of", "endpoint_name"]

Definition = dict[str, Any]
PART: Final = re.compile(r"{(\w+)(?::\w+)?}")
WORDS: Final = re.compile(r"\W+")
SCHEMAS: Final = "#/components/schemas/{model}"
OPAQUE: Final = ("image/", "application/x-npy", "application/vnd", "text/event-stream", "*/*")


def definition_of(routes: Iterable[BaseRoute], root: str) -> Definition:
    """Return the definition of all routes of a server at this root; their rows are in `DESCRIBED`."""
    models = sorted({row.body for row in DESCRIBED.values() if row.body}, key=lambda model: model.__name__)
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=SCHEMAS)
    paths: dict[str, dict[str, Any]] = {}
    for path, route in _walk(routes):
        for method in sorted(set(route.methods or ()) - {"HEAD"}):
            paths.setdefault(path, {})[method.lower()] = _operation(path, method, route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "graftile",
            "version": version("graftile"),
            "description": "Published computations as live maps. Whatever answers GET answers HEAD, too.",
        },
        "servers": [{"url": root}],
        "security": [{}, {"bearer": []}, {"access_token": []}, {"link": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(row.tag for row in (*DESCRIBED.values(), UNDESCRIBED))],
        "paths": paths,
        "components": {
            "schemas": {**schemas.get("$defs", {}), "Error": ERROR},
            "responses": {"Error": {"description": "What is wrong", "content": ERROR_CONTENT}},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "access_token": {"type": "apiKey", "in": "query", "name": "access_token"},
                "link": {"type": "apiKey", "in": "query", "name": "link"},
            },
        },
    }


def endpoint_name(route: Route) -> str:
    """Return the name by which a route's endpoint stands in `DESCRIBED`, as `tiles.get_tile`."""
    return f"{route.endpoint.__module__.rpartition('.')[2]}.{route.endpoint.__name__}"


def _walk(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, Route]]:
    """Yield each route with its path; addresses that differ by a slash at the end are one."""
    for route in routes:
        if isinstance(route, Mount):
            yield from _walk(route.routes or (), prefix + PART.sub(r"{\1}", route.path))
        elif isinstance(route, Route):
            path = prefix + PART.sub(r"{\1}", route.path)
            yield path.rstrip("/") or "/", route


def _operation(path: str, method: str, route: Route) -> dict[str, Any]:
    row = DESCRIBED.get(endpoint_name(route), UNDESCRIBED)
    summary, _, more = (route.endpoint.__doc__ or "").partition("\n")
    operation: dict[str, Any] = {
        "operationId": WORDS.sub("_", f"{method.lower()}{path}").strip("_"),
        "tags": [row.tag],
        "summary": summary.rstrip("."),
        "parameters": [parameter(name, "path") for name in PART.findall(path)]
        + [parameter(name, "query") for name in row.query]
        + ([ARGUMENTS] if row.takes_arguments else []),
        "responses": _responses(row),
    }
    if more.strip():
        operation["description"] = " ".join(more.split())
    if row.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _reference(row.body)}}}
    return operation


def _responses(row: Described) -> dict[str, Any]:
    good = {
        str(status): {
            "description": ANSWERS[status],
            **({"content": {kind: {"schema": _schema(kind)} for kind in types}} if types else {}),
        }
        for status, types in row.answers.items()
    }
    return {**good, "default": {"$ref": "#/components/responses/Error"}}


def _schema(media_type: str) -> Mapping[str, Any]:
    if media_type.endswith("json"):
        return {"type": "object"}
    return {} if media_type.startswith(OPAQUE) else {"type": "string"}


def _reference(model: type[BaseModel]) -> Mapping[str, str]:
    return {"$ref": SCHEMAS.format(model=model.__name__)}


ANSWERS: Final = {
    200: "It is done, or here it is",
    201: "It has been made",
    202: "It will be made",
    204: "It is gone",
    302: "It is elsewhere",
    304: "The caller has it",
    503: "Not now",
}
ARGUMENTS: Final[Mapping[str, Any]] = {
    "name": "arguments",
    "in": "query",
    "description": "One key for each argument of the layer's function: JSON of a literal or a graft",
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
    "style": "form",
    "explode": True,
}
ERROR: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {
        "error": {"type": "string", "description": "The code of the error"},
        "message": {"type": "string", "description": "What was expected, and what came"},
        "key": {"type": "string", "description": "The key of the query that is wrong"},
        "operation": {"type": "string", "description": "The operation that could not be evaluated"},
    },
}
ERROR_CONTENT: Final = {
    kind: {"schema": {"$ref": "#/components/schemas/Error"}}
    for kind in ("application/json", "application/problem+json")
} | {"application/xml": {"schema": {"type": "string"}}}
