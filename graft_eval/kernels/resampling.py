"""Kernels that weigh or summarize several source pixels for each output pixel.

Sources are (row, col) arrays of float64 where NaN is missing. Places in them are in pixels: pixel k reaches from k to
k + 1.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel, part_of_kernel

__all__ = ["CONVOLUTIONS", "SUMMARIES", "convolve", "summarize"]

# Name: number, and how many pixels it reaches.
CONVOLUTIONS: Final = {"bilinear": (0, 1.0), "cubic": (1, 2.0), "cubicspline": (2, 2.0), "lanczos": (3, 3.0)}
SUMMARIES: Final = {"average": 0, "mode": 1, "max": 2, "min": 3, "med": 4, "q1": 5, "q3": 6}

SNAP = 1e-6  # pixels of which less than this is covered are not


@part_of_kernel
def weigh(kind: int, distance: float) -> float:
    """The weight at a distance in pixels: triangle, Catmull-Rom, B-spline, Lanczos with three lobes."""
    x = abs(distance)
    if kind == 0:
        return max(0.0, 1.0 - x)
    if kind == 1:
        if x < 1.0:
            return (1.5 * x - 2.5) * x * x + 1.0
        return ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0 if x < 2.0 else 0.0
    if kind == 2:
        if x < 1.0:
            return (0.5 * x - 1.0) * x * x + 2.0 / 3.0
        return (2.0 - x) ** 3 / 6.0 if x < 2.0 else 0.0
    if x == 0.0:
        return 1.0
    return math.sin(math.pi * x) * math.sin(math.pi * x / 3.0) * 3.0 / (math.pi * x) ** 2 if x < 3.0 else 0.0


@kernel(
    "void(float64[:, ::1], float64[:, ::1], float64[:, ::1], int64, float64, UniTuple(float64, 2), float64[:, ::1])"
)
def convolve(
    source: NDArray[np.float64],
    down: NDArray[np.float64],
    along: NDArray[np.float64],
    kind: int,
    reach: float,
    stretch: tuple[float, float],
    out: NDArray[np.float64],
) -> None:
    """Fill `out` with weighted means of the source around the places (`down`, `along`).

    Weights are `stretch` (rows, cols) times as wide as those of a kernel that reaches `reach` pixels. Missing pixels
    take no part; next to them no weight is negative, lest the others are overdrawn. A place in a missing pixel is
    missing.
    """
    height, width = source.shape
    weights_down = np.empty(int(2 * reach * stretch[0]) + 3)
    weights_along = np.empty(int(2 * reach * stretch[1]) + 3)
    for row in range(out.shape[0]):
        for col in range(out.shape[1]):
            y, x = down[row, col], along[row, col]
            out[row, col] = np.nan
            if not (0.0 <= y < height and 0.0 <= x < width):  # False where not finite
                continue
            if math.isnan(source[int(y), int(x)]):
                continue
            top, bottom = math.ceil(y - 0.5 - reach * stretch[0]), math.floor(y - 0.5 + reach * stretch[0])
            left, right = math.ceil(x - 0.5 - reach * stretch[1]), math.floor(x - 0.5 + reach * stretch[1])
            for i in range(top, bottom + 1):
                weights_down[i - top] = weigh(kind, (i + 0.5 - y) / stretch[0])
            for j in range(left, right + 1):
                weights_along[j - left] = weigh(kind, (j + 0.5 - x) / stretch[1])
            total, positive, weight, weight_positive = 0.0, 0.0, 0.0, 0.0
            beside = top < 0 or bottom >= height or left < 0 or right >= width
            for i in range(max(top, 0), min(bottom + 1, height)):
                for j in range(max(left, 0), min(right + 1, width)):
                    value = source[i, j]
                    here = weights_down[i - top] * weights_along[j - left]
                    if math.isnan(value):
                        beside = beside or here != 0.0
                        continue
                    total += here * value
                    weight += here
                    positive += max(here, 0.0) * value
                    weight_positive += max(here, 0.0)
            out[row, col] = positive / weight_positive if beside else total / weight


@kernel(f"void({', '.join(['float64[:, ::1]'] * 5)}, int64, float64[:, ::1])")
def summarize(
    source: NDArray[np.float64],
    top: NDArray[np.float64],
    bottom: NDArray[np.float64],
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    kind: int,
    out: NDArray[np.float64],
) -> None:
    """Fill `out` with a summary of the source pixels that rectangles cover; NaN where none of them is valid.

    The mean and the mode count pixels by the share that is covered. Quantiles are values that occur, the lower of two.
    """
    height, width = source.shape
    values, shares = np.empty(64), np.empty(64)
    for row in range(out.shape[0]):
        for col in range(out.shape[1]):
            out[row, col] = np.nan
            y, y_end, x, x_end = top[row, col], bottom[row, col], left[row, col], right[row, col]
            if not (y < height and x < width and y_end > 0 and x_end > 0):  # False where not finite
                continue
            first_row, first_col = math.floor(y + SNAP), math.floor(x + SNAP)
            last_row = max(first_row + 1, math.ceil(y_end - SNAP))
            last_col = max(first_col + 1, math.ceil(x_end - SNAP))
            room = (last_row - first_row) * (last_col - first_col)
            if room > values.size:
                values, shares = np.empty(room), np.empty(room)
            n = 0
            for i in range(max(first_row, 0), min(last_row, height)):
                for j in range(max(first_col, 0), min(last_col, width)):
                    if not math.isnan(source[i, j]):
                        values[n] = source[i, j]
                        shares[n] = (min(i + 1, y_end) - max(i, y)) * (min(j + 1, x_end) - max(j, x))
                        n += 1
            if n > 0:
                out[row, col] = summary(kind, values[:n], shares[:n])


@part_of_kernel
def summary(kind: int, values: NDArray[np.float64], shares: NDArray[np.float64]) -> float:
    """The summary of some valid pixels."""
    if kind == 0:
        return float((values * shares).sum() / shares.sum())
    if kind == 1:
        return mode(values, shares)
    if kind == 2:
        return float(values.max())
    if kind == 3:
        return float(values.min())
    quantile = 0.5 if kind == 4 else (0.25 if kind == 5 else 0.75)
    return float(np.sort(values)[max(0, math.ceil(values.size * quantile) - 1)])


@part_of_kernel
def mode(values: NDArray[np.float64], shares: NDArray[np.float64]) -> float:
    """The value that covers most; the least one of several."""
    order = np.argsort(values)
    best, most, covered = values[order[0]], 0.0, 0.0
    for n in range(order.size):
        if n > 0 and values[order[n]] != values[order[n - 1]]:
            covered = 0.0
        covered += shares[order[n]]
        if covered > most + SNAP:
            best, most = values[order[n]], covered
    return float(best)
