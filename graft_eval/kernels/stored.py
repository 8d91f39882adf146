"""Kernels that reduce planes as their files hold them, and make physical values of the result alone.

All take `stored`, (plane, pixel), and the `rows` of it to reduce, in order, which have one scale and offset. Pixel
`start + p` of a plane is missing where row `which[k]` of `outside` says so, unless `covered[which[k]]`, where it is not
finite, and where it is `nodata[k]`, if `has_nodata[k]`. The result is that of reducing float64 values, bit for bit: a
scale keeps the order, or turns it round. Stored numbers take an eighth to a half of the room of float64 values with a
mask besides them, and so many more go through a vector unit at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel, part_of_kernel

__all__ = ["REDUCIBLE", "extreme_of_stored", "median_of_stored", "mosaic_of_stored"]

REDUCIBLE = ("uint8", "int16", "uint16", "int32", "float32")
CHUNK = 512  # pixels reduced side by side: 64 take twice the time, for loops start anew with each

Stored = NDArray[np.generic]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

SOURCE = "{0}[:, ::1], int64, boolean[:, ::1], boolean[::1], int64[::1], {0}[::1], boolean[::1], int64[::1]"
RESULT = "float64, float64, float64[::1], boolean[::1]"


@part_of_kernel
def take_valid(
    stored: Stored,
    start: int,
    outside: Flags,
    covered: Flags,
    which: Numbers,
    nodata: Stored,
    has_nodata: Flags,
    k: int,
    width: int,
    gone: Flags,
) -> int:
    """Say which of some pixels of plane k are missing, and return how many are not."""
    numbers = stored[k, start : start + width]
    if covered[which[k]]:
        for p in range(width):
            gone[p] = numbers[p] - numbers[p] != 0
    else:
        beyond = outside[which[k], start : start + width]
        for p in range(width):
            gone[p] = beyond[p] | (numbers[p] - numbers[p] != 0)
    if has_nodata[k]:
        missing = nodata[k]
        for p in range(width):
            gone[p] |= numbers[p] == missing
    valid = 0
    for p in range(width):
        valid += not gone[p]
    return valid


@kernel(*(f"void({SOURCE.format(t)}, int16[:, ::1], int64[::1], int64[::1], {t}, {RESULT})" for t in REDUCIBLE))
def median_of_stored(
    stored: Stored,
    start: int,
    outside: Flags,
    covered: Flags,
    which: Numbers,
    nodata: Stored,
    has_nodata: Flags,
    rows: Numbers,
    pairs: NDArray[np.int16],
    ends: Numbers,
    sizes: Numbers,
    last: np.generic,
    scale: float,
    offset: float,
    out: Floats,
    missing: Flags,
) -> None:
    """Fill `out` with the median of the valid pixels.

    `pairs[ends[s - 1]:ends[s]]` is the network that sorts `sizes[s]` planes; `last` a number that none is above.
    Planes without a valid pixel, as scenes below a cloud, are left out of every chunk by itself.
    """
    lanes = np.empty((rows.size + rows.size // 8 + 1, CHUNK), stored.dtype)
    valid = np.empty(CHUNK, np.uint16)
    gone = np.empty(CHUNK, np.bool_)
    for begin in range(0, out.size, CHUNK):
        width = min(CHUNK, out.size - begin)
        valid[:] = 0
        n = 0
        for k in rows:
            if take_valid(stored, start + begin, outside, covered, which, nodata, has_nodata, k, width, gone) == 0:
                continue
            numbers, lane = stored[k, start + begin : start + begin + width], lanes[n]
            for p in range(width):
                lane[p] = last if gone[p] else numbers[p]
                valid[p] += not gone[p]
            n += 1
        s = 0
        while sizes[s] < n:
            s += 1
        for row in range(n, sizes[s]):
            lanes[row, :] = last
        for at in range(ends[s - 1] if s else 0, ends[s]):
            low, high = lanes[pairs[at, 0]], lanes[pairs[at, 1]]
            for p in range(CHUNK):
                one, other = low[p], high[p]
                low[p] = one if one < other else other
                high[p] = other if one < other else one
        for p in range(width):
            count = np.int64(valid[p])
            missing[begin + p] = count == 0
            if count == 0:
                out[begin + p] = np.nan
            else:
                low_value = np.float64(lanes[(count - 1) // 2, p]) * scale + offset
                high_value = np.float64(lanes[count // 2, p]) * scale + offset
                out[begin + p] = (low_value + high_value) / 2.0


@kernel(*(f"void({SOURCE.format(t)}, {RESULT})" for t in REDUCIBLE))
def mosaic_of_stored(
    stored: Stored,
    start: int,
    outside: Flags,
    covered: Flags,
    which: Numbers,
    nodata: Stored,
    has_nodata: Flags,
    rows: Numbers,
    scale: float,
    offset: float,
    out: Floats,
    missing: Flags,
) -> None:
    """Fill `out` with the first valid pixels."""
    gone = np.empty(CHUNK, np.bool_)
    top = np.empty(CHUNK, stored.dtype)
    for begin in range(0, out.size, CHUNK):
        width = min(CHUNK, out.size - begin)
        lacking = missing[begin : begin + width]
        lacking[:] = True
        top[:] = 0
        for k in rows:
            if take_valid(stored, start + begin, outside, covered, which, nodata, has_nodata, k, width, gone) == 0:
                continue
            numbers, still = stored[k, start + begin : start + begin + width], 0
            for p in range(width):
                number, so_far = numbers[p], top[p]
                top[p] = number if lacking[p] & (not gone[p]) else so_far
                lacking[p] &= gone[p]
                still += lacking[p]
            if still == 0:
                break
        for p in range(width):
            out[begin + p] = np.nan if lacking[p] else np.float64(top[p]) * scale + offset


@kernel(*(f"void({SOURCE.format(t)}, boolean, {t}, {RESULT})" for t in REDUCIBLE))
def extreme_of_stored(
    stored: Stored,
    start: int,
    outside: Flags,
    covered: Flags,
    which: Numbers,
    nodata: Stored,
    has_nodata: Flags,
    rows: Numbers,
    least: bool,
    beyond: np.generic,
    scale: float,
    offset: float,
    out: Floats,
    missing: Flags,
) -> None:
    """Fill `out` with the least stored numbers, or the greatest; `beyond` is the one that any other comes before."""
    gone = np.empty(CHUNK, np.bool_)
    best = np.empty(CHUNK, stored.dtype)
    for begin in range(0, out.size, CHUNK):
        width = min(CHUNK, out.size - begin)
        lacking = missing[begin : begin + width]
        lacking[:] = True
        best[:] = beyond
        for k in rows:
            if take_valid(stored, start + begin, outside, covered, which, nodata, has_nodata, k, width, gone) == 0:
                continue
            numbers = stored[k, start + begin : start + begin + width]
            for p in range(width):
                number, so_far = numbers[p], best[p]
                better = (number < so_far) == least
                best[p] = number if better & (not gone[p]) else so_far
                lacking[p] &= gone[p]
        for p in range(width):
            out[begin + p] = np.nan if lacking[p] else np.float64(best[p]) * scale + offset
