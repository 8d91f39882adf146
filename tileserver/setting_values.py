"""Values of settings: how they are read and checked; each returns the value, or raises ValueError for a wrong one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, ByteSize, TypeAdapter, ValidationError

from graft_eval.limits import Limits

__all__ = [
    "Folder", "check_database", "check_issuer", "check_positive", "check_public_url", "check_redis", "check_signers",
    "check_smtp", "is_loopback", "read_size", "split",
]  # fmt: skip

DATABASES = ("sqlite", "postgresql", "postgres")
SIZE = re.compile(r"\s*\d[\d.]*\s*[a-zA-Z]+\s*")
PUBLIC_URL = re.compile(r"https?://(?:[A-Za-z0-9\-_.!~*'();:@+$,/\[\]]|%[A-Fa-f0-9]{2})+")


def split(separators: str) -> Callable[[object], object]:
    """Return a validator that takes a list in one string apart: as JSON, or at any of the separators."""
    at = re.compile(f"[{re.escape(separators)}]")

    def split(value: object) -> object:
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            try:
                return json.loads(value)
            except ValueError as exc:
                raise ValueError(f"must be a list as JSON, or its parts with commas between: {exc}") from exc
        return [stripped for part in at.split(value) if (stripped := part.strip())]

    return split


def read_size(value: object) -> object:
    """Return a size in bytes, which may be written with a unit.

    >>> read_size("2GB")
    2000000000
    """
    if not isinstance(value, str) or value.strip().lstrip("+-").isdecimal():
        return value
    try:
        if SIZE.fullmatch(value):
            return int(TypeAdapter(ByteSize).validate_python(value))
    except ValidationError:
        pass  # of an unknown unit
    raise ValueError("must be a size, as 2GB or 512MiB")


def check_positive(limits: Limits) -> Limits:
    """Return limits that are all greater than 0."""
    for field in fields(limits):
        if (value := getattr(limits, field.name)) <= 0:
            raise ValueError(f"{field.name} must be greater than 0, not {value}")
    return limits


def check_public_url(url: str) -> str:
    """Return the root of public URLs, without a slash at its end."""
    if url and not PUBLIC_URL.fullmatch(url):
        raise ValueError(f"must be like https://maps.example.com/path, percent-encoded and without query, not {url!r}")
    return url.rstrip("/")


def check_issuer(url: str) -> str:
    """Return the URL of an issuer, which is https but for loopback addresses."""
    parts = urlsplit(url)
    if url and parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise ValueError(f"must start with https://, but for loopback addresses, not {url!r}")
    return url


def check_database(url: str) -> str:
    """Return the URL of a database of a kind that is served."""
    if url and urlsplit(url).scheme.partition("+")[0] not in DATABASES:
        raise ValueError("must be like postgresql://user:password@host/name or sqlite:////folder/file")
    return url


def check_smtp(url: str) -> str:
    """Return the URL of a mail server."""
    parts = urlsplit(url)
    if url and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        raise ValueError("must be like smtp://user:password@host:port or smtps://host")
    return url


def check_redis(url: str) -> str:
    """Return the URL of a Redis."""
    if url and urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("must be like redis://user:password@host:port/0, rediss://host or unix:///path")
    return url


def check_signers(signers: tuple[str, ...]) -> tuple[str, ...]:
    """Return signers, each with its host."""
    for signer in signers:
        host, _, url = signer.partition("=")
        if not host or not url.startswith(("http://", "https://")):
            raise ValueError(f"must be like host=https://signer/token/{{account}}/{{container}}, not {signer!r}")
    return signers


Folder = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]


def is_loopback(host: str) -> bool:
    """Return True if an address or name to bind is this machine's own, reached from nowhere else.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
