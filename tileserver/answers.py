"""Answers that draw: the picture of a layer in the style of the query, or the news that the caller has it."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from graft_eval.errors import Cancelled, GraftError
from sdk.contract.packed_query import expand_query, keep_whole
from tileserver.auth.access import check_layer_owner, check_workflow_owner
from tileserver.drawing.autoscale import BYTES
from tileserver.drawing.canvas import Canvas
from tileserver.drawing.encoding import VALUES
from tileserver.drawing.legend import Legend
from tileserver.drawing.legends import find_legend
from tileserver.drawing.pictures import Picture
from tileserver.drawing.preview import CANVAS_KEYS, Preview, read_preview
from tileserver.drawing.style import AUTO, CREDENTIALS, Style
from tileserver.drawing.viz_bands import Offered, check_bands_of
from tileserver.http.access_log import REQUEST_ID
from tileserver.http.errors import ERRORS, BadRequest, NotImagery
from tileserver.http.headers import for_partial
from tileserver.http.queries import query_of
from tileserver.http.requests import disconnection, read_bounds, session_of, turn_of, value_of
from tileserver.layers.layers import Layer, path_of
from tileserver.state import State
from tileserver.workers import Log, ignore_log

__all__ = [
    "cache_control", "check_viz_options", "draw", "failures_told", "legend_of", "log_of", "owned_layer", "preview_of",
    "style_of", "styled_query", "tags_of",
]  # fmt: skip

STAGES: Final = ("search", "read", "compute", "encode")


def style_of(request: Request[State], layer: Layer, *own: str) -> Style:
    """Return the style that the query asks for; keys that are the route's `own` are none of it."""
    return Style.from_query(
        [(key, value) for key, value in query_of(request.scope).multi_items() if key not in own],
        parameters=layer.parameters,
        viz_options=layer.viz_options,
        limits=request.state["settings"].limits,
    )


async def styled_query(request: Request[State], layer: Layer) -> str:
    """Return the query for all tiles of a layer in the style of the request's: with scales, if it names none.

    They are `auto`, or 0 to 255 for bytes that are drawn as files have them; none of classes in their own colours.
    Raises `BadQuery` for bands that the layer has not, and scales that do not fit these.
    """
    state, style = request.state, style_of(request, layer)
    pairs = expand_query(request.query_params.multi_items())
    said = {key for key, _ in pairs}
    if said & {"band", "scales"}:
        with suppress(GraftError, NotImagery):
            await legend_of(request, layer)
    if style.of_layer() != style and "scales" not in said:
        try:
            found = await state["workers"].run(
                partial(state["painter"].auto_scales, layer, style.of_layer()),
                seconds=state["settings"].tile_seconds,
                gone=disconnection(request),
                caller=turn_of(request),
            )
        except (GraftError, BadRequest, NotImagery):  # the tiles will say so
            found = {"": (None, None)}
        bytes_ = [list(map(int, pair)) for pair in found.values() if pair == BYTES]
        scales = json.dumps(bytes_, separators=(",", ":")) if len(bytes_) == len(found) else AUTO
        pairs += [("scales", scales)] if found else []
    return keep_whole(pairs)


async def legend_of(request: Request[State], layer: Layer) -> Legend:
    """Return the legend of a layer in the style of the query."""
    state = request.state
    style = style_of(request, layer).of_layer()
    revision = await run_in_threadpool(state["catalog"].revision)
    coverage = await run_in_threadpool(state["coverages"].find, layer.image_sources, revision)
    return await state["workers"].run(
        partial(find_legend, state["painter"], layer, style, coverage),
        seconds=state["settings"].tile_seconds,
        gone=disconnection(request),
        caller=turn_of(request),
    )


async def preview_of(request: Request[State], layer: Layer, format: str, side: str = "") -> Preview:
    """Return the canvas that the query asks for; its width is `side` if there is one, and no size is said."""
    state, bounds = request.state, read_bounds(request)
    if bounds is None:
        revision = await run_in_threadpool(state["catalog"].revision)
        bounds = (await run_in_threadpool(state["coverages"].find, layer.image_sources, revision)).bounds
    asked = {key: value for key in CANVAS_KEYS if (value := value_of(request, key)) is not None}
    if side and not asked.keys() & {"width", "height"}:
        asked["width"] = side
    return read_preview(asked, bounds, format)


