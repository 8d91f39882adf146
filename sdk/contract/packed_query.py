"""Packed queries: the keys of a style as one value of letters, digits, `-`, `_` and `~`, which every program keeps.

Some cut an address where `#`, `%` or `+` stands in it, as QGIS does.
"""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Container, Iterable
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

__all__ = ["NEVER_PACKED", "expand_query", "is_packed", "keep_whole", "pack_query", "read_query", "unpack_query"]

NEVER_PACKED: Final = frozenset({"session_id", "access_token", "link"})  # read before the style is
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


def keep_whole(pairs: Iterable[tuple[str, str]], apart: Container[str] = NEVER_PACKED) -> str:
    """Return the text of a query, packed if it has characters at which programs cut; the keys `apart` never are.

    >>> keep_whole([("scales", "[[0.0,0.9]]"), ("colormap", "magma")])
    'scales=[[0.0,0.9]]&colormap=magma'
    >>> keep_whole([("scales", "auto"), ("viz", "Trees & shrubs"), ("link", "x")])
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


def read_query(url: str) -> list[tuple[str, str]]:
    """Return the keys and values of an address's query, as `expand_query` does it.

    >>> read_query("/{z}/{x}/{y}.png?viz=~c2NhbGVzPWF1dG8mdml6PVRyZWVzKyUyNitzaHJ1YnM&link=x")
    [('scales', 'auto'), ('viz', 'Trees & shrubs'), ('link', 'x')]
    """
    return expand_query(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def expand_query(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return a query with what is packed in it in the place of `viz`; a key that stands in the query itself wins.

    >>> expand_query([("viz", pack_query([("scales", "auto"), ("gamma", "2")])), ("gamma", "1")])
    [('scales', 'auto'), ('gamma', '1')]
    """
    pairs = list(pairs)
    given = {key for key, value in pairs if not _packs(key, value)}
    return [
        pair
        for key, value in pairs
        for pair in (
            [each for each in unpack_query(value) if each[0] not in given] if _packs(key, value) else [(key, value)]
        )
    ]


def _packs(key: str, value: str) -> bool:
    return key == "viz" and is_packed(value)
