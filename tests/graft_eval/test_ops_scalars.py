from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.limits import Limits
from graft_eval.ops.scalars import compute
from tests.graft_eval.fake import World

WORLD = World([], {})
DAY = timedelta(days=1)


def moment(year: int, month: int, day: int, *time: int) -> datetime:
    hour, minute, second, microsecond = (*time, 0, 0, 0, 0)[:4]
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)


def call(builtin: str, *arguments: object, **named: object) -> object:
    """Apply a builtin to values."""
    names = [f"a{i}" for i in range(len(arguments))]
    document = {
        "r": [builtin, *names, {name: name for name in named}], "returns": "r", "parameters": [*names, *named],
    }  # fmt: skip
    return WORLD.evaluate(document, None, **dict(zip(names, arguments, strict=True)), **named)


@pytest.mark.parametrize(
    ("builtin", "arguments", "expected"),
    [
        ("wf.numpy.add", (7, 2), 9),
        ("wf.numpy.add", (7, 0.5), 7.5),
        ("wf.add", (True, True), 2),
        ("wf.numpy.divide", (7, 2), 3.5),
        ("wf.numpy.true_divide", (7, 0), math.inf),
        ("wf.numpy.floor_divide", (-7, 2), -4),
        ("wf.numpy.mod", (-7, 3), 2),
        ("wf.numpy.fmod", (-7, 3), -1),
        ("wf.numpy.power", (2, 62), 2**62),
        ("wf.pow", (2, 0.5), math.sqrt(2)),
        ("wf.and", (6, 3), 2),
        ("wf.and", (True, False), False),
        ("wf.xor", (True, True), False),
        ("wf.invert", (True,), False),
        ("wf.invert", (7,), -8),
        ("wf.lshift", (1, 62), 1 << 62),
        ("wf.rshift", (-8, 1), -4),
        ("wf.numpy.less", (1, 1.5), True),
        ("wf.neg", (True,), -1),
        ("wf.abs", (-3,), 3),
        ("wf.log", (0.0,), -math.inf),
        ("wf.sqrt", (16,), 4.0),
        ("wf.divmod", (-7, 2), (-4, 1)),
        ("wf.numpy.sign", (-2.5,), -1.0),
        ("wf.numpy.isnan", (math.nan,), True),
        ("wf.numpy.conj", (2.5,), 2.5),
        ("wf.numpy.ceil", (3,), 3),
        ("wf.numpy.bitwise_not", (True,), False),
        ("wf.add", ("a", "b"), "ab"),
        ("wf.mul", (2, "ab"), "abab"),
        ("wf.mul", ([1], -3), []),
        ("wf.add", ([1], [2.5]), [1, 2.5]),
        ("wf.add", ((1,), ("a",)), (1, "a")),
        ("wf.eq", (None, None), True),
        ("wf.eq", ("a", 1), False),
        ("wf.ne", ([1], [1]), False),
        ("wf.lt", ("a", "b"), True),
        ("wf.ge", ((1, "b"), (1, "a")), True),
        ("wf.add", (moment(2019, 5, 4), 14 * DAY), moment(2019, 5, 18)),
        ("wf.add", (14 * DAY, moment(2019, 5, 4)), moment(2019, 5, 18)),
        ("wf.sub", (moment(2019, 5, 4), moment(2018, 1, 1)), 488 * DAY),
        ("wf.floordiv", (moment(1970, 2, 1, 5), 14 * DAY), moment(1970, 1, 29)),
        ("wf.floordiv", (moment(1969, 12, 31), 14 * DAY), moment(1969, 12, 18)),
        ("wf.mod", (moment(1970, 2, 1, 5), 14 * DAY), timedelta(days=3, hours=5)),
        ("wf.divmod", (moment(1970, 1, 2, 3), DAY), (moment(1970, 1, 2), timedelta(hours=3))),
        ("wf.floordiv", (7 * DAY, 2 * DAY), 3),
        ("wf.div", (7 * DAY, 2 * DAY), 3.5),
        ("wf.truediv", (DAY, 2), timedelta(hours=12)),
        ("wf.mod", (7 * DAY, 2 * DAY), DAY),
        ("wf.mul", (2, DAY), 2 * DAY),
        ("wf.mul", (DAY, 0.5), timedelta(hours=12)),
        ("wf.neg", (DAY,), -DAY),
        ("wf.abs", (-DAY,), DAY),
        ("wf.gt", (moment(2020, 1, 1), moment(2019, 1, 1)), True),
        ("wf.Int.cast", (1.9,), 1),
        ("wf.Int.cast", (True,), 1),
        ("wf.Int.cast", (" 12 ",), 12),
        ("wf.Float.cast", ("1e3",), 1000.0),
        ("wf.Float.cast", (False,), 0.0),
    ],
)
def test_operators_give_python_values(builtin: str, arguments: tuple[object, ...], expected: object) -> None:
    value = call(builtin, *arguments)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize("function", ["add", "subtract", "multiply", "divide", "floor_divide", "remainder", "power"])
@pytest.mark.parametrize("x", [7, -3, 0.25])
@pytest.mark.parametrize("y", [2, 1.5])
def test_numbers_are_computed_as_numpy_does(function: str, x: float, y: float) -> None:
    with np.errstate(invalid="ignore"):
        expected = getattr(np, function)(x, y).item()
    value: Any = compute(function, (x, y), Limits())
    assert type(value) is type(expected)
    assert value == expected or math.isnan(expected)


