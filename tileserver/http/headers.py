"""Headers that many answers have in common."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sdk.service.client import CHANNEL, CHANNEL_HEADER, VERSION_HEADER, client_version

__all__ = ["NO_STORE", "STANDARD"]

NO_STORE: Final[Mapping[str, str]] = MappingProxyType({"Cache-Control": "no-store"})

# Of every answer: what browsers may do with it, and who speaks.
STANDARD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": (
            "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'"
        ),
        "Referrer-Policy": "no-referrer",  # a page's URL may carry a token or a link
        CHANNEL_HEADER: CHANNEL,
        VERSION_HEADER: client_version(),
    }
)
