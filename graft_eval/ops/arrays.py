"""Arrays: made of numbers, indexed, and what they say of themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from graft_eval.errors import EvaluationError
from graft_eval.limits import Limits
from graft_eval.ops.array_functions import explained
from graft_eval.ops.array_indices import count_numbers, index_of, indexed_elements
from graft_eval.ops.registry import evaluates
from graft_eval.scope import Scope
from graft_eval.values.arrays import Array, MaskedArray, as_array, check_elements
from graft_eval.values.types import describe
from sdk.language import base_array, dtypes, masked_arrays, scalars
from sdk.language.base_array import BaseArray
from sdk.language.masked_arrays import MaskedArray as MaskedProxy


@evaluates(dtypes.CREATE)
def dtype_(scope: Scope, type_: str) -> np.dtype[Any]:
    if type_ in dtypes.NAMES or type_ in dtypes.CHARACTERS:
        return np.dtype(type_)
    raise EvaluationError(f"there is no dtype {describe(type_)}; those that there are: {', '.join(dtypes.NAMES)}")


@evaluates(scalars.CREATE)
def scalar(scope: Scope, obj: bool | float) -> np.generic:
    value: Any = _numbers(obj, scope.limits)[()]
    found: np.generic = value
    return found


@evaluates(base_array.CREATE)
def array(scope: Scope, arr: object) -> Array:
    return _numbers(arr, scope.limits)


def _numbers(value: object, limits: Limits) -> Array:
    """Return numbers, in nested lists, as an array of their own."""
    check_elements(count_numbers(value), 8, limits)
    with explained():
        made = np.array(value, subok=True)
    if made.dtype.kind not in "biuf":
        raise EvaluationError("an array is made of booleans, integers of up to 64 bits or floats")
    return made


@evaluates(base_array.GETITEM)
def getitem(scope: Scope, array: Array | MaskedArray, idx: object) -> Array:
    index = index_of(idx, scope.limits)
    check_elements(indexed_elements(array.shape, index), array.dtype.itemsize, scope.limits)
    with explained():
        return as_array(array[index], masked=isinstance(array, np.ma.MaskedArray))


@evaluates(BaseArray.dtype)
def dtype(scope: Scope, array: Array | MaskedArray) -> np.dtype[Any]:
    return array.dtype


@evaluates(BaseArray.ndim)
def ndim(scope: Scope, array: Array | MaskedArray) -> int:
    return array.ndim


@evaluates(BaseArray.shape)
def shape(scope: Scope, array: Array | MaskedArray) -> list[int]:
    return list(array.shape)


@evaluates(BaseArray.size)
def size(scope: Scope, array: Array | MaskedArray) -> int:
    return array.size


@evaluates(BaseArray.astype)
def astype(scope: Scope, array: Array | MaskedArray, dtype: np.dtype[Any]) -> Array:
    check_elements(array.size, dtype.itemsize, scope.limits)
    with explained():
        return array.astype(dtype)


@evaluates(BaseArray.flatten)
def flatten(scope: Scope, array: Array | MaskedArray) -> Array:
    return array.flatten()


@evaluates(masked_arrays.CREATE_MASKED)
def masked_array(
    scope: Scope, data: Array, mask: bool | Array, fill_value: bool | float | np.generic | Array | None
) -> MaskedArray:
    if not isinstance(mask, bool) and mask.size and mask.dtype.kind != "b":
        raise EvaluationError(f"a mask is made of booleans, not of {mask.dtype}")
    with explained():
        return np.ma.MaskedArray(data, np.asarray(mask, bool), fill_value=_fill(fill_value))


def _fill(value: bool | float | np.generic | Array | None) -> bool | float | np.generic | None:
    """Return a fill value as one number."""
    if isinstance(value, np.ndarray):
        if value.size != 1:
            raise EvaluationError(f"fill_value must be one number, not {describe(value)}")
        return value.reshape(-1)[0]  # type: ignore[no-any-return]
    return value


@evaluates(MaskedProxy.compressed)
def compressed(scope: Scope, array: MaskedArray) -> Array:
    return array.compressed()


@evaluates(MaskedProxy.getdata)
def getdata(scope: Scope, array: MaskedArray) -> Array:
    return np.ma.getdata(array)


@evaluates(MaskedProxy.getmaskarray)
def getmaskarray(scope: Scope, array: MaskedArray) -> Array:
    return np.ma.getmaskarray(array)


@evaluates(masked_arrays.FILLED)
def filled(scope: Scope, array: MaskedArray, fill_value: bool | float | np.generic | Array | None) -> Array:
    with explained():
        found: Array = np.asarray(array.filled(_fill(fill_value)))
        return found


def count_valid(array: MaskedArray, axis: Any) -> Array | np.generic:
    """Return how many elements are not masked, over some axes or all."""
    with explained():
        counts = np.ma.count(array, tuple(axis) if isinstance(axis, list) else axis)
    return np.int64(counts) if axis is None else np.ma.asanyarray(counts)
