"""Pages: the list of layers, one layer on a map, and the files that they load."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from xstatic.pkg import leaflet

from graft_eval.errors import NotInCatalog
from graft_eval.grid import Bounds
from sdk.contract.versions import latest_of
from sdk.contract.viz_option import REDUCTIONS
from tileserver.auth import Caller
from tileserver.http.errors import BadQuery
from tileserver.http.headers import NO_STORE, POLICY
from tileserver.http.requests import single_values
from tileserver.layers.coverage import EARTH
from tileserver.layers.layers import Layer
from tileserver.state import State
from tileserver.store import LayerRecord, NotFound, VersionRecord, WorkflowRecord
from tileserver.viewer.colormaps import COLORMAPS, draw_colormaps
from tileserver.viewer.controls import control_of
from tileserver.viewer.markdown import render_markdown

__all__ = ["routes"]

HERE: Final = Path(__file__).parent
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
TEMPLATES.filters["markdown"] = render_markdown
TEXTS: Final[Mapping[str, str]] = json.loads((HERE / "static" / "texts.json").read_text())
TEMPLATES.globals["texts"] = TEXTS
BASE_MAPS: Final = ("https://tile.openstreetmap.org", "https://tiles.maps.eox.at")  # for those who choose them
WITH_BASE_MAPS: Final = POLICY.replace("img-src 'self'", " ".join(("img-src 'self'", *BASE_MAPS)))
CURSORS: Final = ("after", "workflows_after")
ANYBODY: Final = Caller()


def list_layers(request: Request[State]) -> Response:
    """The public layers and workflows, newest first, a page at a time; a page after the first is of one kind."""
    query = single_values(request, *CURSORS)
    state = request.state
    layers: Sequence[LayerRecord] = ()
    workflows: Sequence[WorkflowRecord] = ()
    following: dict[str, str | None] = {}
    key, after = next(iter(query.items()), ("", None))
    try:
        if key != "workflows_after":
            layers, following["after"] = state["store"].layers(public=True, after=after)
        if key != "after":
            workflows, following["workflows_after"] = state["workflows"].search(ANYBODY, after=after)
    except ValueError as exc:
        raise BadQuery.of(key, "what an earlier page gave", after) from exc
    text = TEMPLATES.get_template("index.html").render(
        root="",
        layers=layers,
        workflows=[*_released(workflows)],
        following=following,
        products=state["catalog"].products() if request.state["caller"].email else [],
    )
    return HTMLResponse(text)


def show_layer(request: Request[State]) -> Response:
    """A layer on a map; the page's script reads the query, whose keys are those of a tile."""
    layer = request.state["layers"].get(request.path_params, request.state["caller"])
    page = {
        "path": layer.path,
        "name": layer.title or TEXTS["unnamed"],
        "type": layer.type,
        "parameters": [control_of(parameter) for parameter in layer.parameters],
        "viz_options": layer.viz_options,
        "bounds": _bounds_of(layer, request.state),
        "colormaps": COLORMAPS,
        "dates": None,
    }
    root = "../" * layer.path.count("/")  # relative, so that pages need not know the prefix that a proxy takes off
    text = TEMPLATES.get_template("layer.html").render(root=root, layer=layer, page=page, reductions=REDUCTIONS)
    return HTMLResponse(text, headers={**NO_STORE, "Content-Security-Policy": WITH_BASE_MAPS})


def show_product(request: Request[State]) -> Response:
    """A product of the catalog: what it has, what is odd about it, and from where each of its fields is."""
    request.state["caller"].check_signed_in()
    single_values(request)
    product_id, catalog = request.path_params["id"], request.state["catalog"]
    try:
        product, account = catalog.product_record(product_id), catalog.product_account(product_id)
    except NotInCatalog as exc:
        raise NotFound(str(exc)) from exc
    root = "../" * (1 + product_id.count("/"))
    text = TEMPLATES.get_template("product.html").render(root=root, product=product, account=account)
    return HTMLResponse(text, headers=NO_STORE)


def show_colormaps(request: Request[State]) -> Response:
    """The colours of all colormaps, a stripe for each in the order of their names."""
    return Response(draw_colormaps(), media_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


def favicon(request: Request[State]) -> Response:
    """The icon, where browsers look for one when no page names it."""
    return FileResponse(HERE / "static" / "favicon.svg")


def _released(workflows: Iterable[WorkflowRecord]) -> Iterator[tuple[WorkflowRecord, VersionRecord]]:
    """Yield workflows with their latest version; one that has none has no layer to show."""
    for workflow in workflows:
        latest = latest_of([version.version for version in workflow.versions])
        if latest is not None:
            yield workflow, next(version for version in workflow.versions if version.version == latest)


def _bounds_of(layer: Layer, state: State) -> Bounds | None:
    """Return where a layer's data is, `right` beyond 180 across the antimeridian; None if it may be anywhere."""
    box = state["coverages"].find(layer.image_sources, state["catalog"].revision()).bounds
    return None if box == EARTH else box.unrolled


routes: Final[list[BaseRoute]] = [
    Route("/", list_layers),
    Route("/xyz/{id}", show_layer),
    Route("/workflow/{id}/{version}", show_layer),
    Route("/catalog/{id:path}", show_product),
    Route("/colormaps.png", show_colormaps),
    Route("/favicon.ico", favicon),
    Mount("/static/leaflet", StaticFiles(directory=leaflet.BASE_DIR)),
    Mount("/static", StaticFiles(directory=HERE / "static")),
]
