"""Names that look like one that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

__all__ = ["near"]

MAX_NAME: Final = 80  # characters of a name that are compared
MAX_KNOWN: Final = 1000  # names that it is compared with


def near(name: str, known: Iterable[str], at_least: float = 0.6) -> str:
    """Return the end of a message that names what was perhaps meant; empty if nothing is alike enough.

    >>> near("virids", ["magma", "viridis"]), near("x", ["magma"])
    ("; did you mean 'viridis'?", '')
    """
    found = get_close_matches(name[:MAX_NAME], list(known)[:MAX_KNOWN], 1, at_least)
    return f"; did you mean {found[0]!r}?" if found else ""
