"""NumPy's linear algebra, of values that are computed later: `wf.numpy.linalg.inv(a)`.

Results and errors are NumPy's. None takes a `MaskedArray`: give `.filled(value)`.
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

from sdk import Array, IntLike, PlainArrayLike, Scalar, StrLike, Tuple

def cholesky(a: PlainArrayLike) -> Array:
    """The lower triangular matrix whose product with its transpose the matrix is."""

def inv(a: PlainArrayLike) -> Array:
    """The inverse of a matrix."""

def lstsq(a: PlainArrayLike, b: PlainArrayLike) -> Tuple[Array, Array, Array, Array]:
    """The solution of a x = b by least squares, the residuals, the rank and the singular values of a."""

@overload
def norm(x: PlainArrayLike, ord: IntLike | None = None, axis: None = None) -> Scalar:
    """The norm of a vector, or of a matrix."""

@overload
def norm(x: PlainArrayLike, ord: IntLike | None = None, *, axis: IntLike) -> Array: ...
def qr(a: PlainArrayLike, mode: StrLike = "reduced") -> Tuple[Array, Array]:
    """The matrices q, whose columns are orthonormal, and r, upper triangular, whose product the matrix is."""

def solve(a: PlainArrayLike, b: PlainArrayLike) -> Array:
    """The solution of a x = b."""

def svd(a: PlainArrayLike) -> Tuple[Array, Array, Array]:
    """The singular values s of a matrix u s v, between u and v."""

__all__ = ["cholesky", "inv", "lstsq", "norm", "qr", "solve", "svd"]
