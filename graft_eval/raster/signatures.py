"""Signatures that URLs carry in their query: taking them off, and when they expire."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

__all__ = ["expiry_note", "expiry_of", "unsigned", "without_queries"]

SIGNATURES: Final = frozenset({"sig", "signature", "x-amz-signature", "x-goog-signature"})
FIELDS: Final = SIGNATURES | {
    "sv", "se", "st", "sp", "sr", "spr", "sip", "srt", "ss", "skoid", "sktid", "skt", "ske", "sks", "skv",
    "awsaccesskeyid", "googleaccessid", "key-pair-id", "policy", "expires",
}  # fmt: skip
PREFIXES: Final = ("x-amz-", "x-goog-")
QUERY: Final = re.compile(r"""(https?://[^\s?#'",]+)[?#][^\s'",]*""")


def unsigned(url: str) -> str:
    """Return a URL without the signature that it carries, which changes while the file stays the same.

    >>> unsigned("https://a.blob.core.windows.net/c/b.tif?sv=2024&se=2024-05-01T00%3A00%3A00Z&sig=x%2By&page=2")
    'https://a.blob.core.windows.net/c/b.tif?page=2'
    """
    return _unsigned(url) if "?" in url else url


@lru_cache(maxsize=4096)
def _unsigned(url: str) -> str:
    parts = urlsplit(url)
    fields = parse_qsl(parts.query, keep_blank_values=True)
    if not any(name.lower() in SIGNATURES for name, _ in fields):
        return url
    kept = [one for one in fields if one[0].lower() not in FIELDS and not one[0].lower().startswith(PREFIXES)]
    return urlunsplit(parts._replace(query=urlencode(kept, quote_via=quote)))


def without_queries(text: str) -> str:
    """Return a text without the queries of URLs in it, in which signatures are.

    >>> without_queries("'/vsicurl/https://example.com/a.tif?sig=x#1' not recognized")
    "'/vsicurl/https://example.com/a.tif' not recognized"
    """
    return QUERY.sub(r"\1", text)


def expiry_of(url: str) -> datetime | None:
    """Return when the signature of a URL expires; None if it has none, or does not say.

    >>> expiry_of("https://b.s3.amazonaws.com/a.tif?X-Amz-Date=20240501T000000Z&X-Amz-Expires=60&X-Amz-Signature=x")
    datetime.datetime(2024, 5, 1, 0, 1, tzinfo=datetime.timezone.utc)
    """
    fields = {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}
    if not fields.keys() & SIGNATURES:
        return None
    try:
        if "se" in fields:
            moment = datetime.fromisoformat(fields["se"])
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        for prefix in PREFIXES:
            if f"{prefix}date" in fields:
                made = datetime.strptime(fields[f"{prefix}date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
                return made + timedelta(seconds=int(fields[f"{prefix}expires"]))
        return datetime.fromtimestamp(int(fields["expires"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def expiry_note(url: str) -> str:
    """Return what to add to the reason why a URL cannot be read: that its signature has expired, else nothing."""
    ends = expiry_of(url)
    return "" if ends is None or ends > datetime.now(UTC) else f"; its signature expired at {ends:%Y-%m-%d %H:%M} UTC"
