"""Results as JSON, for those who read no Arrow.

Imagery is `{"ndarray": [[…]], "mask": [[…]], "properties", "bandinfo", "geocontext"}`, with null for masked pixels.
Where JSON has no form of its own, moments are RFC 3339, durations seconds, tuples lists, NaN and infinities null,
and keys that are no strings the JSON of the key.
"""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from sdk.contract.results import ImageCollectionResult, ImageResult

__all__ = ["to_json"]


def to_json(content: object) -> bytes:
    """Return a value's JSON in UTF-8.

    >>> to_json({1: (0.5, float("nan")), "width": timedelta(minutes=1)})
    b'{"1":[0.5,null],"width":60.0}'
    """
    return json.dumps(_plain(content), separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _plain(value: Any) -> Any:
    match value:
        case float() if not math.isfinite(value):
            return None
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {_key(key): _plain(item) for key, item in value.items()}
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case slice():
            return [_plain(value.start), _plain(value.stop), _plain(value.step)]
        case np.generic() | np.ndarray():
            return _plain_array(value)
        case ImageResult() | ImageCollectionResult():
            return {
                "ndarray": _plain_array(value.ndarray),
                "mask": np.ma.getmaskarray(value.ndarray).tolist(),
                "properties": _plain(value.properties),
                "bandinfo": _plain(value.bandinfo),
                "geocontext": _plain(value.geocontext),
            }
    return value


def _plain_array(array: Any) -> Any:
    """Nested lists of an array, None where it is masked or not finite."""
    finite = np.ma.masked_invalid(array) if array.dtype.kind == "f" else np.asanyarray(array)
    return finite.tolist() if array.dtype.kind in "biuf" else _plain(finite.tolist())


def _key(key: Any) -> str:
    plain = _plain(key)
    return plain if isinstance(plain, str) else json.dumps(plain, separators=(",", ":"))
