"""Kernels over rows and columns: each pixel is made of those around it, NaN where one of them is missing."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["ASPECT", "DEGREES", "LEAST", "MOST", "PERCENT", "TOTAL", "aggregate", "correlate", "incline", "shade"]

DEGREES, PERCENT, ASPECT = range(3)  # what is told of a slope
LEAST, MOST, TOTAL = range(3)  # what is told of what is around


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


@kernel("void(float64[:, :], boolean[:, :], float64[::1], float64[::1], int64, float64[:, ::1], boolean[:, ::1])")
def incline(
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
    across: NDArray[np.float64],
    down: NDArray[np.float64],
    what: int,
    out: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> None:
    """Fill `out`, a pixel smaller than `data` on each side, with the slope in degrees or percent, or the aspect.

    The aspect is where the ground faces, in degrees clockwise from the north, missing where it is level. Slopes are
    those of `shade`. Missing where one of 3 x 3 pixels is.
    """
    for at in range(out.shape[0]):
        for p in range(out.shape[1]):
            gone = False
            for i in range(3):
                for j in range(3):
                    gone |= mask[at + i, p + j]
            west = data[at, p] + 2 * data[at + 1, p] + data[at + 2, p]
            east = data[at, p + 2] + 2 * data[at + 1, p + 2] + data[at + 2, p + 2]
            north = data[at, p] + 2 * data[at, p + 1] + data[at, p + 2]
            south = data[at + 2, p] + 2 * data[at + 2, p + 1] + data[at + 2, p + 2]
            x, y = (east - west) * across[at], (north - south) * down[at]
            if what == ASPECT:
                gone |= x == 0 and y == 0
                value = math.degrees(math.atan2(-x, -y)) % 360.0
            else:
                steep = math.sqrt(x * x + y * y)
                value = 100.0 * steep if what == PERCENT else math.degrees(math.atan(steep))
            out[at, p] = value
            missing[at, p] = gone or not math.isfinite(value)


@kernel("void(float64[:, :], boolean[:, :], int64, int64, int64, float64[:, ::1], boolean[:, ::1])")
def aggregate(
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
    rows: int,
    cols: int,
    what: int,
    out: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> None:
    """Fill `out`, smaller than `data` by rows and columns less 1, with the least, the greatest or the mean of pixels.

    They are those from a pixel on, `rows` down and `cols` along, as far as they are valid; missing where none is.
    """
    # First along each row, then down: 10 steps for 5 x 5 pixels instead of 25. Not as running sums, whose rounding
    # would depend on where the array begins.
    width = out.shape[1]
    start = np.inf if what == LEAST else -np.inf if what == MOST else 0.0
    lines, counts = np.empty((rows, width)), np.empty((rows, width))
    valid = np.empty(width)
    for row in range(data.shape[0]):
        line, count = lines[row % rows], counts[row % rows]
        line[:], count[:] = start, 0.0
        for along in range(cols):
            for p in range(width):
                gone = mask[row, p + along]
                value = start if gone else data[row, p + along]
                so_far = line[p]
                if what == LEAST:
                    line[p] = value if value < so_far else so_far
                elif what == MOST:
                    line[p] = value if value > so_far else so_far
                else:
                    line[p] = so_far + value
                count[p] += 0.0 if gone else 1.0
        at = row - rows + 1
        if at < 0:
            continue
        out[at, :] = start
        valid[:] = 0.0
        for down in range(rows):
            line, count = lines[(at + down) % rows], counts[(at + down) % rows]
            for p in range(width):
                value, so_far = line[p], out[at, p]
                if what == LEAST:
                    out[at, p] = value if value < so_far else so_far
                elif what == MOST:
                    out[at, p] = value if value > so_far else so_far
                else:
                    out[at, p] = so_far + value
                valid[p] += count[p]
        for p in range(width):
            if what == TOTAL:
                out[at, p] /= valid[p]
            missing[at, p] = valid[p] == 0 or not math.isfinite(out[at, p])