@pytest.mark.parametrize(
    ("builtin", "arguments", "message"),
    [
        ("wf.numpy.floor_divide", (7, 0), "integer division by zero"),
        ("wf.mod", (7, 0), "integer division by zero"),
        ("wf.numpy.reciprocal", (0,), "integer division by zero"),
        ("wf.numpy.add", (2**62, 2**62), "does not fit into 64 bits"),
        ("wf.numpy.multiply", (2**40, 2**40), "does not fit into 64 bits"),
        ("wf.numpy.power", (9, 9**9), "does not fit into 64 bits"),
        ("wf.abs", (-(2**63),), "does not fit into 64 bits"),
        ("wf.lshift", (1, 63), "does not fit into 64 bits"),
        ("wf.lshift", (1, 64), "0 to 63 places"),
        ("wf.rshift", (1, -1), "0 to 63 places"),
        ("wf.numpy.power", (2, -1), "negative integer powers"),
        ("wf.and", (1, 1.5), "not defined for Int 1 and Float 1.5"),
        ("wf.add", ("a", 1), "not defined for Str 'a' and Int 1"),
        ("wf.sub", ("a", "b"), "not defined for"),
        ("wf.mod", ("%1000000000d", 1), "not defined for"),
        ("wf.add", (None, 1), "not defined for None and Int 1"),
        ("wf.lt", ([1], ["a"]), "not supported between"),
        ("wf.lt", (1, "a"), "not defined for"),
        ("wf.sub", (DAY, moment(2020, 1, 1)), "not defined for"),
        ("wf.add", (moment(9999, 12, 31), DAY), "date value out of range"),
        ("wf.floordiv", (moment(2020, 1, 1), timedelta(0)), "by zero"),
        ("wf.mul", (DAY, math.nan), "NaN"),
        ("wf.mul", (timedelta.max, 2), "days"),
        ("wf.sqrt", ("4",), "not defined for Str '4'"),
        ("wf.Int.cast", ("hello world",), "Str 'hello world' is no Int"),
        ("wf.Int.cast", (math.inf,), "Float inf is no Int"),
        ("wf.Int.cast", (1e30,), "does not fit into 64 bits"),
        ("wf.Int.cast", ("9" * 100_000,), "is no Int"),
        ("wf.Float.cast", ("x",), "is no Float"),
    ],
)
def test_what_means_nothing_is_an_error_with_its_operands(
    builtin: str, arguments: tuple[object, ...], message: str
) -> None:
    with pytest.raises(EvaluationError, match=builtin) as caught:
        call(builtin, *arguments)
    assert message in str(caught.value)


def test_repeating_is_bounded_before_it_is_done() -> None:
    with pytest.raises(LimitExceeded, match=r"the limit is 100,000"):
        compute("multiply", ([0] * 1000, 2**50), Limits())


@pytest.mark.parametrize(
    ("builtin", "arguments", "named", "expected"),
    [
        ("wf.datetime.from_string", ("2017-12-31",), {}, moment(2017, 12, 31)),
        ("wf.datetime.from_string", ("2020-01-02T03:04:05+02:00",), {}, moment(2020, 1, 2, 1, 4, 5)),
        ("wf.datetime.from_string", ("2020-01-02T03:04:05.25Z",), {}, moment(2020, 1, 2, 3, 4, 5, 250_000)),
        ("wf.datetime.from_timestamp", (1567522800,), {}, moment(2019, 9, 3, 15)),
        ("wf.datetime.from_timestamp", (-0.5,), {}, moment(1969, 12, 31, 23, 59, 59, 500_000)),
        ("wf.datetime.from_components", (), {"year": 2019, "month": 5}, moment(2019, 5, 1)),
        ("wf.timedelta.from_components", (), {"weeks": 1, "hours": 1.5}, timedelta(days=7, hours=1.5)),
        ("wf.timedelta.total_seconds", (DAY,), {}, 86400.0),
        ("wf.datetime.is_between", (moment(2020, 1, 1), moment(2020, 1, 1), moment(2021, 1, 1)), {}, True),
        ("wf.datetime.is_between", (moment(2020, 1, 1), moment(2020, 1, 1), moment(2021, 1, 1)), {"inclusive": False},
         False),
        ("wf.getattr", (moment(2020, 3, 1), "month"), {}, 3),
        ("wf.getattr", (timedelta(days=2, seconds=5), "seconds"), {}, 5),
    ],
)  # fmt: skip
def test_dates_and_spans(
    builtin: str, arguments: tuple[object, ...], named: dict[str, object], expected: object
) -> None:
    assert call(builtin, *arguments, **named) == expected


@pytest.mark.parametrize(
    ("builtin", "arguments", "named", "message"),
    [
        ("wf.datetime.from_string", ("yesterday",), {}, "ISO 8601"),
        ("wf.datetime.from_string", ("0001-01-01T00:00:00+14:00",), {}, "ISO 8601"),
        ("wf.datetime.from_timestamp", (1e20,), {}, "no date"),
        ("wf.datetime.from_timestamp", (math.nan,), {}, "no date"),
        ("wf.datetime.from_components", (), {"year": 2019, "month": 13}, "no such date"),
        ("wf.datetime.from_components", (), {"month": 1}, "year must be Int, not None"),
        ("wf.timedelta.from_components", (), {"days": 1e12}, "no such span"),
        ("wf.getattr", (DAY, "weeks"), {}, "Timedelta has no attribute 'weeks'; it has: days, seconds, microseconds"),
        ("wf.getattr", (1, "real"), {}, "Int has no attribute 'real'"),
        ("wf.getattr", ("a", "__class__"), {}, "Str has no attribute '__class__'"),
        ("wf.getattr", (moment(2020, 1, 1), "__class__"), {}, "no attribute"),
    ],
)
def test_dates_that_do_not_exist_are_errors(
    builtin: str, arguments: tuple[object, ...], named: dict[str, object], message: str
) -> None:
    with pytest.raises(EvaluationError) as caught:
        call(builtin, *arguments, **named)
    assert message in str(caught.value)
