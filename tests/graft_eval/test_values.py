"""Values of every type are held as the table says, and bounded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from graft_eval import Groupby, Image, ImageCollection, evaluate, parse
from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.limits import Limits
from graft_eval.values.expected import expect, expect_hint
from graft_eval.values.results import to_wire
from graft_eval.values.size import size_of
from graft_eval.values.types import ValueType, bind_type, describe, type_named, type_of
from sdk.graft.types import TYPES, Type
from sdk.language import proxy
from tests.graft_eval.fake import World, scene

ARRAY = np.arange(6.0).reshape(2, 3)
MASKED = np.ma.MaskedArray(ARRAY, ARRAY > 4)
WORLD = World([scene("p:1", "2020-01-01", ["a"])], {("p:1", "a"): [[1, 2], [3, 4]]})


def test_every_type_of_the_language_is_bound() -> None:
    assert [name for name in TYPES if name != "Any" and type_named(name).row is not TYPES[name]] == []


def test_a_type_is_bound_once() -> None:
    with pytest.raises(TypeError, match="Float has two value types"):
        bind_type(ValueType(TYPES["Float"], float))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"), (True, "Bool True"), (3, "Int 3"), (0.5, "Float 0.5"), ("red", "Str 'red'"),
        ([1, 2], "List of 2"), ((1,), "Tuple of 1"), ({}, "Dict of 0"), (slice(1), "Slice None:1:None"),
        (datetime(2020, 1, 1, tzinfo=UTC), "Datetime 2020-01-01T00:00:00+00:00"), (timedelta(1), "Timedelta"),
        (Image(), "Image"), (ImageCollection(), "ImageCollection"), (Groupby({}), "ImageCollectionGroupby"),
        (ARRAY, "Array (2, 3) float64"), (MASKED, "MaskedArray (2, 3) float64"), (np.int16(3), "Scalar 3"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_messages_name_a_value_by_its_type(value: object, text: str) -> None:
    assert describe(value) == text


def test_a_value_of_an_unknown_class_is_named_by_it_and_cannot_be_sent() -> None:
    assert type_of(object()).name == "object"
    with pytest.raises(EvaluationError, match="a object"):
        to_wire(object(), WORLD.scope())


LIMITS = Limits(string=10, list=4, array=100)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x" * 11, "it has 11 characters; the limit is 10"),
        (["x" * 11], "it has 11 characters; the limit is 10"),
        ([0] * 5, "it has 5 elements; the limit is 4"),
        ({"a": ((), [0] * 5)}, "it has 5 elements; the limit is 4"),
        (np.zeros(13), "it is an array of 104 bytes; the limit is 100"),
        ([(np.zeros(13),)], "it is an array of 104 bytes; the limit is 100"),
        (np.ma.MaskedArray(np.zeros(12), np.zeros(12, bool)), "it is an array of 108 bytes; the limit is 100"),
        (np.broadcast_to(np.zeros(1), (4, 4)), "it is an array of 128 bytes; the limit is 100"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_values_beyond_a_limit_are_refused(value: object, message: str) -> None:
    with pytest.raises(LimitExceeded) as caught:
        size_of(value, LIMITS, "it")
    assert str(caught.value) == message


def test_nesting_is_bounded() -> None:
    nested: list[object] = []
    for _ in range(101):
        nested = [nested]
    with pytest.raises(LimitExceeded, match="more than 100 deep"):
        size_of(nested, Limits(), "it")


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (1, 1),
        ("abc", 1),
        ([1, [2, "abc"]], 5),
        (ARRAY, 1),
        (np.zeros(1024), 9),
        ([np.zeros(1024)] * 3, 28),
        (Image(), 1),
    ],
    ids=lambda value: "",
)
def test_a_size_counts_elements_and_kilobytes_of_arrays(value: object, size: int) -> None:
    assert size_of(value, Limits(), "it") == size


def test_arrays_take_64_mebibytes_at_most() -> None:
    assert size_of(np.zeros(64 << 20, "u1"), Limits(), "it") == 1 + (64 << 10)
    with pytest.raises(LimitExceeded, match="67,108,865 bytes; the limit is 67,108,864"):
        size_of(np.zeros((64 << 20) + 1, "u1"), Limits(), "it")


ELEMENT = {"0": 0, "1": ["wf.get", "x", "0"], "returns": "1", "parameters": ["x"]}


def test_an_operation_that_gives_a_large_array_is_refused_by_name() -> None:
    small = WORLD.scope(limits=Limits(array=48))
    assert evaluate(parse(ELEMENT, Limits()), small, {"x": [ARRAY]}) is ARRAY
    with pytest.raises(LimitExceeded, match=r"wf\.get: the value is an array of 48 bytes; the limit is 47"):
        evaluate(parse(ELEMENT, Limits()), WORLD.scope(limits=Limits(array=47)), {"x": [ARRAY]})


def test_arrays_that_are_shared_are_counted_each_time() -> None:
    shared = [np.zeros(64 << 17)] * 16  # a gigabyte, were it sent
    graft = {"1": ["wf.list", "x"], "returns": "1", "parameters": ["x"]}
    with pytest.raises(LimitExceeded, match=r"wf\.list: the value has more than"):
        evaluate(parse(graft, Limits()), WORLD.scope(), {"x": shared})


def test_operators_go_element_by_element_over_arrays() -> None:
    for operation, expected in (("wf.eq", ARRAY == ARRAY), ("wf.add", ARRAY + ARRAY)):
        graft = {"1": [operation, "x", "x"], "returns": "1", "parameters": ["x"]}
        np.testing.assert_array_equal(evaluate(parse(graft, Limits()), WORLD.scope(), {"x": ARRAY}), expected)


@pytest.mark.parametrize("array", [ARRAY, MASKED], ids=["plain", "masked"])
def test_arrays_are_sent_as_they_are(array: Any) -> None:
    sent: Any = to_wire((array,), WORLD.scope())
    assert sent[0] is array


def test_scalars_of_numpy_are_sent_as_numbers() -> None:
    assert type(to_wire(np.int16(3), WORLD.scope())) is int


@pytest.mark.parametrize(
    ("expected", "included", "refused"),
    [
        (expect_hint(float), [1, 1.5], [True, "1"]),
        (expect_hint(int | None), [1, None], [True, 1.5]),
        (expect_hint(list[int]), [[], [1]], [(1,), [1.5], [True]]),
        (expect_hint(tuple[object, ...]), [(), (1, "a")], [[1]]),
        (expect_hint(dict[str, float]), [{}, {"a": 1}], [{1: 1}, {"a": "b"}]),
        (expect_hint(Image | ImageCollection), [Image(), ImageCollection()], [1]),
        (expect(proxy.TYPES["Float"]), [1.5], [1, True]),
        (expect(proxy.TYPES["Tuple"][proxy.TYPES["Int"], proxy.TYPES["Str"]]), [(1, "a")], [(1,), [1, "a"]]),  # type: ignore[index]
        (expect(proxy.TYPES["Any"]), [1, None, Image()], []),
    ],
    ids=lambda value: str(value) if not isinstance(value, list) else "",
)
def test_expected_types_include_what_is_of_them(expected: Any, included: list[Any], refused: list[Any]) -> None:
    assert [value for value in included if not expected.includes(value)] == []
    assert [value for value in refused if expected.includes(value)] == []


def test_a_choice_of_types_converts_to_the_first_that_takes_the_value() -> None:
    convert: Callable[[object], object] = expect_hint(datetime | list[float]).convert
    assert convert("2020-01-01") == datetime(2020, 1, 1, tzinfo=UTC)
    assert convert((1, 2)) == [1, 2]
    with pytest.raises(EvaluationError, match=r"expected Datetime or List\[a number\], not Int 1"):
        convert(1)


def test_a_type_without_values_here_is_named() -> None:
    with pytest.raises(EvaluationError, match="values of the type Raster are not known here"):
        type_named(Type("Raster").name)
