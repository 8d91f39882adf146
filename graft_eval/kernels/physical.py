"""Kernels that make physical values of stored numbers, and masks of what is not finite."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["STORED", "mask_not_finite", "paste", "to_physical"]

STORED = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64")


@kernel(
    *(
        f"void({stored}[:, ::1], int64, boolean[:, ::1], int64[::1], float64[::1], float64[::1], float64[::1],"
        " float64[:, ::1], boolean[:, ::1])"
        for stored in STORED
    )
)
def to_physical(
    stored: NDArray[np.generic],
    start: int,
    outside: NDArray[np.bool_],
    which: NDArray[np.int64],
    nodata: NDArray[np.float64],
    scale: NDArray[np.float64],
    offset: NDArray[np.float64],
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
) -> None:
    """Make `data` = stored * scale + offset and its mask, for the pixels from `start` on that `data` has room for.

    Row `which[k]` of `outside` says where plane k has no pixel: NaN, masked. Nodata (NaN for none) and what is
    not finite are masked.
    """
    for k in range(data.shape[0]):
        missing, gain, bias = nodata[k], scale[k], offset[k]
        gone = outside[which[k], start:]
        numbers = stored[k, start:]
        for p in range(data.shape[1]):
            number = np.float64(numbers[p])
            value = number * gain + bias
            data[k, p] = np.nan if gone[p] else value
            mask[k, p] = gone[p] | (number == missing) | (not math.isfinite(value))


@kernel("void(float64[::1], boolean[::1])")
def mask_not_finite(data: NDArray[np.float64], mask: NDArray[np.bool_]) -> None:
    """Mask what is not finite."""
    for p in range(data.size):
        mask[p] = mask[p] | (not math.isfinite(data[p]))


@kernel("void(float64[:, ::1], boolean[:, ::1], int64, int64, int64, float64[:, :, ::1], boolean[:, :, ::1])")
def paste(
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
    top: int,
    left: int,
    width: int,
    out: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> None:
    """Paste pixels, `width` a row, into planes (plane, row, col) at (top, left); masked values become 0."""
    for k in range(data.shape[0]):
        for row in range(data.shape[1] // width):
            numbers, gone = data[k, row * width : (row + 1) * width], mask[k, row * width : (row + 1) * width]
            there, lacking = out[k, top + row, left : left + width], missing[k, top + row, left : left + width]
            for p in range(width):
                there[p] = 0.0 if gone[p] else numbers[p]
                lacking[p] = gone[p]
