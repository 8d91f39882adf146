"""NumPy's functions of masked arrays, of values that are computed later: `wf.numpy.ma.masked_less(a, 0)`.

Results, masks and errors are those of `numpy.ma`.
"""

# Written by `make stubs` from the table of operations.
# mypy: disable-error-code="misc, override, overload-overlap, overload-cannot-match, type-arg"
# pyright: basic, reportIncompatibleMethodOverride=false, reportOverlappingOverload=false
# pyright: reportInconsistentOverload=false

from collections.abc import Sequence
from typing import Any as Untyped
from typing import overload

from numpy import dtype as _dtype
from numpy import ndarray

from sdk import (
    Array,
    ArrayLike,
    Bool,
    BoolLike,
    Float,
    FloatLike,
    Int,
    MaskedArray,
    PlainArrayLike,
    Scalar,
    ScalarOrArrayLike,
    ShapeLike,
)

@overload
def average(a: MaskedArray, axis: None = None, weights: ScalarOrArrayLike | None = None) -> Scalar:
    """The mean over some axes of what is not masked, weighted."""

@overload
def average(a: MaskedArray, axis: ShapeLike, weights: Scalar | float | PlainArrayLike | None = None) -> Array: ...
@overload
def average(a: MaskedArray, axis: ShapeLike, weights: ScalarOrArrayLike | None = None) -> MaskedArray: ...
def filled(a: MaskedArray, fill_value: ScalarOrArrayLike | None = None) -> Array:
    """With a value in place of what is masked; None is the array's own `fill_value`."""

def fix_invalid(a: ArrayLike, fill_value: ScalarOrArrayLike) -> MaskedArray:
    """With what is not finite masked, and a value below the mask."""

def masked_equal(x: ArrayLike, value: Bool | Int | Float | Scalar | float) -> MaskedArray:
    """With what equals a value masked."""

def masked_greater(x: ArrayLike, value: Bool | Int | Float | Scalar | float) -> MaskedArray:
    """With what is greater than a value masked."""

def masked_greater_equal(x: ArrayLike, value: Bool | Int | Float | Scalar | float) -> MaskedArray:
    """With what is not less than a value masked."""

def masked_inside(
    x: ArrayLike, v1: Bool | Int | Float | Scalar | float, v2: Bool | Int | Float | Scalar | float
) -> MaskedArray:
    """With what lies between two values, themselves included, masked."""

def masked_invalid(a: ArrayLike) -> MaskedArray:
    """With what is not finite masked."""

def masked_less(x: ArrayLike, value: Bool | Int | Float | Scalar | float) -> MaskedArray:
    """With what is less than a value masked."""

def masked_less_equal(x: ArrayLike, value: Bool | Int | Float | Scalar | float) -> MaskedArray:
    """With what is not greater than a value masked."""

def masked_not_equal(x: ArrayLike, value: Bool | Int | Float | Scalar | float) -> MaskedArray:
    """With what differs from a value masked."""

def masked_outside(
    x: ArrayLike, v1: Bool | Int | Float | Scalar | float, v2: Bool | Int | Float | Scalar | float
) -> MaskedArray:
    """With what does not lie between two values masked."""

def masked_values(
    x: ArrayLike,
    value: Bool | Int | Float | Scalar | float,
    rtol: FloatLike = 1e-05,
    atol: FloatLike = 1e-08,
    shrink: BoolLike = True,
) -> MaskedArray:
    """With what equals a value, within the tolerances, masked."""

def masked_where(
    condition: Array | MaskedArray | Scalar | Bool | Int | Float | float | list[Untyped], a: ArrayLike
) -> MaskedArray:
    """With what a condition is true for masked."""

masked_array = MaskedArray

__all__ = [
    "MaskedArray",
    "average",
    "filled",
    "fix_invalid",
    "masked_array",
    "masked_equal",
    "masked_greater",
    "masked_greater_equal",
    "masked_inside",
    "masked_invalid",
    "masked_less",
    "masked_less_equal",
    "masked_not_equal",
    "masked_outside",
    "masked_values",
    "masked_where",
]
