"""NumPy's functions of whole arrays: one evaluator for every row of them, bounded before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.ops.array_masks import MASKED
from graft_eval.ops.registry import bind
from graft_eval.scope import Scope
from graft_eval.values.arrays import BYTES_PER_STEP, Array, as_array, bytes_of, check_elements
from graft_eval.values.expected import expect_annotation
from graft_eval.values.types import Expected
from sdk.graft.op import OPERATIONS, Op

__all__ = ["explained", "inputs_of"]

MULTIPLICATIONS_PER_STEP: Final = 4096  # they take about as long as a step
_KEEP_WIDTH: Final = frozenset({
    "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_arrays", "broadcast_to", "compress", "concatenate", "diag",
    "diagonal", "dstack", "hstack", "insert", "ma.filled", "meshgrid", "moveaxis", "pad", "ravel", "repeat", "reshape",
    "roll", "rollaxis", "squeeze", "stack", "take", "tile", "transpose", "tril", "triu", "unique", "vstack",
})  # fmt: skip
_NUMBERS: Final = (np.ndarray, np.generic, bool, int, float)
_ERRORS: Final = (
    TypeError, ValueError, IndexError, OverflowError, ZeroDivisionError, NotImplementedError, np.ma.MAError,
)  # fmt: skip


@contextmanager
def explained() -> Iterator[None]:
    """Raise what NumPy refuses as an `EvaluationError`, and let floating-point numbers be infinite or NaN."""
    try:
        with np.errstate(all="ignore"):
            yield
    except _ERRORS as exc:
        raise EvaluationError(str(exc)[:300]) from exc
    except MemoryError as exc:
        raise LimitExceeded(f"there is not enough memory: {exc}"[:300]) from exc


def inputs_of(values: Sequence[object]) -> Iterator[Any]:
    """Yield the arrays and scalars among arguments, and in lists of them."""
    for value in values:
        if isinstance(value, np.ndarray | np.generic):
            yield value
        elif isinstance(value, list | tuple):
            yield from inputs_of(value)


def _cost(operation: Op, scope: Scope, arguments: Sequence[object], named: Mapping[str, object]) -> int:
    """Return the steps that a function takes for its arguments; `LimitExceeded` if they are too large."""
    inputs = list(inputs_of([*arguments, *named.values()]))
    read = sum(map(bytes_of, (each for each in inputs if isinstance(each, np.ndarray))))
    with explained():
        count = operation.size(*arguments, **named) if operation.size else sum(each.size for each in inputs)
        multiplications = operation.cost(*arguments, **named) if operation.cost else 0
    size = check_elements(count, _itemsize(operation, inputs, named), scope.limits)
    most = scope.limits.steps * MULTIPLICATIONS_PER_STEP
    if multiplications > most:
        raise LimitExceeded(f"it takes {multiplications:,} multiplications; the limit is {most:,}")
    return (read + size) // BYTES_PER_STEP + multiplications // MULTIPLICATIONS_PER_STEP


def _itemsize(operation: Op, inputs: Sequence[Any], named: Mapping[str, object]) -> int:
    """Return the bytes of an element of the result, or more than those."""
    if named.get("dtype") is not None:
        return np.dtype(named["dtype"]).itemsize  # type: ignore[call-overload, no-any-return]
    keeps = operation.numpy in _KEEP_WIDTH and inputs
    width = max(each.dtype.itemsize for each in inputs) if keeps else 8
    return width + any(isinstance(each, np.ma.MaskedArray) for each in inputs)


def _bind(operation: Op) -> None:
    function = _function(operation.numpy or "")
    masked = MASKED.get(operation.numpy or "") or _function(f"ma.{operation.numpy}") or function

    def evaluate(scope: Scope, *arguments: object, **named: object) -> object:
        given = [_tuples(argument) for argument in arguments]
        by_name = {name: _tuples(argument) for name, argument in named.items()}
        inputs = list(inputs_of([*arguments, *named.values()]))
        has_mask = any(isinstance(each, np.ma.MaskedArray) for each in inputs)
        with explained():
            result = (masked if has_mask else function)(*given, **by_name)
        return _result(operation, result, inputs, named)

    expected = {parameter.name: _expected(parameter.types) for parameter in operation.parameters}
    bind(operation, evaluate, expected, lambda *given: _cost(operation, *given))


def _function(name: str) -> Any:
    """Return NumPy's function of a name, `linalg.inv`, with the parameters of the row; None if there is none."""
    found: Any = np
    for part in name.split("."):
        found = getattr(found, part, None)
    return _CALLED.get(name, found)


def _percentile(a: Array, q: Array, *, interpolation: str) -> Any:
    return np.percentile(a, q, method=interpolation)  # type: ignore[call-overload]


def _einsum(subscripts: str, *operands: Array, optimize: object, **named: Any) -> Any:
    return np.einsum(subscripts, *operands, **named)  # in one pass: the arrays between are bounded by nothing


def _gradient(f: Array, *varargs: Any, edge_order: Any, axis: int | None) -> Any:
    slopes = np.gradient(f, *varargs, edge_order=edge_order, axis=axis)
    return slopes if isinstance(slopes, tuple | list) else [slopes]


def _fix_invalid(a: Array, fill_value: Any) -> Any:
    return np.ma.fix_invalid(a, fill_value=fill_value)  # by position it is the mask


_CALLED: Final[Mapping[str, Callable[..., Any]]] = {
    "percentile": _percentile, "einsum": _einsum, "gradient": _gradient, "ma.fix_invalid": _fix_invalid,
}  # fmt: skip


def _tuples(value: object) -> object:
    """Return lists as tuples, as NumPy takes several axes."""
    return tuple(value) if isinstance(value, list) else value


def _result(operation: Op, result: Any, inputs: Sequence[Any], named: Mapping[str, object]) -> object:
    """Return what NumPy gives as the value that the row's rule says."""
    rule = operation.result
    masked = rule.name not in ("fixed", "unmasked", "reduced_to") and any(map(np.ma.isMaskedArray, inputs))
    if isinstance(result, list | tuple):
        values = [as_array(each, masked=masked) for each in result]
        return tuple(values) if rule.of[0].startswith("Tuple") else values
    array = as_array(result, masked=masked)
    if array.dtype.kind not in "biuf":
        raise EvaluationError(f"the result has the dtype {array.dtype}, which is none of booleans, integers or floats")
    over_all = rule.name in ("reduced", "reduced_to") and named.get("axis") is None
    of_scalars = rule.name != "fixed" and not any(isinstance(each, np.ndarray) for each in inputs)
    if over_all or of_scalars or rule.of[0] == "Scalar":
        return result if result is np.ma.masked else array[()]
    return array


def _expected(types: str) -> Expected:
    """Return what a parameter takes: as its row says, and numbers for arrays, too."""
    expected = expect_annotation(types)
    if "DTypeLike" in types:
        return _widened(expected, lambda value: value in ("float", "int"))  # the row's defaults
    if "ArraysLike" in types:
        return _widened(expected, lambda value: isinstance(value, list) and all(isinstance(x, _NUMBERS) for x in value))
    if "PlainArrayLike" in types:
        return _widened(expected, lambda value: isinstance(value, _NUMBERS) and not np.ma.isMaskedArray(value))
    return _widened(expected, lambda value: isinstance(value, _NUMBERS)) if "ArrayLike" in types else expected


def _widened(expected: Expected, includes: Callable[[object], bool]) -> Expected:
    return Expected(expected.name, lambda value: expected.includes(value) or includes(value), expected.convert)


for _operation in set(OPERATIONS.values()):
    if _operation.whole:
        _bind(_operation)
