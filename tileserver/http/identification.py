"""Identification of a request's caller by its token and link, before anything else looks at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tileserver.auth.caller import LOCAL, NOBODY, Caller
from tileserver.auth.denials import Unauthorized
from tileserver.http.errors import ERRORS, BadQuery, answer_error
from tileserver.http.paths import BROWSED, is_below, route_path
from tileserver.http.queries import may_carry_credentials

__all__ = ["Authenticator", "Identification"]

SAFE: Final = ("GET", "HEAD")


class Authenticator(Protocol):
    """Identifies callers by their tokens."""

    def identify(self, token: str) -> Caller | None:
        """Return the caller; None for a token that is not valid. May block."""

    def known(self, token: str) -> Caller | None:
        """Return what `identify` would, if that can be said at once; None if it has to be asked."""


class Identification:
    """Puts the caller into the state of a request; refuses one with a bad token or link, as `refuse` answers it."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Request, Exception], Response] = answer_error) -> None:
        self.app, self.refuse = app, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, its caller known."""
        if scope["type"] == "http":
            try:
                scope["state"]["caller"] = await _identify(scope)
            except tuple(ERRORS) as error:
                return await self.refuse(Request(scope), error)(scope, receive, send)
        await self.app(scope, receive, send)


async def _identify(scope: Scope) -> Caller:
    authenticator: Authenticator | None = scope["state"]["authenticator"]
    query = _credentials(scope)
    caller = LOCAL
    if authenticator is not None:
        token = _token(scope, query)
        found = NOBODY if token is None else authenticator.known(token)
        if token is not None and found is None:
            found = await run_in_threadpool(authenticator.identify, token)
        if found is None:
            raise Unauthorized("the token is not valid: it is none of this server's, has expired, or was revoked")
        caller = found
    if "link" in query:
        links = scope["state"]["links"]
        layer = links.known(query["link"]) or await run_in_threadpool(links.layer_of, query["link"])
        if layer is None or not _is_of(route_path(scope), layer):
            raise Unauthorized("the link is not valid: it has expired, was revoked, or is another layer's")
        caller = replace(caller, link=layer)
    return caller


def _credentials(scope: Scope) -> dict[str, str]:
    """Return the token and the link of a query that may carry them, as browsers fetch layers, each once."""
    if scope["method"] not in SAFE or not is_below(route_path(scope), BROWSED):
        return {}
    found: dict[str, str] = {}
    if not may_carry_credentials(scope["query_string"]):
        return found
    for key, value in QueryParams(scope["query_string"]).multi_items():
        if key in ("access_token", "link"):
            if key in found:
                raise BadQuery(key, "must be given once")
            found[key] = value
    return found


def _token(scope: Scope, query: dict[str, str]) -> str | None:
    header = Headers(scope=scope).get("Authorization")
    if header is None:
        return query.get("access_token")
    if "access_token" in query:
        raise BadQuery("access_token", "must be left away when the header Authorization is given")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized("Authorization must be a bearer token: Authorization: Bearer …")
    return token.strip()


def _is_of(path: str, layer: str) -> bool:
    """Return whether a path belongs to a layer: its page, its tiles, its logs, or its WMTS or OGC API."""
    below = path.removeprefix("/wmts").removeprefix("/ogc").removeprefix("/")
    return below == layer or below.startswith(f"{layer}/")
