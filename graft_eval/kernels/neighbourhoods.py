"""Kernels over rows and columns: each pixel is made of those around it, NaN where one of them is missing."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel, part_of_kernel

__all__ = [
    "ASPECT", "DEGREES", "LEAST", "MOST", "PERCENT", "TOTAL", "aggregate", "approach", "correlate", "deviate",
    "incline", "shade",
]  # fmt: skip

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
            x = (east - west) * across[at] + 0 * middle[p + 1]  # missing where the pixel itself is, too
            y = (north - south) * down[at]
            level = what == ASPECT and x == 0 and y == 0
            out[at, p] = _aspect(x, y) if what == ASPECT else _steepness(x, y, what)
            missing[at, p] = level or not math.isfinite(out[at, p])


@part_of_kernel
def _aspect(x: float, y: float) -> float:
    return math.degrees(math.atan2(-x, -y)) % 360.0


@part_of_kernel
def _steepness(x: float, y: float, what: int) -> float:
    steep = math.sqrt(x * x + y * y)
    return 100.0 * steep if what == PERCENT else math.degrees(math.atan(steep))


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
    start = np.inf if what == LEAST else -np.inf if what == MOST else 0.0
    taken, there = np.empty(data.shape[1]), np.empty(data.shape[1])  # of one row, so that its mask is asked once
    lines, counts = np.empty((rows, out.shape[1])), np.empty((rows, out.shape[1]))
    valid = np.empty(out.shape[1])
    for row in range(data.shape[0]):
        for p in range(taken.size):
            taken[p] = start if mask[row, p] else data[row, p]
            there[p] = 0.0 if mask[row, p] else 1.0
        line, count = lines[row % rows], counts[row % rows]
        line[:], count[:] = start, 0.0
        for along in range(cols):
            _join(line, taken[along:], what)
            _join(count, there[along:], TOTAL)
        at = row - rows + 1
        if at < 0:
            continue
        out[at, :], valid[:] = start, 0.0
        for down in range(rows):
            _join(out[at], lines[(at + down) % rows], what)
            _join(valid, counts[(at + down) % rows], TOTAL)
        for p in range(valid.size):
            if what == TOTAL:
                out[at, p] /= valid[p]
            missing[at, p] = valid[p] == 0 or not math.isfinite(out[at, p])


@kernel("void(float64[:, :], boolean[:, :], int64, int64, float64[:, ::1], boolean[:, ::1])")
def deviate(
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
    rows: int,
    cols: int,
    out: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> None:
    """Replace the means in `out`, as `aggregate` gives them, by standard deviations."""
    # Of differences from each mean: the sum of squares loses all digits where values are large and close together.
    lines = np.empty((rows, data.shape[1]))  # NaN where masked
    squares, valid = np.empty(out.shape[1]), np.empty(out.shape[1])
    for row in range(data.shape[0]):
        for p in range(data.shape[1]):
            lines[row % rows, p] = np.nan if mask[row, p] else data[row, p]
        at = row - rows + 1
        if at < 0:
            continue
        squares[:], valid[:] = 0.0, 0.0
        for line in range(rows):
            for along in range(cols):
                for p in range(squares.size):
                    beyond = lines[(at + line) % rows, p + along] - out[at, p]
                    there = beyond == beyond
                    squares[p] += beyond * beyond if there else 0.0
                    valid[p] += 1.0 if there else 0.0
        for p in range(squares.size):
            out[at, p] = math.sqrt(squares[p] / valid[p])
            missing[at, p] = missing[at, p] or not math.isfinite(out[at, p])


@part_of_kernel
def _join(so_far: NDArray[np.float64], more: NDArray[np.float64], what: int) -> None:
    if what == LEAST:
        for p in range(so_far.size):
            so_far[p] = more[p] if more[p] < so_far[p] else so_far[p]
    elif what == MOST:
        for p in range(so_far.size):
            so_far[p] = more[p] if more[p] > so_far[p] else so_far[p]
    else:
        for p in range(so_far.size):
            so_far[p] += more[p]


@kernel("void(boolean[:, :], int64, int64, float64[::1], float64[::1], float64, float64[:, ::1], boolean[:, ::1])")
def approach(
    there: NDArray[np.bool_],
    above: int,
    left: int,
    widths: NDArray[np.float64],
    heights: NDArray[np.float64],
    farthest: float,
    out: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> None:
    """Fill `out`, which begins `above` rows and `left` columns within `there`, with distances to pixels that are there.

    Pixels have a width and a height for each row of `out`, and are measured with those of the row that they are seen
    from. Missing where none is as near as `farthest`.
    """
    # Up and down first, as numbers of pixels; then along the row, no further than what is the nearest so far. What is
    # known of a pixel is compared as it is, so that no other way round of the arrays rounds it otherwise.
    rows, cols = out.shape
    far = float(there.shape[0] + 1)
    steps = np.empty((rows, there.shape[1]))
    since = np.full(there.shape[1], far)
    for row in range(there.shape[0]):
        for p in range(since.size):
            since[p] = 0.0 if there[row, p] else since[p] + 1.0
        if above <= row < above + rows:
            steps[row - above, :] = since
    since[:] = far
    for row in range(there.shape[0] - 1, above - 1, -1):
        for p in range(since.size):
            since[p] = 0.0 if there[row, p] else since[p] + 1.0
        if row < above + rows:
            nearest = steps[row - above]
            for p in range(since.size):
                nearest[p] = min(nearest[p], since[p])
    most = farthest * farthest
    squares = np.empty(there.shape[1])
    for row in range(rows):
        reach = 0  # of a row that is far from all, none: 10 ms instead of 390 for 1024 pixels around a tile
        for p in range(squares.size):
            down = steps[row, p] * heights[row]
            squares[p] = down * down if steps[row, p] < far else np.inf
            if squares[p] <= most:
                reach = squares.size
        for p in range(cols):
            at = p + left
            best = squares[at]
            for along in range(1, min(reach, max(at + 1, squares.size - at))):
                across = along * widths[row]
                square = across * across
                if not (square < best and square <= most):
                    break
                if along <= at:
                    best = min(best, square + squares[at - along])
                if at + along < squares.size:
                    best = min(best, square + squares[at + along])
            out[row, p] = math.sqrt(best)
            missing[row, p] = not best <= most
