"""What arrays with and without masks have in common: shape, elements, arithmetic, reductions."""

from __future__ import annotations

from typing import Any, Final, Self

from sdk.graft.errors import ProxyTypeError
from sdk.graft.nodes import Apply, Literal, Quoted
from sdk.graft.op import declare, op_of
from sdk.graft.rules import fixed, like
from sdk.language.containers import List
from sdk.language.dtypes import DType, DTypeLike
from sdk.language.ellipses import EllipsisType
from sdk.language.generic import concrete
from sdk.language.notation import LIKE, either, resolve
from sdk.language.numpy_protocol import NumPyProtocol
from sdk.language.numpy_reductions import FUNCTIONS as REDUCTIONS
from sdk.language.numpy_shapes import FUNCTIONS as SHAPES
from sdk.language.operation import emits, operation
from sdk.language.operators import ROWS as OPERATOR_ROWS
from sdk.language.primitives import Bool, Int, NoneType
from sdk.language.proxify import proxify
from sdk.language.proxy import TYPES, Proxy, describe, promote
from sdk.language.scalars import Scalar
from sdk.language.slices import Slice
from sdk.language.tuples import Tuple
from sdk.language.ufuncs import FUNCTIONS, OPERATORS

__all__ = ["CREATE", "GETITEM", "ROWS", "SCALARS", "SIGNS", "TO_IMAGERY", "BaseArray"]

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
ROWS: Final = {
    **OPERATORS,
    "+x": OPERATOR_ROWS["+x"],
    **{sign: op_of(FUNCTIONS[name]) for sign, name in _LOGIC.items()},
}
SCALARS: Final = ("Bool", "Int", "Float", "Scalar")
SIGNS: Final = "+ - * / // % ** & | ^ < <= > >= == !="


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

        >>> from sdk import Array
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
