"""Kernels from computed pixels to bytes: scaled, counted, put side by side in the rows of a PNG."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["UP", "bend", "count_levels", "interleave", "scale"]

UP: Final = 2  # the filter of PNG rows: each byte minus the one above it


@kernel("void(float64[:, ::1], boolean[:, ::1], float64[:, ::1], uint8[:, ::1], boolean[::1])")
def scale(
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
    scales: NDArray[np.float64],
    levels: NDArray[np.uint8],
    missing: NDArray[np.bool_],
) -> None:
    """Scale planes to bytes: floor(255 clip((unit * value - low) / span, 0, 1) + 0.5), 0 where masked or not finite.

    `scales` are (plane, 3): low, span and unit; with a span of 0 what is above is 255 and all else 0.
    `missing` becomes what is masked or not finite in any plane.
    """
    missing[:] = False
    for k in range(data.shape[0]):
        numbers, gone, out = data[k], mask[k], levels[k]
        low, span, unit = scales[k]
        for p in range(missing.size):
            valid = (not gone[p]) & math.isfinite(numbers[p])
            share = (numbers[p] * unit - low) / span
            share = share if share > 0.0 else 0.0  # NaN, too
            share = share if share < 1.0 else 1.0
            out[p] = np.uint8(np.int32(share * 255.0 + 0.5)) if valid else np.uint8(0)
            missing[p] |= not valid


@kernel("void(float64[:, ::1], boolean[:, ::1], float64[:, ::1], float64, uint8[:, ::1])")
def bend(
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
    scales: NDArray[np.float64],
    exponent: float,
    levels: NDArray[np.uint8],
) -> None:
    """Scale planes as `scale` does, but with each clipped share raised to a power; what is not valid stays as it is.

    It is a pass of its own, from the values, as bytes would show steps in the dark: 1 ms a plane, that others spare.
    """
    for k in range(data.shape[0]):
        numbers, gone, out = data[k], mask[k], levels[k]
        low, span, unit = scales[k]
        for p in range(numbers.size):
            if gone[p] or not math.isfinite(numbers[p]):
                continue
            share = (numbers[p] * unit - low) / span
            share = share if share > 0.0 else 0.0  # NaN, too
            share = share if share < 1.0 else 1.0
            out[p] = np.uint8(np.int32(share**exponent * 255.0 + 0.5))


@kernel("void(uint8[:, :, ::1], uint8[:, ::1])")
def interleave(planes: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """Put one, three or four planes, (plane, row, col), side by side in rows of a PNG behind the filter's number."""
    samples, rows, cols = planes.shape
    nothing = np.zeros(cols, np.uint8)
    for row in range(rows):
        line = out[row]
        line[0] = UP
        # A loop for each count of samples becomes vector instructions: 6 µs for a tile of three, where putting them
        # side by side first and filtering then takes 75.
        red, above_red = planes[0, row], planes[0, row - 1] if row else nothing
        if samples == 1:
            for x in range(cols):
                line[1 + x] = red[x] - above_red[x]
            continue
        green, above_green = planes[1, row], planes[1, row - 1] if row else nothing
        blue, above_blue = planes[2, row], planes[2, row - 1] if row else nothing
        if samples == 3:
            for x in range(cols):
                line[1 + 3 * x] = red[x] - above_red[x]
                line[2 + 3 * x] = green[x] - above_green[x]
                line[3 + 3 * x] = blue[x] - above_blue[x]
            continue
        alpha, above_alpha = planes[3, row], planes[3, row - 1] if row else nothing
        for x in range(cols):
            line[1 + 4 * x] = red[x] - above_red[x]
            line[2 + 4 * x] = green[x] - above_green[x]
            line[3 + 4 * x] = blue[x] - above_blue[x]
            line[4 + 4 * x] = alpha[x] - above_alpha[x]


@kernel("void(uint8[::1], boolean[::1], int64[::1])")
def count_levels(levels: NDArray[np.uint8], missing: NDArray[np.bool_], counts: NDArray[np.int64]) -> None:
    """Count how many pixels that are not missing have each level."""
    counts[:] = 0
    for p in range(levels.size):
        counts[levels[p]] += not missing[p]
