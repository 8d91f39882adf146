"""Arrays of numbers, with and without masks."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final, Self

from sdk.graft.errors import ProxyTypeError
from sdk.graft.nodes import Apply, Literal, Quoted
from sdk.graft.op import declare, op_of
from sdk.graft.rules import fixed, like
from sdk.language.array_literals import is_plain, literal_of
from sdk.language.containers import List
from sdk.language.dtypes import DType, DTypeLike
from sdk.language.ellipses import EllipsisType
from sdk.language.generic import concrete
from sdk.language.notation import LIKE, either, resolve
from sdk.language.numpy_protocol import NumPyProtocol
from sdk.language.numpy_reductions import FUNCTIONS as REDUCTIONS
from sdk.language.numpy_shapes import FUNCTIONS as SHAPES
from sdk.language.operation import emits, operation
from sdk.language.operators import ROWS, operators
from sdk.language.primitives import Bool, Float, Int, NoneType
from sdk.language.proxify import array_type, proxify
from sdk.language.proxy import TYPES, Proxy, describe, promote
from sdk.language.reductions import Reductions
from sdk.language.scalars import Scalar
from sdk.language.slices import Slice
from sdk.language.tuples import Tuple
from sdk.language.ufuncs import FUNCTIONS, OPERATORS

__all__ = ["Array", "BaseArray", "MaskedArray"]

_NUMPY = "list[Untyped] | tuple[Untyped, ...] | ndarray[Untyped, Untyped]"
LIKE.update(
    NumericLike=f"Bool | Int | Float | float | Scalar | Array | MaskedArray | {_NUMPY}",
    PlainArrayLike=f"Array | {_NUMPY}",
    ArrayLike=f"Array | MaskedArray | float | {_NUMPY}",
    ScalarOrArrayLike=f"Array | MaskedArray | Scalar | float | {_NUMPY}",
    ArraysLike="List[Array] | List[MaskedArray] | list[Untyped] | tuple[Untyped, ...]",
    AxesLike="Int | List[Int] | int | Sequence[int] | None",
    ShapeLike="Int | List[Int] | int | Sequence[int]",
)

CREATE = declare(
    "wf.array.create",
    "arr: Any",
    fixed("Array"),
    "An array of nested lists of booleans, integers or floats.",
    example="Array([[1, 2], [3, 4]])",
)
GETITEM = declare(
    "wf.array.getitem",
    "array: BaseArray, idx: Any",
    like("array"),
    "The elements at an index: a number, a slice, an ellipsis, None, a list or array of numbers or booleans, or a "
    "tuple of such, as in NumPy.",
    example="Array([[1, 2], [3, 4]])[0, :]",
)
CREATE_MASKED = declare(
    "wf.maskedarray.create",
    "data: Array, mask: Bool | Array = False, fill_value: Any = None",
    fixed("MaskedArray"),
    "An array with a mask: where that is True, elements are missing.",
    example="MaskedArray([1, 2], mask=[True, False])",
)
FILLED = declare(
    "wf.maskedarray.filled",
    "array: MaskedArray, fill_value: Any = None",
    fixed("Array"),
    "Return the elements with a value in place of those that are missing; None is the array's own `fill_value`.",
    owner="MaskedArray",
    example="MaskedArray([1, 2], mask=[True, False]).filled(0)",
)
TO_IMAGERY = declare(
    "wf.to_imagery",
    "array: BaseArray, properties: Any = None, bandinfo: Any = None",
    fixed("ImageCollection"),
    "Return the images whose pixels on the grid that is computed are the elements of an array: (band, y, x) is one "
    "image, (image, band, y, x) are several.\n\n"
    "The array must have the rows and columns of the grid, so in a map layer it is made of `.ndarray`. Beyond it\n"
    "pixels are masked, as are those that are not finite; an array without bands or images is empty imagery.\n"
    "`properties` are those of all images, or a list of those of each; `bandinfo` has the bands in order, by their\n"
    "names, which are band_1, band_2 and so on if it is not given.",
    owner="BaseArray",
    example='(Image.from_id("product:scene").ndarray * 2).to_imagery()',
)
_LOGIC: Final = {"&": "bitwise_and", "|": "bitwise_or", "^": "bitwise_xor", "~x": "invert"}
_ROWS: Final = {**OPERATORS, "+x": ROWS["+x"], **{sign: op_of(FUNCTIONS[name]) for sign, name in _LOGIC.items()}}
_SCALARS: Final = ("Bool", "Int", "Float", "Scalar")
_SIGNS: Final = "+ - * / // % ** & | ^ < <= > >= == !="


class BaseArray(NumPyProtocol, abstract=True):
    """Base of arrays with and without masks: shape, elements, arithmetic, reductions.

    An axis is a number, a list of some, or None for all; over all a Scalar is left.
    """

    @property
    @operation("wf.array.dtype", subject="array")
    def dtype(self) -> DType:
        """The data type of the elements.

        >>> from sdk import Array
        >>> Array([1, 2]).dtype
        <DType>
        """

    @property
    @operation("wf.array.ndim", subject="array")
    def ndim(self) -> Int:
        """The number of axes.

        >>> from sdk import Array
        >>> Array([1, 2]).ndim
        <Int>
        """

    @property
    @operation("wf.array.shape", subject="array")
    def shape(self) -> List[Int]:
        """The lengths of the axes.

        >>> from sdk import Array
        >>> Array([1, 2]).shape
        <List[Int]>
        """

    @property
    @operation("wf.array.size", subject="array")
    def size(self) -> Int:
        """The number of elements.

        >>> from sdk import Array
        >>> Array([1, 2]).size
        <Int>
        """

    @property
    def literal_value(self) -> Any:
        """The number or nested lists that the array was made from; None if it is computed."""
        node = self._node
        if not isinstance(node, Apply) or node.function != CREATE.builtin:
            return None
        return node.args[0].value if isinstance(node.args[0], (Literal, Quoted)) else None

    @operation("wf.array.astype", subject="array", result=like("array"))
    def astype(self, dtype: DTypeLike) -> Self:
        """Return the elements as another data type.

        >>> from sdk import Array
        >>> Array([1.5, 2.5]).astype(int)
        <Array>
        """

    @operation("wf.array.flatten", subject="array", result=like("array"))
    def flatten(self) -> Self:
        """Return the elements along one axis, row by row.

        >>> from sdk import Array
        >>> Array([[1, 2], [3, 4]]).flatten()
        <Array>
        """

    def reshape(self, *newshape: Any) -> Self:
        """Return the same elements in another shape, given as numbers or as a list.

        >>> Array([1, 2, 3, 4]).reshape(2, 2)
        <Array>
        """
        lengths = newshape[0] if len(newshape) == 1 and not isinstance(newshape[0], (int, Int)) else newshape
        reshaped: Self = SHAPES["reshape"](self, lengths)
        return reshaped

    @emits(GETITEM)
    def __getitem__(self, idx: Any) -> Self:
        return self._call(GETITEM, self, _index(idx))

    @emits(TO_IMAGERY)
    def to_imagery(self, properties: Any = None, bandinfo: Any = None) -> Any:
        described = _metadata("properties", properties, "Dict[Str, Any] | List[Dict[Str, Any]] | None")
        bands = _metadata("bandinfo", bandinfo, "Dict[Str, Dict[Str, Any]] | None")
        return TYPES["ImageCollection"]._call(TO_IMAGERY, self, described, bands)

    min, max, mean = REDUCTIONS["min"], REDUCTIONS["max"], REDUCTIONS["mean"]
    median, sum, std = REDUCTIONS["median"], REDUCTIONS["sum"], REDUCTIONS["std"]


def _metadata(name: str, value: object, types: str) -> Proxy:
    if isinstance(value, (TYPES["Dict"], TYPES["KnownDict"])):
        return value
    proxy = promote(value, resolve(types))
    if proxy is None:
        raise ProxyTypeError(f"to_imagery(): {name} must be {either(resolve(types))}, not {describe(value)}")
    return proxy


def _index(item: Any) -> Proxy:
    """Return an index as a proxy; `ProxyTypeError` for what arrays have no elements at."""
    if isinstance(item, tuple):
        parts = [_index(part) for part in item]
        made: Proxy = concrete(Tuple, *map(type, parts))._promote(parts)
        return made
    proxy = proxify(item)
    allowed = (Int, Bool, Slice, EllipsisType, NoneType, List, Tuple, BaseArray, Scalar)
    if not isinstance(proxy, allowed):
        raise ProxyTypeError(f"an array is indexed by Int, slices, `...`, None, lists and arrays, not {describe(item)}")
    return proxy


@operators(
    {
        _SIGNS: {**dict.fromkeys(_SCALARS, "Array"), "MaskedArray": "MaskedArray", "Array": "Array"},
        "-x +x abs ~x": "Array",
    },
    _ROWS,
)
class Array(BaseArray):
    """An array of booleans, integers or floating-point numbers, with NumPy's semantics.

    It is made of nested lists or of an array of NumPy, whose numbers travel in the graft. NumPy's functions take it:
    those of `wf.numpy`, and NumPy's own.

    >>> array = Array([[1, 2], [3, 4]])
    >>> array[0] * 2, array.mean(), array.mean(axis=0)
    (<Array>, <Scalar>, <Array>)
    """

    @emits(CREATE)
    def __init__(self, arr: Any) -> None:
        made = self._of(arr)
        if made is None:
            raise ProxyTypeError(
                f"an Array is made of nested lists of numbers, or of NumPy's array, not {describe(arr)}"
            )
        self._node = made._node

    @classmethod
    def _of(cls, value: Any) -> Self | None:
        kind = array_type(value)
        if kind is not None and kind is not cls:
            return None
        if isinstance(value, Proxy):
            return cls._coerce(value)
        if kind is not None:
            if value.dtype.kind not in "biuf":
                raise ProxyTypeError(f"an Array is made of booleans, integers or floats, not of {value.dtype}")
            value = value.tolist()
        elif not is_plain(value):
            return cls._coerce(proxify(value))
        elif not isinstance(value, (list, tuple, bool, int, float)) and not hasattr(value, "tolist"):
            return None
        return cls._call(CREATE, cls._from_node(literal_of(_lists(value))))

    @classmethod
    def _from_proxy(cls, value: Proxy) -> Self | None:
        element = value
        while isinstance(element, List):
            element = element._element_type()._from_node(element._node)
        numbers = isinstance(element, (Bool, Int, Float, Scalar))
        return cls._call(CREATE, value) if numbers else None

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        with suppress(TypeError, ValueError):
            return cls._of(value)
        return None


def _lists(value: Any) -> Any:
    """Return nested lists with NumPy's arrays in them as lists, too."""
    if isinstance(value, (list, tuple)):
        return [_lists(item) for item in value]
    return value.tolist() if array_type(value) is not None else value


