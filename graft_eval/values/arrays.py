"""Arrays as values: those of NumPy, masked or not, bounded by their bytes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graft_eval.errors import LimitExceeded
from graft_eval.limits import Limits
from graft_eval.values.types import ValueType, bind_type
from sdk.graft.types import Type

__all__: list[str] = []

BYTES_PER_STEP = 1024  # so that the arrays of one evaluation take up to a gigabyte in all

Array = np.ndarray[Any, np.dtype[Any]]


def _size(array: Array, limits: Limits, what: str) -> int:
    mask = np.ma.getmask(array)
    size = array.nbytes + (0 if mask is np.ma.nomask else mask.nbytes)
    if size > limits.array:
        raise LimitExceeded(f"{what} is an array of {size:,} bytes; the limit is {limits.array:,}")
    return size // BYTES_PER_STEP


def _summary(array: Array) -> str:
    """Return shape and dtype, as `(2, 3) float64`."""
    return f"{array.shape} {array.dtype}"


bind_type(ValueType(Type("Array"), np.ndarray, summary=_summary, size=_size))
bind_type(ValueType(Type("MaskedArray"), np.ma.MaskedArray, summary=_summary, size=_size))
bind_type(ValueType(Type("Scalar"), np.generic, summary=str, to_wire=lambda scalar, send: scalar.item()))
