"""The language's reference, as pages below /docs/language."""

from __future__ import annotations

from functools import cache
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from sdk.graft.near import near
from tileserver.http.errors import shorten
from tileserver.http.requests import single_values
from tileserver.reference import PICTURES, addresses, texts, title_of
from tileserver.state import State
from tileserver.store import NotFound
from tileserver.viewer.markdown import render_page
from tileserver.viewer.rendering import TEMPLATES

__all__ = ["routes"]

INDEX: Final = "index"


def show_index(request: Request[State]) -> Response:
    """The list of the reference's pages."""
    single_values(request)
    return HTMLResponse(_page(INDEX))


def show_page(request: Request[State]) -> Response:
    """A page of the reference: a type, or the functions of a module."""
    single_values(request)
    name = request.path_params["page"]
    if name not in texts() or name == INDEX:
        raise NotFound(f"the reference has no page {shorten(name)}{near(name, texts())}")
    return HTMLResponse(_page(name))


def show_builtin(request: Request[State]) -> Response:
    """The way to a builtin of grafts, on whichever page it stands; errors that name an operation lead here."""
    single_values(request)
    name = request.path_params["builtin"]
    if name not in addresses():
        raise NotFound(f"the language has no builtin {shorten(name)}")
    return RedirectResponse(f"../{addresses()[name]}", 302)


@cache
def _page(name: str) -> str:
    index = name == INDEX
    return TEMPLATES.get_template("reference.html").render(
        root="../" if index else "../../",
        index="language" if index else "../language",
        below="language/" if index else "",
        name=name,
        title=title_of(name),
        pages=[(each, title_of(each)) for each in texts() if each != INDEX],
        text=render_page(texts()[name], "language/" if index else ""),
    )


routes: Final[list[BaseRoute]] = [
    Route("/docs/language", show_index),
    Mount("/docs/language/pictures", StaticFiles(directory=PICTURES, check_dir=False)),
    Route("/docs/language/builtin/{builtin}", show_builtin),
    Route("/docs/language/{page}", show_page),
]
