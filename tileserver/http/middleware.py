"""Middleware: headers of answers, and checks of the Host, the URL and the language's channel."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, QueryParams
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdk.service.client import CHANNEL, CHANNEL_HEADER
from tileserver.auth.denials import Unauthorized
from tileserver.http.errors import MAX_SHOWN, BadQuery, BadRequest, TooLarge, WrongChannel, answer_error, shorten
from tileserver.http.forwarded import is_authority
from tileserver.http.headers import STANDARD
from tileserver.http.paths import LAYERS, is_below, route_path

__all__ = ["CrossOrigin", "Guard", "StandardHeaders", "is_local"]

URL_BYTES: Final = 16 << 10
MAX_TOKEN: Final = 8 << 10
MAX_HOSTS: Final = 256
RAW: Final = Headers(STANDARD).raw
POLICY: Final = b"content-security-policy"  # of which a page may have one of its own
OTHERS: Final = [(name, value) for name, value in RAW if name != POLICY]


class StandardHeaders:
    """Adds the standard headers to every answer: safety in browsers, the server's version and channel."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add the headers to its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = any(name == POLICY for name, _ in message["headers"])
                message["headers"] = [*message["headers"], *(OTHERS if own else RAW)]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class CrossOrigin:
    """Allows pages of other sites to read layers and their errors (CORS); nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._shared = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD"],
            allow_headers=["Authorization", "If-None-Match", "Last-Event-ID", "Cache-Control", "Pragma", "Range"],
            expose_headers=[
                "ETag",
                "Server-Timing",
                "Graftile-Partial",
                "Graftile-Read",
                "Graftile-Time",
                "Retry-After",
                "Content-Bbox",
                "Content-Crs",
                "Content-Datetime",
            ],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with CORS headers if it is of a layer."""
        shared = scope["type"] == "http" and is_below(route_path(scope), LAYERS)
        await (self._shared if shared else self.app)(scope, receive, send)


class Guard:
    """Refuses URLs that are too long or hold NUL, other channels, and hosts of another name while nobody signs in.

    The latter keeps pages of other sites, whose names an attacker's DNS points here, from reading what is local.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a good request on, or answer why not."""
        if scope["type"] != "http" or (error := _complaint(scope)) is None:
            await self.app(scope, receive, send)
        else:
            await answer_error(Request(scope), error)(scope, receive, send)


@lru_cache(MAX_HOSTS)
def is_local(host: str) -> bool:
    """Return whether a Host header names this machine.

    >>> [is_local(host) for host in ("localhost:8000", "127.0.0.1", "[::1]:80", "example.com", "localhost.example.com")]
    [True, True, True, False, False]
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or name.endswith(".localhost") or ip_address(name).is_loopback
    except ValueError:
        return False


def _has_odd_token(scope: Scope) -> bool:
    if scope["state"]["settings"].auth == "none":
        return False
    tokens = QueryParams(scope["query_string"]).getlist("access_token")
    return any(len(token) > MAX_TOKEN or "\0" in token for token in tokens)


def _complaint(scope: Scope) -> BadRequest | TooLarge | Unauthorized | None:
    length = len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"])
    if (length > URL_BYTES or b"%00" in scope["query_string"]) and _has_odd_token(scope):
        return Unauthorized("the token is not valid: no token is so long, or holds NUL")
    if length > URL_BYTES:
        return TooLarge(f"the URL has {length:,} bytes; the limit is {URL_BYTES:,}")
    if "\0" in scope["path"]:
        return BadRequest("the path of the URL must not hold NUL (%00)")
    if b"%00" in scope["query_string"]:
        key = next(key for key, value in QueryParams(scope["query_string"]).multi_items() if "\0" in key + value)
        return BadQuery(shorten(key) if "\0" in key else key[:MAX_SHOWN], "must not hold NUL (%00)")
    headers = Headers(scope=scope)
    if (channel := headers.get(CHANNEL_HEADER, CHANNEL)) != CHANNEL:
        return WrongChannel(f"this server speaks {CHANNEL} of the language, not {shorten(channel)}")
    host = headers.get("Host", "")
    if host and not is_authority(host):
        return BadRequest(f"Host must be a name or an address, and perhaps a port, not {shorten(host)}")
    if scope["state"]["settings"].auth == "none" and not is_local(host):
        return BadRequest(f"Host must be localhost or a loopback address while nobody signs in, not {shorten(host)}")
    return None
