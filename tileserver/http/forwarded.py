"""Forwarded requests: the URL that the client used, as a trusted proxy tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["Forwarded", "forwarded", "forwarded_for", "is_authority"]

Network = IPv4Network | IPv6Network

MAX_AUTHORITIES: Final = 256
AUTHORITY: Final = re.compile(r"(?:[A-Za-z0-9._-]+|\[[A-Fa-f0-9:.]+\])(?::[0-9]*)?")
PREFIX: Final = re.compile(r"(?:/(?!\.\.?(?:/|\Z))(?:[A-Za-z0-9\-_.!~*'();:@+$,]|%[A-Fa-f0-9]{2})+)+/?")


class Forwarded:
    """Gives requests of trusted proxies the scheme, the host and the path prefix that their clients used.

    `Forwarded` (RFC 7239) counts before `X-Forwarded-Proto`, `-Host` and `-Prefix`; the prefix is one that the proxy
    has taken off. Of several values the last one counts, which is that of the proxy itself. The client is that of
    `X-Forwarded-For` or the `for` of `Forwarded`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as the client sent it."""
        if scope["type"] == "http" and _is_trusted(scope, scope["state"]["settings"].trusted_proxies):
            headers = Headers(scope=scope)
            scope = _rewritten(scope, forwarded(headers))
            if client := forwarded_for(headers):
                scope["client"] = (client, 0)
        await self.app(scope, receive, send)


def forwarded(headers: Mapping[str, str]) -> dict[str, str]:
    """Return those of `proto`, `host` and `prefix` that headers give in a usable form.

    >>> forwarded({"forwarded": 'for=192.0.2.1;proto=https;host="maps.example.com:8443"'})
    {'proto': 'https', 'host': 'maps.example.com:8443'}
    """
    said = {name: _last(headers.get(f"x-forwarded-{name}", "")) for name in ("proto", "host", "prefix")}
    for pair in _last(headers.get("forwarded", "")).split(";"):
        name, _, value = pair.partition("=")
        if name.strip().lower() in ("proto", "host"):
            said[name.strip().lower()] = value.strip().strip('"')
    said["proto"] = said["proto"].lower()
    return {name: value for name, value in said.items() if value and _is_usable(name, value)}


def forwarded_for(headers: Mapping[str, str]) -> str:
    """Return the address of the client that a proxy names last; empty if it names none.

    >>> forwarded_for({"x-forwarded-for": "10.0.0.1, 192.0.2.7"})
    '192.0.2.7'
    >>> forwarded_for({"forwarded": 'for="[2001:db8::1]:80"'})
    '2001:db8::1'
    """
    said = _last(headers.get("x-forwarded-for", ""))
    for pair in _last(headers.get("forwarded", "")).split(";"):
        name, _, value = pair.partition("=")
        if name.strip().lower() == "for":
            said = value.strip().strip('"')
    try:
        return str(ip_address(urlsplit(f"//{said}").hostname or "" if "[" in said or "." in said else said))
    except ValueError:
        return ""


@lru_cache(MAX_AUTHORITIES)
def is_authority(host: str) -> bool:
    """Return whether a Host header can be part of a URL: a name or an address, and optionally a port.

    >>> [is_authority(host) for host in ("example.com:8443", "[::1]", "a%zz", "ann@example.com", "example.com:0")]
    [True, True, False, False, False]
    """
    try:
        return AUTHORITY.fullmatch(host) is not None and urlsplit(f"//{host}").port != 0
    except ValueError:
        return False


def _last(text: str) -> str:
    return text.rpartition(",")[2].strip()


def _is_usable(name: str, value: str) -> bool:
    if name == "proto":
        return value in ("http", "https")
    if name == "prefix":
        return PREFIX.fullmatch(value) is not None
    return is_authority(value)


def _is_trusted(scope: Scope, proxies: Sequence[Network]) -> bool:
    if not proxies or not scope.get("client"):
        return False
    try:
        client = ip_address(scope["client"][0])
    except ValueError:
        return False
    return any(client in network for network in proxies)


def _rewritten(scope: Scope, said: Mapping[str, str]) -> Scope:
    scope = {**scope, "headers": list(scope["headers"])}
    if "proto" in said:
        scope["scheme"] = said["proto"]
    if "host" in said:
        MutableHeaders(scope=scope)["Host"] = said["host"]
    if prefix := said.get("prefix", "").rstrip("/"):
        scope["root_path"] = prefix + scope.get("root_path", "")
        scope["path"] = prefix + scope["path"]
        if scope.get("raw_path"):
            scope["raw_path"] = prefix.encode("ascii", "replace") + scope["raw_path"]
    return scope
