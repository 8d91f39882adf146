"""The kernel that undoes TIFF's horizontal predictor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["DIFFERENCES", "add_up"]

DIFFERENCES = ("uint8", "uint16", "uint32")


@kernel(*(f"void(Array({t}, 3, 'C', readonly=True), int64[::1], {t}[:, :, ::1])" for t in DIFFERENCES))
def add_up(
    differences: NDArray[np.unsignedinteger], samples: NDArray[np.int64], out: NDArray[np.unsignedinteger]
) -> None:
    """Fill `out`, (band, y, x), with some samples of a block of differences, (y, x, sample).

    Each pixel is stored as the difference from the one on its left, modulo the type. The block may be larger.
    """
    for y in range(out.shape[1]):
        for band in range(samples.size):
            row, sample = out[band, y], samples[band]
            value = differences[y, 0, sample]
            row[0] = value
            for x in range(1, out.shape[2]):
                value = differences.dtype.type(value + differences[y, x, sample])
                row[x] = value
