"""Rows of the operators that imagery, Any, text, lists and dates share; numbers have those of `sdk.language.numpy`."""

from __future__ import annotations

from sdk.graft.op import Op, declare, parameters

__all__ = [
    "ABS", "ADD", "AND", "DIV", "DIVMOD", "EQ", "FLOORDIV", "GE", "GT", "INVERT", "LE", "LSHIFT", "LT", "MOD", "MUL",
    "NE", "NEG", "OR", "POS", "POW", "RSHIFT", "SUB", "TRUEDIV", "XOR",
]  # fmt: skip


def _two(builtin: str, doc: str, numpy: str | None) -> Op:
    return declare(builtin, parameters("x", "y"), doc, numpy=numpy)


def _one(builtin: str, doc: str, numpy: str) -> Op:
    return declare(builtin, parameters("x"), doc, numpy=numpy)


ADD = _two("wf.add", "x + y: the sum; text, lists and tuples are joined; a Timedelta moves a Datetime.", "add")
SUB = _two("wf.sub", "x - y: the difference; of two Datetimes a Timedelta.", "subtract")
MUL = _two("wf.mul", "x * y: the product; text and lists are repeated.", "multiply")
DIV = _two("wf.div", "x / y: the quotient; pixels divided by 0 become masked.", "divide")
TRUEDIV = _two("wf.truediv", "x / y, as `wf.div`.", "divide")
FLOORDIV = _two(
    "wf.floordiv", "x // y: the quotient rounded down; a Datetime goes back to an interval.", "floor_divide"
)
MOD = _two("wf.mod", "x % y: what the division rounded down leaves.", "remainder")
DIVMOD = _two("wf.divmod", "divmod(x, y): the pair (x // y, x % y).", None)
POW = _two("wf.pow", "x ** y: x to the power of y.", "power")
LT = _two("wf.lt", "x < y", "less")
LE = _two("wf.le", "x <= y", "less_equal")
EQ = _two("wf.eq", "x == y", "equal")
NE = _two("wf.ne", "x != y", "not_equal")
GT = _two("wf.gt", "x > y", "greater")
GE = _two("wf.ge", "x >= y", "greater_equal")
AND = _two("wf.and", "x & y: and of booleans, else of the bits of integers.", "bitwise_and")
OR = _two("wf.or", "x | y: or of booleans, else of the bits of integers.", "bitwise_or")
XOR = _two("wf.xor", "x ^ y: exclusive or of booleans, else of the bits of integers.", "bitwise_xor")
LSHIFT = _two("wf.lshift", "x << y: bits moved to the left.", "left_shift")
RSHIFT = _two("wf.rshift", "x >> y: bits moved to the right.", "right_shift")
NEG = _one("wf.neg", "-x", "negative")
POS = _one("wf.pos", "+x", "positive")
ABS = _one("wf.abs", "abs(x): the absolute value.", "absolute")
INVERT = _one("wf.invert", "~x: not of a boolean, else of the bits of an integer.", "invert")
