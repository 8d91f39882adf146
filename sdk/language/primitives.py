"""Numbers, truth values and None."""

from __future__ import annotations

import math
from types import NoneType as _NoneType
from typing import Any, Self, TypeAlias

from sdk.graft.nodes import Literal, Reference
from sdk.graft.op import declare, parameters
from sdk.graft.types import Form
from sdk.language import operators
from sdk.language.notation import LIKE
from sdk.language.numpy import FUNCTIONS, ROWS
from sdk.language.operation import binary, compare, equate, of_row
from sdk.language.proxy import TYPES, Proxy

__all__ = ["Bool", "Float", "Int", "NoneType", "Number", "Primitive", "e", "inf", "nan", "number", "pi"]

BoolLike: TypeAlias = "Bool | bool"
IntLike: TypeAlias = "Int | int"
FloatLike: TypeAlias = "Int | Float | float"
NumberLike: TypeAlias = "Bool | Int | Float | float"
LIKE.update(BoolLike=BoolLike, IntLike=IntLike, FloatLike=FloatLike, NumberLike=NumberLike)

INT_CAST = declare("wf.Int.cast", parameters("value"), "An Int of a Float (its fraction cut off), Bool or Str.")
FLOAT_CAST = declare("wf.Float.cast", parameters("value"), "A Float of an Int, Bool or Str.")


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


class Bool(Primitive, takes=(bool,)):
    """A truth value. `&`, `|`, `^` and `~` combine them; `wf.ifelse` chooses by one.

    >>> type(~Bool(True))
    <class 'sdk.language.primitives.Bool'>
    """

    __and__, __rand__ = binary(ROWS["logical_and"], {"Bool": "Bool"})
    __or__, __ror__ = binary(ROWS["logical_or"], {"Bool": "Bool"})
    __xor__, __rxor__ = binary(ROWS["logical_xor"], {"Bool": "Bool"})
    __invert__ = of_row(ROWS["logical_not"], {"Bool": "Bool"})
    __eq__ = equate(ROWS["equal"], {"Bool": "Bool"})
    __ne__ = equate(ROWS["not_equal"], {"Bool": "Bool"})
    __hash__ = Proxy.__hash__


class Number(Primitive, abstract=True):
    """Base of Int and Float: arithmetic and comparisons. Python's numbers go with them, and NumPy's."""

    __lt__ = compare(ROWS["less"], {"Int": "Bool", "Float": "Bool"})
    __le__ = compare(ROWS["less_equal"], {"Int": "Bool", "Float": "Bool"})
    __gt__ = compare(ROWS["greater"], {"Int": "Bool", "Float": "Bool"})
    __ge__ = compare(ROWS["greater_equal"], {"Int": "Bool", "Float": "Bool"})
    __eq__ = equate(ROWS["equal"], {"Int": "Bool", "Float": "Bool"})
    __ne__ = equate(ROWS["not_equal"], {"Int": "Bool", "Float": "Bool"})
    __hash__ = Proxy.__hash__

    __add__, __radd__ = binary(ROWS["add"], {"Int": "Self", "Float": "Float"})
    __sub__, __rsub__ = binary(ROWS["subtract"], {"Int": "Self", "Float": "Float"})
    __mul__, __rmul__ = binary(ROWS["multiply"], {"Int": "Self", "Float": "Float"})
    __truediv__, __rtruediv__ = binary(ROWS["divide"], {"Int": "Float", "Float": "Float"})
    __floordiv__, __rfloordiv__ = binary(ROWS["floor_divide"], {"Int": "Self", "Float": "Float"})
    __mod__, __rmod__ = binary(ROWS["remainder"], {"Int": "Self", "Float": "Float"})
    __pow__, __rpow__ = binary(ROWS["power"], {"Int": "Self", "Float": "Float"})
    __neg__ = of_row(ROWS["negative"], {"Int": "Self", "Float": "Self"})
    __pos__ = of_row(operators.POS, {"Int": "Self", "Float": "Self"})
    __abs__ = of_row(ROWS["absolute"], {"Int": "Self", "Float": "Self"})
    __invert__ = of_row(operators.INVERT, {"Int": "Self", "Float": "Self"})

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: object, **kwargs: object) -> Any:
        function = FUNCTIONS.get(ufunc.__name__)
        if function is None or method != "__call__" or kwargs or any(isinstance(x, TYPES["Imagery"]) for x in inputs):
            return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)
        return function(*inputs)


class Int(Number, takes=(int,), ordered=True):
    """An integer. Also casts: of a Float, whose fraction is cut off, of a Bool, of a Str.

    >>> type(Int(7) + 2), type(Int(7) / 2)
    (<class 'sdk.language.primitives.Int'>, <class 'sdk.language.primitives.Float'>)
    """

    def __init__(self, obj: object) -> None:
        if isinstance(obj, (Float, Bool, TYPES["Str"])):
            self._node = Int._call(INT_CAST, obj)._node
        else:
            super().__init__(obj)

    __and__, __rand__ = binary(operators.AND, {"Int": "Int"})
    __or__, __ror__ = binary(operators.OR, {"Int": "Int"})
    __xor__, __rxor__ = binary(operators.XOR, {"Int": "Int"})
    __lshift__, __rlshift__ = binary(operators.LSHIFT, {"Int": "Int"})
    __rshift__, __rrshift__ = binary(operators.RSHIFT, {"Int": "Int"})
    __divmod__, __rdivmod__ = binary(operators.DIVMOD, {"Int": "Tuple[Int, Int]", "Float": "Tuple[Float, Float]"})


class Float(Number, takes=(float,), ordered=True, form=Form("float", float, str, float)):
    """A floating-point number, of 64 bits. Also casts: of an Int, of a Bool, of a Str.

    >>> Float(1.5).graft
    {'0': 1.5, 'returns': '0'}
    """

    def __init__(self, obj: object) -> None:
        if isinstance(obj, (Bool, TYPES["Str"])):
            self._node = Float._call(FLOAT_CAST, obj)._node
        else:
            super().__init__(obj)

    @classmethod
    def _from_proxy(cls, value: Proxy) -> Self | None:
        return cls._call(FLOAT_CAST, value) if isinstance(value, Int) else None

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        if isinstance(value, int) and not isinstance(value, bool):
            return cls._call(FLOAT_CAST, Int(value))
        if not isinstance(value, float) or math.isfinite(value):
            return super()._from_value(value)
        if math.isnan(value):
            return cls._from_node(Reference("wf.constants.nan"))  # JSON has no such numbers
        infinite = cls._from_node(Reference("wf.constants.inf"))
        return infinite if value > 0 else cls._call(ROWS["negative"], infinite)

    __divmod__, __rdivmod__ = binary(operators.DIVMOD, {"Int": "Tuple[Float, Float]", "Float": "Tuple[Float, Float]"})


def number(value: object) -> Int | Float:
    """Return a number as the Int or Float that it is."""
    integer = None if isinstance(value, Float) else Int._coerce(value)
    return Float._promote(value) if integer is None else integer


def _constant(name: str, value: float, doc: str) -> Float:
    return Float._from_node(Reference(declare(f"wf.constants.{name}", (), doc, value=value).builtin))


e = _constant("e", math.e, "The base of natural logarithms.")
pi = _constant("pi", math.pi, "The circumference of a circle of diameter 1.")
inf = _constant("inf", math.inf, "Infinity.")
nan = _constant("nan", math.nan, "Not a number.")
