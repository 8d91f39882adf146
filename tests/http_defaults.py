"""How clients of HTTP behave in tests: they wait for a minute, and share the certificates that none of them needs."""

from __future__ import annotations

import os
import ssl
from functools import cache
from typing import Final

import httpcore2
from httpx2._config import DEFAULT_TIMEOUT_CONFIG

__all__ = ["set_defaults"]

SECONDS: Final = 60
_read_certificates: Final = httpcore2.default_ssl_context


def set_defaults() -> None:
    """Let all clients of this process behave so."""
    for phase in ("connect", "read", "write", "pool"):
        setattr(DEFAULT_TIMEOUT_CONFIG, phase, SECONDS)  # by default 5, which a busy machine may take
    setattr(httpcore2, "default_ssl_context", _shared_context)  # noqa: B010


def _shared_context(*, _trust_env: bool = True) -> ssl.SSLContext:
    """Return the context of the machine's certificates, which takes each client 25 ms to read."""
    return _kept_context(_trust_env, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache
def _kept_context(trust_env: bool, file: str | None, folder: str | None) -> ssl.SSLContext:
    return _read_certificates(_trust_env=trust_env)
