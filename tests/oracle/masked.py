"""Reductions, composites and elementwise functions of pixels, by NumPy alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PARAMETRIC", "REDUCTIONS", "Masked", "composite", "elementwise", "fit", "percentile"]

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


def _majority(stack: Masked) -> Masked:
    found = []
    for column, valid in zip(stack.data.reshape(len(stack), -1).T.astype(float), ~_mask(stack).T, strict=True):
        values, counts = np.unique(column[valid], return_counts=True)
        found.append(values[counts.argmax()] if len(values) else np.nan)
    return np.ma.masked_invalid(np.reshape(found, stack.shape[1:]))


def _mask(stack: Masked) -> NDArray[np.bool_]:
    return np.ma.getmaskarray(stack).reshape(len(stack), -1)


REDUCTIONS: dict[str, Callable[[Masked], Masked]] = {
    "min": lambda stack: np.ma.min(stack, axis=0),
    "max": lambda stack: np.ma.max(stack, axis=0),
    "sum": lambda stack: np.ma.sum(stack.astype(float), axis=0),
    "mean": lambda stack: np.ma.mean(stack, axis=0),
    "std": lambda stack: np.ma.std(stack, axis=0),
    "median": lambda stack: np.ma.median(stack.astype(float), axis=0),
    "count": _count,
    "majority": _majority,
    "mosaic": _mosaic,
}


def percentile(stack: Masked, percent: float) -> Masked:
    """NumPy's percentile of the valid values of each pixel."""
    columns = zip(stack.data.reshape(len(stack), -1).T, ~_mask(stack).T, strict=True)
    found = [np.percentile(column[valid], percent) if valid.any() else np.nan for column, valid in columns]
    return np.ma.masked_invalid(np.reshape(found, stack.shape[1:]))


def fit(stack: Masked, terms: NDArray[np.float64], which: int) -> Masked:
    """One coefficient of least squares of each pixel, masked where some are open; `terms` are (plane, term)."""
    found = []
    for column, valid in zip(stack.data.reshape(len(stack), -1).T.astype(float), ~_mask(stack).T, strict=True):
        solution, _, rank, _ = np.linalg.lstsq(terms[valid], column[valid], rcond=1e-9)
        found.append(solution[which] if rank == terms.shape[1] else np.nan)
    return np.ma.masked_invalid(np.reshape(found, stack.shape[1:]))


def _harmonic(stack: Masked, params: Sequence[float], years: NDArray[np.float64]) -> Masked:
    order, which = map(int, params)
    waves = [wave(2 * np.pi * n * years) for n in range(1, order + 1) for wave in (np.cos, np.sin)]
    return fit(stack, np.stack([np.ones(len(years)), *waves], axis=1), which)


# Reductions of planes with their parameters and the coordinates of the planes.
PARAMETRIC: dict[str, Callable[[Masked, Sequence[float], NDArray[np.float64]], Masked]] = {
    "percentile": lambda stack, params, _: percentile(stack, *params),
    "trend": lambda stack, params, at: fit(stack, np.stack([np.ones(len(at)), at], axis=1), int(params[0])),
    "harmonic": _harmonic,
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
