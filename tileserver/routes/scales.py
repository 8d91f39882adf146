"""Scales of layers: automatic ones are forgotten, to be found anew."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tileserver.answers import owned_layer
from tileserver.http.headers import NO_STORE
from tileserver.http.requests import single_values
from tileserver.state import State

__all__ = ["ROUTES"]


def forget(request: Request[State]) -> Response:
    """Forget the automatic scales of a layer: the next picture finds them anew, for all that follow."""
    single_values(request)
    owned_layer(request)
    layer = request.state["layers"].get(request.path_params, request.state["caller"])
    request.state["painter"].forget_scales(layer)
    return Response(status_code=204, headers=NO_STORE)


ROUTES: Final = [
    Route(f"{layer}/scales", forget, methods=["DELETE"]) for layer in ("/api/xyz/{id}", "/api/workflow/{id}/{version}")
]
