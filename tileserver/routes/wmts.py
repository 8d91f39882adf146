"""WMTS: capabilities, tiles and values of pixels, asked for by key-value pairs or by address."""

from __future__ import annotations

from functools import partial
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graft_eval.progress import Progress
from tileserver.answers import draw, tags_of
from tileserver.drawing.style import SWITCHES
from tileserver.http.accept import accepts, media_ranges
from tileserver.http.headers import for_partial
from tileserver.http.requests import disconnection, root_of, turn_of
from tileserver.state import State
from tileserver.wmts import Finder, Service, View, canvas_of, find_values, parse_address
from tileserver.wmts.addresses import DOCUMENT
from tileserver.workers import ignore_log
from wmts import (
    DOCUMENT_FORMATS,
    TIME,
    CapabilitiesRequest,
    FeatureInfo,
    FeatureInfoRequest,
    InvalidParameterValue,
    TileRequest,
    feature_info,
    parse_path,
    parse_request,
    resolve_pixel,
    resolve_tile,
)

__all__ = ["ROUTES"]

CARRIED: Final = ("access_token", "link")


async def get(request: Request[State]) -> Response:
    """Answer a request of whichever operation to whichever service."""
    address = parse_address(request.path_params["path"])
    if address.resource == DOCUMENT:
        return await _get_document(request, address.service, _negotiated(request))
    finder = request.state["services"].finder(
        address.service, root_of(request, request.state["settings"]), request.state["caller"]
    )
    asked = (
        parse_request(request.query_params.multi_items())
        if address.resource is None
        else await run_in_threadpool(parse_path, address.resource, finder.info)
    )
    match asked:
        case CapabilitiesRequest():
            return await _get_document(request, address.service, asked)
        case TileRequest():
            return await _get_tile(request, finder, asked)
        case FeatureInfoRequest():
            return await _get_feature_info(request, finder, asked)


ROUTES: Final = [Route("/{path:path}", get)]


async def _get_document(request: Request[State], service: Service, asked: CapabilitiesRequest) -> Response:
    state = request.state
    find = partial(state["services"].document, service, _view_of(request), state["caller"], asked)
    document = await run_in_threadpool(find)
    headers = {"ETag": document.tag, "Cache-Control": "private, no-cache", "Vary": "Accept"}
    if not tags_of(request).isdisjoint({document.tag, "*"}):
        return Response(status_code=304, headers=headers)
    return Response(document.data, media_type=asked.media_type, headers=headers)


async def _get_tile(request: Request[State], finder: Finder, asked: TileRequest) -> Response:
    state = request.state
    tile = await run_in_threadpool(resolve_tile, asked, finder.info, state["services"].sets)
    style = finder.style(tile, state["settings"].limits)
    answer = await draw(request, finder.layer(tile), canvas_of(tile), style, ignore_log)
    if TIME in tile.dimensions:
        answer.headers["Graftile-Time"] = tile.dimensions[TIME]
    return answer


async def _get_feature_info(request: Request[State], finder: Finder, asked: FeatureInfoRequest) -> Response:
    state = request.state
    pixel = await run_in_threadpool(resolve_pixel, asked, finder.info, state["services"].sets)
    layer, style = finder.layer(pixel.tile), finder.style(pixel.tile, state["settings"].limits)

    def compute(progress: Progress) -> tuple[FeatureInfo, int]:
        return find_values(state["evaluations"], layer, style, pixel, progress), progress.lacking

    info, lacking = await state["workers"].run(
        compute,
        seconds=state["settings"].tile_seconds,
        gone=disconnection(request),
        caller=turn_of(request),
    )
    data = feature_info(info, pixel.info_format)
    return Response(data, media_type=pixel.info_format, headers=for_partial(lacking))


def _view_of(request: Request[State]) -> View:
    """Return how the query wants the document; other keys than these are other clients' business."""
    query = request.query_params.multi_items()
    sets = [value for key, value in query if key == "tile_matrix_sets"]
    switches = dict.fromkeys(value for key, value in query if key == "dimensions") or ["true"]
    switch = ", ".join(switches)
    if switch not in SWITCHES:
        raise InvalidParameterValue("dimensions", "true or false", switch)
    return View(
        root_of(request, request.state["settings"]),
        request.state["services"].sets.select(sets),
        SWITCHES[switch],
        tuple((key, value) for key, value in query if key in CARRIED),
        tuple((key, value) for key, value in query if key in ("tile_matrix_sets", "dimensions")),
    )


def _negotiated(request: Request[State]) -> CapabilitiesRequest:
    """Return the request for the document at its own address, in the type that the client takes."""
    ranges = media_ranges(request.headers.get("Accept", ""))
    for media_type in DOCUMENT_FORMATS:
        if accepts(ranges, media_type):
            return CapabilitiesRequest(media_type=media_type)
    raise HTTPException(406)
