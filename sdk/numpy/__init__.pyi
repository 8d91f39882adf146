"""NumPy's functions, of values that are computed later: `wf.numpy.sqrt(x)`.

They mean what NumPy's mean: shapes, dtypes, broadcasting, results and errors are its own. Of a `MaskedArray` they are
those of `numpy.ma`; where that has none, what is masked is left out, stays masked, or counts as 0 in products. A result
that would be larger than 64 MiB is refused before it is computed.
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
    ArraysLike,
    AxesLike,
    Bool,
    BoolLike,
    DTypeLike,
    Float,
    FloatLike,
    Int,
    IntLike,
    List,
    MaskedArray,
    NumberLike,
    NumericLike,
    PlainArrayLike,
    Scalar,
    ScalarOrArrayLike,
    ShapeLike,
    Slice,
    StrLike,
    Tuple,
    numpy,
    range,
)

@overload
def absolute(x: BoolLike) -> Bool:
    """The absolute value."""

@overload
def absolute(x: BoolLike | IntLike) -> Int: ...
@overload
def absolute(x: NumberLike) -> Float: ...
@overload
def absolute(x: NumberLike | Scalar) -> Scalar: ...
@overload
def absolute(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def absolute(x: NumericLike) -> MaskedArray: ...
@overload
def add(x1: BoolLike, x2: BoolLike) -> Bool:
    """x1 + x2."""

@overload
def add(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def add(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def add(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def add(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def add(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def all(a: ArrayLike, axis: None = None) -> Scalar:
    """Whether all elements over some axes are true."""

@overload
def all(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def all(a: ArrayLike, axis: ShapeLike) -> MaskedArray: ...
def allclose(
    a: ScalarOrArrayLike,
    b: ScalarOrArrayLike,
    rtol: FloatLike = 1e-05,
    atol: FloatLike = 1e-08,
    equal_nan: BoolLike = False,
) -> Scalar:
    """Whether all elements are equal within |a - b| <= atol + rtol * |b|."""

def angle(z: ArrayLike, deg: BoolLike = False) -> Array:
    """0, or pi where elements are negative."""

@overload
def any(a: ArrayLike, axis: None = None) -> Scalar:
    """Whether an element over some axes is true."""

@overload
def any(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def any(a: ArrayLike, axis: ShapeLike) -> MaskedArray: ...
def arange(
    start: Int | Float | Scalar | float = 0,
    stop: Int | Float | Scalar | float | None = None,
    step: Int | Float | Scalar | float = 1,
) -> Array:
    """Numbers from `start` up to, not including, `stop`; of one number, those from 0."""

@overload
def arccos(x: NumberLike | Scalar) -> Float:
    """The inverse cosine, in radians."""

@overload
def arccos(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def arccos(x: NumericLike) -> MaskedArray: ...
@overload
def arccosh(x: NumberLike | Scalar) -> Float:
    """The inverse hyperbolic cosine."""

@overload
def arccosh(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def arccosh(x: NumericLike) -> MaskedArray: ...
@overload
def arcsin(x: NumberLike | Scalar) -> Float:
    """The inverse sine, in radians."""

@overload
def arcsin(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def arcsin(x: NumericLike) -> MaskedArray: ...
@overload
def arcsinh(x: NumberLike | Scalar) -> Float:
    """The inverse hyperbolic sine."""

@overload
def arcsinh(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def arcsinh(x: NumericLike) -> MaskedArray: ...
@overload
def arctan(x: NumberLike | Scalar) -> Float:
    """The inverse tangent, in radians."""

@overload
def arctan(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def arctan(x: NumericLike) -> MaskedArray: ...
@overload
def arctan2(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Float:
    """The angle of the point (x2, x1), in radians from -pi to pi."""

@overload
def arctan2(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def arctan2(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def arctanh(x: NumberLike | Scalar) -> Float:
    """The inverse hyperbolic tangent."""

@overload
def arctanh(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def arctanh(x: NumericLike) -> MaskedArray: ...
@overload
def argmax(a: ArrayLike, axis: None = None) -> Scalar:
    """The index of the first greatest element along an axis."""

@overload
def argmax(a: ArrayLike, axis: IntLike) -> Array: ...
@overload
def argmin(a: ArrayLike, axis: None = None) -> Scalar:
    """The index of the first least element along an axis."""

@overload
def argmin(a: ArrayLike, axis: IntLike) -> Array: ...
def argwhere(a: ArrayLike) -> Array:
    """The indices of the elements that are not 0, a row for each."""

@overload
def around(a: Scalar, decimals: IntLike = 0) -> Scalar:
    """Rounded to so many decimals; halves to the even one."""

@overload
def around(a: Scalar | float | PlainArrayLike, decimals: IntLike = 0) -> Array: ...
@overload
def around(a: ScalarOrArrayLike, decimals: IntLike = 0) -> MaskedArray: ...
@overload
def atleast_1d(ary: Scalar | float | PlainArrayLike, /) -> Array:
    """With at least one axis."""

@overload
def atleast_1d(ary: ScalarOrArrayLike, /) -> MaskedArray: ...
@overload
def atleast_1d(*arys: Scalar | float | PlainArrayLike) -> List[Array]: ...
@overload
def atleast_1d(*arys: ScalarOrArrayLike) -> List[MaskedArray]: ...
@overload
def atleast_2d(ary: Scalar | float | PlainArrayLike, /) -> Array:
    """With at least two axes."""

@overload
def atleast_2d(ary: ScalarOrArrayLike, /) -> MaskedArray: ...
@overload
def atleast_2d(*arys: Scalar | float | PlainArrayLike) -> List[Array]: ...
@overload
def atleast_2d(*arys: ScalarOrArrayLike) -> List[MaskedArray]: ...
@overload
def atleast_3d(ary: Scalar | float | PlainArrayLike, /) -> Array:
    """With at least three axes."""

@overload
def atleast_3d(ary: ScalarOrArrayLike, /) -> MaskedArray: ...
@overload
def atleast_3d(*arys: Scalar | float | PlainArrayLike) -> List[Array]: ...
@overload
def atleast_3d(*arys: ScalarOrArrayLike) -> List[MaskedArray]: ...
@overload
def average(a: ScalarOrArrayLike, axis: None = None, weights: ScalarOrArrayLike | None = None) -> Scalar:
    """The mean over some axes, weighted."""

@overload
def average(
    a: Scalar | float | PlainArrayLike, axis: ShapeLike, weights: Scalar | float | PlainArrayLike | None = None
) -> Array: ...
@overload
def average(a: ScalarOrArrayLike, axis: ShapeLike, weights: ScalarOrArrayLike | None = None) -> MaskedArray: ...
def bincount(x: ArrayLike, weights: ArrayLike | None = None, minlength: IntLike = 0) -> Array:
    """How often each integer from 0 on is there, or the sums of the weights there."""

@overload
def bitwise_and(x1: BoolLike, x2: BoolLike) -> Bool:
    """And of booleans, else of the bits of integers."""

@overload
def bitwise_and(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def bitwise_and(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def bitwise_and(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def bitwise_and(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def bitwise_and(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def bitwise_not(x: BoolLike) -> Bool:
    """Not of a boolean, else of the bits of an integer."""

@overload
def bitwise_not(x: BoolLike | IntLike) -> Int: ...
@overload
def bitwise_not(x: NumberLike) -> Float: ...
@overload
def bitwise_not(x: NumberLike | Scalar) -> Scalar: ...
@overload
def bitwise_not(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def bitwise_not(x: NumericLike) -> MaskedArray: ...
@overload
def bitwise_or(x1: BoolLike, x2: BoolLike) -> Bool:
    """Or of booleans, else of the bits of integers."""

@overload
def bitwise_or(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def bitwise_or(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def bitwise_or(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def bitwise_or(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def bitwise_or(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def bitwise_xor(x1: BoolLike, x2: BoolLike) -> Bool:
    """Exclusive or of booleans, else of the bits of integers."""

@overload
def bitwise_xor(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def bitwise_xor(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def bitwise_xor(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def bitwise_xor(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def bitwise_xor(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def broadcast_arrays(*args: Scalar | float | PlainArrayLike) -> List[Array]:
    """In their common shape."""

@overload
def broadcast_arrays(*args: ArrayLike) -> List[MaskedArray]: ...
@overload
def broadcast_to(array: Scalar | float | PlainArrayLike, shape: List[Int] | Sequence[int]) -> Array:
    """Repeated to fill a shape."""

@overload
def broadcast_to(array: ArrayLike, shape: List[Int] | Sequence[int]) -> MaskedArray: ...
@overload
def cbrt(x: NumberLike | Scalar) -> Float:
    """The cube root."""

@overload
def cbrt(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def cbrt(x: NumericLike) -> MaskedArray: ...
@overload
def ceil(x: BoolLike) -> Bool:
    """The least integer that is not smaller."""

@overload
def ceil(x: BoolLike | IntLike) -> Int: ...
@overload
def ceil(x: NumberLike) -> Float: ...
@overload
def ceil(x: NumberLike | Scalar) -> Scalar: ...
@overload
def ceil(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def ceil(x: NumericLike) -> MaskedArray: ...
@overload
def clip(
    a: Scalar, a_min: Int | Float | Scalar | float | ArrayLike, a_max: Int | Float | Scalar | float | ArrayLike
) -> Scalar:
    """With what is smaller than a_min raised to it, what is larger than a_max lowered."""

@overload
def clip(
    a: Scalar | float | PlainArrayLike,
    a_min: Int | Float | Scalar | float | Scalar | float | PlainArrayLike,
    a_max: Int | Float | Scalar | float | Scalar | float | PlainArrayLike,
) -> Array: ...
@overload
def clip(
    a: ScalarOrArrayLike,
    a_min: Int | Float | Scalar | float | ArrayLike,
    a_max: Int | Float | Scalar | float | ArrayLike,
) -> MaskedArray: ...
@overload
def compress(
    condition: Scalar | float | PlainArrayLike, a: Scalar | float | PlainArrayLike, axis: IntLike | None = None
) -> Array:
    """The elements along an axis, or of all, for which the condition is true."""

@overload
def compress(condition: ArrayLike, a: ArrayLike, axis: IntLike | None = None) -> MaskedArray: ...
@overload
def concatenate(arrays: List[Array] | Sequence[PlainArrayLike], axis: IntLike = 0) -> Array:
    """Joined along an axis."""

@overload
def concatenate(arrays: ArraysLike, axis: IntLike = 0) -> MaskedArray: ...
@overload
def conj(x: BoolLike) -> Bool:
    """The complex conjugate: of a real number the number itself."""

@overload
def conj(x: BoolLike | IntLike) -> Int: ...
@overload
def conj(x: NumberLike) -> Float: ...
@overload
def conj(x: NumberLike | Scalar) -> Scalar: ...
@overload
def conj(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def conj(x: NumericLike) -> MaskedArray: ...
@overload
def conjugate(x: BoolLike) -> Bool:
    """The complex conjugate: of a real number the number itself."""

@overload
def conjugate(x: BoolLike | IntLike) -> Int: ...
@overload
def conjugate(x: NumberLike) -> Float: ...
@overload
def conjugate(x: NumberLike | Scalar) -> Scalar: ...
@overload
def conjugate(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def conjugate(x: NumericLike) -> MaskedArray: ...
@overload
def copysign(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Float:
    """x1 with the sign of x2."""

@overload
def copysign(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def copysign(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def corrcoef(
    x: Scalar | float | PlainArrayLike, y: Scalar | float | PlainArrayLike | None = None, rowvar: BoolLike = True
) -> Array:
    """The correlation coefficients of the rows, or with `rowvar=False` of the columns."""

@overload
def corrcoef(x: ArrayLike, y: ArrayLike | None = None, rowvar: BoolLike = True) -> MaskedArray: ...
@overload
def cos(x: NumberLike | Scalar) -> Float:
    """The cosine of radians."""

@overload
def cos(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def cos(x: NumericLike) -> MaskedArray: ...
@overload
def cosh(x: NumberLike | Scalar) -> Float:
    """The hyperbolic cosine."""

@overload
def cosh(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def cosh(x: NumericLike) -> MaskedArray: ...
@overload
def count_nonzero(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """How many elements are not 0."""

@overload
def count_nonzero(a: Scalar | float | PlainArrayLike, axis: IntLike) -> Array: ...
@overload
def count_nonzero(a: ScalarOrArrayLike, axis: IntLike) -> MaskedArray: ...
@overload
def cov(
    m: Scalar | float | PlainArrayLike,
    y: Scalar | float | PlainArrayLike | None = None,
    rowvar: BoolLike = True,
    bias: BoolLike = False,
    ddof: IntLike | None = None,
    fweights: IntLike | Scalar | float | PlainArrayLike | None = None,
    aweights: Scalar | float | PlainArrayLike | None = None,
) -> Array:
    """The covariances of the rows, or with `rowvar=False` of the columns."""

@overload
def cov(
    m: ArrayLike,
    y: ArrayLike | None = None,
    rowvar: BoolLike = True,
    bias: BoolLike = False,
    ddof: IntLike | None = None,
    fweights: IntLike | ArrayLike | None = None,
    aweights: ArrayLike | None = None,
) -> MaskedArray: ...
@overload
def cumprod(a: Scalar | float | PlainArrayLike, axis: IntLike | None = None, dtype: DTypeLike | None = None) -> Array:
    """The products of the elements so far, along an axis or of all."""

@overload
def cumprod(a: ScalarOrArrayLike, axis: IntLike | None = None, dtype: DTypeLike | None = None) -> MaskedArray: ...
@overload
def cumsum(a: Scalar | float | PlainArrayLike, axis: IntLike | None = None, dtype: DTypeLike | None = None) -> Array:
    """The sums of the elements so far, along an axis or of all."""

@overload
def cumsum(a: ScalarOrArrayLike, axis: IntLike | None = None, dtype: DTypeLike | None = None) -> MaskedArray: ...
@overload
def deg2rad(x: NumberLike | Scalar) -> Float:
    """Degrees as radians."""

@overload
def deg2rad(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def deg2rad(x: NumericLike) -> MaskedArray: ...
@overload
def degrees(x: NumberLike | Scalar) -> Float:
    """Radians as degrees."""

@overload
def degrees(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def degrees(x: NumericLike) -> MaskedArray: ...
def diag(v: ArrayLike) -> Array:
    """The diagonal of a matrix, or the matrix of a diagonal."""

@overload
def diagonal(a: Scalar | float | PlainArrayLike, offset: IntLike = 0, axis1: IntLike = 0, axis2: IntLike = 1) -> Array:
    """The elements on a diagonal of two axes."""

@overload
def diagonal(a: ArrayLike, offset: IntLike = 0, axis1: IntLike = 0, axis2: IntLike = 1) -> MaskedArray: ...
@overload
def diff(a: Scalar | float | PlainArrayLike, n: IntLike = 1, axis: IntLike = -1) -> Array:
    """The differences of neighbours along an axis, n times."""

@overload
def diff(a: ArrayLike, n: IntLike = 1, axis: IntLike = -1) -> MaskedArray: ...
@overload
def digitize(x: Scalar, bins: ArrayLike, right: BoolLike = False) -> Scalar:
    """The number of the interval of `bins` in which each element lies; `right` for intervals closed there."""

@overload
def digitize(x: ScalarOrArrayLike, bins: ArrayLike, right: BoolLike = False) -> Array: ...
@overload
def divide(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Float:
    """x1 / x2."""

@overload
def divide(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def divide(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def dot(a: Scalar, b: Scalar) -> Scalar:
    """The products of the rows of a with the columns of b, summed."""

@overload
def dot(a: Scalar | float | PlainArrayLike, b: Scalar | float | PlainArrayLike) -> Array: ...
@overload
def dot(a: ScalarOrArrayLike, b: ScalarOrArrayLike) -> MaskedArray: ...
@overload
def dstack(arrays: List[Array] | Sequence[PlainArrayLike]) -> Array:
    """Joined along the third axis."""

@overload
def dstack(arrays: ArraysLike) -> MaskedArray: ...
@overload
def ediff1d(
    ary: Scalar | float | PlainArrayLike,
    to_end: Scalar | float | PlainArrayLike | None = None,
    to_begin: Scalar | float | PlainArrayLike | None = None,
) -> Array:
    """The differences of neighbours of all elements, between those that are given."""

@overload
def ediff1d(
    ary: ScalarOrArrayLike, to_end: ScalarOrArrayLike | None = None, to_begin: ScalarOrArrayLike | None = None
) -> MaskedArray: ...
def einsum(
    subscripts: StrLike,
    *operands: PlainArrayLike,
    dtype: DTypeLike | None = None,
    casting: StrLike = "safe",
    optimize: BoolLike | StrLike = False,
) -> Array:
    """The sums of products that Einstein's notation says, such as 'ij,jk->ik'. Always in one pass: what `optimize` says changes nothing."""

