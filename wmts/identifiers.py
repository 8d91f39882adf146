"""Identifiers that every client passes on unchanged: encoded from any text, and decoded back to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, urlencode

__all__ = [
    "SAFE",
    "decode",
    "dimension_identifier",
    "dimension_value",
    "encode",
    "layer_identifier",
    "parse_layer_identifier",
]

SAFE = re.compile(r"[A-Za-z0-9._:-]+")

# KVP names and template variables, which a dimension must not shadow; what the server's own URLs carry, too.
RESERVED_PARAMETERS = frozenset({
    "service", "request", "version", "layer", "style", "format", "tilematrixset", "tilematrix", "tilerow", "tilecol",
    "i", "j", "infoformat", "acceptversions", "acceptformats", "sections", "updatesequence",
    "access_token", "link", "session_id", "tile_matrix_sets", "dimensions", "time",
})  # fmt: skip
KEYWORDS = frozenset({"default", "current"})  # what stands for a value in requests

EMPTY = "--"
ESCAPE = re.compile(r"--([0-9A-F]{2})")
# A hyphen stays where no other hyphen and no escape follows it.
HARMFUL = re.compile(r"[^A-Za-z0-9._:-]|-(?![A-Za-z0-9._:]|\Z)")


def encode(text: str, reserved: Collection[str] = ()) -> str:
    """Return an identifier of letters, digits and `. _ : -` for any text; `decode` gives the text back.

    Every other byte of its UTF-8 becomes `--` and two hexadecimal digits. Texts in `reserved`, compared without
    case, are never the result: their first letter is written so. Nor are `.` and `..`, which URLs swallow.

    >>> encode("bob@example.com:cool_model/1.0.0-beta")
    'bob--40example.com:cool_model--2F1.0.0-beta'
    >>> encode("Default", reserved={"default"})
    '--44efault'
    """
    if not text:
        return EMPTY
    if text in {".", ".."} or text.casefold() in reserved:
        return _escape(text[0]) + encode(text[1:]) if len(text) > 1 else _escape(text)
    return HARMFUL.sub(lambda match: _escape(match[0]), text)


def decode(identifier: str) -> str:
    """Return the text that `encode` made `identifier` from.

    Raises ValueError for what is no such identifier.

    >>> decode("bob--40example.com:cool_model--2F1.0.0-beta")
    'bob@example.com:cool_model/1.0.0-beta'
    """
    if identifier == EMPTY:
        return ""
    if not SAFE.fullmatch(identifier) or "--" in ESCAPE.sub("", identifier):
        raise ValueError(f"an identifier is letters, digits, '.', '_', ':', '-' and escapes '--XX', not {identifier!r}")
    parts = ESCAPE.split(identifier)
    pieces = [bytes.fromhex(part) if index % 2 else part.encode() for index, part in enumerate(parts)]
    return b"".join(pieces).decode(errors="surrogatepass")


def layer_identifier(layer: str, values: Mapping[str, str] | None = None) -> str:
    """Return the identifier of `layer` (`email:name/version`, or the id of an XYZ), or of one combination of values.

    >>> layer_identifier("bob@example.com:snow/1.0.0", {"year": "2020"})
    'bob--40example.com:snow--2F1.0.0--3Fyear--3D2020'
    """
    return encode(f"{layer}?{urlencode(values or {}, errors='surrogatepass')}" if values or "?" in layer else layer)


def parse_layer_identifier(identifier: str) -> tuple[str, dict[str, str]]:
    """Return the layer and the values that `layer_identifier` made `identifier` from; raises ValueError as `decode`.

    >>> parse_layer_identifier("bob--40example.com:snow--2F1.0.0--3Fyear--3D2020")
    ('bob@example.com:snow/1.0.0', {'year': '2020'})
    """
    text = decode(identifier)
    if "?" not in text:
        return text, {}
    layer, _, values = text.rpartition("?")
    return layer, dict(parse_qsl(values, keep_blank_values=True, errors="surrogatepass"))


def dimension_identifier(parameter: str) -> str:
    """Return the identifier of the dimension for a parameter; never `Time` or the name of a WMTS parameter.

    >>> dimension_identifier("year"), dimension_identifier("style")
    ('year', '--73tyle')
    """
    return encode(parameter, RESERVED_PARAMETERS)


def dimension_value(text: str) -> str:
    """Return how a dimension's value is written in documents and requests; never `default` or `current`.

    >>> dimension_value("2020-01-01T00:00:00Z"), dimension_value("red/green")
    ('2020-01-01T00:00:00Z', 'red--2Fgreen')
    """
    return encode(text, KEYWORDS)


def _escape(character: str) -> str:
    return "".join(f"--{byte:02X}" for byte in character.encode(errors="surrogatepass"))
