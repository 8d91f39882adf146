"""Tiles of layers: address, style and session in; a picture, or the news that the caller has it, out."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tileserver.answers import draw, failures_told, log_of, style_of
from tileserver.drawing.tiles import Tile
from tileserver.state import State

__all__ = ["ROUTES"]


async def get_tile(request: Request[State]) -> Response:
    """Draw a tile, or say that the caller has it."""
    layers, address, caller = request.state["layers"], request.path_params, request.state["caller"]
    layer = layers.known(address, caller)
    if layer is None:
        layer = await run_in_threadpool(layers.get, address, caller)
    log = log_of(request, layer)
    name = "/".join(value for key, value in address.items() if key not in ("id", "version"))
    with failures_told(log, f"tile {name}"):
        return await draw(
            request, layer, Tile.from_path(address, request.state["services"].sets), style_of(request, layer), log
        )


ROUTES: Final = [
    Route("/{z}/{x}/{file}", get_tile),
    Route("/quadkey/{file}", get_tile),
    Route("/{tms}/{z}/{x}/{file}", get_tile),
]
