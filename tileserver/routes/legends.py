"""Legends of layers: as a picture, and in numbers."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tileserver.answers import cache_control, legend_of
from tileserver.state import State

__all__ = ["ROUTES"]


async def get_picture(request: Request[State]) -> Response:
    """Draw the legend."""
    layer = await run_in_threadpool(request.state["layers"].get, request.path_params, request.state["caller"])
    data = await run_in_threadpool((await legend_of(request, layer)).draw)
    return Response(data, media_type="image/png", headers={"Cache-Control": cache_control(request, layer)})


async def get_svg(request: Request[State]) -> Response:
    """Draw the legend as SVG."""
    layer = await run_in_threadpool(request.state["layers"].get, request.path_params, request.state["caller"])
    data = await run_in_threadpool((await legend_of(request, layer)).to_svg)
    return Response(data, media_type="image/svg+xml", headers={"Cache-Control": cache_control(request, layer)})


async def get_numbers(request: Request[State]) -> Response:
    """Tell the legend."""
    layer = await run_in_threadpool(request.state["layers"].get, request.path_params, request.state["caller"])
    legend = await legend_of(request, layer)
    return JSONResponse(legend.to_json(), headers={"Cache-Control": cache_control(request, layer)})


ROUTES: Final = [
    Route("/legend.png", get_picture),
    Route("/legend.svg", get_svg),
    Route("/legend.json", get_numbers),
]
