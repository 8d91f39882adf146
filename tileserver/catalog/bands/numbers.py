"""Numbers: nodata, scales and ranges as Items tell them, believed where they can be."""

from __future__ import annotations

import math

import numpy as np

from tileserver.catalog.bands.assets import AssetBands
from tileserver.catalog.problems import Problem

__all__ = ["data_range_of", "nodata_of", "number_of"]


def nodata_of(
    said: object, of_file: float | None, dtype: str, asset: AssetBands, problems: list[Problem]
) -> float | None:
    """Return the nodata that an Item says, else the file's; one that the type cannot hold is a warning."""
    nodata = number_of("nodata", said, asset, problems)
    if nodata is None or _holds(dtype, nodata):
        return of_file if nodata is None else nodata
    text = f"asset {asset.given.key}: {dtype} cannot hold the Item's nodata {nodata:g}; the file's counts ({of_file})"
    problems.append(Problem("warning", text, advice="--nodata NUMBER, if another value means that nothing is there"))
    return of_file


def _holds(dtype: str, number: float) -> bool:
    """Return True if a type has this number, or one that it is rounded to."""
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return not math.isfinite(number) or abs(number) <= float(np.finfo(kind).max) * (1 + 1e-6)
    return number.is_integer() and np.iinfo(kind).min <= number <= np.iinfo(kind).max


def data_range_of(statistics: object, dtype: str, bits: int | None = None) -> tuple[float, float]:
    """Return the least and the greatest value as stored: the statistics', else those of an integer type or its bits."""
    if isinstance(statistics, dict):
        low, high = (statistics.get(name) for name in ("minimum", "maximum"))
        if isinstance(low, int | float) and isinstance(high, int | float) and -math.inf < low <= high < math.inf:
            return float(low), float(high)
    if bits is not None:
        return 0.0, float(2**bits - 1)
    if np.dtype(dtype).kind in "ui":
        return float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)
    return 0.0, 1.0


def number_of(field: str, value: object, asset: AssetBands, problems: list[Problem]) -> float | None:
    """Return a number as STAC writes it: "nan", "inf" and "-inf" are strings there. What is none is a warning."""
    if value is None or value == "":
        return None
    if not isinstance(value, bool) and (isinstance(value, int | float) or value in ("nan", "inf", "-inf")):
        number = float(value)
        if field == "nodata" or math.isfinite(number):
            return number
    text = f"asset {asset.given.key}: {field} must be a number, not {value!r}, and is left out"
    problems.append(Problem("warning", text))
    return None
