"""NumPy's functions of numbers, as `wf.numpy.exp(x)`: the operators of Int, Float and Bool are these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sdk.graft.errors import ProxyTypeError
from sdk.graft.op import Op, declare, parameters
from sdk.language.notation import resolve
from sdk.language.proxy import Proxy, describe, promote

# Each row: the function, and what it gives. "Self" is the wider of the arguments' types, Bool < Int < Float.
UNARY = {
    "absolute": ("Self", "The absolute value."),
    "arccos": ("Float", "The inverse cosine, in radians."),
    "arccosh": ("Float", "The inverse hyperbolic cosine."),
    "arcsin": ("Float", "The inverse sine, in radians."),
    "arcsinh": ("Float", "The inverse hyperbolic sine."),
    "arctan": ("Float", "The inverse tangent, in radians."),
    "arctanh": ("Float", "The inverse hyperbolic tangent."),
    "cbrt": ("Float", "The cube root."),
    "ceil": ("Self", "The least integer that is not smaller."),
    "conjugate": ("Self", "The complex conjugate: of a real number the number itself."),
    "cos": ("Float", "The cosine of radians."),
    "cosh": ("Float", "The hyperbolic cosine."),
    "deg2rad": ("Float", "Degrees as radians."),
    "degrees": ("Float", "Radians as degrees."),
    "exp": ("Float", "e to the power of the number."),
    "exp2": ("Float", "2 to the power of the number."),
    "expm1": ("Float", "exp(x) - 1, precise near 0."),
    "fabs": ("Float", "The absolute value, as a Float."),
    "floor": ("Self", "The greatest integer that is not larger."),
    "invert": ("Self", "Not of a boolean, else of the bits of an integer."),
    "isfinite": ("Bool", "Whether the number is neither infinite nor NaN."),
    "isinf": ("Bool", "Whether the number is infinite."),
    "isnan": ("Bool", "Whether the number is NaN."),
    "isneginf": ("Bool", "Whether the number is minus infinity."),
    "isposinf": ("Bool", "Whether the number is plus infinity."),
    "log": ("Float", "The natural logarithm."),
    "log10": ("Float", "The logarithm to base 10."),
    "log1p": ("Float", "log(1 + x), precise near 0."),
    "log2": ("Float", "The logarithm to base 2."),
    "logical_not": ("Bool", "Whether the number is 0 or False."),
    "negative": ("Self", "The number with the other sign."),
    "rad2deg": ("Float", "Radians as degrees."),
    "radians": ("Float", "Degrees as radians."),
    "reciprocal": ("Self", "1 / x."),
    "rint": ("Float", "The nearest integer; halves go to the even one."),
    "sign": ("Self", "-1, 0 or 1, as the sign of the number."),
    "signbit": ("Bool", "Whether the number is negative, -0.0 being so."),
    "sin": ("Float", "The sine of radians."),
    "sinh": ("Float", "The hyperbolic sine."),
    "spacing": ("Float", "The distance to the next floating-point number."),
    "sqrt": ("Float", "The square root."),
    "square": ("Self", "x * x."),
    "tan": ("Float", "The tangent of radians."),
    "tanh": ("Float", "The hyperbolic tangent."),
    "trunc": ("Self", "The number without its fraction."),
}
BINARY = {
    "add": ("Self", "x1 + x2."),
    "arctan2": ("Float", "The angle of the point (x2, x1), in radians from -pi to pi."),
    "bitwise_and": ("Self", "And of booleans, else of the bits of integers."),
    "bitwise_or": ("Self", "Or of booleans, else of the bits of integers."),
    "bitwise_xor": ("Self", "Exclusive or of booleans, else of the bits of integers."),
    "copysign": ("Float", "x1 with the sign of x2."),
    "divide": ("Float", "x1 / x2."),
    "equal": ("Bool", "x1 == x2."),
    "float_power": ("Float", "x1 ** x2, as a Float."),
    "floor_divide": ("Self", "x1 / x2 rounded down."),
    "fmax": ("Self", "The larger one; NaN only when both are."),
    "fmin": ("Self", "The smaller one; NaN only when both are."),
    "fmod": ("Self", "What the division leaves, with the sign of x1."),
    "greater": ("Bool", "x1 > x2."),
    "greater_equal": ("Bool", "x1 >= x2."),
    "hypot": ("Float", "The length of the hypotenuse of legs x1 and x2."),
    "ldexp": ("Float", "x1 * 2 ** x2."),
    "less": ("Bool", "x1 < x2."),
    "less_equal": ("Bool", "x1 <= x2."),
    "logaddexp": ("Float", "log(exp(x1) + exp(x2))."),
    "logaddexp2": ("Float", "log2(2 ** x1 + 2 ** x2)."),
    "logical_and": ("Bool", "Whether both are true."),
    "logical_or": ("Bool", "Whether one is true."),
    "logical_xor": ("Bool", "Whether just one is true."),
    "maximum": ("Self", "The larger one; NaN when one is."),
    "minimum": ("Self", "The smaller one; NaN when one is."),
    "multiply": ("Self", "x1 * x2."),
    "nextafter": ("Float", "The floating-point number next to x1, towards x2."),
    "not_equal": ("Bool", "x1 != x2."),
    "power": ("Self", "x1 ** x2."),
    "remainder": ("Self", "What the division rounded down leaves, with the sign of x2."),
    "subtract": ("Self", "x1 - x2."),
    "true_divide": ("Float", "x1 / x2, as `divide`."),
}
ALIASES = {"remainder": "mod", "conjugate": "conj", "invert": "bitwise_not"}


def _declare(name: str, doc: str, *names: str) -> Op:
    aliases = (f"wf.numpy.{ALIASES[name]}",) if name in ALIASES else ()
    return declare(f"wf.numpy.{name}", parameters(*names), doc, numpy=name, aliases=aliases)


ROWS = {name: _declare(name, doc, "x") for name, (_, doc) in UNARY.items()}
ROWS |= {name: _declare(name, doc, "x1", "x2") for name, (_, doc) in BINARY.items()}


def _function(name: str, result: str, doc: str) -> Callable[..., Any]:
    row = ROWS[name]

    def function(*args: object) -> Any:
        if len(args) != len(row.parameters):
            raise TypeError(f"numpy.{name}() takes {len(row.parameters)} arguments, not {len(args)}")
        numbers = [_number(name, value) for value in args]
        widest = max((type(number) for number in numbers), key=_width)
        return (widest if result == "Self" else resolve(result)[0])._call(row, *numbers)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    function.op = row  # type: ignore[attr-defined]
    return function


def _number(name: str, value: object) -> Proxy:
    number = promote(value, resolve("NumberLike"))
    if number is None:
        raise ProxyTypeError(f"numpy.{name}() takes Bool, Int or Float, not {describe(value)}")
    return number


def _width(type_: type[Proxy]) -> int:
    return ("Bool", "Int", "Float").index(type_.__name__)


FUNCTIONS = {name: _function(name, *entry) for name, entry in (UNARY | BINARY).items()}
FUNCTIONS |= {alias: FUNCTIONS[name] for name, alias in ALIASES.items()}


def __getattr__(name: str) -> Callable[..., Any]:
    try:
        return FUNCTIONS[name]
    except KeyError:
        raise AttributeError(f"module 'sdk.language.numpy' has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return sorted(FUNCTIONS)
