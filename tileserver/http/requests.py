"""Reading of requests: bodies, queries, sessions, and absolute URLs."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from graft_eval.errors import GraftSyntaxError
from graft_eval.graft.jsontext import load_json
from sdk.contract.naming import check_workflow_id
from sdk.graft.near import near
from tileserver.auth import Caller
from tileserver.http.errors import MAX_SHOWN, BadBody, BadQuery, BadRequest, TooLarge, UnsupportedMedia, shorten
from tileserver.http.paths import route_path
from tileserver.http.queries import query_of
from tileserver.logs import Session
from tileserver.settings import Settings
from wmts import LonLatBox

__all__ = [
    "PAGE", "disconnection", "next_page", "read_bounds", "read_json", "read_number", "read_time", "root_of",
    "session_of", "single_values", "turn_of", "value_of", "workflow_id_of",
]  # fmt: skip

PAGE: Final = 100  # records of a list
SESSION_CHARACTERS: Final = 128
NUMBER: Final = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")  # without `1_0`, which Python takes


async def read_json(request: Request[Any], settings: Settings) -> dict[str, object]:
    """Return the JSON object in a request's body.

    Raises `UnsupportedMedia` for another type or an encoded body, `TooLarge` as soon as the body is, `BadBody`
    for what is no JSON object.
    """
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMedia(f"bodies must not be compressed, but Content-Encoding is {shorten(encoding)}")
    media_type = request.headers.get("Content-Type", "")
    if media_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMedia(f"Content-Type must be application/json, not {shorten(media_type)}")
    if (charset := _charset(media_type)).lower() not in ("utf-8", "utf8"):
        raise UnsupportedMedia(f"the body must be in UTF-8, not in {shorten(charset)}")
    data = await _read_body(request, settings.body_bytes)
    try:
        value = await run_in_threadpool(load_json, data, settings.limits)
    except GraftSyntaxError as exc:
        raise BadBody(f"the body must be a JSON object: {exc}") from exc
    if not isinstance(value, dict):
        raise BadBody(f"the body must be a JSON object, not {shorten(value)}")
    return value


def _charset(media_type: str) -> str:
    message = Message()
    message["Content-Type"] = media_type
    return str(message.get_param("charset", "utf-8"))


async def disconnection(request: Request[Any]) -> None:
    """Return when the client has gone; for requests whose body is read or empty."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def single_values(request: Request[Any], *keys: str, repeated: str = "") -> dict[str, str]:
    """Return the query, whose keys may only be these, each once, and the repeated one, which is left out."""
    values: dict[str, str] = {}
    known = [*keys, repeated] if repeated else keys
    for key, value in request.query_params.multi_items():
        if key not in known:
            takes = f"which takes {', '.join(known) or 'none'}{near(key, known)}"
            raise BadQuery(key[:MAX_SHOWN], f"is no key of this query, {takes}")
        if key == repeated:
            continue
        if key in values:
            raise BadQuery(key, "must be given once")
        values[key] = value
    return values


def session_of(request: Request[Any], layer: str) -> Session | None:
    """Return the session that a query names, of the layer with this path; None if it names none."""
    ids = query_of(request.scope).getlist("session_id")
    if len(ids) > 1:
        raise BadQuery("session_id", "must be given once")
    if ids and not 1 <= len(ids[0]) <= SESSION_CHARACTERS:
        raise BadQuery.of("session_id", f"1 to {SESSION_CHARACTERS} characters", ids[0])
    return Session(layer, ids[0]) if ids else None


def turn_of(request: Request[Any]) -> str:
    """Return whose turn a request takes: its user's, or that of the address that it comes from if nobody signed in."""
    caller: Caller = request.state["caller"]
    if caller.email and not caller.is_local:
        return caller.email
    return request.client.host if request.client else ""


def root_of(request: Request[Any], settings: Settings) -> str:
    """Return the root of absolute URLs, without a final slash."""
    return settings.public_url or str(request.base_url).rstrip("/")


def next_page(
    request: Request[Any], settings: Settings, query: Mapping[str, str | list[str]], after: str | None
) -> str | None:
    """Return the URL of a list's next page; None after the last one."""
    if after is None:
        return None
    return f"{root_of(request, settings)}{route_path(request.scope)}?{urlencode({**query, 'after': after}, doseq=True)}"


def read_time(key: str, text: str) -> datetime:
    """Return the datetime that a query's value names, in UTC if it has no time zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise BadQuery.of(key, "a time like 2024-05-01T12:00:00Z", text) from exc
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def value_of(request: Request[Any], key: str) -> str | None:
    """Return the value of a key of the query; None if it is not given. Raises `BadQuery` if it is given twice."""
    values = request.query_params.getlist(key)
    if len(values) > 1:
        raise BadQuery(key, "must be given once")
    return values[0] if values else None


def read_number(request: Request[Any], key: str, least: float, most: float) -> float | None:
    """Return the number that a key of the query holds, from `least` to `most`; None if it is not given."""
    text = value_of(request, key)
    if text is None:
        return None
    number = _number(text)
    if not least <= number <= most:
        raise BadQuery.of(key, f"a number from {least:g} to {most:g}", text)
    return number


def read_bounds(request: Request[Any]) -> LonLatBox | None:
    """Return the box that the query's key `bounds` names; None if it is not given.

    It is west,south,east,north in degrees, with or without the brackets of JSON; west is greater than east across the
    antimeridian.
    """
    text = value_of(request, "bounds")
    if text is None:
        return None
    numbers = [_number(part) for part in text.strip().removeprefix("[").removesuffix("]").split(",")]
    expected = "west,south,east,north in degrees, south less than north, like 12.9,52.3,13.8,52.7"
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise BadQuery.of("bounds", expected, text)
    box = LonLatBox(*numbers)
    longitudes, latitudes = max(map(abs, numbers[::2])), max(map(abs, numbers[1::2]))
    if longitudes > 180 or latitudes > 90 or not box.south < box.north or box.west == box.east:
        raise BadQuery.of("bounds", expected, text)
    return box


def _number(text: str) -> float:
    return float(text) if NUMBER.fullmatch(text.strip()) else math.nan


def workflow_id_of(request: Request[Any]) -> str:
    """Return the workflow's id in a path; raises `BadRequest` for what is none."""
    try:
        check_workflow_id(request.path_params["id"])
    except ValueError as exc:
        raise BadRequest(str(exc)) from exc
    return str(request.path_params["id"])


async def _read_body(request: Request[Any], limit: int) -> bytes:
    announced = request.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise TooLarge(f"the body has {int(announced):,} bytes; the limit is {limit:,}")
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"the body has more than {limit:,} bytes, which is the limit")
        chunks.append(chunk)
    return b"".join(chunks)
