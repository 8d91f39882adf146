"""Lists, tuples and dicts, and what all collections can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, Self, TypeAlias, TypeVar, overload

from sdk.graft.errors import ProxyTypeError
from sdk.graft.op import ABSENT, declare
from sdk.graft.rules import element, fixed, like, of_function
from sdk.language.function import trace
from sdk.language.generic import GenericProxy, Params, concrete
from sdk.language.notation import LIKE
from sdk.language.operation import emits, function
from sdk.language.operators import operators
from sdk.language.primitives import Bool, BoolLike, Float, Int, IntLike, NoneType
from sdk.language.proxify import proxify
from sdk.language.proxy import TYPES, Proxy, describe
from sdk.language.slices import Slice

__all__ = ["Collection", "List", "check_order"]

T = TypeVar("T")
R = TypeVar("R")

FloatListLike: TypeAlias = "List[Float] | List[Int] | Sequence[float]"
LIKE.update(FloatListLike=FloatListLike)

CONTAINS = declare(
    "wf.contains",
    "container: Any, value: Any",
    fixed("Bool"),
    "Return whether the value is in the container: an element of a list, a key of a dict, a part of a text.",
    owner="List",
    example="List[Int]([3, 1, 2]).contains(3)",
)
FILTER = declare(
    "wf.filter",
    "sequence: List | ImageCollection | GeometryCollection | FeatureCollection, function: Function",
    like("sequence"),
    "Return the elements for which the function gives True.",
    owner="List",
    example="List[Int]([3, 1, 2]).filter(lambda x: x > 1)",
)
GET = declare(
    "wf.get",
    "container: Any, key: Any, default: Any = ...",
    element("container"),
    "Return the element at an index (from the end when negative), of a slice, or of a key; else the default, or an "
    "error.",
    owner="Dict",
    example="Dict[Str, Int](a=1).get('b', 0)",
)
LENGTH = function(
    "wf.length",
    "container: Any",
    fixed("Int"),
    "Return the number of elements, of keys, of characters.",
    owner="List",
    example="List[Int]([3, 1, 2]).length()",
)
MAP = declare(
    "wf.map",
    "sequence: Any, function: Function",
    of_function("List[R]", "function"),
    "Return what the function gives for each element, as a List. The function is called once, now, with a proxy that "
    "stands for every element.",
    owner="List",
    example="List[Int]([3, 1, 2]).map(lambda x: x * 2.5)",
)
REDUCE = declare(
    "wf.reduce",
    "sequence: Any, function: Function, *, initial: Any = ...",
    of_function("R", "function"),
    "Return function(so far, element) from left to right; starts with `initial`, else with the first element.",
    owner="List",
    example="List[Int]([3, 1, 2]).reduce(lambda total, x: total + x)",
)
REVERSED = declare(
    "wf.reversed",
    "sequence: Any",
    like("sequence"),
    "Return the elements from last to first.",
    owner="List",
    example="reversed(List[Int]([3, 1, 2]))",
)
SORTED = declare(
    "wf.sorted",
    "sequence: Any, key: Function = None, *, reverse: Bool = False",
    like("sequence"),
    "Return the elements in ascending order of what the key function gives, or of themselves; equal ones stay in "
    "order.",
    owner="List",
    example="List[Int]([3, 1, 2]).sorted(reverse=True)",
)
LIST = declare("wf.list", "*elements: Any", fixed("List"), "A list.", example="List[Int]([3, 1, 2])")
LIST_COPY = declare(
    "wf.list.copy", "sequence: Any", like("sequence"), "A copy of a list.", example="List[Int](range(3))"
)
TUPLE = declare("wf.tuple", "*elements: Any", fixed("Tuple"), "A tuple.", example="Tuple[Int, Str]([1, 'a'])")
DICT = declare(
    "wf.dict.create",
    "*items: Any, **named: Any",
    fixed("Dict"),
    "A dict of key, value, key, value …, or of names.",
    example="Dict[Str, Int](a=1)",
)
DICT_FROM_PAIRS = declare(
    "wf.dict.from_pairs",
    "pairs: List",
    fixed("Dict"),
    "Return the dict of a list of (key, value) pairs.",
    owner="Dict",
    example="Dict[Str, Int].from_pairs([('a', 1)])",
)
DICT_KEYS = declare(
    "wf.dict.keys", "mapping: Any", fixed("List"), "Return the keys as a List.", owner="Dict",
    example="Dict[Str, Int](a=1).keys()",
)  # fmt: skip
DICT_VALUES = declare(
    "wf.dict.values", "mapping: Any", fixed("List"), "Return the values as a List.", owner="Dict",
    example="Dict[Str, Int](a=1).values()",
)  # fmt: skip
DICT_ITEMS = declare(
    "wf.dict.items", "mapping: Any", fixed("List"), "Return the (key, value) pairs as a List of Tuples.", owner="Dict",
    example="Dict[Str, Int](a=1).items()",
)  # fmt: skip
RANGE = declare(
    "wf.range",
    "start: Int, stop: Int | None = None, *, step: Int = 1",
    fixed("List[Int]"),
    "Return the integers from `start` up to, not including, `stop`, as a List; of one number, those from 0.",
    example="range(3)",
)
ZIP = declare(
    "wf.zip",
    "*sequences: Any",
    fixed("List"),
    "Return Tuples of the elements at the same place, as a List; as many as the shortest has. Lists, texts, "
    "collections (by image) and images (by band) can be zipped.",
    example="zip(List[Int]([1, 2]), Str('ab'))",
)


class Collection(Proxy, Generic[T], abstract=True):
    """Base of what has elements of one type: lists and image collections."""

    @classmethod
    def _element_type(cls) -> type[Proxy]:
        raise NotImplementedError

    @overload
    def __getitem__(self, item: slice) -> Self: ...
    @overload
    def __getitem__(self, item: IntLike) -> T: ...
    def __getitem__(self, item: object) -> Any:
        if isinstance(item, (slice, Slice)):
            return type(self)._call(GET, self, Slice._promote(item))
        index = Int._coerce(item)
        if index is None:
            raise ProxyTypeError(f"{type(self).__name__} is indexed by Int or a slice, not {describe(item)}")
        return self._element_type()._call(GET, self, index)

    def __reversed__(self) -> Self:
        return self._call(REVERSED, self)

    length = LENGTH

    @emits(CONTAINS)
    def contains(self, other: object) -> Bool:
        return Bool._call(CONTAINS, self, self._element_type()._promote(other))

    @emits(MAP)
    def map(self, func: Callable[[T], R]) -> List[R]:
        element = self._element_type()
        traced, result = trace(func, (element,))
        made: Any = type(self) if result is element else concrete(TYPES["List"], result)
        mapped: List[R] = made._call(MAP, self, traced)
        return mapped

    @emits(FILTER)
    def filter(self, func: Callable[[T], Any]) -> Self:
        traced, result = trace(func, (self._element_type(),))
        if not issubclass(result, (Bool, TYPES["Any"])):
            raise ProxyTypeError(f"a filter's function must give Bool, not {result.__name__}")
        return self._call(FILTER, self, traced)

    @emits(SORTED)
    def sorted(self, key: Callable[[T], Any] | None = None, reverse: BoolLike = False) -> Self:
        element = self._element_type()
        traced, ordered = (NoneType(None), element) if key is None else trace(key, (element,))
        check_order(ordered)
        return self._call(SORTED, self, key=traced, reverse=Bool._promote(reverse))

    def _sorted_by(self, key: Callable[[T], Any], reverse: BoolLike) -> Self:
        """Return the elements sorted, with the key by position, as collections of images and features write it."""
        traced, ordered = trace(key, (self._element_type(),))
        check_order(ordered)
        return self._call(SORTED, self, traced, reverse=Bool._promote(reverse))

    @overload
    def reduce(self, func: Callable[[T, T], T]) -> T: ...
    @overload
    def reduce(self, func: Callable[[Int, T], Int], initial: int) -> Int: ...
    @overload
    def reduce(self, func: Callable[[Float, T], Float], initial: float) -> Float: ...
    @overload
    def reduce(self, func: Callable[[R, T], R], initial: R) -> R: ...
    @emits(REDUCE)
    def reduce(self, func: Callable[..., Any], initial: object = ABSENT) -> Any:
        element = self._element_type()
        start = element if initial is ABSENT else type(proxify(initial))
        traced, result = trace(func, (start, element))
        if result is not start:
            raise ProxyTypeError(
                f"reduce's function takes {start.__name__} as what it has so far, so it must give that, "
                f"not {result.__name__}"
            )
        named = {} if initial is ABSENT else {"initial": proxify(initial)}
        return result._call(REDUCE, self, traced, **named)


@operators({"+": {"Self": "Self"}, "*": {"Int": "Self"}, "< <= > >= == !=": {"Self": "Bool"}})
class List(GenericProxy, Collection[T], Generic[T], ordered=True):
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


def check_order(type_: type[Proxy]) -> None:
    """Raise a `TypeError` when values of the type have no order to sort by."""
    if not type_._row.ordered:
        raise TypeError(f"{type_.__name__} has no order to sort by; give a key function that gives a number, say")
