"""NumPy's functions of masked arrays."""

from __future__ import annotations

from typing import Final

from sdk.graft.rules import fixed, reduced
from sdk.language.numpy_rows import Rows, functions

__all__ = ["FUNCTIONS"]

MASKED, NUMBER = fixed("MaskedArray"), "Bool | Int | Float | Scalar | float"
X_VALUE, X_V1_V2 = f"x: ArrayLike, value: {NUMBER}", f"x: ArrayLike, v1: {NUMBER}, v2: {NUMBER}"
CONDITION = "condition: Array | MaskedArray | Scalar | Bool | Int | Float | float | list[Untyped]"

_ROWS: Final[Rows] = {
    "ma.average": (
        "a: MaskedArray, axis: AxesLike = None, weights: ScalarOrArrayLike | None = None", reduced("a", "axis"),
        "The mean over some axes of what is not masked, weighted.",
    ),
    "ma.filled": (
        "a: MaskedArray, fill_value: ScalarOrArrayLike | None = None", fixed("Array"),
        "With a value in place of what is masked; None is the array's own `fill_value`.",
    ),
    "ma.fix_invalid": (
        "a: ArrayLike, fill_value: ScalarOrArrayLike", MASKED,
        "With what is not finite masked, and a value below the mask.",
    ),
    "ma.masked_equal": (X_VALUE, MASKED, "With what equals a value masked."),
    "ma.masked_greater": (X_VALUE, MASKED, "With what is greater than a value masked."),
    "ma.masked_greater_equal": (X_VALUE, MASKED, "With what is not less than a value masked."),
    "ma.masked_inside": (X_V1_V2, MASKED, "With what lies between two values, themselves included, masked."),
    "ma.masked_invalid": ("a: ArrayLike", MASKED, "With what is not finite masked."),
    "ma.masked_less": (X_VALUE, MASKED, "With what is less than a value masked."),
    "ma.masked_less_equal": (X_VALUE, MASKED, "With what is not greater than a value masked."),
    "ma.masked_not_equal": (X_VALUE, MASKED, "With what differs from a value masked."),
    "ma.masked_outside": (X_V1_V2, MASKED, "With what does not lie between two values masked."),
    "ma.masked_values": (
        f"{X_VALUE}, rtol: FloatLike = 1e-05, atol: FloatLike = 1e-08, shrink: BoolLike = True", MASKED,
        "With what equals a value, within the tolerances, masked.",
    ),
    "ma.masked_where": (f"{CONDITION}, a: ArrayLike", MASKED, "With what a condition is true for masked."),
}  # fmt: skip

_EXAMPLES: Final = {
    "ma.fix_invalid": "numpy.ma.fix_invalid([1.0, nan], 0.0)",
    "ma.masked_where": "numpy.ma.masked_where(Array([1, 2]) > 1, [1, 2])",
    **{name: f"numpy.{name}([1, 2, 3], 2)" for name, row in _ROWS.items() if row[0].startswith(X_VALUE)},
    **{name: f"numpy.{name}([1, 2, 3], 1, 2)" for name, row in _ROWS.items() if row[0] == X_V1_V2},
}

FUNCTIONS = functions(_ROWS, _EXAMPLES)
