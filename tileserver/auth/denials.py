"""Errors of callers who are turned away."""

from __future__ import annotations

__all__ = ["Forbidden", "IssuerUnavailable", "Unauthorized"]


class Unauthorized(Exception):
    """The caller is not known: a token or link is needed and missing, or not valid."""


class Forbidden(Exception):
    """The caller is known, and may not do this; they may know that the object exists."""


class IssuerUnavailable(Exception):
    """Callers cannot be identified for now: the issuer of tokens does not give its keys."""
