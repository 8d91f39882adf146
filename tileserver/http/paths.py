"""Paths of requests, without the prefix under which the server is published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute, Mount, Router
from starlette.types import Scope

__all__ = ["LAYERS", "is_below", "mount", "route_path"]

LAYERS: Final = ("xyz", "workflow", "wmts", "ogc")  # where the maps of other sites and programs find layers
BROWSED: Final = (*LAYERS, "jobs", "layers.json")  # by browsers, which have no way to send a header


def route_path(scope: Scope) -> str:
    """Return the path of a request without the prefix that the server is published under.

    >>> route_path({"path": "/maps/wmts/workflow", "root_path": "/maps"})
    '/wmts/workflow'
    """
    path: str = scope["path"]
    root: str = scope.get("app_root_path", scope.get("root_path", ""))  # not that of a mount
    below = path.removeprefix(root)
    return below if below.startswith("/") else path


def mount(path: str, routes: Sequence[BaseRoute]) -> Mount:
    """Return routes below a path; a slash too many is 404: a redirect would repeat tokens, at a host of its own."""
    return Mount(path, app=Router(routes, redirect_slashes=False))


def is_below(path: str, folders: tuple[str, ...]) -> bool:
    """Return whether a path is one of these folders, or below one.

    >>> is_below("/wmts", LAYERS), is_below("/wmts/xyz/0", LAYERS), is_below("/wmtsx", LAYERS)
    (True, True, False)
    """
    return path.split("/", 2)[1] in folders