@operators(
    {
        _SIGNS: dict.fromkeys((*_SCALARS, "MaskedArray", "Array"), "MaskedArray"),
        "-x +x abs ~x": "MaskedArray",
    },
    _ROWS,
)
class MaskedArray(BaseArray):
    """An array some elements of which are missing: those where the mask is True. Semantics are those of `numpy.ma`.

    `fill_value` stands for missing elements in `filled`.

    >>> array = MaskedArray([1.0, 2.0, 3.0], mask=[True, False, False])
    >>> array.mean(), array.filled(0.0)
    (<Scalar>, <Array>)
    """

    @emits(CREATE_MASKED)
    def __init__(self, data: Any, mask: Any = False, fill_value: Any = None) -> None:
        masked = promote(mask, (Bool, Array))
        if masked is None:
            raise ProxyTypeError(f"the mask of a MaskedArray must be Bool or an Array of such, not {describe(mask)}")
        array = data if isinstance(data, Array) else Array(data)
        self._node = self._call(CREATE_MASKED, array, masked, _fill(fill_value))._node

    @classmethod
    def from_numpy(cls, arr: Any) -> MaskedArray:
        """Return an array of `numpy.ma`, its numbers, mask and fill value, as a proxy.

        >>> import numpy as np
        >>> MaskedArray.from_numpy(np.ma.masked_less([1, 2], 2))
        <MaskedArray>
        """
        if array_type(arr) is not cls:
            return cls(arr)
        data = arr.data
        return cls(data, arr.mask.tolist(), arr.fill_value.item())

    @classmethod
    def _from_proxy(cls, value: Proxy) -> Self | None:
        array = Array._coerce(value)
        return None if array is None else cls(array)

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        if array_type(value) is cls:
            return cls._from_node(cls.from_numpy(value)._node)
        array = Array._coerce(value)
        return None if array is None else cls(array)

    @operation("wf.maskedarray.compressed", subject="array")
    def compressed(self) -> Array:
        """Return the elements that are not missing, along one axis.

        >>> MaskedArray([1, 2], mask=[True, False]).compressed()
        <Array>
        """

    @operation("wf.maskedarray.getdata", subject="array")
    def getdata(self) -> Array:
        """Return the elements without the mask, those below it too.

        >>> MaskedArray([1, 2], mask=[True, False]).getdata()
        <Array>
        """

    @operation("wf.maskedarray.getmaskarray", subject="array")
    def getmaskarray(self) -> Array:
        """Return the mask as an array of booleans, True where elements are missing.

        >>> MaskedArray([1, 2], mask=[True, False]).getmaskarray()
        <Array>
        """

    @emits(FILLED)
    def filled(self, fill_value: Any = None) -> Array:
        return Array._call(FILLED, self, _fill(fill_value))

    def count(self, axis: Any = None) -> Any:
        """Return how many elements are not missing, over some axes.

        >>> MaskedArray([1, 2], mask=[True, False]).count()
        <Scalar>
        """
        over = promote(axis, (Int, List[Int], NoneType))
        if over is None:
            raise ProxyTypeError(f"count(): axis must be Int or List[Int] or None, not {describe(axis)}")
        result = Scalar if isinstance(over, NoneType) else MaskedArray
        return result._call(op_of(Reductions.count), self, over)


def _fill(value: Any) -> Proxy:
    proxy = promote(value, (NoneType, Bool, Int, Float, Scalar, Array))
    if proxy is None:
        raise ProxyTypeError(f"fill_value must be a number, an Array or None, not {describe(value)}")
    return proxy
