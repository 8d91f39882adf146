"""Kernels from output pixels to source coordinates, and from those to source pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel, part_of_kernel

__all__ = ["interpolate", "locate"]

COORDINATES = "float64[:, ::1], float64[:, ::1]"


@kernel(f"void(int64[:, ::1], float64[:, :, :, ::1], UniTuple(float64, 4), float64, {COORDINATES}, boolean[::1])")
def interpolate(
    cells: NDArray[np.int64],
    exact: NDArray[np.float64],
    inverse: tuple[float, float, float, float],
    tolerance: float,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    good: NDArray[np.bool_],
) -> None:
    """Fill `x` and `y` at the pixel centres of cells, by parabolas through exact coordinates at 3 x 3 nodes.

    A cell is (row, col, size) and may reach beyond the arrays; its exact coordinates are (5, 5, xy), on a lattice from
    corner to corner, of which every second one is a node. The others tell the error in source pixels, by `inverse`, the
    terms a, b, d, e of CRS to (col, row). Cells where it is not below the tolerance are not `good`, and not filled.
    """
    rows, cols = x.shape
    alongs = np.empty(cols)
    for cell in range(cells.shape[0]):
        good[cell] = is_near(exact[cell], inverse, tolerance)
        if not good[cell]:
            continue
        top, left, size = cells[cell, 0], cells[cell, 1], cells[cell, 2]
        first, last = max(left, 0), min(left + size, cols)
        for col in range(first, last):
            alongs[col] = (col - left + 0.5) / size
        for row in range(max(top, 0), min(top + size, rows)):
            for axis in range(2):
                out = (x if axis == 0 else y)[row]
                start, slope, bend = across_cell(exact[cell, :, :, axis], (row - top + 0.5) / size)
                for col in range(first, last):
                    out[col] = along_parabola(start, slope, bend, alongs[col])


@part_of_kernel
def is_near(exact: NDArray[np.float64], inverse: tuple[float, float, float, float], tolerance: float) -> bool:
    """Whether parabolas between nodes are near the exact coordinates, (5, 5, xy); not if any is not finite."""
    a, b, d, e = inverse
    for down in range(5):
        x_start, x_slope, x_bend = across_cell(exact[:, :, 0], down / 4)
        y_start, y_slope, y_bend = across_cell(exact[:, :, 1], down / 4)
        for along in range(5):
            x = along_parabola(x_start, x_slope, x_bend, along / 4) - exact[down, along, 0]
            y = along_parabola(y_start, y_slope, y_bend, along / 4) - exact[down, along, 1]
            if not (abs(a * x + b * y) < tolerance and abs(d * x + e * y) < tolerance):
                return False
    return True


@part_of_kernel
def across_cell(exact: NDArray[np.float64], down: float) -> tuple[float, float, float]:
    """The terms of the parabola along a cell, so far down in it, through its nodes: every second of 5 x 5."""
    return parabola(
        along_parabola(*parabola(exact[0, 0], exact[2, 0], exact[4, 0]), down),
        along_parabola(*parabola(exact[0, 2], exact[2, 2], exact[4, 2]), down),
        along_parabola(*parabola(exact[0, 4], exact[2, 4], exact[4, 4]), down),
    )


@part_of_kernel
def parabola(first: float, middle: float, last: float) -> tuple[float, float, float]:
    """The terms of the parabola with these values at 0, one half and 1."""
    return first, 4.0 * (middle - first) - (last - first), 2.0 * ((first - middle) + (last - middle))


@part_of_kernel
def along_parabola(start: float, slope: float, bend: float, at: float) -> float:
    """The value of a parabola."""
    return start + at * (slope + at * bend)


@kernel(
    f"int64({COORDINATES}, UniTuple(float64, 6), UniTuple(int64, 2), UniTuple(int64, 2), float64, uint32[::1],"
    " boolean[::1], int32[:, ::1])"
)
def locate(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    inverse: tuple[float, float, float, float, float, float],
    shape: tuple[int, int],
    block: tuple[int, int],
    snap: float,
    sources: NDArray[np.uint32],
    outside: NDArray[np.bool_],
    spans: NDArray[np.int32],
) -> int:
    """Find the source pixels that contain coordinates: their number, row by row, in the block that they lie in.

    `inverse` is CRS to (col, row), `block` the (rows, cols) of blocks, of which those at the right edge are narrower.
    What is within `snap` pixels of the next pixel lies in it. `spans`, which has room for one a pixel, is filled with
    the runs of pixels in one block, (block, from, to, 1 if their numbers follow each other), blocks counted row by
    row; outside of the source block and number are -1 and 0. Returns how many there are.
    """
    a, b, c, d, e, f = inverse
    height, width = shape
    tall, wide = block
    across_blocks = (width + wide - 1) // wide
    top, bottom, left, right = np.int32(0), np.int32(0), np.int32(0), np.int32(0)  # of the block met last
    number, before, straight = np.int32(-1), np.int32(-2), np.int32(1)
    rows, cols = x.shape
    source_rows, source_cols = np.empty(cols, np.int32), np.empty(cols, np.int32)
    found = 0
    for row in range(rows):
        xs, ys = x[row], y[row]
        for col in range(cols):
            across = a * xs[col] + b * ys[col] + c + snap
            down = d * xs[col] + e * ys[col] + f + snap
            inside = (across >= 0.0) & (across < width) & (down >= 0.0) & (down < height)  # False where not finite
            source_rows[col] = np.int32(down) if inside else np.int32(-1)
            source_cols[col] = np.int32(across) if inside else np.int32(-1)
        start = 0
        while start < cols:
            i, j, p = source_rows[start:], source_cols[start:], row * cols + start
            here = np.int32(-1)
            if i[0] < 0:
                length = length_of_run(i, j, np.int32(-1), np.int32(0), np.int32(-1), np.int32(0))
                sources[p : p + length] = 0
            else:
                if not (top <= i[0] < bottom and left <= j[0] < right):
                    top, left = np.int32(i[0] // tall * tall), np.int32(j[0] // wide * wide)
                    bottom, right = np.int32(min(int(top) + tall, height)), np.int32(min(int(left) + wide, width))
                    number = np.int32(i[0] // tall * across_blocks + j[0] // wide)
                here = number
                length = length_of_run(i, j, top, bottom, left, right)
                own, stride = sources[p : p + length], np.uint32(right - left)
                for k in range(length):
                    own[k] = np.uint32(np.uint32(i[k] - top) * stride + np.uint32(j[k] - left))
            outside[p : p + length] = here < 0
            first = p
            if here != before:
                spans[found, 0], spans[found, 1] = here, p
                if found:
                    spans[found - 1, 2], spans[found - 1, 3] = p, straight
                found += 1
                before, straight, first = here, np.int32(1), p + 1
            for k in range(first, p + length):
                if not straight:
                    break
                straight = np.int32(sources[k] == sources[k - 1] + 1)
            start += length
    if found:
        spans[found - 1, 2], spans[found - 1, 3] = rows * cols, straight
    return found


@part_of_kernel
def length_of_run(
    i: NDArray[np.int32], j: NDArray[np.int32], top: np.int32, bottom: np.int32, left: np.int32, right: np.int32
) -> int:
    """How many of these rows and columns, from the first on, lie in a block, as the first does."""
    count = 0
    for k in range(i.size):
        count += (top <= i[k]) & (i[k] < bottom) & (left <= j[k]) & (j[k] < right)
    if count == i.size:  # counted several at once, a tile within one block takes 0.04 ms, and otherwise 0.19
        return count
    count = 1
    while count < i.size and top <= i[count] < bottom and left <= j[count] < right:
        count += 1
    return count
