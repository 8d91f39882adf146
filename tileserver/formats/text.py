"""Results as JSON, for those who read no Arrow.

Imagery is `{"ndarray": [[…]], "mask": [[…]], "properties", "bandinfo", "geocontext"}`, with null for masked pixels.
Where JSON has no form of its own, moments are RFC 3339, durations seconds, tuples lists, NaN and infinities null,
and keys that are no strings the JSON of the key.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from sdk.contract.results import Result
from sdk.graft.types import form_of

__all__ = ["to_json"]


def to_json(content: object) -> bytes:
    """Return a value's JSON in UTF-8.

    >>> from datetime import timedelta
    >>> to_json({1: (0.5, float("nan")), "width": timedelta(minutes=1)})
    b'{"1":[0.5,null],"width":60.0}'
    """
    return json.dumps(_plain(content), separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {_key(key): _plain(item) for key, item in value.items()}
        case Result():
            return _plain(value.text())
        case np.generic() | np.ndarray():
            return _plain_array(value)
    form = form_of(value)
    return value if form is None else _plain((form.text or form.draw)(value))


def _plain_array(array: Any) -> Any:
    """Nested lists of an array, None where it is masked or not finite."""
    finite = np.ma.masked_invalid(array) if array.dtype.kind == "f" else np.asanyarray(array)
    return finite.tolist() if array.dtype.kind in "biuf" else _plain(finite.tolist())


def _key(key: Any) -> str:
    plain = _plain(key)
    return plain if isinstance(plain, str) else json.dumps(plain, separators=(",", ":"))
