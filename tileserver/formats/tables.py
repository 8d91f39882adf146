"""Results as CSV: a header, and a row for each element."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from shapely.geometry import shape

from sdk.contract.results import (
    FeatureCollectionResult,
    FeatureResult,
    GeometryCollectionResult,
    GeometryResult,
    ImageCollectionResult,
    ImageResult,
)
from tileserver.formats.layout import CannotSave
from tileserver.formats.text import plain

__all__ = ["to_csv"]

VALUE: Final = "value"  # the column of what has no names
KEY: Final = "key"
GEOMETRY: Final = "geometry"

Row = Mapping[str, object]


def to_csv(content: object) -> bytes:
    r"""Return a table in UTF-8, as RFC 4180 has it.

    A list has a row for each element, a mapping one for each key, anything else is one row. The columns of a row are
    the keys of a mapping, the numbers of a list's elements, or `value`; those of features are their properties and the
    geometry as WKT. What is missing, masked or not finite is empty; cells that are no values themselves are JSON.

    >>> to_csv([{"red": 0.5, "nir": 1}, {"red": None, "swir": [1, 2]}])
    b'red,nir,swir\r\n0.5,1,\r\n,,"[1,2]"\r\n'
    """
    rows = _rows(content)
    columns = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue().encode()


def _rows(content: object) -> Sequence[Row]:
    match content:
        case FeatureCollectionResult(features=items) | GeometryCollectionResult(geometries=items) | list(items):
            return [_row(item) for item in items]
        case tuple(items):
            return [_row(item) for item in items]
        case dict(items):
            return [{KEY: key, **_row(item)} for key, item in items.items()]
        case np.ndarray() if content.ndim:
            if content.ndim > 2:
                raise CannotSave(f"a CSV has two dimensions, not {content.ndim}: use json or pyarrow")
            return [_row(item) for item in plain(content)]
    return [_row(content)]


def _row(item: object) -> Row:
    match item:
        case FeatureResult(geometry=geometry, properties=properties):
            return {**properties, GEOMETRY: shape(geometry.__geo_interface__).wkt}
        case GeometryResult() | GeometryCollectionResult():
            return {GEOMETRY: shape(item.__geo_interface__).wkt}
        case dict():
            return {name if isinstance(name, str) else _cell(name): value for name, value in item.items()}
        case list() | tuple():
            return {str(at): value for at, value in enumerate(item)}
        case np.ndarray() if item.ndim:
            return _row(plain(item))
    return {VALUE: item}


def _cell(value: Any) -> str:
    if isinstance(value, (ImageResult, ImageCollectionResult)):
        raise CannotSave("a CSV holds no pixels: use json or pyarrow")
    found = plain(value)
    if found is None:
        return ""
    return found if isinstance(found, str) else json.dumps(found, separators=(",", ":"), ensure_ascii=False)
