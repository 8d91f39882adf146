"""Kernels from output pixels to source coordinates, and from those to source pixels."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["interpolate", "list_spans", "locate"]

COORDINATES = "float64[:, ::1], float64[:, ::1]"
PLACES = "int32[::1], uint32[::1]"


@kernel(f"void(int64[:, ::1], float64[:, :, ::1], {COORDINATES})")
def interpolate(
    cells: NDArray[np.int64], corners: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> None:
    """Fill `x` and `y` at the pixel centres of cells, bilinearly from exact coordinates at the corners.

    A cell is (row, col, size) and may reach beyond the arrays; its corners are upper left, upper right, lower left,
    lower right, each (x, y).
    """
    rows, cols = x.shape
    for cell in range(cells.shape[0]):
        top, left, size = cells[cell, 0], cells[cell, 1], cells[cell, 2]
        known = corners[cell]
        for row in range(max(top, 0), min(top + size, rows)):
            down = (row - top + 0.5) / size
            x_left = known[0, 0] + down * (known[2, 0] - known[0, 0])
            x_right = known[1, 0] + down * (known[3, 0] - known[1, 0])
            y_left = known[0, 1] + down * (known[2, 1] - known[0, 1])
            y_right = known[1, 1] + down * (known[3, 1] - known[1, 1])
            for col in range(max(left, 0), min(left + size, cols)):
                along = (col - left + 0.5) / size
                x[row, col] = x_left + along * (x_right - x_left)
                y[row, col] = y_left + along * (y_right - y_left)


@kernel(
    f"int64({COORDINATES}, UniTuple(float64, 6), UniTuple(int64, 2), UniTuple(int64, 2), float64, {PLACES},"
    " boolean[::1])"
)
def locate(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    inverse: tuple[float, float, float, float, float, float],
    shape: tuple[int, int],
    block: tuple[int, int],
    snap: float,
    blocks: NDArray[np.int32],
    sources: NDArray[np.uint32],
    outside: NDArray[np.bool_],
) -> int:
    """Find the source pixels that contain coordinates: the number of their block, row by row, and theirs in it.

    `inverse` is CRS to (col, row), `block` the (rows, cols) of blocks, of which those at the right edge are narrower.
    What is within `snap` pixels of the next pixel lies in it. Outside of the source block and number are -1 and 0.
    Returns how often the block changes from one pixel to the next, the first one included.
    """
    a, b, c, d, e, f = inverse
    height, width = shape
    tall, wide = block
    across_blocks = (width + wide - 1) // wide
    top, left, right, bottom, stride = 0, 0, -1, -1, 0
    number = np.int32(-1)
    before, changes, p = np.int32(-2), 0, 0
    for row in range(x.shape[0]):
        for col in range(x.shape[1]):
            across = math.floor(a * x[row, col] + b * y[row, col] + c + snap)
            down = math.floor(d * x[row, col] + e * y[row, col] + f + snap)
            here = np.int32(-1)
            outside[p] = not (0.0 <= across < width and 0.0 <= down < height)  # True where not finite
            sources[p] = 0
            if not outside[p]:
                i, j = int(down), int(across)
                if not (top <= i < bottom and left <= j < right):  # mostly it is: no division
                    top, left = i // tall * tall, j // wide * wide
                    bottom, right = top + tall, min(left + wide, width)
                    number, stride = np.int32(i // tall * across_blocks + j // wide), right - left
                here = number
                sources[p] = (i - top) * stride + j - left
            blocks[p] = here
            changes += here != before
            before = here
            p += 1
    return changes


@kernel("void(int32[::1], int32[:, ::1])")
def list_spans(blocks: NDArray[np.int32], spans: NDArray[np.int32]) -> None:
    """List the runs of pixels in one block as (block, from, to)."""
    at = -1
    for p in range(blocks.size):
        if p == 0 or blocks[p] != blocks[p - 1]:
            at += 1
            spans[at, 0], spans[at, 1] = blocks[p], p
        spans[at, 2] = p + 1
