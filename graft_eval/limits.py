"""Bounds on what an evaluation may cost."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one request may cost; each is checked before the work starts."""

    graft_keys: int = 20_000
    graft_nesting: int = 500
    steps: int = 1_000_000  # of evaluation, arguments included
    seconds: float = 0.5  # of processor that evaluating takes, arguments included, besides pixels, arrays and searches
    string: int = 1 << 20  # characters
    list: int = 100_000  # elements
    array: int = 64 << 20  # bytes
    features: int = 10_000  # of a vector product that one evaluation reads
    vertices: int = 100_000  # of a geometry
    kernel: int = 10_000  # weights of a convolution
    scenes: int = 500  # whose pixels one evaluation reads
    pixels: int = 4096 * 4096  # of the grid of one evaluation
    values: int = 16 * 4096 * 4096  # of its output: pixels of all bands, of all images
    summed: int = 4096 * 4096  # pixels of all bands that a number is computed from, if those are more than of a grid