def owned_layer(request: Request[State], *, writing: bool = True) -> str:
    """Return the path of the layer in the request's path, which is there and the caller's."""
    state, address = request.state, request.path_params
    caller, path = state["caller"], path_of(address)
    if "version" in address:
        check_workflow_owner(state["workflows"], address["id"], caller, writing=writing)
        state["workflows"].version(address["id"], address["version"], caller)
    else:
        check_layer_owner(state["store"], address["id"], caller, writing=writing)
    return path


async def check_viz_options(request: Request[State], offered: Sequence[Offered]) -> None:
    """Raise `BadBody` for a VizOption with a band that its computation has not, as far as metadata tell soon enough."""
    state, offered = request.state, [one for one in offered if one.viz_options]
    if not offered:
        return
    settings, revision = state["settings"], await run_in_threadpool(state["catalog"].revision)
    check = partial(check_bands_of, offered, state["evaluations"], state["coverages"], revision, settings.limits)
    with suppress(Cancelled):
        await state["workers"].run(check, seconds=settings.tile_seconds, caller=turn_of(request))


def tags_of(request: Request[State]) -> frozenset[str]:
    """Return the tags of `If-None-Match`; weak ones compare as strong ones do."""
    tags = request.headers.get("If-None-Match", "").split(",")
    return frozenset(tag.strip().removeprefix("W/") for tag in tags if tag.strip())


def log_of(request: Request[State], layer: Layer) -> Log:
    """Return the log of the session that the query names, which tells of a layer's pictures."""
    session = session_of(request, layer.path)
    return partial(request.state["logs"].add, session) if session else ignore_log


@contextmanager
def failures_told(log: Log, name: str) -> Iterator[None]:
    """Leave a record of every error of what has this name in the session's log; a caller who has gone is none."""
    try:
        yield
    except ClientDisconnect:
        raise
    except tuple(ERRORS) as exc:
        log(logging.ERROR, f"{name} failed: {exc} (request {REQUEST_ID.get()})")
        raise
    except Exception:
        reason = f"a defect of the server, whose log says more (request {REQUEST_ID.get()})"
        log(logging.ERROR, f"{name} failed: {reason}")
        raise


async def draw(
    request: Request[State], layer: Layer, canvas: Canvas, style: Style, log: Log, stamp: int | None = None
) -> Response:
    """Draw a picture of a layer, or say that the caller has it.

    `stamp` is the database's, if it was looked at for this request.
    """
    state, known, started = request.state, tags_of(request), time.perf_counter()
    revision = state["catalog"].known_revision(stamp)
    style = style.of_values() if canvas.format in VALUES else style
    with state["metrics"].failures_counted():
        picture = await state["workers"].run(
            partial(state["painter"].paint, layer, canvas, style, known, revision),
            seconds=state["settings"].tile_seconds,
            log=log,
            gone=disconnection(request),
            caller=turn_of(request),
            key=(layer.path, layer.graft.hash, canvas, style, known, revision),
        )
    elapsed = time.perf_counter() - started
    state["metrics"].count_picture(elapsed, picture.seconds, picture.skipped, picture.data is not None)
    _tell(log, canvas, picture, elapsed)
    return _answer(request, layer, canvas, picture)


def _tell(log: Log, tile: Canvas, picture: Picture, seconds: float) -> None:
    if picture.data is None:
        log(logging.DEBUG, f"tile {tile} served from your cache")
    else:
        log(logging.INFO, f"tile {tile} served in {1000 * seconds:.0f} ms")


def _answer(request: Request[State], layer: Layer, tile: Canvas, picture: Picture) -> Response:
    """Answer a picture, or that the caller has it."""
    headers = {"ETag": picture.tag, "Cache-Control": cache_control(request, layer)}
    if picture.data is None:
        return Response(status_code=304, headers=headers)
    times = {name: 1000 * picture.seconds.get(name, 0.0) for name in STAGES}
    headers["Server-Timing"] = ", ".join(f"{name};dur={ms:.1f}" for name, ms in times.items())
    headers["Graftile-Read"] = f"scenes={picture.scenes}, bytes={picture.bytes_read}"
    if picture.skipped:
        headers |= for_partial(picture.skipped)
        del headers["ETag"]  # what it lacks may be there the next time
    return Response(picture.data, media_type=tile.media_type, headers=headers)


def cache_control(request: Request[State], layer: Layer) -> str:
    """Return who may keep what a layer looks like, and how long."""
    if not layer.public or CREDENTIALS & query_of(request.scope).keys() or "Authorization" in request.headers:
        return "private"
    return f"public, max-age={layer.max_age}" if layer.max_age else "public, no-cache"
