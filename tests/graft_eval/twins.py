"""What kernels must agree with: the same by NumPy's masked arrays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = ["NUMPY_REDUCTIONS", "numpy_composite"]


def _mosaic(stack: np.ma.MaskedArray) -> np.ma.MaskedArray:
    valid = ~np.ma.getmaskarray(stack)
    first = valid.argmax(axis=0)[None]
    return np.ma.MaskedArray(np.take_along_axis(stack.data, first, 0)[0], ~valid.any(axis=0))


def _count(stack: np.ma.MaskedArray) -> np.ma.MaskedArray:
    count = (~np.ma.getmaskarray(stack)).sum(axis=0).astype(float)
    return np.ma.MaskedArray(count, count == 0)


NUMPY_REDUCTIONS: dict[str, Callable[[np.ma.MaskedArray], np.ma.MaskedArray]] = {
    "min": lambda stack: np.ma.min(stack, axis=0),
    "max": lambda stack: np.ma.max(stack, axis=0),
    "sum": lambda stack: np.ma.sum(stack, axis=0),
    "mean": lambda stack: np.ma.mean(stack, axis=0),
    "std": lambda stack: np.ma.std(stack, axis=0),
    "median": lambda stack: np.ma.median(stack, axis=0),
    "count": _count,
    "mosaic": _mosaic,
}


def numpy_composite(operation: str, keys: np.ma.MaskedArray, planes: np.ma.MaskedArray) -> np.ma.MaskedArray:
    worst = np.inf if operation == "argmin" else -np.inf
    at = getattr(np, operation)(keys.filled(worst), axis=0)[None]
    masked = np.take_along_axis(np.ma.getmaskarray(planes), at, 0)[0] | np.ma.getmaskarray(keys).all(axis=0)
    return np.ma.MaskedArray(np.take_along_axis(planes.data, at, 0)[0], masked)
