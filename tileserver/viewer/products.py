"""The page of a product: what it has, where and when, what is odd about it, and the way to a first layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shapely.geometry import mapping
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from graft_eval.errors import NotInCatalog
from graft_eval.scene import Scene
from sdk import ImageCollection
from sdk.contract.viz_option import VizOption
from sdk.service.computation import Computation
from tileserver.catalog import Catalog
from tileserver.http.headers import NO_STORE
from tileserver.http.requests import single_values
from tileserver.state import State
from tileserver.store import NotFound
from tileserver.viewer.rendering import TEMPLATES

__all__ = ["leading_bands", "show_product"]

MAX_IMAGES: Final = 1000  # that are drawn on the map
COLOURS: Final = ("red", "green", "blue")


def show_product(request: Request[State]) -> Response:
    """A product of the catalog."""
    request.state["caller"].check_signed_in()
    single_values(request)
    product_id, catalog = request.path_params["id"], request.state["catalog"]
    try:
        product, account = catalog.product_record(product_id), catalog.product_account(product_id)
        scenes = catalog.scenes(product_id, start=None, end=None, limit=MAX_IMAGES, area=None)
    except NotInCatalog as exc:
        raise NotFound(str(exc)) from exc
    bands = _bands_of(catalog, scenes)
    shown = leading_bands(bands)
    page = {
        "images": [_image(scene) for scene in scenes],
        "layer": _first_layer(product_id, product["title"] or product_id, shown) if shown else None,
    }
    text = TEMPLATES.get_template("product.html").render(
        root="../" * (1 + product_id.count("/")),
        product=product,
        account=account,
        bands=bands,
        shown=shown,
        page=page,
        limit=MAX_IMAGES,
    )
    return HTMLResponse(text, headers=NO_STORE)


def leading_bands(bands: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the bands of a first picture: red, green and blue if there are these, else the first one.

    >>> leading_bands([{"name": "B2", "common_name": "blue"}, {"name": "B3", "common_name": "green"}])
    ['B2']
    """
    named = {name: band["name"] for band in reversed(bands) for name in (band["common_name"], band["name"])}
    if all(colour in named for colour in COLOURS):
        return [named[colour] for colour in COLOURS]
    return [band["name"] for band in bands[:1]]


def _bands_of(catalog: Catalog, scenes: Sequence[Scene]) -> list[Mapping[str, Any]]:
    """Return the bands as the images first have them."""
    found: dict[str, Mapping[str, Any]] = {}
    for scene in {tuple(band.name for band in scene.bands): scene for scene in reversed(scenes)}.values():
        for band in catalog.image_record(scene.id)["bands"]:
            found.setdefault(band["name"], band)
    return list(found.values())


def _image(scene: Scene) -> dict[str, Any]:
    return {"id": scene.id, "date": scene.date.isoformat(), "footprint": mapping(scene.footprint)}


def _first_layer(product_id: str, title: str, bands: list[str]) -> dict[str, Any]:
    """Return the body of a request that publishes the product's images, of which the mosaic is shown."""
    computation = Computation.of(ImageCollection.from_id(product_id).pick_bands(bands))
    return {
        **computation.to_json(),
        "name": title,
        "viz_options": [VizOption("first", bands).to_json()],
        "public": False,
    }
