"""Sizes of results, known before their pixels are computed."""

from __future__ import annotations

from typing import Final

from graft_eval.errors import LimitExceeded
from graft_eval.evaluation.surroundings import planes_of
from graft_eval.grid import Grid

__all__ = ["check_text", "numbers_of"]

MAX_NUMBERS: Final = 4096 * 4096  # as text, which takes 50 bytes of memory for each


def numbers_of(value: object, grid: Grid | None) -> int:
    """Return how many pixels a value's imagery has on a grid, in all bands of all images."""
    rows, cols = (0, 0) if grid is None else grid.shape
    return rows * cols * sum(1 for _ in planes_of(value))


def check_text(value: object, grid: Grid | None, format: str) -> None:
    """Raise `LimitExceeded` for imagery that would be too large as text."""
    if (numbers := numbers_of(value, grid)) > MAX_NUMBERS:
        raise LimitExceeded(
            f"{numbers:,} pixels of all bands are more than {format} takes, {MAX_NUMBERS:,}: ask for pyarrow or GeoTIFF"
        )
