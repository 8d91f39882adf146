"""NumPy's functions, of values that are computed later: `wf.numpy.sqrt(x)`."""

# Written by `make stubs` from the table of operations.
# mypy: disable-error-code="misc, override, overload-overlap, overload-cannot-match, type-arg"
# pyright: basic, reportIncompatibleMethodOverride=false, reportOverlappingOverload=false
# pyright: reportInconsistentOverload=false

from typing import overload

from sdk import Bool, BoolLike, Float, Int, IntLike, NumberLike

@overload
def absolute(x: BoolLike) -> Bool:
    """The absolute value."""

@overload
def absolute(x: BoolLike | IntLike) -> Int: ...
@overload
def absolute(x: NumberLike) -> Float: ...
@overload
def add(x1: BoolLike, x2: BoolLike) -> Bool:
    """x1 + x2."""

@overload
def add(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def add(x1: NumberLike, x2: NumberLike) -> Float: ...
def arccos(x: NumberLike) -> Float:
    """The inverse cosine, in radians."""

def arccosh(x: NumberLike) -> Float:
    """The inverse hyperbolic cosine."""

def arcsin(x: NumberLike) -> Float:
    """The inverse sine, in radians."""

def arcsinh(x: NumberLike) -> Float:
    """The inverse hyperbolic sine."""

def arctan(x: NumberLike) -> Float:
    """The inverse tangent, in radians."""

def arctan2(x1: NumberLike, x2: NumberLike) -> Float:
    """The angle of the point (x2, x1), in radians from -pi to pi."""

def arctanh(x: NumberLike) -> Float:
    """The inverse hyperbolic tangent."""

@overload
def bitwise_and(x1: BoolLike, x2: BoolLike) -> Bool:
    """And of booleans, else of the bits of integers."""

@overload
def bitwise_and(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def bitwise_and(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def bitwise_not(x: BoolLike) -> Bool:
    """Not of a boolean, else of the bits of an integer."""

@overload
def bitwise_not(x: BoolLike | IntLike) -> Int: ...
@overload
def bitwise_not(x: NumberLike) -> Float: ...
@overload
def bitwise_or(x1: BoolLike, x2: BoolLike) -> Bool:
    """Or of booleans, else of the bits of integers."""

@overload
def bitwise_or(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def bitwise_or(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def bitwise_xor(x1: BoolLike, x2: BoolLike) -> Bool:
    """Exclusive or of booleans, else of the bits of integers."""

@overload
def bitwise_xor(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def bitwise_xor(x1: NumberLike, x2: NumberLike) -> Float: ...
def cbrt(x: NumberLike) -> Float:
    """The cube root."""

@overload
def ceil(x: BoolLike) -> Bool:
    """The least integer that is not smaller."""

@overload
def ceil(x: BoolLike | IntLike) -> Int: ...
@overload
def ceil(x: NumberLike) -> Float: ...
@overload
def conj(x: BoolLike) -> Bool:
    """The complex conjugate: of a real number the number itself."""

@overload
def conj(x: BoolLike | IntLike) -> Int: ...
@overload
def conj(x: NumberLike) -> Float: ...
@overload
def conjugate(x: BoolLike) -> Bool:
    """The complex conjugate: of a real number the number itself."""

@overload
def conjugate(x: BoolLike | IntLike) -> Int: ...
@overload
def conjugate(x: NumberLike) -> Float: ...
def copysign(x1: NumberLike, x2: NumberLike) -> Float:
    """x1 with the sign of x2."""

def cos(x: NumberLike) -> Float:
    """The cosine of radians."""

def cosh(x: NumberLike) -> Float:
    """The hyperbolic cosine."""

def deg2rad(x: NumberLike) -> Float:
    """Degrees as radians."""

def degrees(x: NumberLike) -> Float:
    """Radians as degrees."""

def divide(x1: NumberLike, x2: NumberLike) -> Float:
    """x1 / x2."""

def equal(x1: NumberLike, x2: NumberLike) -> Bool:
    """x1 == x2."""

def exp(x: NumberLike) -> Float:
    """e to the power of the number."""

def exp2(x: NumberLike) -> Float:
    """2 to the power of the number."""

def expm1(x: NumberLike) -> Float:
    """exp(x) - 1, precise near 0."""

def fabs(x: NumberLike) -> Float:
    """The absolute value, as a Float."""

def float_power(x1: NumberLike, x2: NumberLike) -> Float:
    """x1 ** x2, as a Float."""

@overload
def floor(x: BoolLike) -> Bool:
    """The greatest integer that is not larger."""

@overload
def floor(x: BoolLike | IntLike) -> Int: ...
@overload
def floor(x: NumberLike) -> Float: ...
@overload
def floor_divide(x1: BoolLike, x2: BoolLike) -> Bool:
    """x1 / x2 rounded down."""

@overload
def floor_divide(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def floor_divide(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def fmax(x1: BoolLike, x2: BoolLike) -> Bool:
    """The larger one; NaN only when both are."""

@overload
def fmax(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def fmax(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def fmin(x1: BoolLike, x2: BoolLike) -> Bool:
    """The smaller one; NaN only when both are."""

@overload
def fmin(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def fmin(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def fmod(x1: BoolLike, x2: BoolLike) -> Bool:
    """What the division leaves, with the sign of x1."""

@overload
def fmod(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def fmod(x1: NumberLike, x2: NumberLike) -> Float: ...
def greater(x1: NumberLike, x2: NumberLike) -> Bool:
    """x1 > x2."""

def greater_equal(x1: NumberLike, x2: NumberLike) -> Bool:
    """x1 >= x2."""

def hypot(x1: NumberLike, x2: NumberLike) -> Float:
    """The length of the hypotenuse of legs x1 and x2."""

@overload
def invert(x: BoolLike) -> Bool:
    """Not of a boolean, else of the bits of an integer."""

@overload
def invert(x: BoolLike | IntLike) -> Int: ...
@overload
def invert(x: NumberLike) -> Float: ...
def isfinite(x: NumberLike) -> Bool:
    """Whether the number is neither infinite nor NaN."""

def isinf(x: NumberLike) -> Bool:
    """Whether the number is infinite."""

def isnan(x: NumberLike) -> Bool:
    """Whether the number is NaN."""

def isneginf(x: NumberLike) -> Bool:
    """Whether the number is minus infinity."""

def isposinf(x: NumberLike) -> Bool:
    """Whether the number is plus infinity."""

def ldexp(x1: NumberLike, x2: NumberLike) -> Float:
    """x1 * 2 ** x2."""

def less(x1: NumberLike, x2: NumberLike) -> Bool:
    """x1 < x2."""

def less_equal(x1: NumberLike, x2: NumberLike) -> Bool:
    """x1 <= x2."""

def log(x: NumberLike) -> Float:
    """The natural logarithm."""

def log10(x: NumberLike) -> Float:
    """The logarithm to base 10."""

def log1p(x: NumberLike) -> Float:
    """log(1 + x), precise near 0."""

def log2(x: NumberLike) -> Float:
    """The logarithm to base 2."""

def logaddexp(x1: NumberLike, x2: NumberLike) -> Float:
    """log(exp(x1) + exp(x2))."""

def logaddexp2(x1: NumberLike, x2: NumberLike) -> Float:
    """log2(2 ** x1 + 2 ** x2)."""

def logical_and(x1: NumberLike, x2: NumberLike) -> Bool:
    """Whether both are true."""

def logical_not(x: NumberLike) -> Bool:
    """Whether the number is 0 or False."""

def logical_or(x1: NumberLike, x2: NumberLike) -> Bool:
    """Whether one is true."""

def logical_xor(x1: NumberLike, x2: NumberLike) -> Bool:
    """Whether exactly one is true."""

@overload
def maximum(x1: BoolLike, x2: BoolLike) -> Bool:
    """The larger one; NaN when one is."""

@overload
def maximum(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def maximum(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def minimum(x1: BoolLike, x2: BoolLike) -> Bool:
    """The smaller one; NaN when one is."""

@overload
def minimum(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def minimum(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def mod(x1: BoolLike, x2: BoolLike) -> Bool:
    """What the division rounded down leaves, with the sign of x2."""

@overload
def mod(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def mod(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def multiply(x1: BoolLike, x2: BoolLike) -> Bool:
    """x1 * x2."""

@overload
def multiply(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def multiply(x1: NumberLike, x2: NumberLike) -> Float: ...
@overload
def negative(x: BoolLike) -> Bool:
    """The number with the other sign."""

@overload
def negative(x: BoolLike | IntLike) -> Int: ...
@overload
def negative(x: NumberLike) -> Float: ...
def nextafter(x1: NumberLike, x2: NumberLike) -> Float:
    """The floating-point number next to x1, towards x2."""

def not_equal(x1: NumberLike, x2: NumberLike) -> Bool:
    """x1 != x2."""

@overload
def power(x1: BoolLike, x2: BoolLike) -> Bool:
    """x1 ** x2."""

@overload
def power(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def power(x1: NumberLike, x2: NumberLike) -> Float: ...
def rad2deg(x: NumberLike) -> Float:
    """Radians as degrees."""

def radians(x: NumberLike) -> Float:
    """Degrees as radians."""

@overload
def reciprocal(x: BoolLike) -> Bool:
    """1 / x."""

@overload
def reciprocal(x: BoolLike | IntLike) -> Int: ...
@overload
def reciprocal(x: NumberLike) -> Float: ...
@overload
def remainder(x1: BoolLike, x2: BoolLike) -> Bool:
    """What the division rounded down leaves, with the sign of x2."""

@overload
def remainder(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def remainder(x1: NumberLike, x2: NumberLike) -> Float: ...
def rint(x: NumberLike) -> Float:
    """The nearest integer; halves go to the even one."""

@overload
def sign(x: BoolLike) -> Bool:
    """-1, 0 or 1, as the sign of the number."""

@overload
def sign(x: BoolLike | IntLike) -> Int: ...
@overload
def sign(x: NumberLike) -> Float: ...
def signbit(x: NumberLike) -> Bool:
    """Whether the number is negative, -0.0 being so."""

def sin(x: NumberLike) -> Float:
    """The sine of radians."""

def sinh(x: NumberLike) -> Float:
    """The hyperbolic sine."""

def spacing(x: NumberLike) -> Float:
    """The distance to the next floating-point number."""

def sqrt(x: NumberLike) -> Float:
    """The square root."""

@overload
def square(x: BoolLike) -> Bool:
    """x * x."""

@overload
def square(x: BoolLike | IntLike) -> Int: ...
@overload
def square(x: NumberLike) -> Float: ...
@overload
def subtract(x1: BoolLike, x2: BoolLike) -> Bool:
    """x1 - x2."""

@overload
def subtract(x1: BoolLike | IntLike, x2: BoolLike | IntLike) -> Int: ...
@overload
def subtract(x1: NumberLike, x2: NumberLike) -> Float: ...
def tan(x: NumberLike) -> Float:
    """The tangent of radians."""

def tanh(x: NumberLike) -> Float:
    """The hyperbolic tangent."""

def true_divide(x1: NumberLike, x2: NumberLike) -> Float:
    """x1 / x2, as `divide`."""

@overload
def trunc(x: BoolLike) -> Bool:
    """The number without its fraction."""

@overload
def trunc(x: BoolLike | IntLike) -> Int: ...
@overload
def trunc(x: NumberLike) -> Float: ...

__all__ = [
    "absolute",
    "add",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "cbrt",
    "ceil",
    "conj",
    "conjugate",
    "copysign",
    "cos",
    "cosh",
    "deg2rad",
    "degrees",
    "divide",
    "equal",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "float_power",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "greater",
    "greater_equal",
    "hypot",
    "invert",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "ldexp",
    "less",
    "less_equal",
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
    "maximum",
    "minimum",
    "mod",
    "multiply",
    "negative",
    "nextafter",
    "not_equal",
    "power",
    "rad2deg",
    "radians",
    "reciprocal",
    "remainder",
    "rint",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "spacing",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "true_divide",
    "trunc",
]
