"""Indices of arrays, and how many elements they give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import EllipsisType
from typing import Any

import numpy as np

from graft_eval.errors import EvaluationError
from graft_eval.limits import Limits
from graft_eval.values.arrays import check_elements
from graft_eval.values.types import describe

__all__ = ["count_numbers", "index_of", "indexed_elements"]


def count_numbers(value: object) -> int:
    """Return how many numbers nested lists hold; `EvaluationError` if they hold anything else.

    >>> count_numbers([[1, 2], [3, np.zeros(4)]])
    7
    """
    if isinstance(value, list | tuple):
        return sum(map(count_numbers, value))
    if not isinstance(value, bool | int | float | np.generic | np.ndarray):
        raise EvaluationError(f"an array is made of nested lists of numbers, not of {describe(value)}")
    return value.size if isinstance(value, np.ndarray) else 1


def index_of(value: object, limits: Limits) -> tuple[Any, ...]:
    """Return an index as NumPy takes it, an entry for each axis or several; lists become arrays.

    >>> index_of((1, [True, False]), Limits())
    (1, array([ True, False]))
    """
    entries = value if isinstance(value, tuple) else (value,)
    return tuple(_entry(entry, limits) for entry in entries)


def _entry(value: object, limits: Limits) -> Any:
    if value is None or isinstance(value, bool | int | slice | EllipsisType):
        return value
    if isinstance(value, list | np.ndarray | np.generic):
        check_elements(count_numbers(value), 8, limits)
        try:
            array = np.asarray(np.ma.filled(value, 0) if isinstance(value, np.ma.MaskedArray) else value)
        except ValueError as exc:
            raise EvaluationError(f"an index must be made of lists of equal lengths: {exc}") from exc
        if array.size == 0 and isinstance(value, list):
            array = array.astype(int)
        if array.dtype.kind in "biu":
            return array
    raise EvaluationError(f"an array has no elements at {describe(value)}")


def indexed_elements(shape: Sequence[int], index: Sequence[Any]) -> int:
    """Return how many elements an index gives, at most, of an array of a shape.

    >>> indexed_elements((4, 6), (slice(0, 2), ...))
    12
    """
    left = len(shape) - sum(map(_axes, index))
    entries = list(index) if any(entry is ... for entry in index) else [*index, ...]
    count, at = 1, 0
    advanced: list[tuple[int, ...]] = []
    for entry in entries:
        if entry is ...:
            count *= math.prod(shape[at : at + max(left, 0)])
            at += max(left, 0)
        elif isinstance(entry, slice):
            count *= len(range(*entry.indices(shape[at]))) if at < len(shape) else 1
            at += 1
        elif isinstance(entry, np.ndarray):
            advanced.append((int(np.count_nonzero(entry)),) if entry.dtype.kind == "b" else entry.shape)
            at += _axes(entry)
        else:
            at += _axes(entry)
    try:
        return count * math.prod(np.broadcast_shapes(*advanced))
    except ValueError as exc:
        raise EvaluationError(str(exc)) from exc


def _axes(entry: object) -> int:
    """Return how many axes of the array an entry of its index stands for."""
    if entry is None or entry is ... or isinstance(entry, bool):
        return 0
    return entry.ndim if isinstance(entry, np.ndarray) and entry.dtype.kind == "b" else 1
