"""NumPy's functions of numbers and, element by element, of arrays: their operators are some of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from sdk.graft.op import Op, op_of
from sdk.graft.rules import arrays_or, widest
from sdk.language.operation import function
from sdk.language.operators import ROWS

__all__ = ["FUNCTIONS", "OPERATORS"]

X, X1_X2 = "x: NumericLike", "x1: NumericLike, x2: NumericLike"
FLOAT, BOOL, WIDEST = arrays_or("Float", "x"), arrays_or("Bool", "x"), widest("x")
FLOAT_OF_TWO, BOOL_OF_TWO, WIDEST_OF_TWO = (
    arrays_or("Float", "x1", "x2"), arrays_or("Bool", "x1", "x2"), widest("x1", "x2"),
)  # fmt: skip

# A row for each function: its signature, what it gives, what it does.
_ROWS: Final = {
    "absolute": (X, WIDEST, "The absolute value."),
    "arccos": (X, FLOAT, "The inverse cosine, in radians."),
    "arccosh": (X, FLOAT, "The inverse hyperbolic cosine."),
    "arcsin": (X, FLOAT, "The inverse sine, in radians."),
    "arcsinh": (X, FLOAT, "The inverse hyperbolic sine."),
    "arctan": (X, FLOAT, "The inverse tangent, in radians."),
    "arctanh": (X, FLOAT, "The inverse hyperbolic tangent."),
    "cbrt": (X, FLOAT, "The cube root."),
    "ceil": (X, WIDEST, "The least integer that is not smaller."),
    "conjugate": (X, WIDEST, "The complex conjugate: of a real number the number itself."),
    "cos": (X, FLOAT, "The cosine of radians."),
    "cosh": (X, FLOAT, "The hyperbolic cosine."),
    "deg2rad": (X, FLOAT, "Degrees as radians."),
    "degrees": (X, FLOAT, "Radians as degrees."),
    "exp": (X, FLOAT, "e to the power of the number."),
    "exp2": (X, FLOAT, "2 to the power of the number."),
    "expm1": (X, FLOAT, "exp(x) - 1, precise near 0."),
    "fabs": (X, FLOAT, "The absolute value, as a Float."),
    "floor": (X, WIDEST, "The greatest integer that is not larger."),
    "invert": (X, WIDEST, "Not of a boolean, else of the bits of an integer."),
    "isfinite": (X, BOOL, "Whether the number is neither infinite nor NaN."),
    "isinf": (X, BOOL, "Whether the number is infinite."),
    "isnan": (X, BOOL, "Whether the number is NaN."),
    "isneginf": (X, BOOL, "Whether the number is minus infinity."),
    "isposinf": (X, BOOL, "Whether the number is plus infinity."),
    "log": (X, FLOAT, "The natural logarithm."),
    "log10": (X, FLOAT, "The logarithm to base 10."),
    "log1p": (X, FLOAT, "log(1 + x), precise near 0."),
    "log2": (X, FLOAT, "The logarithm to base 2."),
    "logical_not": (X, BOOL, "Whether the number is 0 or False."),
    "negative": (X, WIDEST, "The number with the other sign."),
    "rad2deg": (X, FLOAT, "Radians as degrees."),
    "radians": (X, FLOAT, "Degrees as radians."),
    "reciprocal": (X, WIDEST, "1 / x."),
    "rint": (X, FLOAT, "The nearest integer; halves go to the even one."),
    "sign": (X, WIDEST, "-1, 0 or 1, as the sign of the number."),
    "signbit": (X, BOOL, "Whether the number is negative, -0.0 being so."),
    "sin": (X, FLOAT, "The sine of radians."),
    "sinh": (X, FLOAT, "The hyperbolic sine."),
    "spacing": (X, FLOAT, "The distance to the next floating-point number."),
    "sqrt": (X, FLOAT, "The square root."),
    "square": (X, WIDEST, "x * x."),
    "tan": (X, FLOAT, "The tangent of radians."),
    "tanh": (X, FLOAT, "The hyperbolic tangent."),
    "trunc": (X, WIDEST, "The number without its fraction."),
    "add": (X1_X2, WIDEST_OF_TWO, "x1 + x2."),
    "arctan2": (X1_X2, FLOAT_OF_TWO, "The angle of the point (x2, x1), in radians from -pi to pi."),
    "bitwise_and": (X1_X2, WIDEST_OF_TWO, "And of booleans, else of the bits of integers."),
    "bitwise_or": (X1_X2, WIDEST_OF_TWO, "Or of booleans, else of the bits of integers."),
    "bitwise_xor": (X1_X2, WIDEST_OF_TWO, "Exclusive or of booleans, else of the bits of integers."),
    "copysign": (X1_X2, FLOAT_OF_TWO, "x1 with the sign of x2."),
    "divide": (X1_X2, FLOAT_OF_TWO, "x1 / x2."),
    "equal": (X1_X2, BOOL_OF_TWO, "x1 == x2."),
    "float_power": (X1_X2, FLOAT_OF_TWO, "x1 ** x2, as a Float."),
    "floor_divide": (X1_X2, WIDEST_OF_TWO, "x1 / x2 rounded down."),
    "fmax": (X1_X2, WIDEST_OF_TWO, "The larger one; NaN only when both are."),
    "fmin": (X1_X2, WIDEST_OF_TWO, "The smaller one; NaN only when both are."),
    "fmod": (X1_X2, WIDEST_OF_TWO, "What the division leaves, with the sign of x1."),
    "greater": (X1_X2, BOOL_OF_TWO, "x1 > x2."),
    "greater_equal": (X1_X2, BOOL_OF_TWO, "x1 >= x2."),
    "hypot": (X1_X2, FLOAT_OF_TWO, "The length of the hypotenuse of legs x1 and x2."),
    "ldexp": (X1_X2, FLOAT_OF_TWO, "x1 * 2 ** x2."),
    "less": (X1_X2, BOOL_OF_TWO, "x1 < x2."),
    "less_equal": (X1_X2, BOOL_OF_TWO, "x1 <= x2."),
    "logaddexp": (X1_X2, FLOAT_OF_TWO, "log(exp(x1) + exp(x2))."),
    "logaddexp2": (X1_X2, FLOAT_OF_TWO, "log2(2 ** x1 + 2 ** x2)."),
    "logical_and": (X1_X2, BOOL_OF_TWO, "Whether both are true."),
    "logical_or": (X1_X2, BOOL_OF_TWO, "Whether one is true."),
    "logical_xor": (X1_X2, BOOL_OF_TWO, "Whether exactly one is true."),
    "maximum": (X1_X2, WIDEST_OF_TWO, "The larger one; NaN when one is."),
    "minimum": (X1_X2, WIDEST_OF_TWO, "The smaller one; NaN when one is."),
    "multiply": (X1_X2, WIDEST_OF_TWO, "x1 * x2."),
    "nextafter": (X1_X2, FLOAT_OF_TWO, "The floating-point number next to x1, towards x2."),
    "not_equal": (X1_X2, BOOL_OF_TWO, "x1 != x2."),
    "power": (X1_X2, WIDEST_OF_TWO, "x1 ** x2."),
    "remainder": (X1_X2, WIDEST_OF_TWO, "What the division rounded down leaves, with the sign of x2."),
    "subtract": (X1_X2, WIDEST_OF_TWO, "x1 - x2."),
    "true_divide": (X1_X2, FLOAT_OF_TWO, "x1 / x2, as `divide`."),
}
EXAMPLES: Final = {  # of those to which 0.5 and 2.0 say little
    "invert": "numpy.invert(6)", "bitwise_and": "numpy.bitwise_and(6, 3)", "bitwise_or": "numpy.bitwise_or(6, 3)",
    "bitwise_xor": "numpy.bitwise_xor(6, 3)", "ldexp": "numpy.ldexp(0.5, 3)", "arccosh": "numpy.arccosh(1.5)",
    "absolute": "numpy.absolute(-1.5)", "fabs": "numpy.fabs(-2)", "sign": "numpy.sign(-1.5)",
    "signbit": "numpy.signbit(-1.5)", "copysign": "numpy.copysign(1.5, -2)", "trunc": "numpy.trunc(-1.5)",
    "floor": "numpy.floor(-1.5)", "ceil": "numpy.ceil(-1.5)", "rint": "numpy.rint([0.5, 1.5, 2.6])",
    "degrees": "numpy.degrees(pi)", "rad2deg": "numpy.rad2deg(pi)", "radians": "numpy.radians(180)",
    "deg2rad": "numpy.deg2rad(180)", "isfinite": "numpy.isfinite([1.0, inf, nan])",
    "isinf": "numpy.isinf([1.0, inf, nan])", "isnan": "numpy.isnan([1.0, inf, nan])",
    "isneginf": "numpy.isneginf([inf, -inf])", "isposinf": "numpy.isposinf([inf, -inf])",
    "fmax": "numpy.fmax([1.0, nan], 0.5)", "fmin": "numpy.fmin([1.0, nan], 0.5)",
    "maximum": "numpy.maximum([1, 5], [2, 4])", "minimum": "numpy.minimum([1, 5], [2, 4])",
    "fmod": "numpy.fmod(-7, 3)", "remainder": "numpy.remainder(-7, 3)", "floor_divide": "numpy.floor_divide(-7, 3)",
    "logical_and": "numpy.logical_and([1, 1], [0, 2])", "logical_or": "numpy.logical_or([0, 1], [0, 2])",
    "logical_xor": "numpy.logical_xor([1, 1], [0, 2])", "logical_not": "numpy.logical_not([0, 2])",
}  # fmt: skip
ALIASES: Final = {"remainder": "mod", "conjugate": "conj", "invert": "bitwise_not"}


def _function(name: str) -> Callable[..., Any]:
    aliases = (f"wf.numpy.{ALIASES[name]}",) if name in ALIASES else ()
    return function(f"wf.numpy.{name}", *_ROWS[name], numpy=name, aliases=aliases, example=EXAMPLES.get(name, ""))


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType({name: _function(name) for name in _ROWS})

# The rows of the operators of numbers.
OPERATORS: Final[Mapping[str, Op]] = MappingProxyType(
    {
        **ROWS,
        **{
            sign: op_of(FUNCTIONS[name])
            for sign, name in {
                "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "r/": "divide", "//": "floor_divide",
                "%": "remainder", "**": "power", "<": "less", "<=": "less_equal", ">": "greater",
                ">=": "greater_equal", "==": "equal", "!=": "not_equal", "-x": "negative", "abs": "absolute",
            }.items()
        },
    }
)  # fmt: skip
