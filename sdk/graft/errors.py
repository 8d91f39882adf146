"""Errors in writing a computation."""

from __future__ import annotations

__all__ = ["ProxyTypeError"]


class ProxyTypeError(TypeError):
    """A value cannot become the proxy type that an operation expects."""
