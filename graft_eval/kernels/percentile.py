"""Percentiles of planes, by the sorting networks of the median."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel, part_of_kernel
from graft_eval.kernels.median import LANE, Counts, exchange

__all__ = ["percentile"]


@kernel(
    "void(float64[:, ::1], boolean[:, ::1], int64[::1], int16[:, ::1], int64[::1], int64[::1], float64, float64[::1],"
    " boolean[::1])"
)
def percentile(
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
    rows: NDArray[np.int64],
    pairs: NDArray[np.int16],
    ends: NDArray[np.int64],
    sizes: NDArray[np.int64],
    percent: float,
    out: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> None:
    """Fill `out` with a percentile of the valid pixels of `rows`; `pairs`, `ends` and `sizes` are networks for as many.

    It lies between two values in proportion, as NumPy's `linear` method says.
    """
    # The networks sort no further than the middle: beyond it, one counts from the other end, as of negated numbers.
    sign = 1.0 if percent <= 50.0 else -1.0
    part = (percent if percent <= 50.0 else 100.0 - percent) / 100.0
    lanes = np.empty((rows.size + rows.size // 8 + 1, LANE))
    valid = np.empty(LANE, np.uint16)
    for start in range(0, out.size, LANE):
        stop = min(start + LANE, out.size)
        valid[:] = 0
        n = 0
        for row in rows:
            n += fill_signed(data[row, start:stop], mask[row, start:stop], sign, lanes[n], valid) > 0
        s = 0
        while sizes[s] < n:
            s += 1
        for spare in range(n, sizes[s]):
            lanes[spare, :] = np.inf
        for at in range(ends[s - 1] if s > 0 else 0, ends[s]):
            exchange(lanes[pairs[at, 0]], lanes[pairs[at, 1]])
        for p in range(stop - start):
            count = np.int64(valid[p])
            if count == 0:
                out[start + p] = np.nan
                missing[start + p] = True
                continue
            place = part * (count - 1)
            below = np.int64(place)
            low, high = lanes[below, p], lanes[min(below + 1, count - 1), p]
            value = sign * (low + (high - low) * (place - below))
            out[start + p] = value
            missing[start + p] = not math.isfinite(value)


@part_of_kernel
def fill_signed(
    numbers: NDArray[np.float64], gone: NDArray[np.bool_], sign: float, lane: NDArray[np.float64], valid: Counts
) -> int:
    """Take pixels of a plane, times a sign, into a lane, count them, and return how many are valid."""
    there = 0
    for p in range(numbers.size):
        lane[p] = np.inf if gone[p] else sign * numbers[p]
        valid[p] += not gone[p]
        there += not gone[p]
    return there
