"""Kernels over rows and columns: each pixel is made of those around it, NaN where one of them is missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["correlate", "shade"]


@kernel("void(float64[:, :], boolean[:, :], float64[:, ::1], float64[:, ::1], boolean[:, ::1])")
def correlate(
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
    weights: NDArray[np.float64],
    out: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> None:
    """Fill `out`, smaller than `data` by the weights' shape less 1, with sums of the pixels times the weights.

    The first weight goes with the upper left pixel. Missing where a pixel is, whatever its weight, and where the sum
    is not finite.
    """
    rows, cols = weights.shape
    line = np.empty(data.shape[1])
    out[:, :] = 0.0
    # Row by row of the input, so that each is made NaN where it is masked only once.
    for row in range(data.shape[0]):
        for p in range(line.size):
            line[p] = np.nan if mask[row, p] else data[row, p]
        for down in range(max(0, row - out.shape[0] + 1), min(rows, row + 1)):
            sums = out[row - down]
            for along in range(cols):
                weight = weights[down, along]
                for p in range(sums.size):
                    sums[p] += weight * line[p + along]
    for row in range(out.shape[0]):
        for p in range(out.shape[1]):
            missing[row, p] = out[row, p] - out[row, p] != 0


@kernel(
    "void(float64[:, :], boolean[:, :], float64[::1], float64[::1], float64[::1], float64[:, ::1], boolean[:, ::1])"
)
def shade(
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
    across: NDArray[np.float64],
    down: NDArray[np.float64],
    light: NDArray[np.float64],
    out: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> None:
    """Fill `out`, a pixel smaller than `data` on each side, with 1 to 255 by the angle of the ground and the light.

    `light` points to it, (east, north, up). Slopes are Horn's: weighted differences of 3 x 3 pixels times `across` and
    `down`, by row. Missing where one of the nine is.
    """
    lines = np.empty((3, data.shape[1]))  # of rows above, at and below, NaN where masked
    for row in range(data.shape[0]):
        line = lines[row % 3]
        for p in range(line.size):
            line[p] = np.nan if mask[row, p] else data[row, p]
        if row < 2:
            continue
        at = row - 2
        above, middle, below = lines[at % 3], lines[(at + 1) % 3], lines[row % 3]
        for p in range(out.shape[1]):
            west, east = above[p] + 2 * middle[p] + below[p], above[p + 2] + 2 * middle[p + 2] + below[p + 2]
            north, south = above[p] + 2 * above[p + 1] + above[p + 2], below[p] + 2 * below[p + 1] + below[p + 2]
            x, y = (east - west) * across[at], (north - south) * down[at]
            # The pixel's own height is in no slope, but masks where it is missing.
            lit = (light[2] - light[0] * x - light[1] * y + 0 * middle[p + 1]) / np.sqrt(1 + x * x + y * y)
            value = 1 + 254 * lit
            out[at, p] = 1.0 if value < 1 else value
            missing[at, p] = value - value != 0
