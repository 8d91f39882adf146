"""The definition of the interface: valid, complete, and what the server does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import html
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.routing import Mount, Route

from tests.tileserver.conftest import Served
from tileserver.app import ROUTES
from tileserver.openapi import DESCRIBED, definition_of, endpoint_name
from tileserver.openapi.parameters import PATH, QUERY


@pytest.fixture(scope="module")
def definition(served: Served) -> dict[str, Any]:
    answer = served.get("/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


def routes(listed: Any, prefix: str = "") -> list[tuple[str, Route]]:
    """Return all routes, found another way than by the definition."""
    found = []
    for route in listed:
        if isinstance(route, Mount):
            found += routes(route.routes, prefix + route.path)
        else:
            found.append((prefix + route.path, route))
    return found


def test_the_definition_is_valid(definition: dict[str, Any]) -> None:
    assert definition["openapi"] == "3.1.0"
    assert [str(error) for error in OpenAPIV31SpecValidator(definition).iter_errors()] == []
    ids = [operation["operationId"] for methods in definition["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))


def test_the_definition_has_every_route_and_no_other(definition: dict[str, Any]) -> None:
    told = {(path, method.upper()) for path, methods in definition["paths"].items() for method in methods}
    there = {
        (path.replace(":path}", "}").rstrip("/") or "/", method)
        for path, route in routes(ROUTES)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert told == there
    assert {endpoint_name(route) for _, route in routes(ROUTES)} == DESCRIBED.keys()
    operations = [one for methods in definition["paths"].values() for one in methods.values()]
    named = {(one["in"], one["name"]) for operation in operations for one in operation["parameters"]}
    assert named == {("path", name) for name in PATH} | {("query", name) for name in QUERY} | {("query", "arguments")}


def test_bodies_are_the_models_that_are_read(definition: dict[str, Any]) -> None:
    schema = definition["components"]["schemas"]["XYZBody"]
    assert {"graft", "typespec", "type", "parameters", "name", "public", "viz_options"} <= schema["properties"].keys()
    body = definition["paths"]["/api/xyz"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/XYZBody"}


def test_keys_that_are_told_are_taken(served: Served, nir: str, definition: dict[str, Any]) -> None:
    """A key of the definition that a route did not know would be told so."""
    for path, methods in definition["paths"].items():
        if not path.startswith("/xyz/{id}/") or "get" not in methods or path.endswith("/logs"):
            continue
        here = path.format(id=nir, z=10, x=550, file="335.png", tms="WebMercatorQuad", format="png")
        for one in methods["get"]["parameters"]:
            if one["in"] == "query" and one["name"] != "arguments":
                answer = served.get(here, params={one["name"]: "~"})
                assert b"is no key" not in answer.content, (path, one["name"])


def test_the_page_shows_all_of_it_without_other_servers(served: Served, definition: dict[str, Any]) -> None:
    answer = served.get("/docs")
    assert answer.headers["Content-Type"].startswith("text/html")
    page = html.fromstring(answer.text)
    shown = {"".join(map(str, heading.itertext())) for heading in page.iter("h3")}
    assert {f"{method.upper()} {path}" for path, methods in definition["paths"].items() for method in methods} <= shown
    links = re.findall(r'(?:src|href)="([^"]*)"', answer.text)
    assert not [link for link in links if "//" in link]
    assert "static/favicon.svg" in links  # else browsers look for one at the root, above the prefix of a proxy
    assert {link[1:] for link in links if link.startswith("#")} <= {element.get("id") for element in page.iter()}


def test_a_root_that_is_published_is_the_server(served: Served) -> None:
    assert definition_of(ROUTES, "https://maps.example.com/graftile")["servers"] == [
        {"url": "https://maps.example.com/graftile"}
    ]
    assert served.get("/openapi.json?x=1").status_code == 400
