"""OpenAPI: the definition of all routes, as a document and as a page."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tileserver.http.requests import root_of, single_values
from tileserver.openapi import definition_of
from tileserver.openapi.page import render_definition
from tileserver.state import State

__all__ = ["ROUTES"]


def get_definition(request: Request[State]) -> Response:
    """Return the definition of this interface, as OpenAPI 3.1."""
    single_values(request)
    return JSONResponse(definition_of(request.app.routes, root_of(request, request.state["settings"])))


def show_definition(request: Request[State]) -> Response:
    """The definition of this interface as a page."""
    single_values(request)
    root = root_of(request, request.state["settings"])
    return HTMLResponse(render_definition(definition_of(request.app.routes, root)))


ROUTES: Final = [Route("/openapi.json", get_definition), Route("/docs", show_definition)]
