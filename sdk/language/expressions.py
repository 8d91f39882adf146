"""Expressions: formulas as text, such as "(nir - red) / (nir + red)"."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, Final, NoReturn

from sdk.graft.near import near

__all__ = ["ExpressionError", "compute"]

MAX_CHARACTERS: Final = 4096
MAX_DEPTH: Final = 200  # operators and functions within one another
BESIDE: Final = 50  # characters of an expression that are shown on both sides of a mistake
OPERATORS: Final[Mapping[type[ast.AST], str]] = MappingProxyType({  # by NumPy's names
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.FloorDiv: "floor_divide",
    ast.Mod: "remainder", ast.Pow: "power", ast.BitAnd: "bitwise_and", ast.BitOr: "bitwise_or",
    ast.BitXor: "bitwise_xor", ast.Lt: "less", ast.LtE: "less_equal", ast.Gt: "greater", ast.GtE: "greater_equal",
    ast.Eq: "equal", ast.NotEq: "not_equal", ast.USub: "negative", ast.UAdd: "positive", ast.Invert: "invert",
})  # fmt: skip


class ExpressionError(ValueError):
    """An expression that means nothing; `column`, from 1 on, is where."""

    def __init__(self, text: str, column: int, message: str) -> None:
        first = max(0, column - 1 - BESIDE)
        shown = text[first : column - 1 + BESIDE]
        super().__init__(f"column {column} of the expression: {message}\n  {shown}\n  {' ' * (column - 1 - first)}^")
        self.column = column


def compute(
    text: str,
    band: Callable[[str], Any],
    apply: Callable[..., Any],
    functions: Collection[str] = (),
) -> Any:
    """Return what an expression gives, made of bands by name and of `apply(function, *operands)`, by NumPy's names.

    The grammar is Python's, of which there are numbers, operators and calls of `functions`; names, and texts in
    quotes, are bands. What is not, and what Python cannot compute of numbers alone, is an `ExpressionError`.

    >>> compute("2 * (nir - 'band 1')", str.upper, lambda *call: call)
    ('multiply', 2, ('subtract', 'NIR', 'BAND 1'))
    """
    return _Reader(text, band, apply, functions).read()


class _Reader:
    """One expression as it is read."""

    def __init__(
        self, text: str, band: Callable[[str], Any], apply: Callable[..., Any], functions: Collection[str]
    ) -> None:
        self._text = " ".join(text.splitlines()) if len(text) <= MAX_CHARACTERS else ""
        self._characters = len(text)
        self._band, self._apply, self._functions = band, apply, functions

    def read(self) -> Any:
        if self._characters > MAX_CHARACTERS:
            raise ValueError(f"the expression has {self._characters:,} characters; the limit is {MAX_CHARACTERS:,}")
        text = self._text.lstrip()  # else Python takes it for indented
        if not text:
            raise ExpressionError(self._text, 1, "it is empty")
        try:
            tree = ast.parse(text, mode="eval")
        except SyntaxError as exc:
            column = exc.offset or len(text) + 1  # Python counts from 1, and says 0 where there should be more
            raise ExpressionError(self._text, column + len(self._text) - len(text), exc.msg) from None
        except ValueError as exc:  # null characters
            raise ExpressionError(self._text, 1, str(exc)) from None
        except (MemoryError, RecursionError):
            raise ExpressionError(self._text, 1, "it is nested too deeply") from None
        return self._value(tree.body, 1)

    def _value(self, node: ast.expr, depth: int) -> Any:
        if depth > MAX_DEPTH:
            self._refuse(node, f"operators are more than {MAX_DEPTH} deep within one another")
        match node:
            case ast.Name(str(name)) | ast.Constant(str(name)):
                return self._band(name)
            case ast.Constant(int() | float() as number) if not isinstance(number, bool):
                return self._checked(node, number)
            case ast.BinOp(left, sign, right) | ast.Compare(left, [sign], [right]) if type(sign) in OPERATORS:
                return self._applied(node, OPERATORS[type(sign)], [left, right], depth)
            case ast.UnaryOp(sign, operand) if type(sign) in OPERATORS:
                return self._applied(node, OPERATORS[type(sign)], [operand], depth)
            case ast.Call(ast.Name(name), operands, []) if name in self._functions:
                return self._applied(node, name, operands, depth)
            case ast.Call(ast.Name(name), _, []):
                instead = near(name, self._functions) or f"; there are {', '.join(self._functions)}"
                self._refuse(node, f"there is no function {name[:80]!r}{instead}")
            case ast.Compare() if all(type(sign) in OPERATORS for sign in node.ops):
                self._refuse(node, "compare two values at a time: (a < b) & (b < c)")
            case ast.BoolOp() | ast.UnaryOp(ast.Not()):
                self._refuse(node, "instead of and, or, not write &, |, ~, and comparisons in parentheses")
            case ast.IfExp():
                self._refuse(node, "instead of `a if c else b` write where(c, a, b)")
        self._refuse(node, "here must be a band, a number, an operator or a function")

    def _applied(self, node: ast.expr, function: str, operands: list[ast.expr], depth: int) -> Any:
        values = [self._value(operand, depth + 1) for operand in operands]
        try:
            if function == "power" and all(isinstance(value, int | float) for value in values):
                operator.pow(*map(float, values))  # of integers it may have any number of digits
            made = self._apply(function, *values)
        except OverflowError:
            self._refuse(node, "the number is too large")
        except (ZeroDivisionError, TypeError, ValueError) as exc:
            self._refuse(node, str(exc))
        return self._checked(node, made)

    def _checked(self, node: ast.expr, value: Any) -> Any:
        if isinstance(value, complex) or (isinstance(value, int | float) and not _is_finite(value)):
            self._refuse(node, "the number is too large, or no real one")
        return value

    def _refuse(self, node: ast.expr, message: str) -> NoReturn:
        text = self._text.lstrip()
        before = text.encode()[: node.col_offset].decode()  # Python counts bytes
        raise ExpressionError(self._text, len(self._text) - len(text) + len(before) + 1, message) from None


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # an integer beyond all floats
        return False
