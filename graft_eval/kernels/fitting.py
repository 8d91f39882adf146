"""Fits of least squares to what planes hold, pixel by pixel."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["fit"]

OPEN = 1e-12  # of a term's own square: what is left of it below this is rounding, and its coefficient is open


@kernel("void(float64[:, ::1], boolean[:, ::1], int64[::1], float64[:, ::1], int64, float64[::1], boolean[::1])")
def fit(
    data: NDArray[np.float64],
    mask: NDArray[np.bool_],
    rows: NDArray[np.int64],
    terms: NDArray[np.float64],
    which: int,
    out: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> None:
    """Fill `out` with one of the coefficients by which `terms`, (row, term), add up to the valid pixels of `rows`.

    It is missing where those that are valid leave coefficients open.
    """
    size = terms.shape[1]
    squares = np.empty((size, size + 1))  # the normal equations, and their right side
    for p in range(out.size):
        squares[:, :] = 0.0
        for k in range(rows.size):
            if not mask[rows[k], p]:
                value = data[rows[k], p]
                for i in range(size):
                    for j in range(i, size):
                        squares[i, j] += terms[k, i] * terms[k, j]
                    squares[i, size] += terms[k, i] * value
        known = True
        # Elimination needs no pivots: the matrix is positive definite, or coefficients are open.
        for i in range(size):
            for j in range(i):
                squares[i, j] = squares[j, i]
        for i in range(size):
            least = OPEN * squares[i, i]
            for j in range(i):
                factor = squares[i, j] / squares[j, j] if squares[j, j] > 0 else 0.0
                for k in range(j, size + 1):
                    squares[i, k] -= factor * squares[j, k]
            known &= squares[i, i] > least
        for i in range(size - 1, which - 1, -1):
            for j in range(i + 1, size):
                squares[i, size] -= squares[i, j] * squares[j, size]
            squares[i, size] /= squares[i, i]
        out[p] = squares[which, size]
        missing[p] = not (known and math.isfinite(out[p]))
