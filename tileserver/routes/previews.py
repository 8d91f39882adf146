"""Previews of layers: the picture of an area on one canvas."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tileserver.answers import draw, failures_told, log_of, style_of
from tileserver.drawing.encoding import MEDIA_TYPES
from tileserver.drawing.preview import CANVAS_KEYS, read_preview
from tileserver.http.requests import read_bounds, value_of
from tileserver.state import State

__all__ = ["ROUTES"]


async def get_preview(request: Request[State]) -> Response:
    """Draw the layer, or the area that `bounds` names, on one canvas."""
    state, format = request.state, request.path_params["format"]
    if format not in MEDIA_TYPES:
        raise HTTPException(404)
    layer = await run_in_threadpool(state["layers"].get, request.path_params, state["caller"])
    style = style_of(request, layer, *CANVAS_KEYS)
    bounds = read_bounds(request)
    if bounds is None:
        revision = await run_in_threadpool(state["catalog"].revision)
        bounds = (await run_in_threadpool(state["coverages"].find, layer.image_sources, revision)).bounds
    asked = {key: value for key in CANVAS_KEYS if (value := value_of(request, key)) is not None}
    preview, log = read_preview(asked, bounds, format), log_of(request, layer)
    with failures_told(log, str(preview)):
        return await draw(request, layer, preview, style, log)


ROUTES: Final = [Route("/preview.{format}", get_preview)]
