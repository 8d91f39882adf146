"""The kernel that makes an overview half as large as an image."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["average"]


@kernel(*(f"void({floats}[:, :, ::1], {floats}[:, :, ::1])" for floats in ("float32", "float64")))
def average(pixels: NDArray[Any], out: NDArray[Any]) -> None:
    """Fill `out` with averages of four pixels, (band, row, col), that leave out NaN; at the edges they are of fewer.

    NumPy takes two to nine times as long, as it makes large arrays on the way.
    """
    rows, cols = pixels.shape[1:]
    for band in range(out.shape[0]):
        for row in range(out.shape[1]):
            for col in range(out.shape[2]):
                total, count = 0.0, 0
                for down in range(2 * row, min(2 * row + 2, rows)):
                    for along in range(2 * col, min(2 * col + 2, cols)):
                        number = np.float64(pixels[band, down, along])
                        if not np.isnan(number):
                            total += number
                            count += 1
                out[band, row, col] = total / count if count else np.nan
