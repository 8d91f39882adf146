"""NumPy's functions that change elements or put them in another order or shape."""

from __future__ import annotations

from typing import Final

from sdk.graft.rules import at_least, fixed, like, list_of, one_or_list, unmasked, widest
from sdk.language import numpy_sizes as sizes
from sdk.language.numpy_rows import Rows, functions

__all__ = ["FUNCTIONS"]

ARRAY, SCALAR_OR_ARRAY = "a: ArrayLike", "a: ScalarOrArrayLike"
OFFSET = "offset: IntLike = 0, axis1: IntLike = 0, axis2: IntLike = 1"
OWN, ONE, JOINED, ARRAYS = like("a"), one_or_list("arys"), widest("arrays"), list_of(fixed("Array"))
ROUNDED = f"{SCALAR_OR_ARRAY}, decimals: IntLike = 0"
NUMBERS = "Int | Float | Scalar | float"

_ROWS: Final[Rows] = {
    "around": (ROUNDED, OWN, "Rounded to so many decimals; halves to the even one.", {"cost": sizes.round_cost}),
    "round": (ROUNDED, OWN, "Rounded to so many decimals; halves to the even one.", {"cost": sizes.round_cost}),
    "fix": ("x: ScalarOrArrayLike", like("x"), "Rounded to the integer nearest to 0."),
    "angle": ("z: ArrayLike, deg: BoolLike = False", fixed("Array"), "0, or pi where elements are negative."),
    "imag": ("val: ScalarOrArrayLike", at_least("Array", "val"), "The imaginary part: of real numbers 0."),
    "isreal": ("x: ScalarOrArrayLike", like("x"), "Where elements are real."),
    "real": ("val: ScalarOrArrayLike", like("val"), "The real part: of real numbers themselves."),
    "nan_to_num": ("x: ScalarOrArrayLike", like("x"), "With 0 for NaN, and the largest numbers for infinite ones."),
    "clip": (
        f"a: ScalarOrArrayLike, a_min: {NUMBERS} | ArrayLike, a_max: {NUMBERS} | ArrayLike", OWN,
        "With what is smaller than a_min raised to it, what is larger than a_max lowered.", {"size": sizes.broadcast},
    ),
    "where": (
        "condition: ArrayLike, x: ScalarOrArrayLike, y: ScalarOrArrayLike", fixed("Array"),
        "x where the condition is true, else y.", {"size": sizes.broadcast},
    ),
    "diff": (
        f"{ARRAY}, n: IntLike = 1, axis: IntLike = -1", OWN, "The differences of neighbours along an axis, n times.",
        {"cost": sizes.diff_cost},
    ),
    "ediff1d": (
        "ary: ScalarOrArrayLike, to_end: ScalarOrArrayLike | None = None, to_begin: ScalarOrArrayLike | None = None",
        at_least("Array", "ary"), "The differences of neighbours of all elements, between those that are given.",
    ),
    "gradient": (
        "f: ArrayLike, *varargs: IntLike | List[Int] | ArrayLike, edge_order: IntLike = 1, axis: IntLike | None = None",
        list_of(at_least("Array", "f")), "The slopes along each axis, or along one, for the distances given.",
        {"size": sizes.gradient},
    ),
    "argwhere": (ARRAY, fixed("Array"), "The indices of the elements that are not 0, a row for each.",
                 {"size": sizes.nonzero}),
    "flatnonzero": (SCALAR_OR_ARRAY, fixed("Array"), "The indices of the elements that are not 0, counted in a row."),
    "nonzero": (SCALAR_OR_ARRAY, ARRAYS, "The indices along each axis of the elements that are not 0.",
                {"size": sizes.nonzero}),
    "unravel_index": (
        "indices: ScalarOrArrayLike, shape: ShapeLike", list_of(unmasked("indices")),
        "The indices along each axis of elements counted in a row.", {"size": sizes.unravel_index},
    ),
    "atleast_1d": ("*arys: ScalarOrArrayLike", ONE, "With at least one axis."),
    "atleast_2d": ("*arys: ScalarOrArrayLike", ONE, "With at least two axes."),
    "atleast_3d": ("*arys: ScalarOrArrayLike", ONE, "With at least three axes."),
    "broadcast_arrays": (
        "*args: ArrayLike", list_of(at_least("Array", "args")), "In their common shape.",
        {"size": sizes.broadcast_arrays},
    ),
    "broadcast_to": (
        "array: ArrayLike, shape: List[Int] | Sequence[int]", like("array"), "Repeated to fill a shape.",
        {"size": sizes.broadcast_to},
    ),
    "compress": (
        "condition: ArrayLike, a: ArrayLike, axis: IntLike | None = None", OWN,
        "The elements along an axis, or of all, for which the condition is true.",
    ),
    "concatenate": ("arrays: ArraysLike, axis: IntLike = 0", JOINED, "Joined along an axis."),
    "dstack": ("arrays: ArraysLike", JOINED, "Joined along the third axis."),
    "hstack": ("arrays: ArraysLike", JOINED, "Joined along the second axis, or the one that there is."),
    "stack": ("arrays: ArraysLike, axis: IntLike = 0", JOINED, "Joined along a new axis."),
    "vstack": ("arrays: ArraysLike", JOINED, "Joined along the first axis, as rows."),
    "diag": ("v: ArrayLike", fixed("Array"), "The diagonal of a matrix, or the matrix of a diagonal.",
             {"size": sizes.diag}),
    "diagonal": (f"{ARRAY}, {OFFSET}", OWN, "The elements on a diagonal of two axes."),
    "insert": (
        "arr: ArrayLike, obj: IntLike | List[Int] | Slice | slice | Sequence[int], values: ScalarOrArrayLike, "
        "axis: IntLike", like("arr"), "With values before some indices along an axis.", {"size": sizes.insert},
    ),
    "moveaxis": (f"{ARRAY}, source: ShapeLike, destination: ShapeLike", OWN, "With axes at other places."),
    "pad": (
        "array: ScalarOrArrayLike, pad_width: ShapeLike, mode: StrLike = 'constant'", at_least("Array", "array"),
        "With so many elements before and after along each axis: 0 or, by the mode, others.",
        {"size": sizes.pad, "allowed": {"mode": (
            "constant", "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap",
            "empty",
        )}},
    ),
    "ravel": (SCALAR_OR_ARRAY, at_least("Array", "a"), "Along one axis, row by row."),
    "repeat": (
        f"{ARRAY}, repeats: IntLike, axis: IntLike | None = None", OWN, "With each element so many times.",
        {"size": sizes.repeat},
    ),
    "reshape": (f"{ARRAY}, newshape: List[Int] | Sequence[int]", OWN, "The same elements in another shape."),
    "roll": (
        f"{SCALAR_OR_ARRAY}, shift: ShapeLike, axis: AxesLike = None", OWN,
        "Moved along axes; those beyond the end come in at the start.",
    ),
    "rollaxis": (f"{ARRAY}, axis: IntLike, start: IntLike = 0", OWN, "With an axis moved before another."),
    "squeeze": (f"{SCALAR_OR_ARRAY}, axis: AxesLike = None", OWN, "Without axes of length 1."),
    "take": (
        f"{ARRAY}, indices: IntLike | List[Int] | ArrayLike, axis: IntLike | None = None", OWN,
        "The elements at indices along an axis, or of all.", {"size": sizes.take},
    ),
    "tile": ("A: ArrayLike, reps: ShapeLike | ArrayLike", like("A"), "Repeated along each axis.", {"size": sizes.tile}),
    "trace": (f"{ARRAY}, {OFFSET}", OWN, "The sum over a diagonal of two axes."),
    "transpose": (
        f"{ARRAY}, axes: List[Int] | Sequence[int] | None = None", OWN,
        "With axes in another order, the opposite one if none is given.",
    ),
    "tril": ("m: ArrayLike, k: IntLike = 0", like("m"), "With 0 above the k-th diagonal."),
    "triu": ("m: ArrayLike, k: IntLike = 0", like("m"), "With 0 below the k-th diagonal."),
}  # fmt: skip

_EXAMPLES: Final = {
    "unravel_index": "numpy.unravel_index([1, 3], [2, 2])",
    "compress": "numpy.compress([True, False], [1, 2])",
    "insert": "numpy.insert([1, 2], 1, 5, 0)",
    "moveaxis": "numpy.moveaxis([[1, 2], [3, 4]], 0, 1)",
    "rollaxis": "numpy.rollaxis([[1, 2], [3, 4]], 1)",
    "where": "numpy.where(Array([1, 2]) > 1, [3, 4], 0)",
    "clip": "numpy.clip([1, 2, 3], 2, 3)",
    "ediff1d": "numpy.ediff1d([1, 4, 9])",
}

FUNCTIONS = functions(_ROWS, _EXAMPLES)
