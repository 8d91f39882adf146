"""Headers that many answers have in common."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sdk.service.client import CHANNEL, CHANNEL_HEADER, VERSION_HEADER, client_version

__all__ = ["NO_STORE", "POLICY", "STANDARD", "for_partial"]

NO_STORE: Final[Mapping[str, str]] = MappingProxyType({"Cache-Control": "no-store"})

POLICY: Final = "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'"

# Of every answer: what browsers may do with it, and who speaks.
STANDARD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",  # a page's URL may carry a token or a link
        CHANNEL_HEADER: CHANNEL,
        VERSION_HEADER: client_version(),
    }
)


def for_partial(lacking: int) -> Mapping[str, str]:
    """Return the headers of an answer that nobody may keep, which says how many scenes it lacks, if any.

    >>> for_partial(3)["Graftile-Partial"], dict(for_partial(0))
    ('3', {'Cache-Control': 'no-store'})
    """
    return {**NO_STORE, "Graftile-Partial": str(lacking)} if lacking else NO_STORE
