"""Kernels from output pixels to source coordinates, and from those to source pixels."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["count_in_blocks", "interpolate", "locate", "sort_by_blocks"]

COORDINATES = "float64[:, ::1], float64[:, ::1]"
PLACES = "int32[:, ::1], int32[:, ::1]"


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


@kernel(f"void({COORDINATES}, UniTuple(float64, 6), UniTuple(int64, 2), float64, {PLACES}, boolean[:, ::1])")
def locate(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    inverse: tuple[float, float, float, float, float, float],
    shape: tuple[int, int],
    snap: float,
    rows: NDArray[np.int32],
    cols: NDArray[np.int32],
    outside: NDArray[np.bool_],
) -> None:
    """Find the source pixels that contain coordinates; `inverse` is CRS to (col, row). Outside they are -1.

    What is within `snap` pixels of the next pixel lies in it.
    """
    a, b, c, d, e, f = inverse
    height, width = shape
    for row in range(x.shape[0]):
        for col in range(x.shape[1]):
            across = math.floor(a * x[row, col] + b * y[row, col] + c + snap)
            down = math.floor(d * x[row, col] + e * y[row, col] + f + snap)
            inside = 0.0 <= across < width and 0.0 <= down < height  # False where not finite
            outside[row, col] = not inside
            cols[row, col] = np.int32(across) if inside else np.int32(-1)
            rows[row, col] = np.int32(down) if inside else np.int32(-1)


@kernel(f"void({PLACES}, UniTuple(int64, 2), UniTuple(int64, 2), int64[:, ::1])")
def count_in_blocks(
    rows: NDArray[np.int32],
    cols: NDArray[np.int32],
    block: tuple[int, int],
    first: tuple[int, int],
    counts: NDArray[np.int64],
) -> None:
    """Count the pixels in each block of `block` (rows, cols) pixels; `counts[0, 0]` is of block `first` (row, col)."""
    for row in range(rows.shape[0]):
        for col in range(rows.shape[1]):
            if rows[row, col] >= 0:
                counts[rows[row, col] // block[0] - first[0], cols[row, col] // block[1] - first[1]] += 1


@kernel(f"void({PLACES}, UniTuple(int64, 2), UniTuple(int64, 2), int64, int64[:, ::1], uint32[::1], uint32[::1])")
def sort_by_blocks(
    rows: NDArray[np.int32],
    cols: NDArray[np.int32],
    block: tuple[int, int],
    first: tuple[int, int],
    width: int,
    next_in: NDArray[np.int64],
    targets: NDArray[np.uint32],
    sources: NDArray[np.uint32],
) -> None:
    """List all pixels block by block: their number in the grid, and in their block; both row by row.

    `next_in` says where each block's list starts, and then where it ends. Blocks at the right edge of the source,
    which is `width` pixels wide, are narrower.
    """
    for row in range(rows.shape[0]):
        for col in range(rows.shape[1]):
            down, along = rows[row, col], cols[row, col]
            if down >= 0:
                tile_row, tile_col = down // block[0], along // block[1]
                at = next_in[tile_row - first[0], tile_col - first[1]]
                next_in[tile_row - first[0], tile_col - first[1]] += 1
                left = tile_col * block[1]
                targets[at] = row * rows.shape[1] + col
                sources[at] = (down - tile_row * block[0]) * min(block[1], width - left) + along - left
