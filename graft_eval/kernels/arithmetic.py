"""The kernel of arithmetic between planes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["ARITHMETIC", "combine"]

ARITHMETIC: Final[Mapping[str, int]] = {"add": 0, "subtract": 1, "multiply": 2, "divide": 3, "true_divide": 3}

PLANES = "float64[::1], boolean[::1]"


@kernel(f"void(int64, {PLANES}, {PLANES}, {PLANES})")
def combine(
    operation: int,
    x: NDArray[np.float64],
    x_mask: NDArray[np.bool_],
    y: NDArray[np.float64],
    y_mask: NDArray[np.bool_],
    out: NDArray[np.float64],
    missing: NDArray[np.bool_],
) -> None:
    """Add, subtract, multiply or divide; missing where either is masked, or the result is not finite.

    In one pass instead of NumPy's for the numbers and two for the masks: half the time.
    """
    if operation == 0:
        for p in range(out.size):
            out[p] = x[p] + y[p]
            missing[p] = x_mask[p] | y_mask[p] | (not math.isfinite(out[p]))
    elif operation == 1:
        for p in range(out.size):
            out[p] = x[p] - y[p]
            missing[p] = x_mask[p] | y_mask[p] | (not math.isfinite(out[p]))
    elif operation == 2:
        for p in range(out.size):
            out[p] = x[p] * y[p]
            missing[p] = x_mask[p] | y_mask[p] | (not math.isfinite(out[p]))
    else:
        for p in range(out.size):
            out[p] = x[p] / y[p]
            missing[p] = x_mask[p] | y_mask[p] | (not math.isfinite(out[p]))
