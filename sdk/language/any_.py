"""Values whose type is not known before they are computed."""

from __future__ import annotations

from typing import Any as Untyped
from typing import Self, TypeVar

from sdk.language import operators
from sdk.language.containers import CONTAINS, GET, LENGTH, REVERSED
from sdk.language.operation import GETATTR, binary, compare, equate, of_row
from sdk.language.primitives import Bool, Int
from sdk.language.proxify import proxify
from sdk.language.proxy import Proxy
from sdk.language.strings import Str

__all__ = ["Any"]

T = TypeVar("T", bound=Proxy)

_ANY = {"Any": "Any"}
_BOOL = {"Any": "Bool"}


class Any(Proxy, ordered=True):
    """A value of unknown type, such as an own field of an image's properties.

    Everything can be tried on it; what makes no sense fails when it is computed. `cast` says what it is.

    >>> from sdk import Image
    >>> type(Image.from_id("product:scene").properties["cloud_cover"] < 0.2)
    <class 'sdk.language.primitives.Bool'>
    """

    def __init__(self, value: object) -> None:
        self._node = proxify(value)._node

    @classmethod
    def _from_proxy(cls, value: Proxy) -> Self | None:
        return cls._from_node(value._node)

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        try:
            return cls._from_node(proxify(value)._node)
        except TypeError:
            return None

    def cast(self, cls: type[T]) -> T:
        """Return the same value as a proxy of a type that you know it to have."""
        return cls._from_node(self._node)

    def __getattr__(self, attr: str) -> Any:
        if attr.startswith("_"):
            raise AttributeError(f"Any has no attribute {attr!r}")
        return Any._call(GETATTR, self, Str(attr))

    def __getitem__(self, item: object) -> Any:
        return Any._call(GET, self, proxify(item))

    def __call__(self, *args: object, **kwargs: object) -> Untyped:
        raise TypeError("an Any cannot be called; cast it to a Function first, which says what it takes and gives")

    def __reversed__(self) -> Any:
        return Any._call(REVERSED, self)

    def contains(self, other: object) -> Bool:
        """Return whether the value is in this one."""
        return Bool._call(CONTAINS, self, proxify(other))

    def length(self) -> Int:
        """Return the number of elements."""
        return Int._call(LENGTH, self)

    __add__, __radd__ = binary(operators.ADD, _ANY)
    __sub__, __rsub__ = binary(operators.SUB, _ANY)
    __mul__, __rmul__ = binary(operators.MUL, _ANY)
    __truediv__, __rtruediv__ = binary(operators.DIV, _ANY, reflected=operators.TRUEDIV)
    __floordiv__, __rfloordiv__ = binary(operators.FLOORDIV, _ANY)
    __mod__, __rmod__ = binary(operators.MOD, _ANY)
    __divmod__, __rdivmod__ = binary(operators.DIVMOD, _ANY)
    __pow__, __rpow__ = binary(operators.POW, _ANY)
    __and__, __rand__ = binary(operators.AND, _ANY)
    __or__, __ror__ = binary(operators.OR, _ANY)
    __xor__, __rxor__ = binary(operators.XOR, _ANY)
    __lshift__, __rlshift__ = binary(operators.LSHIFT, _ANY)
    __rshift__, __rrshift__ = binary(operators.RSHIFT, _ANY)
    __lt__ = compare(operators.LT, _BOOL)
    __le__ = compare(operators.LE, _BOOL)
    __gt__ = compare(operators.GT, _BOOL)
    __ge__ = compare(operators.GE, _BOOL)
    __eq__ = equate(operators.EQ, _BOOL)
    __ne__ = equate(operators.NE, _BOOL)
    __hash__ = Proxy.__hash__
    __neg__ = of_row(operators.NEG, _ANY)
    __pos__ = of_row(operators.POS, _ANY)
    __abs__ = of_row(operators.ABS, _ANY)
    __invert__ = of_row(operators.INVERT, _ANY)
