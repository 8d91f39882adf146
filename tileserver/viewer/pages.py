"""Pages: one layer on a map, the routes of all pages, and the files that they load."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from xstatic.pkg import leaflet

from graft_eval.errors import NotInCatalog
from sdk.contract.viz_option import REDUCTIONS
from tileserver.http.headers import NO_STORE, POLICY
from tileserver.layers.attribution import credits_html
from tileserver.layers.coverage import EARTH
from tileserver.layers.layers import Layer
from tileserver.state import State
from tileserver.viewer.colormaps import COLORMAPS, draw_colormaps
from tileserver.viewer.controls import control_of
from tileserver.viewer.home import find_layers, show_home
from tileserver.viewer.products import show_product
from tileserver.viewer.rendering import HERE, TEMPLATES, TEXTS

__all__ = ["routes"]

BASE_MAPS: Final = ("https://tile.openstreetmap.org", "https://tiles.maps.eox.at")  # for those who choose them
WITH_BASE_MAPS: Final = POLICY.replace("img-src 'self'", " ".join(("img-src 'self'", *BASE_MAPS)))


def _modules(name: str, found: dict[str, None]) -> list[str]:
    """Return the modules that one imports, directly or through others, in the order of reading."""
    for imported in re.findall(r'from "\./(\w+\.js)"', (HERE / "static" / name).read_text(encoding="utf-8")):
        if imported not in found:
            found[imported] = None
            _modules(imported, found)
    return list(found)


MODULES: Final = _modules("viewer.js", {})  # which a page asks for at once, not as one names another


def show_layer(request: Request[State]) -> Response:
    """A layer on a map; the page's script reads the query, whose keys are those of a tile."""
    state = request.state
    layer = state["layers"].get(request.path_params, state["caller"])
    coverage = state["coverages"].find(layer.image_sources, state["catalog"].revision())
    page = {
        "path": layer.path,
        "name": layer.title or TEXTS["unnamed"],
        "type": layer.type,
        "parameters": [control_of(parameter) for parameter in layer.parameters],
        "viz_options": layer.viz_options,
        "bounds": None if coverage.bounds == EARTH else coverage.bounds.unrolled,
        "dates": _dates_of(layer, state),
        "attribution": credits_html(coverage.credits),
        "colormaps": COLORMAPS,
    }
    root = "../" * layer.path.count("/")  # relative, so that pages need not know the prefix that a proxy takes off
    text = TEMPLATES.get_template("layer.html").render(
        root=root, layer=layer, page=page, reductions=REDUCTIONS, modules=MODULES
    )
    return HTMLResponse(text, headers={**NO_STORE, "Content-Security-Policy": WITH_BASE_MAPS})


def show_colormaps(request: Request[State]) -> Response:
    """The colours of all colormaps, a stripe for each in the order of their names."""
    return Response(draw_colormaps(), media_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


def favicon(request: Request[State]) -> Response:
    """The icon, where browsers look for one when no page names it."""
    return FileResponse(HERE / "static" / "favicon.svg")


def _dates_of(layer: Layer, state: State) -> tuple[str, str] | None:
    """Return the first and the last date of the products that a layer loads; None if it loads none."""
    spans = []
    for name in sorted({source.name for source in layer.image_sources if source.name is not None}):
        try:
            record = state["catalog"].product_record(name)
        except NotInCatalog:
            continue
        if record["images"]:
            spans.append((record["start_datetime"], record["end_datetime"]))
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


routes: Final[list[BaseRoute]] = [
    Route("/", show_home),
    Route("/layers.json", find_layers),
    Route("/xyz/{id}", show_layer),
    Route("/workflow/{id}/{version}", show_layer),
    Route("/catalog/{id:path}", show_product),
    Route("/colormaps.png", show_colormaps),
    Route("/favicon.ico", favicon),
    Mount("/static/leaflet", StaticFiles(directory=leaflet.BASE_DIR)),
    Mount("/static", StaticFiles(directory=HERE / "static")),
]
