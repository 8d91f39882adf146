"""Reductions, composites and elementwise functions of pixels, by NumPy alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["REDUCTIONS", "Masked", "composite", "elementwise"]

Masked = np.ma.MaskedArray[Any, Any]

BITWISE = {"bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"}
LOGICAL = {"logical_and", "logical_or", "logical_xor", "logical_not"}


def _mosaic(stack: Masked) -> Masked:
    valid = ~np.ma.getmaskarray(stack)
    first = valid.argmax(axis=0)[None]
    return np.ma.MaskedArray(np.take_along_axis(stack.data, first, 0)[0], ~valid.any(axis=0))


def _count(stack: Masked) -> Masked:
    count = (~np.ma.getmaskarray(stack)).sum(axis=0).astype(float)
    return np.ma.MaskedArray(count, count == 0)


REDUCTIONS: dict[str, Callable[[Masked], Masked]] = {
    "min": lambda stack: np.ma.min(stack, axis=0),
    "max": lambda stack: np.ma.max(stack, axis=0),
    "sum": lambda stack: np.ma.sum(stack.astype(float), axis=0),
    "mean": lambda stack: np.ma.mean(stack, axis=0),
    "std": lambda stack: np.ma.std(stack, axis=0),
    "median": lambda stack: np.ma.median(stack.astype(float), axis=0),
    "count": _count,
    "mosaic": _mosaic,
}


def composite(operation: str, keys: Masked, planes: Masked) -> Masked:
    """Of each pixel, the plane whose key is the extreme one; `operation` is argmin or argmax."""
    worst = np.inf if operation == "argmin" else -np.inf
    at = getattr(np, operation)(np.ma.filled(keys.astype(float), worst), axis=0)[None]
    masked = np.take_along_axis(np.ma.getmaskarray(planes), at, 0)[0] | np.ma.getmaskarray(keys).all(axis=0)
    return np.ma.MaskedArray(np.take_along_axis(planes.data, at, 0)[0], masked)


def elementwise(function: str, arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """A function of NumPy, on numbers as float64; bits are those of the truncated integers."""
    if function in LOGICAL:
        arguments = [array != 0 for array in arrays]
    elif function not in BITWISE:
        arguments = [array.astype(float) for array in arrays]
    elif "shift" not in function and all(array.dtype == bool for array in arrays):
        arguments = list(arrays)
    else:
        arguments = [np.trunc(array.astype(float)).astype(np.int64) for array in arrays]
    result: NDArray[Any] = getattr(np, function)(*arguments)
    return result if result.dtype == bool else result.astype(float)
