"""Why a caller is turned away."""

from __future__ import annotations

__all__ = ["Forbidden", "IssuerUnavailable", "Unauthorized"]


class Unauthorized(Exception):
    """Who asks is not known: there is no token or link where one is needed, or a bad one."""


class Forbidden(Exception):
    """Who asks is known, and may not do this; that the thing is there is no secret to them."""


class IssuerUnavailable(Exception):
    """Nobody can be known for now: the issuer of tokens does not give its keys."""
