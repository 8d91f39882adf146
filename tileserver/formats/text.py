"""Results as JSON and what has its structure, for those who read no Arrow.

Imagery is `{"ndarray": [[…]], "mask": [[…]], "properties", "bandinfo", "geocontext"}`, with null for masked pixels.
Where JSON has no form of its own, moments are RFC 3339, durations seconds, tuples lists, NaN and infinities null,
and keys that are no strings the JSON of the key.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

import msgpack
import numpy as np

from sdk.contract.results import Result
from sdk.graft.types import form_of
from tileserver.formats.layout import CannotSave

__all__ = ["plain", "to_json", "to_msgpack"]


def to_json(content: object) -> bytes:
    """Return a value's JSON in UTF-8.

    >>> from datetime import timedelta
    >>> to_json({1: (0.5, float("nan")), "width": timedelta(minutes=1)})
    b'{"1":[0.5,null],"width":60.0}'
    """
    return b"".join(_pieces(content))


def _pieces(value: Any) -> Iterator[bytes]:
    """Yield the parts of a value's JSON: row by row of arrays, so that other threads have their turns in between."""
    match value:
        case Result():
            yield from _pieces(value.text())
        case dict():
            yield from _joined(((_dump(_key(key)) + b":", item) for key, item in value.items()), b"{}")
        case list() | tuple():
            yield from _joined(((b"", item) for item in value), b"[]")
        case np.ndarray() if value.ndim > 1:
            yield from _joined(((b"", row) for row in value), b"[]")
        case _:
            yield _dump(plain(value))


def _joined(items: Iterable[tuple[bytes, Any]], brackets: bytes) -> Iterator[bytes]:
    start = brackets[:1]
    for name, item in items:
        yield start + name
        yield from _pieces(item)
        start = b","
    yield brackets if start == brackets[:1] else brackets[1:]


def _dump(plain_value: object) -> bytes:
    return json.dumps(plain_value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def to_msgpack(content: object) -> bytes:
    """Return a value as MessagePack, in the structure of its JSON.

    >>> to_msgpack({1: (0.5, None)}).hex()
    '81a13192cb3fe0000000000000c0'
    """
    try:
        packed: bytes = msgpack.packb(plain(content))
    except OverflowError as exc:
        raise CannotSave("msgpack holds integers of 64 bits, and one of these is larger: use json") from exc
    return packed


def plain(value: Any) -> Any:
    """Return what JSON has of a value: null, booleans, numbers, strings, lists, and dicts of strings."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case list() | tuple():
            return [plain(item) for item in value]
        case dict():
            return {_key(key): plain(item) for key, item in value.items()}
        case Result():
            return plain(value.text())
        case np.generic() | np.ndarray():
            return _plain_array(value)
    form = form_of(value)
    return value if form is None else plain((form.text or form.draw)(value))


def _plain_array(array: Any) -> Any:
    """Nested lists of an array, None where it is masked or not finite."""
    finite = np.ma.masked_invalid(array) if array.dtype.kind == "f" else np.asanyarray(array)
    return finite.tolist() if array.dtype.kind in "biuf" else plain(finite.tolist())


def _key(key: Any) -> str:
    text = plain(key)
    return text if isinstance(text, str) else json.dumps(text, separators=(",", ":"))
