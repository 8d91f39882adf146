"""The median of planes, by a sorting network that runs over rows of pixels."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel, part_of_kernel

__all__ = ["Networks", "median", "network", "networks"]

LANE = 512  # pixels sorted side by side: 64 take 5 % longer, for loops start anew with each

Counts = NDArray[np.uint16]


@lru_cache(maxsize=1024)
def network(n: int) -> NDArray[np.int64]:
    """Return pairs (i, j) with i < j whose exchanges in order sort `n` numbers as far as the median needs them.

    Batcher's odd-even merge, less the exchanges that only order the upper half: with masked pixels sorted to the
    end, the median of the valid ones never lies beyond n // 2.
    """
    pairs = []
    p = 1
    while p < n:
        k = p
        while k >= 1:
            for j in range(k % p, n - k, 2 * k):
                for i in range(j, min(j + k, n - k)):
                    if i // (2 * p) == (i + k) // (2 * p):
                        pairs.append((i, i + k))
            k //= 2
        p *= 2
    needed = set(range(n // 2 + 1))
    kept = []
    for i, j in reversed(pairs):
        if i in needed or j in needed:
            needed |= {i, j}
            kept.append((i, j))
    return np.array(kept[::-1], dtype=np.int64).reshape(-1, 2)


class Networks(NamedTuple):
    """Networks of growing `sizes`, one after the other; `ends` says where each ends in `pairs`."""

    pairs: NDArray[np.int16]
    ends: NDArray[np.int64]
    sizes: NDArray[np.int64]


@lru_cache(maxsize=256)
def networks(n: int) -> Networks:
    """Return networks for up to `n` numbers: of all sizes up to 16, then of each an eighth larger than the last."""
    sizes = [1]
    while sizes[-1] < n:
        sizes.append(sizes[-1] + max(1, sizes[-1] // 8 if sizes[-1] >= 16 else 1))
    every = [network(size) for size in sizes]
    ends = np.cumsum([len(pairs) for pairs in every])
    return Networks(np.concatenate(every).astype(np.int16), ends.astype(np.int64), np.array(sizes, np.int64))


@kernel(
    "void(float64[:, ::1], boolean[:, ::1], int64[::1], int16[:, ::1], int64[::1], int64[::1], float64[::1],"
    " boolean[::1])"
)
def median(
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
    rows: NDArray[np.int64],
    pairs: NDArray[np.int16],
    ends: NDArray[np.int64],
    sizes: NDArray[np.int64],
    out: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> None:
    """Fill `out` with the median of the valid pixels of `rows`; `pairs`, `ends` and `sizes` are networks for as many.

    Planes without a valid pixel among those sorted side by side, as scenes below a cloud, are left out there.
    """
    lanes = np.empty((rows.size + rows.size // 8 + 1, LANE))
    valid = np.empty(LANE, np.uint16)
    for start in range(0, out.size, LANE):
        stop = min(start + LANE, out.size)
        valid[:] = 0
        n = 0
        for row in rows:
            n += fill(data[row, start:stop], mask[row, start:stop], lanes[n], valid) > 0
        s = 0
        while sizes[s] < n:
            s += 1
        for spare in range(n, sizes[s]):
            lanes[spare, :] = np.inf
        for at in range(ends[s - 1] if s > 0 else 0, ends[s]):
            exchange(lanes[pairs[at, 0]], lanes[pairs[at, 1]])
        pick(lanes, valid, out[start:stop], missing[start:stop])


@part_of_kernel
def fill(numbers: NDArray[np.float64], gone: NDArray[np.bool_], lane: NDArray[np.float64], valid: Counts) -> int:
    """Take pixels of a plane into a lane, count them, and return how many are valid."""
    there = 0
    for p in range(numbers.size):
        lane[p] = np.inf if gone[p] else numbers[p]
        valid[p] += not gone[p]
        there += not gone[p]
    return there


@part_of_kernel
def exchange(low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
    """Sort two lanes, pixel by pixel."""
    # Adding 0 makes new numbers of them. Else LLVM sees that one of the two may stay where it is, and stores with a
    # mask (vmaskmovpd), which takes twice as long.
    for p in range(low.size):
        one, other = low[p], high[p]
        less = one < other
        low[p] = (one if less else other) + 0.0
        high[p] = (other if less else one) + 0.0


@part_of_kernel
def pick(lanes: NDArray[np.float64], valid: Counts, out: NDArray[np.float64], missing: NDArray[np.bool_]) -> None:
    """Take the middle of what is sorted: that of the valid pixels, which come first."""
    for p in range(out.size):
        count = np.int64(valid[p])
        if count == 0:
            out[p] = np.nan
            missing[p] = True
        else:
            out[p] = (lanes[(count - 1) // 2, p] + lanes[count // 2, p]) / 2.0
            missing[p] = not math.isfinite(out[p])
