"""Refusals as pages: what a browser that was led to an address shows instead of an error's JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from tileserver.http.accept import media_ranges
from tileserver.http.errors import BadRequest
from tileserver.http.paths import is_below, route_path
from tileserver.viewer.rendering import TEMPLATES, TEXTS

__all__ = ["as_page", "as_pages"]

Handler = Callable[[Request, Exception], Response]
PROGRAMS: Final = ("api", "ogc", "wmts", "static")  # below which no pages are


def as_pages(handlers: Mapping[type[Exception], Handler]) -> dict[type[Exception], Handler]:
    """Return handlers of errors that answer a page to who asks for HTML by name, and else what they answered."""
    return {kind: as_page(handler) for kind, handler in handlers.items()}


def as_page(handler: Handler) -> Handler:
    """Return a handler that answers as another one, but a page to who asks for HTML by name."""

    def answer(request: Request, error: Exception) -> Response:
        response = handler(request, error)
        if not isinstance(response, JSONResponse) or not _wants_page(request):
            return response
        path, told = route_path(request.scope), json.loads(bytes(response.body))
        status = response.status_code
        page = TEMPLATES.get_template("refusal.html").render(
            root="../" * (path.count("/") - 1),
            status=status,
            title=TEXTS.get(f"refused_{status}", TEXTS["refused"]),
            message=told["message"],
            hint=TEXTS["refused_layer"] if status == 404 and is_below(path, ("xyz", "workflow")) else "",
        )
        kept = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
        return HTMLResponse(page, status, {**kept, "Vary": "Accept"})

    return answer


def _wants_page(request: Request) -> bool:
    if request.method not in ("GET", "HEAD") or is_below(route_path(request.scope), PROGRAMS):
        return False
    try:
        return any(one.match("text/html") == 3 for one in media_ranges(request.headers.get("Accept", "")))
    except BadRequest:
        return False
