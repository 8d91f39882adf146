"""Names that look like one that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from typing import Final

__all__ = ["find_near", "near"]

MAX_NAME: Final = 80  # characters of a name that are compared and shown
MAX_KNOWN: Final = 1000  # names that it is compared with


def find_near(name: str, known: Iterable[str], at_least: float = 0.6) -> str | None:
    """Return the name that was perhaps meant, None if nothing is alike enough: from 0, anything, to 1, the same.

    >>> find_near("virids", ["magma", "viridis"])
    'viridis'
    """
    found = get_close_matches(name[:MAX_NAME], list(islice(known, MAX_KNOWN)), 1, at_least)
    return found[0][:MAX_NAME] if found else None


def near(name: str, known: Iterable[str], at_least: float = 0.6) -> str:
    """Return the end of a message that names what was perhaps meant; empty if nothing is alike enough.

    >>> near("virids", ["magma", "viridis"]), near("x", ["magma"])
    ("; did you mean 'viridis'?", '')
    """
    found = find_near(name, known, at_least)
    return "" if found is None else f"; did you mean {found!r}?"
