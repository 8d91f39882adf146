"""The base of all proxy types: objects that stand for values which are computed later."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, ClassVar, Self

from sdk.graft.errors import ProxyTypeError
from sdk.graft.nodes import Apply, Argument, Node, graft_of
from sdk.graft.op import Op
from sdk.graft.reader import node_of
from sdk.graft.types import Attribute, Form, Type, declare_type
from sdk.language.uncomputed import Uncomputed

__all__ = ["TAKERS", "TYPES", "Proxy", "describe", "plain_number", "promote"]

TYPES: dict[str, type[Proxy]] = {}  # every proxy type by its name, filled as the classes are created
TAKERS: dict[type, type[Proxy]] = {}  # the proxy type that takes values of a Python type

UFUNCS: dict[str, Callable[..., object]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "true_divide": operator.truediv, "floor_divide": operator.floordiv, "remainder": operator.mod,
    "power": operator.pow, "divmod": divmod, "less": operator.lt, "less_equal": operator.le, "equal": operator.eq,
    "not_equal": operator.ne, "greater": operator.gt, "greater_equal": operator.ge, "bitwise_and": operator.and_,
    "bitwise_or": operator.or_, "bitwise_xor": operator.xor, "invert": operator.invert,
    "left_shift": operator.lshift, "right_shift": operator.rshift, "negative": operator.neg,
    "positive": operator.pos, "absolute": abs,
}  # fmt: skip


class Proxy(Uncomputed):
    """Stands for a value that is computed later; operations on it build a graft.

    A proxy has no truth, length, elements or number in Python: `if`, `for`, `in`, `len` and `float` raise a `TypeError`
    that says what to write instead.
    """

    _node: Node
    _constructor = ""  # the builtin that makes one from its fields
    __hash__ = object.__hash__

    _abstract: ClassVar[bool] = False  # a base of types, and no type of values
    _row: ClassVar[Type]

    def __init_subclass__(
        cls,
        *,
        abstract: bool = False,
        takes: tuple[type, ...] = (),
        ordered: bool = False,
        sendable: bool = True,
        form: Form | None = None,
    ) -> None:
        """Enter the type into the tables, by what its class statement says; List[Int] and the like stay out."""
        super().__init_subclass__()
        cls._abstract = abstract
        if "[" in cls.__name__:
            return
        TYPES[cls.__name__] = cls
        TAKERS.update(dict.fromkeys(takes, cls))
        if not abstract:
            members = {name: member for base in reversed(cls.__mro__) for name, member in vars(base).items()}
            attributes = {name: member.type for name, member in members.items() if isinstance(member, Attribute)}
            cls._row = declare_type(Type(cls.__name__, takes, ordered, sendable, form, attributes))

    # Building

    @classmethod
    def _from_node(cls, node: Node) -> Self:
        proxy = cls.__new__(cls)
        proxy._node = node
        return proxy

    @classmethod
    def _call(cls, row: Op, /, *args: Proxy, **kwargs: Proxy) -> Self:
        """Return the proxy of what the operation gives for these arguments."""
        named = {name: proxy._node for name, proxy in kwargs.items()}
        return cls._from_node(Apply(row.builtin, tuple(proxy._node for proxy in args), named))

    @classmethod
    def _from_graft(cls, graft: dict[str, Any], params: tuple[Proxy, ...] = ()) -> Self:
        """Return the proxy of a stored graft; `params` are the parameters that its free names stand for."""
        free = {param._name: param._argument for param in params}
        return cls._from_node(node_of(graft, free, TYPES["Any"]))

    # Promotion

    @classmethod
    def _promote(cls, value: object) -> Self:
        """Return the value as a proxy of this type, or raise `ProxyTypeError`."""
        proxy = cls._coerce(value)
        if proxy is None:
            raise ProxyTypeError(f"expected {cls.__name__}, not {describe(value)}")
        return proxy

    @classmethod
    def _coerce(cls, value: object) -> Self | None:
        """Return the value as a proxy of this type; None when it cannot be one."""
        if isinstance(value, cls):
            return value
        if isinstance(value, TYPES["Any"]):
            return None if cls._abstract else cls._from_node(value._node)
        if isinstance(value, Proxy):
            return cls._from_proxy(value)
        return cls._from_value(plain_number(value))

    @classmethod
    def _from_proxy(cls, value: Proxy) -> Self | None:
        """Convert a proxy of another type, where that loses nothing."""
        return None

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        """Convert a Python value."""
        return None

    # What it holds

    @property
    def graft(self) -> dict[str, Any]:
        """The computation as graft JSON; parameters are free names in it."""
        return graft_of(self._node)

    @property
    def params(self) -> tuple[Proxy, ...]:
        """The parameters that the value depends on, in order of first use."""
        return tuple(argument.type._from_node(argument) for argument in self._node.free)

    @property
    def _argument(self) -> Argument:
        if not isinstance(self._node, Argument):
            raise TypeError(f"this {type(self).__name__} is no parameter, but a computation")
        return self._node

    @property
    def _name(self) -> str:
        """The name of a parameter."""
        return self._argument.name

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: object, **kwargs: object) -> Any:
        """Let NumPy's functions and numbers work on proxies: `np.float64(2) * image` is an Image."""
        function = UFUNCS.get(ufunc.__name__) or getattr(type(self), ufunc.__name__, None)
        if method != "__call__" or kwargs or function is None:
            return NotImplemented
        if any(getattr(value, "ndim", 0) for value in inputs if not isinstance(value, Proxy)):
            raise TypeError(f"a NumPy array does not go with {type(self).__name__}; its numbers do")
        return function(*map(plain_number, inputs))

    def __repr__(self) -> str:
        name = f" {self._node.name!r}" if isinstance(self._node, Argument) else ""
        return f"<{type(self).__name__}{name}>"


def plain_number(value: object) -> object:
    """Return a NumPy scalar as the Python number that it is, and everything else as it is."""
    if type(value).__module__ == "numpy" and hasattr(value, "item") and not getattr(value, "ndim", 0):
        return value.item()
    return value


def promote(value: object, alternatives: tuple[type[Proxy], ...]) -> Proxy | None:
    """Return the value as the first of the types that takes it, without conversion where possible."""
    if isinstance(value, alternatives):
        return value
    if isinstance(value, TYPES["Any"]) and len(alternatives) > 1 and alternatives[0]._abstract:
        return value  # imagery or a number: which of them is known when it is computed
    for alternative in alternatives:
        proxy = alternative._coerce(value)
        if proxy is not None:
            return proxy
    return None


def describe(value: object) -> str:
    """Say what a value is, for a message: its type and, of a short one, itself.

    >>> describe(1.5), describe("a" * 99)
    ('float 1.5', 'str')
    """
    if isinstance(value, Proxy):
        return type(value).__name__
    text = "" if value is None else f" {value!r}"
    return type(value).__name__ + (text if len(text) < 40 else "")
