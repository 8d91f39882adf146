"""Previews of layers: the picture of an area on one canvas, and animations of them."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import partial
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graft_eval.progress import Progress
from tileserver.answers import cache_control, draw, failures_told, log_of, preview_of, style_of
from tileserver.drawing.animation import FORMATS, animate_arguments, animate_images
from tileserver.drawing.encoding import MEDIA_TYPES
from tileserver.drawing.preview import CANVAS_KEYS
from tileserver.drawing.style import Style
from tileserver.drawing.video import check_video
from tileserver.http.errors import BadQuery, BadRequest, shorten
from tileserver.http.headers import for_partial
from tileserver.http.requests import disconnection, read_number, turn_of, value_of
from tileserver.layers.layers import Layer
from tileserver.state import State
from tileserver.wmts.choices import choices_of

__all__ = ["ROUTES"]

ANIMATION_KEYS: Final = (*CANVAS_KEYS, "over", "seconds")
SIDE: Final = "512"  # pixels of an animation's width
LEAST_SECONDS, MOST_SECONDS, SECONDS = 0.02, 10.0, 0.5  # of a frame


async def get_preview(request: Request[State]) -> Response:
    """Draw the layer, or the area that `bounds` names, on one canvas."""
    state, format = request.state, _format_of(request, "a preview", MEDIA_TYPES)
    layer = await run_in_threadpool(state["layers"].get, request.path_params, state["caller"])
    style = style_of(request, layer, *CANVAS_KEYS).of_layer()
    preview, log = await preview_of(request, layer, format), log_of(request, layer)
    with failures_told(log, str(preview)):
        return await draw(request, layer, preview, style, log)


async def get_animation(request: Request[State]) -> Response:
    """Draw the images of a collection, or the layer for each value of the parameter `over`, one after another."""
    state, format = request.state, _format_of(request, "an animation", FORMATS)
    if format == "mp4":
        check_video()
    layer = await run_in_threadpool(state["layers"].get, request.path_params, state["caller"])
    styles, seconds = _styles_of(request, layer), _seconds_of(request)
    preview, log = await preview_of(request, layer, format, SIDE), log_of(request, layer)
    drawing = state["evaluations"], state["painter"], layer
    if len(styles) == 1 and not styles[0][0]:
        make = partial(animate_images, *drawing, styles[0][1], preview, round(1000 * seconds))
    else:
        make = partial(animate_arguments, *drawing, styles, preview, round(1000 * seconds))

    def compute(progress: Progress) -> tuple[bytes, int]:
        return make(progress), progress.lacking

    with failures_told(log, f"animation of {preview}"):
        data, lacking = await state["workers"].run(
            compute,
            seconds=state["settings"].inspect_seconds,
            log=log,
            gone=disconnection(request),
            caller=turn_of(request),
        )
    headers = for_partial(lacking) if lacking else {"Cache-Control": cache_control(request, layer)}
    return Response(data, media_type=FORMATS[format], headers=headers)


ROUTES: Final = [Route("/preview.{format}", get_preview), Route("/animation.{format}", get_animation)]


def _format_of(request: Request[State], name: str, known: Collection[str]) -> str:
    format: str = request.path_params["format"]
    if format not in known:
        raise BadRequest(f"the format of {name} must be one of {', '.join(known)}, not {shorten(format)}")
    return format


def _styles_of(request: Request[State], layer: Layer) -> list[tuple[str, Style]]:
    """Return the style of each value of the parameter `over`, with a label; without one, the style of the query."""
    over = value_of(request, "over")
    if over is None:
        return [("", style_of(request, layer, *ANIMATION_KEYS).of_layer())]
    choices = {choice.parameter: choice for choice in choices_of(layer.parameters)}
    if over not in choices:
        listed = f"one of {', '.join(choices)}" if choices else "left away: no widget of the layer lists its values"
        raise BadQuery.of("over", listed, over)
    pairs = [(key, value) for key, value in request.query_params.multi_items() if key not in (*ANIMATION_KEYS, over)]
    return [
        (
            f"{choices[over].title}: {name}",
            Style.from_query(
                [*pairs, (over, json.dumps(document))],
                parameters=layer.parameters,
                viz_options=layer.viz_options,
                limits=request.state["settings"].limits,
            ).of_layer(),
        )
        for name, document in choices[over].documents.items()
    ]


def _seconds_of(request: Request[State]) -> float:
    seconds = read_number(request, "seconds", LEAST_SECONDS, MOST_SECONDS)
    return SECONDS if seconds is None else seconds
