"""Numba kernels over planes of pixels; each has a NumPy twin in the tests.

Kernels work on rows of pixels: `(plane, pixel)` arrays, C contiguous, float64 values with a mask (True is missing).
Values that are not masked are finite; what is below the mask may be anything.
"""

from graft_eval.kernels.compiled import warm

__all__ = ["warm"]
