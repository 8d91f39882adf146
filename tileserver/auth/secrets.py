"""Secrets: tokens and the keys of links; random, shown once, stored as digests."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

__all__ = ["TOKEN_PREFIX", "digest_of", "new_id", "new_key", "new_token"]

TOKEN_PREFIX: Final = "graftile_"  # by which those who look for leaked secrets know one
SECRET_BYTES: Final = 32
ID_BYTES: Final = 6


def new_token() -> str:
    """Return a token: 256 random bits behind the prefix."""
    return TOKEN_PREFIX + new_key()


def new_key() -> str:
    """Return 256 random bits as text that fits into a URL."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_id() -> str:
    """Return a name for a secret that gives nothing of it away."""
    return secrets.token_hex(ID_BYTES)


def digest_of(secret: str) -> str:
    """Return the digest that is stored of a secret; as secrets are random, it cannot be reversed by guessing.

    >>> digest_of("abc")[:16]
    'ba7816bf8f01cfea'
    """
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
