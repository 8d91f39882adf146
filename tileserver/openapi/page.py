"""The page of a definition: every path with what it takes and answers, without scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tileserver.openapi.document import Definition

__all__ = ["render_definition"]

METHODS: Final = ("get", "post", "put", "delete")
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def render_definition(definition: Definition) -> str:
    """Return the HTML of an OpenAPI document."""
    tags = [tag["name"] for tag in definition["tags"]]
    return TEMPLATES.get_template("page.html").render(
        info=definition["info"],
        groups=[(tag, operations) for tag in tags if (operations := [*_operations(definition, tag)])],
        bodies=definition["components"]["schemas"],
        type_of=_type_of,
    )


def _operations(definition: Definition, tag: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in definition["paths"].items():
        for method in METHODS:
            if method in methods and tag in methods[method]["tags"]:
                yield method.upper(), path, methods[method]


def _type_of(schema: dict[str, Any]) -> str:
    """Return a schema in a few words.

    >>> _type_of({"anyOf": [{"type": "string"}, {"type": "null"}]}), _type_of({"enum": ["png", "jpg"]})
    ('string or null', 'png, jpg')
    """
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(map(_type_of, schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_type_of(schema.get('items', {}))}"
    bounds = [f"{word} {json.dumps(schema[key])}" for key, word in BOUNDS.items() if key in schema]
    return " ".join([str(schema.get("type", "anything")), *bounds])


BOUNDS: Final = {"minimum": "from", "maximum": "to", "maxLength": "up to", "const": "always"}
