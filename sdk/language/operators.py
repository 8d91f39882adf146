"""The operators: their rows, and the class decorator that gives a type those that it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from sdk.graft.errors import ProxyTypeError
from sdk.graft.op import Op, declare
from sdk.graft.rules import operands
from sdk.language.notation import resolve
from sdk.language.proxy import TYPES, Proxy, describe

__all__ = ["COMPARISONS", "METHODS", "ROWS", "UNARY", "operators"]

P = TypeVar("P", bound=type[Proxy])
Results = Mapping[str, str]  # from the other side's type to the result's; "Self" is the own type

COMPARISONS: Final = ("<", "<=", ">", ">=", "==", "!=")
UNARY: Final = ("-x", "+x", "abs", "~x")
METHODS: Final[Mapping[str, str]] = MappingProxyType({
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "divmod": "divmod", "**": "pow",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift", "<": "lt", "<=": "le", ">": "gt", ">=": "ge",
    "==": "eq", "!=": "ne", "-x": "neg", "+x": "pos", "abs": "abs", "~x": "invert",
})  # fmt: skip


_IMAGE: Final = 'Image.from_id("product:scene")'

# The rows of imagery, Any, text, lists and dates, by their signs; numbers have those of `sdk.language.ufuncs`.
_ROWS: Final = {
    "+": ("wf.add", "add", "x + y: the sum; text, lists and tuples are joined; a Timedelta moves a Datetime."),
    "-": ("wf.sub", "subtract", "x - y: the difference; of two Datetimes a Timedelta."),
    "*": ("wf.mul", "multiply", "x * y: the product; text and lists are repeated."),
    "/": ("wf.div", "divide", "x / y: the quotient; pixels divided by 0 become masked."),
    "r/": ("wf.truediv", "divide", "x / y, as `wf.div`."),
    "//": ("wf.floordiv", "floor_divide", "x // y, rounded down; a Datetime goes back to an interval."),
    "%": ("wf.mod", "remainder", "x % y: the remainder of x // y."),
    "divmod": ("wf.divmod", None, "divmod(x, y): the pair (x // y, x % y)."),
    "**": ("wf.pow", "power", "x ** y: x to the power of y."),
    "<": ("wf.lt", "less", "x < y."),
    "<=": ("wf.le", "less_equal", "x <= y."),
    "==": ("wf.eq", "equal", "x == y."),
    "!=": ("wf.ne", "not_equal", "x != y."),
    ">": ("wf.gt", "greater", "x > y."),
    ">=": ("wf.ge", "greater_equal", "x >= y."),
    "&": ("wf.and", "bitwise_and", "x & y: and of booleans, else of the bits of integers."),
    "|": ("wf.or", "bitwise_or", "x | y: or of booleans, else of the bits of integers."),
    "^": ("wf.xor", "bitwise_xor", "x ^ y: exclusive or of booleans, else of the bits of integers."),
    "<<": ("wf.lshift", "left_shift", "x << y: bits moved to the left."),
    ">>": ("wf.rshift", "right_shift", "x >> y: bits moved to the right."),
    "-x": ("wf.neg", "negative", "-x."),
    "+x": ("wf.pos", "positive", "+x."),
    "abs": ("wf.abs", "absolute", "abs(x): the absolute value."),
    "~x": ("wf.invert", "invert", "~x: not of a boolean, else of the bits of an integer."),
}  # fmt: skip


def _row(sign: str, builtin: str, numpy: str | None, doc: str) -> Op:
    if sign in UNARY:
        example = f"abs({_IMAGE})" if sign == "abs" else sign.replace("x", _IMAGE)
        return declare(builtin, "x: Any", operands("x"), doc, numpy=numpy, example=example)
    example = {"divmod": "divmod(Int(7), 2)", "r/": f"1 / {_IMAGE}"}.get(sign, f"{_IMAGE} {sign} 2")
    return declare(builtin, "x: Any, y: Any", operands("x", "y"), doc, numpy=numpy, example=example)


ROWS: Final[Mapping[str, Op]] = MappingProxyType({sign: _row(sign, *row) for sign, row in _ROWS.items()})


def operators(given: Mapping[str, Results | str], rows: Mapping[str, Op] = ROWS) -> Callable[[P], P]:
    """Give a class operators: from their signs to the types they go with and what each gives.

    Arithmetic works from both sides, unless an entry with an "r" in front says what the right side does, {} that it
    does nothing. The types are tried in order. An operator of one operand has its result alone.
    """

    def decorate(cls: P) -> P:
        results = {sign: gives for signs, gives in given.items() for sign in signs.split()}
        for sign, gives in results.items():
            bare = sign.removeprefix("r")
            name = METHODS[bare]
            if isinstance(gives, str):
                _add(cls, f"__{name}__", _one(rows[sign], gives))
            elif bare != sign and gives:
                _add(cls, f"__r{name}__", _two(rows.get(sign, rows[bare]), gives, reflected=True))
            elif bare == sign:
                make = _equality if sign in ("==", "!=") else _two
                _add(cls, f"__{name}__", make(rows[sign], gives))
                if sign not in COMPARISONS and f"r{sign}" not in results:
                    _add(cls, f"__r{name}__", _two(rows.get(f"r{sign}", rows[sign]), gives, reflected=True))
        return cls

    return decorate


def _add(cls: type[Proxy], name: str, method: Callable[..., Any]) -> None:
    method.__name__, method.__qualname__ = name, f"{cls.__name__}.{name}"
    setattr(cls, name, method)


def _one(row: Op, gives: str) -> Callable[[Any], Any]:
    def method(self: Proxy) -> Any:
        return (type(self) if gives == "Self" else resolve(gives)[0])._call(row, self)

    return _marked(method, row, gives)


def _two(row: Op, results: Results, *, reflected: bool = False) -> Callable[[Any, object], Any]:
    def method(self: Proxy, other: object) -> Any:
        match = _match(type(self), other, results)
        if match is None:
            return NotImplemented
        operand, result = match
        return result._call(row, operand, self) if reflected else result._call(row, self, operand)

    return _marked(method, row, results)


def _equality(row: Op, results: Results) -> Callable[[Any, object], Any]:
    """Return the method of == or !=. What cannot be compared raises; Python would say that it is not equal."""

    def method(self: Proxy, other: object) -> Any:
        match = _match(type(self), other, results)
        if match is not None:
            return match[1]._call(row, self, match[0])
        theirs = getattr(getattr(type(other), method.__name__), "results", {})
        if isinstance(other, Proxy) and _match(type(other), self, theirs):
            return NotImplemented
        either = " or ".join("its own type" if name == "Self" else name for name in results)
        raise ProxyTypeError(f"a {type(self).__name__} can be compared with {either}, not {describe(other)}")

    return _marked(method, row, results)


def _marked(method: Callable[..., Any], row: Op, results: Results | str) -> Callable[..., Any]:
    method.__doc__, method.op, method.results = row.doc, row, results  # type: ignore[attr-defined]
    return method


def _match(own: type[Proxy], other: object, results: Results) -> tuple[Proxy, type[Proxy]] | None:
    """Return the other operand as a proxy, and the type of the result; None if the types do not go together."""
    if isinstance(other, TYPES["Any"]) and "Any" not in results:
        return None  # what is in it is unknown, and so is the result: Any's own operators say so
    types = {own if name == "Self" else resolve(name)[0]: result for name, result in results.items()}
    for type_, result in types.items():
        if isinstance(other, type_):
            return other, own if result == "Self" else resolve(result)[0]
    for type_, result in types.items():
        proxy = type_._coerce(other)
        if proxy is not None:
            return proxy, own if result == "Self" else resolve(result)[0]
    return None
