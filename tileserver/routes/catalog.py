"""Routes of the catalog's products and of the language's operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graft_eval.errors import NotInCatalog
from sdk.graft.op import ABSENT, OPERATIONS, REQUIRED, Op, Parameter
from sdk.language.examples import example_of
from tileserver.http.headers import NO_STORE
from tileserver.http.requests import PAGE, next_page, single_values
from tileserver.state import State
from tileserver.store import NotFound

__all__ = ["ROUTES"]


def list_products(request: Request[State]) -> Response:
    """Return a page of the products, by id."""
    request.state["caller"].check_signed_in()
    state, query = request.state, single_values(request, "after")
    left = [product.id for product in state["catalog"].products() if product.id > query.get("after", "")]
    page = left[:PAGE]
    after = page[-1] if len(left) > PAGE else None
    records = [state["catalog"].product_record(product) for product in page]
    return JSONResponse(
        {"products": records, "next": next_page(request, state["settings"], query, after)}, headers=NO_STORE
    )


def list_vectors(request: Request[State]) -> Response:
    """Return the vector products, by id."""
    request.state["caller"].check_signed_in()
    single_values(request)
    return JSONResponse({"vectors": request.state["catalog"].vector_records()}, headers=NO_STORE)


def read_product(request: Request[State]) -> Response:
    """Return a product's record, what is odd about its images, and where what was decided of them is from."""
    catalog = request.state["catalog"]
    return _record(request, lambda product: catalog.product_record(product) | catalog.product_account(product))


def read_image(request: Request[State]) -> Response:
    """Return an image's record."""
    return _record(request, request.state["catalog"].image_record)


def list_operations(request: Request[State]) -> Response:
    """Return the table of operations, all of it: it is one document."""
    single_values(request)
    rows = {id(row): row for row in OPERATIONS.values()}.values()
    return JSONResponse({"operations": [_operation_json(row) for row in rows], "next": None}, headers=NO_STORE)


ROUTES: Final = [
    Route("/api/catalog/products", list_products),
    Route("/api/catalog/products/{id:path}", read_product),
    Route("/api/catalog/vectors", list_vectors),
    Route("/api/catalog/images/{id:path}", read_image),
    Route("/api/operations", list_operations),
]


def _record(request: Request[State], read: Callable[[str], Mapping[str, Any]]) -> Response:
    """Return what the catalog reads under the id of the path."""
    request.state["caller"].check_signed_in()
    try:
        return JSONResponse(read(request.path_params["id"]), headers=NO_STORE)
    except NotInCatalog as exc:
        raise NotFound(str(exc)) from exc


def _operation_json(row: Op) -> dict[str, Any]:
    parameters = [_parameter_json(parameter) for parameter in row.parameters]
    return {
        "name": row.builtin,
        "aliases": list(row.aliases),
        "owner": row.owner,
        "parameters": parameters,
        "result": str(row.result),
        "doc": row.doc,
        "example": example_of(row) or None,
        "addition": row.addition,
    }


def _parameter_json(parameter: Parameter) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": parameter.name, "kind": parameter.kind.value, "types": parameter.types}
    fields["required"] = parameter.default is REQUIRED
    if parameter.default not in (REQUIRED, ABSENT):
        fields["default"] = parameter.default
    return fields
