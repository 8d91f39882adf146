"""Pages: the list of layers, one layer on a map, and the files that they load."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import matplotlib
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from xstatic.pkg import leaflet

from sdk.viz_option import REDUCTIONS
from tileserver.errors import BadQuery
from tileserver.headers import NO_STORE
from tileserver.requests import single_values
from tileserver.state import State
from tileserver.viewer.extent import find_bounds
from tileserver.viewer.markdown import render_markdown

__all__ = ["routes"]

HERE: Final = Path(__file__).parent
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
TEMPLATES.filters["markdown"] = render_markdown


def list_layers(request: Request[State]) -> Response:
    """The public layers, newest first, a page at a time."""
    after = single_values(request, "after").get("after")
    try:
        layers, following = request.state["store"].layers(public=True, after=after)
    except ValueError as exc:
        raise BadQuery.of("after", "what an earlier page gave", after) from exc
    return HTMLResponse(TEMPLATES.get_template("index.html").render(layers=layers, next=following))


def show_layer(request: Request[State]) -> Response:
    """A layer on a map; the page's script reads the query, whose keys are those of a tile."""
    layer = request.state["layers"].get(request.path_params, request.state["caller"])
    page = {
        "path": layer.path,
        "type": layer.type,
        "parameters": layer.parameters,
        "viz_options": layer.viz_options,
        "bounds": find_bounds(layer.graft, request.state["catalog"]),
    }
    template = TEMPLATES.get_template("layer.html")
    colormaps = sorted(matplotlib.colormaps, key=str.lower)
    text = template.render(layer=layer, page=page, colormaps=colormaps, reductions=REDUCTIONS)
    return HTMLResponse(text, headers=NO_STORE)


def favicon(request: Request[State]) -> Response:
    """The icon, where browsers look for one when no page names it."""
    return FileResponse(HERE / "static" / "favicon.svg")


routes: Final[list[BaseRoute]] = [
    Route("/", list_layers),
    Route("/xyz/{id}", show_layer),
    Route("/workflow/{id}/{version}", show_layer),
    Route("/favicon.ico", favicon),
    Mount("/static/leaflet", StaticFiles(directory=leaflet.BASE_DIR)),
    Mount("/static", StaticFiles(directory=HERE / "static")),
]
