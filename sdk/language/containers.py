"""Lists, tuples and dicts, and what all collections can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, Self, TypeAlias, TypeVar

from sdk.graft.errors import ProxyTypeError
from sdk.graft.op import ABSENT, declare, parameters
from sdk.graft.types import Form
from sdk.language import operators
from sdk.language.function import trace
from sdk.language.generic import GenericProxy, Params, concrete
from sdk.language.notation import LIKE
from sdk.language.operation import binary, compare, equate
from sdk.language.primitives import Bool, Float, Int, NoneType
from sdk.language.proxify import proxify
from sdk.language.proxy import TYPES, Proxy, describe

__all__ = ["Collection", "List", "Slice", "check_order"]

T = TypeVar("T")

FloatListLike: TypeAlias = "List[Float] | List[Int] | Sequence[float]"
LIKE.update(FloatListLike=FloatListLike)

CONTAINS = declare("wf.contains", parameters("container", "value"), "Whether the value is in the container.")
FILTER = declare("wf.filter", parameters("sequence", "function"), "The elements for which the function gives True.")
GET = declare(
    "wf.get",
    parameters("container", "key", ("default", ABSENT)),
    "The element at an index (from the end when negative), of a slice, or of a key; else the default, or an error.",
)
LENGTH = declare("wf.length", parameters("container"), "The number of elements.")
MAP = declare("wf.map", parameters("sequence", "function"), "What the function gives for each element, as a list.")
REDUCE = declare(
    "wf.reduce",
    parameters("sequence", "function", initial=ABSENT),
    "function(so far, element) from left to right; starts with `initial`, else with the first element.",
)
REVERSED = declare("wf.reversed", parameters("sequence"), "The elements from last to first.")
SORTED = declare(
    "wf.sorted",
    parameters("sequence", ("key", None), reverse=False),
    "The elements in ascending order of what the key function gives, or of themselves; equal ones stay in order.",
)
LIST = declare("wf.list", parameters("*elements"), "A list.")
LIST_COPY = declare("wf.list.copy", parameters("sequence"), "A list of the elements of a list.")
TUPLE = declare("wf.tuple", parameters("*elements"), "A tuple.")
DICT = declare("wf.dict.create", parameters("*items", "**named"), "A dict of key, value, key, value …, or of names.")
DICT_FROM_PAIRS = declare("wf.dict.from_pairs", parameters("pairs"), "A dict of (key, value) pairs.")
DICT_KEYS = declare("wf.dict.keys", parameters("mapping"), "The keys of a dict, as a list.")
DICT_VALUES = declare("wf.dict.values", parameters("mapping"), "The values of a dict, as a list.")
DICT_ITEMS = declare("wf.dict.items", parameters("mapping"), "The (key, value) pairs of a dict, as a list.")
SLICE = declare(
    "wf.Slice.create", parameters(start=None, stop=None, step=None), "A slice, as Python's start:stop:step."
)
RANGE = declare(
    "wf.range",
    parameters("start", ("stop", None), step=1),
    "The integers from start up to, not including, stop; from 0 when just one number is given.",
)
ZIP = declare(
    "wf.zip", parameters("*sequences"), "Tuples of the elements at the same place, as many as the shortest has."
)


class Slice(
    Proxy,
    takes=(slice,),
    form=Form("slice", slice, lambda value: [value.start, value.stop, value.step], lambda parts: slice(*parts)),
):
    """start:stop:step of an index."""

    def __init__(self, start: object = None, stop: object = None, step: object = None) -> None:
        bounds = {"start": start, "stop": stop, "step": step}
        for name, bound in bounds.items():
            if bound is not None and Int._coerce(bound) is None:
                raise ProxyTypeError(f"the {name} of a slice must be Int or None, not {describe(bound)}")
        self._node = Slice._call(SLICE, **{name: proxify(bound) for name, bound in bounds.items()})._node

    @classmethod
    def from_slice(cls, obj: slice) -> Slice:
        """Return Python's slice as a proxy."""
        return cls(obj.start, obj.stop, obj.step)

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        return cls(value.start, value.stop, value.step) if isinstance(value, slice) else None


