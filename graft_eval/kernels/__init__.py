"""Numba kernels over planes of pixels; each has a NumPy twin in the tests."""
