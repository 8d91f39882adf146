"""NumPy's functions that make arrays out of numbers."""

from __future__ import annotations

from typing import Final

from sdk.graft.rules import fixed, list_of, unmasked
from sdk.language import numpy_sizes as sizes
from sdk.language.numpy_rows import Rows, functions

__all__ = ["FUNCTIONS"]

ARRAY, DTYPE, FLOATS = fixed("Array"), "dtype: DTypeLike | None = None", "dtype: DTypeLike = 'float'"
NUMBER, FILL = "Int | Float | Scalar | float", "fill_value: ScalarOrArrayLike"
FILLED = {"size": sizes.of_shape}

_ROWS: Final[Rows] = {
    "arange": (
        f"start: {NUMBER} = 0, stop: {NUMBER} | None = None, step: {NUMBER} = 1", ARRAY,
        "Numbers from `start` up to, not including, `stop`; of one number, those from 0.",
        {"size": sizes.arange, "named": ()},
    ),
    "eye": (
        f"N: IntLike, M: IntLike | None = None, k: IntLike = 0, {FLOATS}", ARRAY,
        "N rows and M columns with 1 on the k-th diagonal, else 0.", {"size": sizes.eye},
    ),
    "full": (f"shape: ShapeLike, {FILL}, {DTYPE}", ARRAY, "A shape filled with a value.", FILLED),
    "full_like": (f"a: ScalarOrArrayLike, {FILL}, {DTYPE}", ARRAY, "The shape of an array filled with a value."),
    "indices": (
        "dimensions: List[Int] | List[Float] | List[Bool] | Sequence[int], dtype: DTypeLike = 'int'", ARRAY,
        "The indices of a shape along each axis.", {"size": sizes.indices},
    ),
    "linspace": (
        f"start: FloatLike, stop: FloatLike, num: IntLike = 50, endpoint: BoolLike = True, {DTYPE}", ARRAY,
        "So many numbers at equal distances from `start` to `stop`.", {"size": sizes.linspace},
    ),
    "meshgrid": (
        "*xi: ScalarOrArrayLike, indexing: StrLike = 'xy', sparse: BoolLike = False", list_of(ARRAY),
        "The coordinates of a grid along each axis.",
        {"size": sizes.meshgrid, "allowed": {"indexing": ("xy", "ij")}},
    ),
    "ones": (f"shape: ShapeLike, {FLOATS}", ARRAY, "A shape filled with 1.", FILLED),
    "ones_like": (f"a: ScalarOrArrayLike, {DTYPE}", ARRAY, "The shape of an array filled with 1."),
    "zeros": (f"shape: ShapeLike, {FLOATS}", ARRAY, "A shape filled with 0.", FILLED),
    "zeros_like": ("a: ScalarOrArrayLike", unmasked("a"), "The shape of an array filled with 0."),
}  # fmt: skip

_EXAMPLES: Final = {
    "arange": "numpy.arange(0, 10, 2)",
    "full": "numpy.full([2, 3], 5)",
    "full_like": "numpy.full_like([1, 2], 5)",
    "linspace": "numpy.linspace(0.0, 1.0, 5)",
    "meshgrid": "numpy.meshgrid([1, 2], [3, 4, 5])",
}

FUNCTIONS = functions(_ROWS, _EXAMPLES)
