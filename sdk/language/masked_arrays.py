"""Arrays of numbers some of which are missing."""

from __future__ import annotations

from typing import Any, Self

from sdk.graft.errors import ProxyTypeError
from sdk.graft.op import declare, op_of
from sdk.graft.rules import fixed
from sdk.language.arrays import Array
from sdk.language.base_array import ROWS, SCALARS, SIGNS, BaseArray
from sdk.language.containers import List
from sdk.language.operation import emits, operation
from sdk.language.operators import operators
from sdk.language.primitives import Bool, Float, Int, NoneType
from sdk.language.proxify import array_type
from sdk.language.proxy import Proxy, describe, promote
from sdk.language.reductions import Reductions
from sdk.language.scalars import Scalar

__all__ = ["MaskedArray"]

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


@operators(
    {
        SIGNS: dict.fromkeys((*SCALARS, "MaskedArray", "Array"), "MaskedArray"),
        "-x +x abs ~x": "MaskedArray",
    },
    ROWS,
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
