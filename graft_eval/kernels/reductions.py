"""Kernels that reduce planes pixel by pixel, one plane after the other over rows of pixels.

All take `(data, mask)`, both (plane, pixel), and the `rows` of them to reduce, in order; they fill `out` and
`missing`. Masked pixels are left out; where all are masked, or the result is not finite, it is missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["REDUCTIONS", "composite"]

Reduction = Callable[
    [NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]], None
]
REDUCTIONS: dict[str, Reduction] = {}

PLANES = "float64[:, ::1], boolean[:, ::1], int64[::1]"
RESULT = "float64[::1], boolean[::1]"


def reduction(name: str) -> Callable[[Reduction], Reduction]:
    """Declare a kernel as the reduction of that name."""

    def declare(function: Reduction) -> Reduction:
        REDUCTIONS[name] = kernel(f"void({PLANES}, {RESULT})")(function)
        return REDUCTIONS[name]

    return declare


@reduction("min")
def minimum(data, mask, rows, out, missing):  # type: ignore[no-untyped-def]
    out[:] = np.inf
    for k in rows:
        for p in range(out.size):
            value = np.inf if mask[k, p] else data[k, p]
            out[p] = value if value < out[p] else out[p]
    for p in range(out.size):
        missing[p] = out[p] == np.inf


@reduction("max")
def maximum(data, mask, rows, out, missing):  # type: ignore[no-untyped-def]
    out[:] = -np.inf
    for k in rows:
        for p in range(out.size):
            value = -np.inf if mask[k, p] else data[k, p]
            out[p] = value if value > out[p] else out[p]
    for p in range(out.size):
        missing[p] = out[p] == -np.inf


@reduction("sum")
def total(data, mask, rows, out, missing):  # type: ignore[no-untyped-def]
    out[:] = 0.0
    missing[:] = True
    for k in rows:
        for p in range(out.size):
            out[p] += 0.0 if mask[k, p] else data[k, p]
            missing[p] &= mask[k, p]
    for p in range(out.size):
        missing[p] |= not math.isfinite(out[p])


@reduction("count")
def count(data, mask, rows, out, missing):  # type: ignore[no-untyped-def]
    out[:] = 0.0
    for k in rows:
        for p in range(out.size):
            out[p] += 0.0 if mask[k, p] else 1.0
    for p in range(out.size):
        missing[p] = out[p] == 0.0


@reduction("mean")
def mean(data, mask, rows, out, missing):  # type: ignore[no-untyped-def]
    valid = np.zeros(out.size)
    out[:] = 0.0
    for k in rows:
        for p in range(out.size):
            out[p] += 0.0 if mask[k, p] else data[k, p]
            valid[p] += 0.0 if mask[k, p] else 1.0
    for p in range(out.size):
        out[p] /= valid[p]
        missing[p] = not math.isfinite(out[p])


@reduction("std")
def deviation(data, mask, rows, out, missing):  # type: ignore[no-untyped-def]
    # In two passes: the sum of squares loses all digits where the values are large and close together.
    valid = np.zeros(out.size)
    middle = np.zeros(out.size)
    for k in rows:
        for p in range(out.size):
            middle[p] += 0.0 if mask[k, p] else data[k, p]
            valid[p] += 0.0 if mask[k, p] else 1.0
    for p in range(out.size):
        middle[p] /= valid[p]
    out[:] = 0.0
    for k in rows:
        for p in range(out.size):
            distance = 0.0 if mask[k, p] else data[k, p] - middle[p]
            out[p] += distance * distance
    for p in range(out.size):
        out[p] = math.sqrt(out[p] / valid[p])
        missing[p] = not math.isfinite(out[p])


@reduction("mosaic")
def mosaic(data, mask, rows, out, missing):  # type: ignore[no-untyped-def]
    out[:] = np.nan
    missing[:] = True
    for k in rows:
        for p in range(out.size):
            value, so_far = data[k, p], out[p]
            out[p] = value if missing[p] else so_far
            missing[p] &= mask[k, p]


@reduction("majority")
def majority(data, mask, rows, out, missing):  # type: ignore[no-untyped-def]
    # The value that most planes have; of several the least.
    values = np.empty(rows.size)
    for p in range(out.size):
        n = 0
        for k in rows:
            if not mask[k, p]:
                value, at = data[k, p], n
                while at > 0 and values[at - 1] > value:
                    values[at] = values[at - 1]
                    at -= 1
                values[at] = value
                n += 1
        out[p] = np.nan
        missing[p] = n == 0
        most, run = 0, 0
        for at in range(n):
            run = run + 1 if at > 0 and values[at] == values[at - 1] else 1
            if run > most:
                most = run
                out[p] = values[at]


@kernel(f"void({PLANES}, float64, {PLANES}, {RESULT})")
def composite(
    keys: NDArray[np.float64],
    key_mask: NDArray[np.bool_],
    key_rows: NDArray[np.int64],
    sign: float,
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
    rows: NDArray[np.int64],
    out: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> None:
    """Take per pixel the plane whose key times `sign` is the least; the first one wins ties.

    Masked keys are left out; the result is missing where all are, or where the plane taken is masked.
    """
    least = np.full(out.size, np.inf)
    out[:] = np.nan
    missing[:] = True
    for i in range(rows.size):
        key_row, row = key_rows[i], rows[i]
        for p in range(out.size):
            key, value, so_far = sign * keys[key_row, p], data[row, p], out[p]
            better = (key < least[p]) & (not key_mask[key_row, p])
            least[p] = key if better else least[p]
            out[p] = value if better else so_far
            missing[p] = (mask[row, p] & better) | (missing[p] & (not better))
