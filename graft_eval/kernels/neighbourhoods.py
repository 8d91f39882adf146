"""Kernels over rows and columns: each pixel is made of those around it, NaN where one of them is missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["correlate"]


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
