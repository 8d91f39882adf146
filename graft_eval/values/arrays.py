"""Arrays as values: those of NumPy, masked or not, bounded by their bytes."""

from __future__ import annotations

from types import EllipsisType
from typing import Any

import numpy as np

import sdk as wf
from graft_eval.errors import LimitExceeded
from graft_eval.limits import Limits
from graft_eval.values.types import ValueType, bind_type

__all__ = ["BYTES_PER_STEP", "Array", "MaskedArray", "as_array", "bytes_of", "check_elements"]

BYTES_PER_STEP = 1024  # so that the arrays of one evaluation take up to a gigabyte in all

Array = np.ndarray[Any, np.dtype[Any]]
MaskedArray = np.ma.MaskedArray[Any, np.dtype[Any]]


def as_array(value: Any, *, masked: bool) -> Array:
    """Return what NumPy gives as an array; the constant of `numpy.ma` that is a masked scalar as one of no axes."""
    if value is np.ma.masked:
        return np.ma.MaskedArray(0.0, mask=True)
    array: Array = np.ma.asanyarray(value) if masked else np.asanyarray(value)
    return array


def bytes_of(array: Array) -> int:
    """Return the bytes of an array, and of its mask if it has one."""
    mask = np.ma.getmask(array)
    return array.nbytes + (0 if mask is np.ma.nomask else mask.nbytes)


def check_elements(count: int, itemsize: int, limits: Limits) -> int:
    """Return the bytes of an array that has so many elements; `LimitExceeded` if they are too many."""
    size = count * itemsize
    if size > limits.array:
        raise LimitExceeded(f"the result would be an array of {size:,} bytes; the limit is {limits.array:,}")
    return size


def _size(array: Array, limits: Limits, what: str) -> int:
    size = bytes_of(array)
    if size > limits.array:
        raise LimitExceeded(f"{what} is an array of {size:,} bytes; the limit is {limits.array:,}")
    return size // BYTES_PER_STEP


def _summary(array: Array) -> str:
    """Return shape and dtype, as `(2, 3) float64`."""
    return f"{array.shape} {array.dtype}"


bind_type(ValueType(wf.Array._row, np.ndarray, summary=_summary, size=_size))
bind_type(ValueType(wf.MaskedArray._row, np.ma.MaskedArray, summary=_summary, size=_size))
bind_type(ValueType(wf.Scalar._row, np.generic, summary=str, to_wire=lambda scalar, send: scalar.item()))
bind_type(ValueType(wf.DType._row, np.dtype, summary=str, to_wire=lambda dtype, send: str(dtype)))
bind_type(ValueType(wf.EllipsisType._row, EllipsisType))