class Collection(Proxy, abstract=True):
    """Base of what has elements of one type: lists and image collections."""

    @classmethod
    def _element_type(cls) -> type[Proxy]:
        raise NotImplementedError

    def __getitem__(self, item: object) -> Any:
        if isinstance(item, (slice, Slice)):
            return type(self)._call(GET, self, Slice._promote(item))
        index = Int._coerce(item)
        if index is None:
            raise ProxyTypeError(f"{type(self).__name__} is indexed by Int or a slice, not {describe(item)}")
        return self._element_type()._call(GET, self, index)

    def __reversed__(self) -> Self:
        return self._call(REVERSED, self)

    def length(self) -> Int:
        """Return the number of elements."""
        return Int._call(LENGTH, self)

    def contains(self, other: object) -> Bool:
        """Return whether one of the elements equals `other`."""
        return Bool._call(CONTAINS, self, self._element_type()._promote(other))

    def map(self, func: Callable[..., Any]) -> Any:
        """Return what the function gives for each element: the same kind of collection, or a List.

        The function is called once, now, with a proxy that stands for every element.

        >>> List[Int]([3, 1, 2]).map(lambda x: x * 2.5)
        <List[Float]>
        """
        function, result = trace(func, (self._element_type(),))
        return concrete(TYPES["List"], result)._call(MAP, self, function)

    def filter(self, func: Callable[..., Any]) -> Self:
        """Return the elements for which the function gives True."""
        function, result = trace(func, (self._element_type(),))
        if not issubclass(result, (Bool, TYPES["Any"])):
            raise ProxyTypeError(f"a filter's function must give Bool, not {result.__name__}")
        return self._call(FILTER, self, function)

    def reduce(self, func: Callable[..., Any], initial: object = ABSENT) -> Any:
        """Return function(so far, element) from left to right, starting with `initial`, else with the first element."""
        element = self._element_type()
        start = element if initial is ABSENT else type(proxify(initial))
        function, result = trace(func, (start, element))
        if result is not start:
            raise ProxyTypeError(
                f"reduce's function takes {start.__name__} as what it has so far, so it must give that, "
                f"not {result.__name__}"
            )
        named = {} if initial is ABSENT else {"initial": proxify(initial)}
        return result._call(REDUCE, self, function, **named)


class List(GenericProxy, Collection, Generic[T], ordered=True):
    """A list whose elements have one type.

    >>> List[Int]([3, 1, 2])[0]
    <Int>
    """

    def __init__(self, iterable: object) -> None:
        self._made_of()
        if isinstance(iterable, List) and type(iterable) is type(self):
            self._node = self._call(LIST_COPY, iterable)._node
        else:
            self._node = self._promote(iterable)._node

    @classmethod
    def _check_params(cls, params: Params) -> None:
        super()._check_params(params)
        if len(params) != 1:
            raise TypeError(f"a List is made of one type, not of {len(params)}")

    @classmethod
    def _element_type(cls) -> type[Proxy]:
        element: type[Proxy] = cls._made_of()[0]
        return element

    @classmethod
    def _promote(cls, value: object) -> Self:
        if isinstance(value, Iterable) and not isinstance(value, (Proxy, str, bytes, Mapping)):
            return cls._call(LIST, *(cls._element_type()._promote(element) for element in value))
        return super()._promote(value)

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        if not isinstance(value, Iterable) or isinstance(value, (str, bytes, Mapping)):
            return None
        elements = [cls._element_type()._coerce(element) for element in value]
        proxies = [element for element in elements if element is not None]
        return cls._call(LIST, *proxies) if len(proxies) == len(elements) else None

    def sorted(self, key: Callable[..., Any] | None = None, reverse: bool | Bool = False) -> Self:
        """Return the elements in order of what the key function gives for them, or of themselves."""
        element = self._element_type()
        function, ordered = (NoneType(None), element) if key is None else trace(key, (element,))
        check_order(ordered)
        return self._call(SORTED, self, key=function, reverse=Bool._promote(reverse))

    __add__, __radd__ = binary(operators.ADD, {"Self": "Self"})
    __mul__, __rmul__ = binary(operators.MUL, {"Int": "Self"})
    __lt__ = compare(operators.LT, {"Self": "Bool"})
    __le__ = compare(operators.LE, {"Self": "Bool"})
    __gt__ = compare(operators.GT, {"Self": "Bool"})
    __ge__ = compare(operators.GE, {"Self": "Bool"})
    __eq__ = equate(operators.EQ, {"Self": "Bool"})
    __ne__ = equate(operators.NE, {"Self": "Bool"})
    __hash__ = Proxy.__hash__


def check_order(type_: type[Proxy]) -> None:
    """Raise a `TypeError` when values of the type have no order to sort by."""
    if not type_._row.ordered:
        raise TypeError(f"{type_.__name__} has no order to sort by; give a key function that gives a number, say")
