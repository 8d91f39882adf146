"""The start page: layers and products that the caller may see, and the search among them."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from graft_eval.scene import Product
from tileserver.http.errors import BadQuery
from tileserver.http.headers import NO_STORE
from tileserver.http.requests import single_values
from tileserver.state import State
from tileserver.viewer.cards import Card, find_cards
from tileserver.viewer.rendering import TEMPLATES

__all__ = ["find_layers", "show_home"]

CURSORS: Final = ("after", "workflows_after")
KINDS: Final = ("workflow", "xyz", "product")
MAX_PRODUCTS: Final = 100


def show_home(request: Request[State]) -> Response:
    """The layers, newest first, a page at a time; a page after the first is of one kind, and so may the first be."""
    query = single_values(request, "q", "kind", *CURSORS)
    text, kind = query.get("q", "").strip(), query.get("kind", "")
    if kind and kind not in KINDS:
        raise BadQuery.of("kind", f"one of {', '.join(KINDS)}", kind)
    kind = "xyz" if "after" in query else "workflow" if "workflows_after" in query else kind
    cards = _cards(request, text, query)
    if kind:
        cards = {one: found if one == kind else ([], None) for one, found in cards.items()}
    products = _products(request, text) if kind in ("", "product") and not query.keys() & {*CURSORS} else []
    empty = not text and not kind and not any(found for found, _ in cards.values())
    page = TEMPLATES.get_template("index.html").render(
        root="",
        text=text,
        kind=kind,
        cards=cards,
        cursors=dict(zip(("xyz", "workflow"), CURSORS, strict=True)),
        products=products,
        more_products=max(0, len(products) - MAX_PRODUCTS),
        empty=empty,
    )
    return HTMLResponse(page, headers=NO_STORE)


def find_layers(request: Request[State]) -> Response:
    """The layers of which a text has a part, as JSON for the viewer's search."""
    query = single_values(request, "q", "access_token", "link")
    cards = _cards(request, query.get("q", "").strip(), {})
    found = [card.to_json() for listed, _ in cards.values() for card in listed]
    return JSONResponse({"layers": found[:20]}, headers=NO_STORE)


def _cards(request: Request[State], text: str, query: dict[str, str]) -> dict[str, tuple[list[Card], str | None]]:
    layers_after, workflows_after = (query.get(key) for key in CURSORS)
    try:
        workflows, layers = find_cards(request.state, text, layers_after=layers_after, workflows_after=workflows_after)
    except ValueError as exc:
        key = next(key for key in CURSORS if key in query)
        raise BadQuery.of(key, "what an earlier page gave", query[key]) from exc
    return {"workflow": workflows, "xyz": layers}


def _products(request: Request[State], text: str) -> list[Product]:
    if not request.state["caller"].email:
        return []
    wanted = text.casefold()

    def matches(product: Any) -> bool:
        return wanted in f"{product.id} {product.title} {' '.join(product.bands)}".casefold()

    return [product for product in request.state["catalog"].products() if matches(product)]