@overload
def equal(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Bool:
    """x1 == x2."""

@overload
def equal(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def equal(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def exp(x: NumberLike | Scalar) -> Float:
    """e to the power of the number."""

@overload
def exp(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def exp(x: NumericLike) -> MaskedArray: ...
@overload
def exp2(x: NumberLike | Scalar) -> Float:
    """2 to the power of the number."""

@overload
def exp2(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def exp2(x: NumericLike) -> MaskedArray: ...
@overload
def expm1(x: NumberLike | Scalar) -> Float:
    """exp(x) - 1, precise near 0."""

@overload
def expm1(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def expm1(x: NumericLike) -> MaskedArray: ...
def eye(N: IntLike, M: IntLike | None = None, k: IntLike = 0, dtype: DTypeLike = "float") -> Array:
    """N rows and M columns with 1 on the k-th diagonal, else 0."""

@overload
def fabs(x: NumberLike | Scalar) -> Float:
    """The absolute value, as a Float."""

@overload
def fabs(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def fabs(x: NumericLike) -> MaskedArray: ...
@overload
def fix(x: Scalar) -> Scalar:
    """Rounded to the integer nearest to 0."""

@overload
def fix(x: Scalar | float | PlainArrayLike) -> Array: ...
@overload
def fix(x: ScalarOrArrayLike) -> MaskedArray: ...
def flatnonzero(a: ScalarOrArrayLike) -> Array:
    """The indices of the elements that are not 0, counted in a row."""

@overload
def float_power(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Float:
    """x1 ** x2, as a Float."""

@overload
def float_power(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def float_power(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def floor(x: BoolLike) -> Bool:
    """The greatest integer that is not larger."""

@overload
def floor(x: BoolLike | IntLike) -> Int: ...
@overload
def floor(x: NumberLike) -> Float: ...
@overload
def floor(x: NumberLike | Scalar) -> Scalar: ...
@overload
def floor(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def floor(x: NumericLike) -> MaskedArray: ...
@overload
def floor_divide(x1: BoolLike, x2: BoolLike) -> Bool:
    """x1 / x2 rounded down."""

@overload
def floor_divide(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def floor_divide(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def floor_divide(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def floor_divide(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def floor_divide(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def fmax(x1: BoolLike, x2: BoolLike) -> Bool:
    """The larger one; NaN only when both are."""

@overload
def fmax(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def fmax(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def fmax(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def fmax(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def fmax(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def fmin(x1: BoolLike, x2: BoolLike) -> Bool:
    """The smaller one; NaN only when both are."""

@overload
def fmin(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def fmin(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def fmin(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def fmin(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def fmin(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def fmod(x1: BoolLike, x2: BoolLike) -> Bool:
    """What the division leaves, with the sign of x1."""

@overload
def fmod(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def fmod(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def fmod(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def fmod(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def fmod(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
def full(shape: ShapeLike, fill_value: ScalarOrArrayLike, dtype: DTypeLike | None = None) -> Array:
    """A shape filled with a value."""

def full_like(a: ScalarOrArrayLike, fill_value: ScalarOrArrayLike, dtype: DTypeLike | None = None) -> Array:
    """The shape of an array filled with a value."""

@overload
def gradient(
    f: Scalar | float | PlainArrayLike,
    *varargs: IntLike | List[Int] | Scalar | float | PlainArrayLike,
    edge_order: IntLike = 1,
    axis: IntLike | None = None,
) -> List[Array]:
    """The slopes along each axis, or along one, for the distances given."""

@overload
def gradient(
    f: ArrayLike, *varargs: IntLike | List[Int] | ArrayLike, edge_order: IntLike = 1, axis: IntLike | None = None
) -> List[MaskedArray]: ...
@overload
def greater(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Bool:
    """x1 > x2."""

@overload
def greater(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def greater(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def greater_equal(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Bool:
    """x1 >= x2."""

@overload
def greater_equal(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def greater_equal(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
def histogram(
    a: ArrayLike,
    bins: IntLike | List[Int] | List[Float] | List[Scalar] | ArrayLike = 10,
    range: Tuple[Int, Int] | Tuple[Float, Float] | Tuple[Scalar, Scalar] | tuple[float, float] | None = None,
    weights: ArrayLike | None = None,
    density: BoolLike | None = None,
) -> Tuple[Array, Array]:
    """How many elements lie in each of some intervals, and the edges of those."""

@overload
def hstack(arrays: List[Array] | Sequence[PlainArrayLike]) -> Array:
    """Joined along the second axis, or the one that there is."""

@overload
def hstack(arrays: ArraysLike) -> MaskedArray: ...
@overload
def hypot(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Float:
    """The length of the hypotenuse of legs x1 and x2."""

@overload
def hypot(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def hypot(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def imag(val: Scalar | float | PlainArrayLike) -> Array:
    """The imaginary part: of real numbers 0."""

@overload
def imag(val: ScalarOrArrayLike) -> MaskedArray: ...
def indices(dimensions: List[Int] | List[Float] | List[Bool] | Sequence[int], dtype: DTypeLike = "int") -> Array:
    """The indices of a shape along each axis."""

@overload
def insert(
    arr: Scalar | float | PlainArrayLike,
    obj: IntLike | List[Int] | Slice | slice | Sequence[int],
    values: Scalar | float | PlainArrayLike,
    axis: IntLike,
) -> Array:
    """With values before some indices along an axis."""

@overload
def insert(
    arr: ArrayLike, obj: IntLike | List[Int] | Slice | slice | Sequence[int], values: ScalarOrArrayLike, axis: IntLike
) -> MaskedArray: ...
@overload
def invert(x: BoolLike) -> Bool:
    """Not of a boolean, else of the bits of an integer."""

@overload
def invert(x: BoolLike | IntLike) -> Int: ...
@overload
def invert(x: NumberLike) -> Float: ...
@overload
def invert(x: NumberLike | Scalar) -> Scalar: ...
@overload
def invert(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def invert(x: NumericLike) -> MaskedArray: ...
@overload
def isclose(
    a: Scalar, b: Scalar, rtol: FloatLike = 1e-05, atol: FloatLike = 1e-08, equal_nan: BoolLike = False
) -> Scalar:
    """Where elements are equal within |a - b| <= atol + rtol * |b|."""

@overload
def isclose(
    a: Scalar | float | PlainArrayLike,
    b: Scalar | float | PlainArrayLike,
    rtol: FloatLike = 1e-05,
    atol: FloatLike = 1e-08,
    equal_nan: BoolLike = False,
) -> Array: ...
@overload
def isclose(
    a: ScalarOrArrayLike,
    b: ScalarOrArrayLike,
    rtol: FloatLike = 1e-05,
    atol: FloatLike = 1e-08,
    equal_nan: BoolLike = False,
) -> MaskedArray: ...
@overload
def isfinite(x: NumberLike | Scalar) -> Bool:
    """Whether the number is neither infinite nor NaN."""

@overload
def isfinite(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def isfinite(x: NumericLike) -> MaskedArray: ...
@overload
def isin(element: Scalar, test_elements: Scalar, assume_unique: BoolLike = False, invert: BoolLike = False) -> Scalar:
    """Where elements are among others; `invert` for not among."""

@overload
def isin(
    element: ScalarOrArrayLike,
    test_elements: ScalarOrArrayLike,
    assume_unique: BoolLike = False,
    invert: BoolLike = False,
) -> Array: ...
@overload
def isinf(x: NumberLike | Scalar) -> Bool:
    """Whether the number is infinite."""

@overload
def isinf(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def isinf(x: NumericLike) -> MaskedArray: ...
@overload
def isnan(x: NumberLike | Scalar) -> Bool:
    """Whether the number is NaN."""

@overload
def isnan(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def isnan(x: NumericLike) -> MaskedArray: ...
@overload
def isneginf(x: NumberLike | Scalar) -> Bool:
    """Whether the number is minus infinity."""

@overload
def isneginf(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def isneginf(x: NumericLike) -> MaskedArray: ...
@overload
def isposinf(x: NumberLike | Scalar) -> Bool:
    """Whether the number is plus infinity."""

@overload
def isposinf(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def isposinf(x: NumericLike) -> MaskedArray: ...
@overload
def isreal(x: Scalar) -> Scalar:
    """Where elements are real."""

@overload
def isreal(x: Scalar | float | PlainArrayLike) -> Array: ...
@overload
def isreal(x: ScalarOrArrayLike) -> MaskedArray: ...
@overload
def ldexp(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Float:
    """x1 * 2 ** x2."""

@overload
def ldexp(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def ldexp(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def less(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Bool:
    """x1 < x2."""

@overload
def less(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def less(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def less_equal(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Bool:
    """x1 <= x2."""

@overload
def less_equal(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def less_equal(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
def linspace(
    start: FloatLike, stop: FloatLike, num: IntLike = 50, endpoint: BoolLike = True, dtype: DTypeLike | None = None
) -> Array:
    """So many numbers at equal distances from `start` to `stop`."""

@overload
def log(x: NumberLike | Scalar) -> Float:
    """The natural logarithm."""

@overload
def log(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def log(x: NumericLike) -> MaskedArray: ...
@overload
def log10(x: NumberLike | Scalar) -> Float:
    """The logarithm to base 10."""

@overload
def log10(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def log10(x: NumericLike) -> MaskedArray: ...
@overload
def log1p(x: NumberLike | Scalar) -> Float:
    """log(1 + x), precise near 0."""

@overload
def log1p(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def log1p(x: NumericLike) -> MaskedArray: ...
@overload
def log2(x: NumberLike | Scalar) -> Float:
    """The logarithm to base 2."""

@overload
def log2(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def log2(x: NumericLike) -> MaskedArray: ...
@overload
def logaddexp(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Float:
    """log(exp(x1) + exp(x2))."""

@overload
def logaddexp(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def logaddexp(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def logaddexp2(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Float:
    """log2(2 ** x1 + 2 ** x2)."""

@overload
def logaddexp2(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def logaddexp2(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def logical_and(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Bool:
    """Whether both are true."""

@overload
def logical_and(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def logical_and(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def logical_not(x: NumberLike | Scalar) -> Bool:
    """Whether the number is 0 or False."""

@overload
def logical_not(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def logical_not(x: NumericLike) -> MaskedArray: ...
@overload
def logical_or(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Bool:
    """Whether one is true."""

@overload
def logical_or(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def logical_or(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def logical_xor(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Bool:
    """Whether exactly one is true."""

@overload
def logical_xor(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def logical_xor(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def max(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The greatest element over some axes."""

@overload
def max(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def max(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def maximum(x1: BoolLike, x2: BoolLike) -> Bool:
    """The larger one; NaN when one is."""

@overload
def maximum(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def maximum(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def maximum(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def maximum(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def maximum(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def mean(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The mean over some axes."""

@overload
def mean(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def mean(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def median(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The median over some axes."""

@overload
def median(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def median(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
def meshgrid(*xi: ScalarOrArrayLike, indexing: StrLike = "xy", sparse: BoolLike = False) -> List[Array]:
    """The coordinates of a grid along each axis."""

@overload
def min(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The least element over some axes."""

@overload
def min(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def min(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def minimum(x1: BoolLike, x2: BoolLike) -> Bool:
    """The smaller one; NaN when one is."""

@overload
def minimum(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def minimum(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def minimum(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def minimum(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def minimum(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def mod(x1: BoolLike, x2: BoolLike) -> Bool:
    """What the division rounded down leaves, with the sign of x2."""

@overload
def mod(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def mod(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def mod(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def mod(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def mod(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def moveaxis(a: Scalar | float | PlainArrayLike, source: ShapeLike, destination: ShapeLike) -> Array:
    """With axes at other places."""

@overload
def moveaxis(a: ArrayLike, source: ShapeLike, destination: ShapeLike) -> MaskedArray: ...
@overload
def multiply(x1: BoolLike, x2: BoolLike) -> Bool:
    """x1 * x2."""

@overload
def multiply(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def multiply(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def multiply(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def multiply(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def multiply(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def nan_to_num(x: Scalar) -> Scalar:
    """With 0 for NaN, and the largest numbers for infinite ones."""

@overload
def nan_to_num(x: Scalar | float | PlainArrayLike) -> Array: ...
@overload
def nan_to_num(x: ScalarOrArrayLike) -> MaskedArray: ...
@overload
def nanargmax(a: ArrayLike, axis: None = None) -> Scalar:
    """The index of the first greatest element along an axis, NaN left out."""

@overload
def nanargmax(a: ArrayLike, axis: IntLike) -> Array: ...
@overload
def nanargmin(a: ArrayLike, axis: None = None) -> Scalar:
    """The index of the first least element along an axis, NaN left out."""

@overload
def nanargmin(a: ArrayLike, axis: IntLike) -> Array: ...
@overload
def nancumprod(
    a: Scalar | float | PlainArrayLike, axis: IntLike | None = None, dtype: DTypeLike | None = None
) -> Array:
    """The products of the elements so far, NaN taken as 1."""

@overload
def nancumprod(a: ScalarOrArrayLike, axis: IntLike | None = None, dtype: DTypeLike | None = None) -> MaskedArray: ...
@overload
def nancumsum(a: Scalar | float | PlainArrayLike, axis: IntLike | None = None, dtype: DTypeLike | None = None) -> Array:
    """The sums of the elements so far, NaN taken as 0."""

@overload
def nancumsum(a: ScalarOrArrayLike, axis: IntLike | None = None, dtype: DTypeLike | None = None) -> MaskedArray: ...
@overload
def nanmax(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The greatest element over some axes, NaN left out."""

@overload
def nanmax(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def nanmax(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def nanmean(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The mean over some axes, NaN left out."""

@overload
def nanmean(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def nanmean(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def nanmin(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The least element over some axes, NaN left out."""

@overload
def nanmin(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def nanmin(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def nanprod(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The product over some axes, NaN taken as 1."""

@overload
def nanprod(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def nanprod(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def nanstd(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The standard deviation over some axes, NaN left out."""

@overload
def nanstd(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def nanstd(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def nansum(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The sum over some axes, NaN taken as 0."""

@overload
def nansum(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def nansum(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def nanvar(a: ArrayLike, axis: None = None, ddof: IntLike = 0) -> Scalar:
    """The variance over some axes, NaN left out."""

@overload
def nanvar(a: ArrayLike, axis: ShapeLike, ddof: IntLike = 0) -> Array: ...
@overload
def negative(x: BoolLike) -> Bool:
    """The number with the other sign."""

@overload
def negative(x: BoolLike | IntLike) -> Int: ...
@overload
def negative(x: NumberLike) -> Float: ...
@overload
def negative(x: NumberLike | Scalar) -> Scalar: ...
@overload
def negative(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def negative(x: NumericLike) -> MaskedArray: ...
@overload
def nextafter(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Float:
    """The floating-point number next to x1, towards x2."""

@overload
def nextafter(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def nextafter(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
def nonzero(a: ScalarOrArrayLike) -> List[Array]:
    """The indices along each axis of the elements that are not 0."""

@overload
def not_equal(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Bool:
    """x1 != x2."""

@overload
def not_equal(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def not_equal(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
def ones(shape: ShapeLike, dtype: DTypeLike = "float") -> Array:
    """A shape filled with 1."""

def ones_like(a: ScalarOrArrayLike, dtype: DTypeLike | None = None) -> Array:
    """The shape of an array filled with 1."""

def outer(a: ScalarOrArrayLike, b: ScalarOrArrayLike) -> Array:
    """Each element of a times each of b."""

@overload
def pad(array: Scalar | float | PlainArrayLike, pad_width: ShapeLike, mode: StrLike = "constant") -> Array:
    """With so many elements before and after along each axis: 0 or, by the mode, others."""

@overload
def pad(array: ScalarOrArrayLike, pad_width: ShapeLike, mode: StrLike = "constant") -> MaskedArray: ...
def percentile(a: ArrayLike, q: ArrayLike, interpolation: StrLike = "linear") -> Array:
    """The q-th percentiles (0 to 100) of all elements."""

@overload
def power(x1: BoolLike, x2: BoolLike) -> Bool:
    """x1 ** x2."""

@overload
def power(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def power(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def power(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def power(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def power(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def prod(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The product over some axes."""

@overload
def prod(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def prod(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def ptp(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The greatest minus the least element over some axes."""

@overload
def ptp(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def ptp(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def rad2deg(x: NumberLike | Scalar) -> Float:
    """Radians as degrees."""

@overload
def rad2deg(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def rad2deg(x: NumericLike) -> MaskedArray: ...
@overload
def radians(x: NumberLike | Scalar) -> Float:
    """Degrees as radians."""

@overload
def radians(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def radians(x: NumericLike) -> MaskedArray: ...
@overload
def ravel(a: Scalar | float | PlainArrayLike) -> Array:
    """Along one axis, row by row."""

@overload
def ravel(a: ScalarOrArrayLike) -> MaskedArray: ...
@overload
def real(val: Scalar) -> Scalar:
    """The real part: of real numbers themselves."""

@overload
def real(val: Scalar | float | PlainArrayLike) -> Array: ...
@overload
def real(val: ScalarOrArrayLike) -> MaskedArray: ...
@overload
def reciprocal(x: BoolLike) -> Bool:
    """1 / x."""

@overload
def reciprocal(x: BoolLike | IntLike) -> Int: ...
@overload
def reciprocal(x: NumberLike) -> Float: ...
@overload
def reciprocal(x: NumberLike | Scalar) -> Scalar: ...
@overload
def reciprocal(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def reciprocal(x: NumericLike) -> MaskedArray: ...
@overload
def remainder(x1: BoolLike, x2: BoolLike) -> Bool:
    """What the division rounded down leaves, with the sign of x2."""

@overload
def remainder(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def remainder(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def remainder(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def remainder(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def remainder(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def repeat(a: Scalar | float | PlainArrayLike, repeats: IntLike, axis: IntLike | None = None) -> Array:
    """With each element so many times."""

@overload
def repeat(a: ArrayLike, repeats: IntLike, axis: IntLike | None = None) -> MaskedArray: ...
@overload
def reshape(a: Scalar | float | PlainArrayLike, newshape: List[Int] | Sequence[int]) -> Array:
    """The same elements in another shape."""

@overload
def reshape(a: ArrayLike, newshape: List[Int] | Sequence[int]) -> MaskedArray: ...
@overload
def rint(x: NumberLike | Scalar) -> Float:
    """The nearest integer; halves go to the even one."""

@overload
def rint(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def rint(x: NumericLike) -> MaskedArray: ...
@overload
def roll(a: Scalar, shift: ShapeLike, axis: AxesLike = None) -> Scalar:
    """Moved along axes; those beyond the end come in at the start."""

@overload
def roll(a: Scalar | float | PlainArrayLike, shift: ShapeLike, axis: AxesLike = None) -> Array: ...
@overload
def roll(a: ScalarOrArrayLike, shift: ShapeLike, axis: AxesLike = None) -> MaskedArray: ...
@overload
def rollaxis(a: Scalar | float | PlainArrayLike, axis: IntLike, start: IntLike = 0) -> Array:
    """With an axis moved before another."""

@overload
def rollaxis(a: ArrayLike, axis: IntLike, start: IntLike = 0) -> MaskedArray: ...
@overload
def round(a: Scalar, decimals: IntLike = 0) -> Scalar:
    """Rounded to so many decimals; halves to the even one."""

@overload
def round(a: Scalar | float | PlainArrayLike, decimals: IntLike = 0) -> Array: ...
@overload
def round(a: ScalarOrArrayLike, decimals: IntLike = 0) -> MaskedArray: ...
@overload
def sign(x: BoolLike) -> Bool:
    """-1, 0 or 1, as the sign of the number."""

@overload
def sign(x: BoolLike | IntLike) -> Int: ...
@overload
def sign(x: NumberLike) -> Float: ...
@overload
def sign(x: NumberLike | Scalar) -> Scalar: ...
@overload
def sign(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def sign(x: NumericLike) -> MaskedArray: ...
@overload
def signbit(x: NumberLike | Scalar) -> Bool:
    """Whether the number is negative, -0.0 being so."""

@overload
def signbit(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def signbit(x: NumericLike) -> MaskedArray: ...
@overload
def sin(x: NumberLike | Scalar) -> Float:
    """The sine of radians."""

@overload
def sin(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def sin(x: NumericLike) -> MaskedArray: ...
@overload
def sinh(x: NumberLike | Scalar) -> Float:
    """The hyperbolic sine."""

@overload
def sinh(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def sinh(x: NumericLike) -> MaskedArray: ...
@overload
def spacing(x: NumberLike | Scalar) -> Float:
    """The distance to the next floating-point number."""

@overload
def spacing(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def spacing(x: NumericLike) -> MaskedArray: ...
@overload
def sqrt(x: NumberLike | Scalar) -> Float:
    """The square root."""

@overload
def sqrt(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def sqrt(x: NumericLike) -> MaskedArray: ...
@overload
def square(x: BoolLike) -> Bool:
    """x * x."""

@overload
def square(x: BoolLike | IntLike) -> Int: ...
@overload
def square(x: NumberLike) -> Float: ...
@overload
def square(x: NumberLike | Scalar) -> Scalar: ...
@overload
def square(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def square(x: NumericLike) -> MaskedArray: ...
@overload
def squeeze(a: Scalar, axis: AxesLike = None) -> Scalar:
    """Without axes of length 1."""

@overload
def squeeze(a: Scalar | float | PlainArrayLike, axis: AxesLike = None) -> Array: ...
@overload
def squeeze(a: ScalarOrArrayLike, axis: AxesLike = None) -> MaskedArray: ...
@overload
def stack(arrays: List[Array] | Sequence[PlainArrayLike], axis: IntLike = 0) -> Array:
    """Joined along a new axis."""

@overload
def stack(arrays: ArraysLike, axis: IntLike = 0) -> MaskedArray: ...
@overload
def std(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The standard deviation over some axes, of the population."""

@overload
def std(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def std(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def subtract(x1: BoolLike, x2: BoolLike) -> Bool:
    """x1 - x2."""

@overload
def subtract(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def subtract(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def subtract(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Scalar: ...
@overload
def subtract(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def subtract(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def sum(a: ScalarOrArrayLike, axis: None = None) -> Scalar:
    """The sum over some axes."""

@overload
def sum(a: Scalar | float | PlainArrayLike, axis: ShapeLike) -> Array: ...
@overload
def sum(a: ScalarOrArrayLike, axis: ShapeLike) -> MaskedArray: ...
@overload
def take(
    a: Scalar | float | PlainArrayLike,
    indices: IntLike | List[Int] | Scalar | float | PlainArrayLike,
    axis: IntLike | None = None,
) -> Array:
    """The elements at indices along an axis, or of all."""

@overload
def take(a: ArrayLike, indices: IntLike | List[Int] | ArrayLike, axis: IntLike | None = None) -> MaskedArray: ...
@overload
def tan(x: NumberLike | Scalar) -> Float:
    """The tangent of radians."""

@overload
def tan(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def tan(x: NumericLike) -> MaskedArray: ...
@overload
def tanh(x: NumberLike | Scalar) -> Float:
    """The hyperbolic tangent."""

@overload
def tanh(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def tanh(x: NumericLike) -> MaskedArray: ...
@overload
def tensordot(a: Scalar | float | PlainArrayLike, b: Scalar | float | PlainArrayLike, axes: IntLike = 2) -> Array:
    """The products over the last axes of a and the first of b, summed."""

@overload
def tensordot(a: ArrayLike, b: ArrayLike, axes: IntLike = 2) -> MaskedArray: ...
@overload
def tile(A: Scalar | float | PlainArrayLike, reps: ShapeLike | Scalar | float | PlainArrayLike) -> Array:
    """Repeated along each axis."""

@overload
def tile(A: ArrayLike, reps: ShapeLike | ArrayLike) -> MaskedArray: ...
@overload
def trace(a: Scalar | float | PlainArrayLike, offset: IntLike = 0, axis1: IntLike = 0, axis2: IntLike = 1) -> Array:
    """The sum over a diagonal of two axes."""

@overload
def trace(a: ArrayLike, offset: IntLike = 0, axis1: IntLike = 0, axis2: IntLike = 1) -> MaskedArray: ...
@overload
def transpose(a: Scalar | float | PlainArrayLike, axes: List[Int] | Sequence[int] | None = None) -> Array:
    """With axes in another order, the opposite one if none is given."""

@overload
def transpose(a: ArrayLike, axes: List[Int] | Sequence[int] | None = None) -> MaskedArray: ...
@overload
def tril(m: Scalar | float | PlainArrayLike, k: IntLike = 0) -> Array:
    """With 0 above the k-th diagonal."""

@overload
def tril(m: ArrayLike, k: IntLike = 0) -> MaskedArray: ...
@overload
def triu(m: Scalar | float | PlainArrayLike, k: IntLike = 0) -> Array:
    """With 0 below the k-th diagonal."""

@overload
def triu(m: ArrayLike, k: IntLike = 0) -> MaskedArray: ...
@overload
def true_divide(x1: NumberLike | Scalar, x2: NumberLike | Scalar) -> Float:
    """x1 / x2, as `divide`."""

@overload
def true_divide(x1: NumberLike | Scalar | PlainArrayLike, x2: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def true_divide(x1: NumericLike, x2: NumericLike) -> MaskedArray: ...
@overload
def trunc(x: BoolLike) -> Bool:
    """The number without its fraction."""

@overload
def trunc(x: BoolLike | IntLike) -> Int: ...
@overload
def trunc(x: NumberLike) -> Float: ...
@overload
def trunc(x: NumberLike | Scalar) -> Scalar: ...
@overload
def trunc(x: NumberLike | Scalar | PlainArrayLike) -> Array: ...
@overload
def trunc(x: NumericLike) -> MaskedArray: ...
def unique(ar: ArrayLike) -> Array:
    """The different elements, in ascending order."""

@overload
def unravel_index(indices: Scalar, shape: ShapeLike) -> List[Scalar]:
    """The indices along each axis of elements counted in a row."""

@overload
def unravel_index(indices: ScalarOrArrayLike, shape: ShapeLike) -> List[Array]: ...
@overload
def var(a: ArrayLike, axis: None = None, ddof: IntLike = 0) -> Scalar:
    """The variance over some axes; the divisor is the count less `ddof`."""

@overload
def var(a: ArrayLike, axis: ShapeLike, ddof: IntLike = 0) -> Array: ...
def vdot(a: ScalarOrArrayLike, b: ScalarOrArrayLike) -> Array:
    """The sum of the products of all elements."""

@overload
def vstack(arrays: List[Array] | Sequence[PlainArrayLike]) -> Array:
    """Joined along the first axis, as rows."""

@overload
def vstack(arrays: ArraysLike) -> MaskedArray: ...
def where(condition: ArrayLike, x: ScalarOrArrayLike, y: ScalarOrArrayLike) -> Array:
    """x where the condition is true, else y."""

def zeros(shape: ShapeLike, dtype: DTypeLike = "float") -> Array:
    """A shape filled with 0."""

@overload
def zeros_like(a: Scalar) -> Scalar:
    """The shape of an array filled with 0."""

@overload
def zeros_like(a: ScalarOrArrayLike) -> Array: ...

from sdk.numpy import linalg as linalg

from sdk.numpy import ma as ma

__all__ = [
    "absolute",
    "add",
    "all",
    "allclose",
    "angle",
    "any",
    "arange",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "argmax",
    "argmin",
    "argwhere",
    "around",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "average",
    "bincount",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "broadcast_arrays",
    "broadcast_to",
    "cbrt",
    "ceil",
    "clip",
    "compress",
    "concatenate",
    "conj",
    "conjugate",
    "copysign",
    "corrcoef",
    "cos",
    "cosh",
    "count_nonzero",
    "cov",
    "cumprod",
    "cumsum",
    "deg2rad",
    "degrees",
    "diag",
    "diagonal",
    "diff",
    "digitize",
    "divide",
    "dot",
    "dstack",
    "ediff1d",
    "einsum",
    "equal",
    "exp",
    "exp2",
    "expm1",
    "eye",
    "fabs",
    "fix",
    "flatnonzero",
    "float_power",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "full",
    "full_like",
    "gradient",
    "greater",
    "greater_equal",
    "histogram",
    "hstack",
    "hypot",
    "imag",
    "indices",
    "insert",
    "invert",
    "isclose",
    "isfinite",
    "isin",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "ldexp",
    "less",
    "less_equal",
    "linalg",
    "linspace",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "logaddexp2",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "ma",
    "max",
    "maximum",
    "mean",
    "median",
    "meshgrid",
    "min",
    "minimum",
    "mod",
    "moveaxis",
    "multiply",
    "nan_to_num",
    "nanargmax",
    "nanargmin",
    "nancumprod",
    "nancumsum",
    "nanmax",
    "nanmean",
    "nanmin",
    "nanprod",
    "nanstd",
    "nansum",
    "nanvar",
    "negative",
    "nextafter",
    "nonzero",
    "not_equal",
    "ones",
    "ones_like",
    "outer",
    "pad",
    "percentile",
    "power",
    "prod",
    "ptp",
    "rad2deg",
    "radians",
    "ravel",
    "real",
    "reciprocal",
    "remainder",
    "repeat",
    "reshape",
    "rint",
    "roll",
    "rollaxis",
    "round",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "spacing",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "subtract",
    "sum",
    "take",
    "tan",
    "tanh",
    "tensordot",
    "tile",
    "trace",
    "transpose",
    "tril",
    "triu",
    "true_divide",
    "trunc",
    "unique",
    "unravel_index",
    "var",
    "vdot",
    "vstack",
    "where",
    "zeros",
    "zeros_like",
]
