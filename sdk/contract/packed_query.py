"""Packed queries: the keys of a style as one value of letters, digits, `-`, `_` and `~`, which every program keeps.

Some cut an address where `#`, `%` or `+` stands in it, as QGIS does.
"""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Container, Iterable
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

__all__ = ["is_packed", "keep_whole", "pack_query", "unpack_query"]

MARK: Final = "~"
SAFE: Final = "[],:~"  # as scales are written


def is_packed(value: str) -> bool:
    """Return whether a value of the key `viz` stands for a query."""
    return value.startswith(MARK)


def pack_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the value of the key `viz` that stands for further keys and their values.

    >>> pack_query([("colormap", '{"1":["#006400","Wald"]}')])
    '~Y29sb3JtYXA9JTdCJTIyMSUyMiUzQSU1QiUyMiUyMzAwNjQwMCUyMiUyQyUyMldhbGQlMjIlNUQlN0Q'
    """
    return MARK + urlsafe_b64encode(urlencode(list(pairs)).encode()).decode().rstrip("=")


def keep_whole(pairs: Iterable[tuple[str, str]], apart: Container[str] = ()) -> str:
    """Return the text of a query, packed if it has characters at which programs cut; the keys `apart` never are.

    >>> keep_whole([("scales", "auto"), ("viz", "Trees & shrubs"), ("link", "x")], {"link"})
    'viz=~c2NhbGVzPWF1dG8mdml6PVRyZWVzKyUyNitzaHJ1YnM&link=x'
    """
    pairs = list(pairs)
    style = [(key, value) for key, value in pairs if key not in apart]
    if any(character in urlencode(style, safe=SAFE) for character in "%+"):
        pairs = [("viz", pack_query(style)), *((key, value) for key, value in pairs if key in apart)]
    return urlencode(pairs, quote_via=quote, safe=SAFE)


def unpack_query(value: str) -> list[tuple[str, str]]:
    """Return the keys and values that a value stands for; raises ValueError for what stands for none.

    >>> unpack_query(pack_query([("band", "red"), ("band", "nir")]))
    [('band', 'red'), ('band', 'nir')]
    """
    coded = value.removeprefix(MARK).encode("ascii")
    text = b64decode(coded + b"=" * (-len(coded) % 4), b"-_", validate=True).decode()
    if not text:
        raise ValueError("nothing is packed")
    return parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict")
