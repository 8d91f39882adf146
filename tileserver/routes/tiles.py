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
    state, address, caller = request.state, request.path_params, request.state["caller"]
    stamp = state["stamp"].current()  # looked at once for all that the tile needs: each look lets other threads run
    layer = state["layers"].known(address, caller, stamp)
    if layer is None:
        layer = await run_in_threadpool(state["layers"].get, address, caller)
    log = log_of(request, layer)
    name = "/".join(value for key, value in address.items() if key not in ("id", "version"))
    with failures_told(log, f"tile {name}"):
        tile = Tile.from_path(address, state["services"].sets)
        return await draw(request, layer, tile, style_of(request, layer), log, stamp)


ROUTES: Final = [
    Route("/{z}/{x}/{file}", get_tile),
    Route("/quadkey/{file}", get_tile),
    Route("/{tms}/{z}/{x}/{file}", get_tile),
]
