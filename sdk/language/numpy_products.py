"""NumPy's products of vectors and matrices, and linear algebra."""

from __future__ import annotations

from typing import Final

from sdk.graft.rules import fixed, reduced_to, widest
from sdk.language import numpy_sizes as sizes
from sdk.language.numpy_rows import Rows, functions

__all__ = ["FUNCTIONS"]

A_B, ARRAY = "a: ScalarOrArrayLike, b: ScalarOrArrayLike", fixed("Array")
MATRIX = "a: PlainArrayLike"
MATRIX_B = f"{MATRIX}, {MATRIX.replace('a:', 'b:')}"

_ROWS: Final[Rows] = {
    "dot": (
        A_B, widest("a", "b"), "The products of the rows of a with the columns of b, summed.",
        {"size": sizes.dot, "cost": sizes.dot_cost},
    ),
    "einsum": (
        "subscripts: StrLike, *operands: PlainArrayLike, "
        "dtype: DTypeLike | None = None, casting: StrLike = 'safe', optimize: BoolLike | StrLike = False",
        ARRAY, "The sums of products that Einstein's notation says, such as 'ij,jk->ik'. Always in one pass: what "
        "`optimize` says changes nothing.",
        {"size": sizes.einsum, "cost": sizes.einsum_cost},
    ),
    "outer": (A_B, ARRAY, "Each element of a times each of b.", {"size": sizes.outer}),
    "tensordot": (
        "a: ArrayLike, b: ArrayLike, axes: IntLike = 2", widest("a", "b"),
        "The products over the last axes of a and the first of b, summed.",
        {"size": sizes.tensordot, "cost": sizes.tensordot_cost},
    ),
    "vdot": (A_B, ARRAY, "The sum of the products of all elements.", {"size": sizes.one}),
    "linalg.cholesky": (MATRIX, ARRAY, "The lower triangular matrix whose product with its transpose the matrix is.",
                        {"cost": sizes.matrix_cost}),
    "linalg.inv": (MATRIX, ARRAY, "The inverse of a matrix.", {"cost": sizes.matrix_cost}),
    "linalg.lstsq": (
        MATRIX_B, fixed("Tuple[Array, Array, Array, Array]"),
        "The solution of a x = b by least squares, the residuals, the rank and the singular values of a.",
        {"size": sizes.solution, "cost": sizes.svd_cost},
    ),
    "linalg.norm": (
        f"{MATRIX.replace('a:', 'x:')}, ord: IntLike | None = None, axis: IntLike | None = None",
        reduced_to("Array", "axis"), "The norm of a vector, or of a matrix.", {"cost": sizes.norm_cost},
    ),
    "linalg.qr": (
        f"{MATRIX}, mode: StrLike = 'reduced'", fixed("Tuple[Array, Array]"),
        "The matrices q, whose columns are orthonormal, and r, upper triangular, whose product the matrix is.",
        {"size": sizes.qr, "cost": sizes.svd_cost, "allowed": {"mode": ("reduced", "complete")}},
    ),
    "linalg.solve": (MATRIX_B, ARRAY, "The solution of a x = b.", {"size": sizes.solution, "cost": sizes.matrix_cost}),
    "linalg.svd": (
        MATRIX, fixed("Tuple[Array, Array, Array]"), "The singular values s of a matrix u s v, between u and v.",
        {"size": sizes.svd, "cost": sizes.svd_cost},
    ),
}  # fmt: skip

_EXAMPLES: Final = {
    "einsum": 'numpy.einsum("ij->i", Array([[1, 2], [3, 4]]))',
    "linalg.cholesky": "numpy.linalg.cholesky([[2.0, 1.0], [1.0, 2.0]])",
}

FUNCTIONS = functions(_ROWS, _EXAMPLES)
