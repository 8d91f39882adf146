"""Numbers, truth values and None."""

from __future__ import annotations

import math
from types import NoneType as _NoneType
from typing import Any, Self, TypeAlias

from sdk.graft.nodes import Builtin, Literal
from sdk.graft.op import declare, op_of
from sdk.graft.rules import fixed
from sdk.graft.types import Form
from sdk.language.notation import LIKE
from sdk.language.numpy_protocol import NumPyProtocol
from sdk.language.operators import operators
from sdk.language.proxy import TYPES, Proxy
from sdk.language.ufuncs import FUNCTIONS, OPERATORS

__all__ = ["Bool", "Float", "Int", "NoneType", "Number", "Primitive", "e", "inf", "nan", "number", "pi"]

BoolLike: TypeAlias = "Bool | bool"
IntLike: TypeAlias = "Int | int"
FloatLike: TypeAlias = "Int | Float | float"
NumberLike: TypeAlias = "Bool | Int | Float | float"
LIKE.update(BoolLike=BoolLike, IntLike=IntLike, FloatLike=FloatLike, NumberLike=NumberLike)

INT_CAST = declare(
    "wf.Int.cast",
    "value: Bool | Float | Str | Scalar",
    fixed("Int"),
    "An Int of a Float or Scalar (its fraction cut off), Bool or Str.",
    example="Int(Float(2.5))",
)
FLOAT_CAST = declare(
    "wf.Float.cast",
    "value: Bool | Int | Str | Scalar",
    fixed("Float"),
    "A Float of an Int, Bool, Str or Scalar.",
    example="Float(Int(2))",
)


class Primitive(Proxy, abstract=True):
    """Base of the types whose values are literals of the language."""

    def __init__(self, obj: object) -> None:
        self._node = type(self)._promote(obj)._node

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        (python,) = cls._row.takes
        if not isinstance(value, python) or isinstance(value, bool) > (python is bool):
            return None
        return cls._from_node(Literal(python(value)))

    @property
    def literal_value(self) -> Any:
        """The Python value that the proxy was made from; None when it is computed."""
        return self._node.value if isinstance(self._node, Literal) else None


class NoneType(Primitive, takes=(_NoneType,)):
    """None.

    >>> NoneType(None).graft
    {'0': None, 'returns': '0'}
    """

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        return cls._from_node(Literal(None)) if value is None else None


_LOGIC = {
    "&": "logical_and",
    "|": "logical_or",
    "^": "logical_xor",
    "~x": "logical_not",
    "==": "equal",
    "!=": "not_equal",
}


@operators(
    {"& | ^ == !=": {"Bool": "Bool"}, "~x": "Bool"}, {sign: op_of(FUNCTIONS[name]) for sign, name in _LOGIC.items()}
)
class Bool(Primitive, NumPyProtocol, takes=(bool,)):
    """A truth value. `&`, `|`, `^` and `~` combine them; `wf.ifelse` chooses by one.

    >>> type(~Bool(True))
    <class 'sdk.language.primitives.Bool'>
    """

    @classmethod
    def _from_proxy(cls, value: Proxy) -> Self | None:
        return cls._call(OPERATORS["!="], value, Int(0)) if isinstance(value, TYPES["Scalar"]) else None


@operators(
    {
        "+ - * // % **": {"Int": "Self", "Float": "Float", "Scalar": "Scalar"},
        "/": {"Int": "Float", "Float": "Float", "Scalar": "Scalar"},
        "< <= > >= == !=": {"Int": "Bool", "Float": "Bool", "Scalar": "Bool"},
        "-x +x abs ~x": "Self",
    },
    OPERATORS,
)
class Number(Primitive, NumPyProtocol, abstract=True):
    """Base of Int and Float: arithmetic and comparisons. Python's numbers go with them, and NumPy's."""


@operators(
    {"& | ^ << >>": {"Int": "Int"}, "divmod": {"Int": "Tuple[Int, Int]", "Float": "Tuple[Float, Float]"}},
)
class Int(Number, takes=(int,), ordered=True):
    """An integer. Also casts: of a Float, whose fraction is cut off, of a Bool, of a Str.

    >>> type(Int(7) + 2), type(Int(7) / 2)
    (<class 'sdk.language.primitives.Int'>, <class 'sdk.language.primitives.Float'>)
    """

    def __init__(self, obj: object) -> None:
        if isinstance(obj, (Float, Bool, TYPES["Str"], TYPES["Scalar"])):
            self._node = Int._call(INT_CAST, obj)._node
        else:
            super().__init__(obj)


@operators({"divmod": {"Int": "Tuple[Float, Float]", "Float": "Tuple[Float, Float]"}})
class Float(Number, takes=(float,), ordered=True, form=Form("float", float, str, float)):
    """A floating-point number, of 64 bits. Also casts: of an Int, of a Bool, of a Str.

    >>> Float(1.5).graft
    {'0': 1.5, 'returns': '0'}
    """

    def __init__(self, obj: object) -> None:
        if isinstance(obj, (Bool, TYPES["Str"], TYPES["Scalar"])):
            self._node = Float._call(FLOAT_CAST, obj)._node
        else:
            super().__init__(obj)

    @classmethod
    def _from_proxy(cls, value: Proxy) -> Self | None:
        return cls._call(FLOAT_CAST, value) if isinstance(value, (Int, TYPES["Scalar"])) else None

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        if isinstance(value, int) and not isinstance(value, bool):
            return cls._call(FLOAT_CAST, Int(value))
        if not isinstance(value, float) or math.isfinite(value):
            return super()._from_value(value)
        if math.isnan(value):
            return cls._from_node(Builtin("wf.constants.nan"))  # JSON has no such numbers
        infinite = cls._from_node(Builtin("wf.constants.inf"))
        return infinite if value > 0 else cls._call(OPERATORS["-x"], infinite)


def number(value: object) -> Int | Float:
    """Return a number as the Int or Float that it is."""
    integer = None if isinstance(value, Float) else Int._coerce(value)
    return Float._promote(value) if integer is None else integer


def _constant(name: str, value: float, doc: str) -> Float:
    return Float._from_node(
        Builtin(declare(f"wf.constants.{name}", "", fixed("Float"), doc, value=value, example=name).builtin)
    )


e = _constant("e", math.e, "The base of natural logarithms.")
pi = _constant("pi", math.pi, "The circumference of a circle of diameter 1.")
inf = _constant("inf", math.inf, "Infinity.")
nan = _constant("nan", math.nan, "Not a number.")
