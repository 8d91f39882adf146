"""Queries: those that all tiles of a map have in common are parsed once."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from starlette.datastructures import QueryParams
from starlette.types import Scope

__all__ = ["may_carry_credentials", "query_of"]

MAX_QUERIES: Final = 256
# The keys of a token and a link; one of them that is hidden by escapes has at least one of a small letter or `_`.
SIGN: Final = re.compile(rb"access_token|link|%[67]|%5[Ff]")


def query_of(scope: Scope) -> QueryParams:
    """Return the query of a request; it is kept for others that have the same, unless it may carry credentials."""
    query: bytes = scope["query_string"]
    return QueryParams(query) if may_carry_credentials(query) else _parse(query)


def may_carry_credentials(query: bytes) -> bool:
    """Return whether a query may have a token or a link, whose keys can be escaped.

    >>> [may_carry_credentials(query) for query in (b"link=a", b"%6cink=a", b"scales=%5B%5B0%2C1%5D%5D")]
    [True, True, False]
    """
    return SIGN.search(query) is not None


@lru_cache(MAX_QUERIES)  # 25 µs each
def _parse(query: bytes) -> QueryParams:
    return QueryParams(query)
