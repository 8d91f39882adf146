"""NumPy's functions on arrays element by element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graft_eval.errors import EvaluationError
from graft_eval.limits import Limits
from graft_eval.ops.array_functions import explained
from graft_eval.values.arrays import BYTES_PER_STEP, as_array, check_elements
from graft_eval.values.types import describe

__all__ = ["compute_arrays", "cost_of_arrays", "is_array", "is_scalar"]


def is_array(value: object) -> bool:
    """Return whether a value is NumPy's: an array or a scalar out of one."""
    return isinstance(value, np.ndarray | np.generic)


def is_scalar(value: object) -> bool:
    """Return whether a value is a number, one of NumPy, or the constant of `numpy.ma` for one that is masked."""
    return not isinstance(value, np.ndarray) or value is np.ma.masked


def compute_arrays(function: str, operands: Sequence[object]) -> object:
    """Return a NumPy function of arrays, of scalars and of numbers, masked as `numpy.ma` does it.

    >>> compute_arrays("add", (np.array([1, 2]), 2.5))
    array([3.5, 4.5])
    """
    _check(operands)
    masked = any(isinstance(operand, np.ma.MaskedArray) for operand in operands)
    called = getattr(np.ma, function, None) if masked else None
    with explained():
        result: Any = (called or getattr(np, function))(*operands)
    if not all(map(is_scalar, operands)):
        return as_array(result, masked=masked)
    return result if result is np.ma.masked else np.asarray(result)[()]


def cost_of_arrays(function: str, operands: Sequence[object], limits: Limits) -> int:
    """Return the steps that it takes; `LimitExceeded` if the result of arrays of these shapes were too large."""
    arrays = [operand for operand in operands if isinstance(operand, np.ndarray)]
    if not arrays or not all(is_array(operand) or isinstance(operand, bool | int | float) for operand in operands):
        return 0
    with explained():
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        itemsize = _itemsize(getattr(np, function), operands)
    return check_elements(int(np.prod(shape, dtype=object)), itemsize, limits) // BYTES_PER_STEP


def _itemsize(function: Any, operands: Sequence[object]) -> int:
    """Return the bytes of an element of the result."""
    masked = any(isinstance(operand, np.ma.MaskedArray) for operand in operands)
    if not isinstance(function, np.ufunc):
        return 8 + masked
    types = [operand.dtype if isinstance(operand, np.ndarray | np.generic) else type(operand) for operand in operands]
    resolved = function.resolve_dtypes((*(np.dtype(bool) if t is bool else t for t in types), None))
    return resolved[-1].itemsize + masked


def _check(operands: Sequence[object]) -> None:
    if not all(is_array(operand) or isinstance(operand, bool | int | float) for operand in operands):
        raise EvaluationError(f"is not defined for {' and '.join(map(describe, operands))}")
