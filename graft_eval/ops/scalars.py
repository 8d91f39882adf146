"""Operators on plain values: numbers as NumPy computes them, text, lists and dates as Python does."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.limits import Limits
from graft_eval.values.types import describe

__all__ = ["EPOCH", "compute"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ON_BOOLEANS = {
    "bitwise_and", "bitwise_or", "bitwise_xor", "invert", "bitwise_not", "logical_and", "logical_or", "logical_xor",
    "logical_not", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal",
}  # fmt: skip
_DIVISIONS = {"floor_divide", "remainder", "fmod", "reciprocal"}
_SHIFTS = {"left_shift", "right_shift"}


def compute(function: str, operands: Sequence[object], limits: Limits) -> object:
    """Return a NumPy function of plain values, as a Python value.

    Integers stay integers, and are an `EvaluationError` where the result does not fit into 64 bits, as is an
    integer division by 0; with floats that gives inf or nan.

    >>> [compute(f, x, Limits()) for f, x in [("add", (7, 2)), ("divide", (1.5, 0)), ("add", ("a", "b"))]]
    [9, inf, 'ab']
    """
    if all(isinstance(operand, bool | int | float) for operand in operands):
        return _compute_numbers(function, operands)
    if function in ("equal", "not_equal") and not any(isinstance(operand, np.ndarray) for operand in operands):
        x, y = operands
        return (x == y) is (function == "equal")
    try:
        found = _OTHERS[function][tuple(type(operand) for operand in operands)]
    except KeyError:
        raise EvaluationError(f"is not defined for {_described(operands)}") from None
    if found is operator.mul:
        _check_repeated(operands, limits)
    try:
        return found(*operands)
    except (OverflowError, ZeroDivisionError, ValueError, TypeError) as exc:
        raise EvaluationError(f"{exc}, for {_described(operands)}") from exc


def _compute_numbers(function: str, operands: Sequence[object]) -> object:
    values = operands if function in _ON_BOOLEANS else [int(x) if isinstance(x, bool) else x for x in operands]
    integers = all(type(value) is int for value in values)
    if integers and function in _DIVISIONS and values[-1] == 0:
        raise EvaluationError(f"integer division by zero, for {_described(operands)}")
    if integers and function in _SHIFTS and values[1] not in range(64):
        raise EvaluationError(f"bits are shifted by 0 to 63 places, for {_described(operands)}")
    try:
        with np.errstate(all="ignore"):
            result = getattr(np, function)(*values)
    except (TypeError, ValueError, OverflowError) as exc:
        raise EvaluationError(f"is not defined for {_described(operands)}: {exc}") from exc
    whole = [value for value in values if isinstance(value, int)]
    if integers and isinstance(result, np.integer) and _overflows(function, whole):
        raise EvaluationError(f"the result does not fit into 64 bits, for {_described(operands)}")
    return result.item()


def _described(operands: Sequence[object]) -> str:
    return " and ".join(map(describe, operands))


def _overflows(function: str, values: Sequence[int]) -> bool:
    """Tell whether an integer result is beyond 64 bits, by computing it exactly."""
    exactly = _EXACT.get(function)
    if exactly is None:
        return False
    if function == "power" and abs(values[0]) > 1 and values[1] > 64:
        return True  # 9 ** 9 ** 9 would take for ever
    return not -(2**63) <= exactly(*values) < 2**63


_EXACT: Mapping[str, Callable[..., int]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "power": operator.pow,
    "left_shift": operator.lshift, "negative": operator.neg, "absolute": abs, "square": lambda x: x * x,
    "floor_divide": operator.floordiv,
}  # fmt: skip


def _check_repeated(operands: Sequence[object], limits: Limits) -> None:
    """Refuse text and lists repeated beyond the limits before they are built."""
    times = next((operand for operand in operands if isinstance(operand, int)), 1)
    for operand in operands:
        most = limits.string if isinstance(operand, str) else limits.list
        if isinstance(operand, str | list) and len(operand) * times > most:
            raise LimitExceeded(f"the result would have {len(operand) * times:,} elements; the limit is {most:,}")


def _floor(moment: datetime, interval: timedelta) -> datetime:
    return EPOCH + (moment - EPOCH) // interval * interval


def _remainder(moment: datetime, interval: timedelta) -> timedelta:
    return (moment - EPOCH) % interval


_ORDER = {(kind, kind) for kind in (str, list, tuple, datetime, timedelta)}
_REPEATS: dict[tuple[type, ...], Callable[..., object]] = {
    (str, int): operator.mul, (int, str): operator.mul, (list, int): operator.mul, (int, list): operator.mul,
}  # fmt: skip

_OTHERS: Mapping[str, Mapping[tuple[type, ...], Callable[..., object]]] = {
    "add": {
        (str, str): operator.add, (list, list): operator.add, (tuple, tuple): operator.add,
        (datetime, timedelta): operator.add, (timedelta, datetime): operator.add, (timedelta, timedelta): operator.add,
    },
    "subtract": {
        (datetime, datetime): operator.sub, (datetime, timedelta): operator.sub, (timedelta, timedelta): operator.sub,
    },
    "multiply": _REPEATS | {
        (timedelta, int): operator.mul, (int, timedelta): operator.mul,
        (timedelta, float): operator.mul, (float, timedelta): operator.mul,
    },
    "divide": {
        (timedelta, timedelta): operator.truediv, (timedelta, int): operator.truediv,
        (timedelta, float): operator.truediv,
    },
    "floor_divide": {
        (timedelta, timedelta): operator.floordiv, (timedelta, int): operator.floordiv, (datetime, timedelta): _floor,
    },
    "remainder": {(timedelta, timedelta): operator.mod, (datetime, timedelta): _remainder},
    "negative": {(timedelta,): operator.neg},
    "positive": {(timedelta,): operator.pos},
    "absolute": {(timedelta,): abs},
    "less": dict.fromkeys(_ORDER, operator.lt),
    "less_equal": dict.fromkeys(_ORDER, operator.le),
    "greater": dict.fromkeys(_ORDER, operator.gt),
    "greater_equal": dict.fromkeys(_ORDER, operator.ge),
}  # fmt: skip
