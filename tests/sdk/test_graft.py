"""Writing computations as grafts, and reading them back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

import sdk as wf
from sdk.graft.reader import node_of

Evaluated = Any


def evaluate(graft: dict[str, Any], builtins: dict[str, Callable[..., Any]]) -> Evaluated:
    """Evaluate a graft in the plainest way, with Python functions as builtins."""

    def look_up(key: str, scopes: tuple[dict[str, Any], ...]) -> Evaluated:
        for depth in range(len(scopes), 0, -1):
            values, body = scopes[depth - 1]["values"], scopes[depth - 1]["body"]
            if key in values:
                return values[key]
            if key in body:
                return expression(body[key], scopes[:depth])
        return builtins[key]

    def expression(value: Any, scopes: tuple[dict[str, Any], ...]) -> Evaluated:
        if isinstance(value, dict):
            return lambda *args, **kwargs: call(value, scopes, args, kwargs)
        if not isinstance(value, list):
            return value
        if len(value) == 1 and isinstance(value[0], (list, dict)):
            return value[0]
        function, *args = value
        kwargs = args.pop() if args and isinstance(args[-1], dict) else {}
        named = {name: look_up(key, scopes) for name, key in kwargs.items()}
        return look_up(function, scopes)(*(look_up(key, scopes) for key in args), **named)

    def call(body: dict[str, Any], scopes: tuple[dict[str, Any], ...], args: Any, kwargs: Any) -> Evaluated:
        values = dict(zip(body.get("parameters", ()), args, strict=False)) | kwargs
        return look_up(body["returns"], (*scopes, {"values": values, "body": body}))

    return call(graft, (), (), {})


BUILTINS: dict[str, Callable[..., Any]] = {
    "wf.numpy.add": lambda x, y: x + y,
    "wf.numpy.subtract": lambda x, y: x - y,
    "wf.numpy.multiply": lambda x, y: x * y,
    "wf.numpy.greater": lambda x, y: x > y,
    "wf.list": lambda *elements: list(elements),
    "wf.map": lambda sequence, function: [function(element) for element in sequence],
    "wf.ifelse": lambda condition, x, y: x() if condition else y(),
}


def value_of(proxy: Any) -> Evaluated:
    return evaluate(proxy.graft, BUILTINS)


def test_a_literal_is_a_graft_of_its_own() -> None:
    assert wf.Int(7).graft == {"0": 7, "returns": "0"}


def test_a_proxy_used_twice_is_written_once() -> None:
    total = wf.Int(7) + wf.Int(1)
    graft = (total * total).graft
    assert [value for value in graft.values() if value == ["wf.numpy.add", "0", "1"]] == [["wf.numpy.add", "0", "1"]]


def test_equal_calls_are_written_once() -> None:
    image = wf.Image.from_id("product:scene")
    bands = image.pick_bands("red") + image.pick_bands("red")
    assert [value for value in bands.graft.values() if isinstance(value, list) and value[0] == "wf.pick_bands"] == [
        ["wf.pick_bands", "2", "3", {"allow_missing": "4"}]
    ]


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (0.0, -0.0), ("1", 1)])
def test_literals_that_python_calls_equal_stay_apart(one: object, other: object) -> None:
    values = list(wf.proxify((one, other)).graft.values())[:2]
    assert [(type(value), repr(value)) for value in values] == [(type(one), repr(one)), (type(other), repr(other))]


def test_the_same_program_gives_the_same_keys() -> None:
    def program() -> wf.Image:
        collection = wf.ImageCollection.from_id("product", limit=3)
        return collection.map(lambda image: image + 1).mean(axis="images")

    assert program().graft == program().graft


@pytest.mark.parametrize("length", [5000, 20000])
def test_a_long_chain_is_written_and_read_in_time_that_grows_with_its_length(length: int) -> None:
    image: Any = wf.Image.from_id("product:scene")
    start = time.process_time()
    for _ in range(length):
        image = image + 1
    graft = image.graft
    assert wf.Image._from_graft(graft).graft == graft
    assert time.process_time() - start < length * 400e-6
    assert len(graft) == length + 5


def test_a_long_chain_of_choices_stays_flat() -> None:
    x: Any = wf.Int(0)
    for i in range(1000):
        x = wf.ifelse(x > i, x, x + 1)
    bodies = [value for value in x.graft.values() if isinstance(value, dict)]
    assert len(bodies) == 2000
    assert all(set(body) == {"parameters", "returns"} for body in bodies)


def test_what_does_not_depend_on_an_argument_is_outside_of_the_function() -> None:
    k = wf.Int(7) + 1
    graft = wf.List[wf.Int]([1, 2]).map(lambda x: x * k).graft
    (body,) = (value for value in graft.values() if isinstance(value, dict))
    assert len(body) == 3  # parameters, the product, returns
    assert evaluate(graft, BUILTINS) == [8, 16]


def test_nested_functions_see_the_arguments_around_them() -> None:
    numbers = wf.List[wf.Int]([1, 2])
    table = numbers.map(lambda x: numbers.map(lambda y: x * 10 + y))
    assert value_of(table) == [[11, 12], [21, 22]]


def test_an_inner_argument_of_the_same_name_hides_nothing() -> None:
    numbers = wf.List[wf.Int]([1, 2])

    def minus(outer: wf.Int) -> Any:
        return numbers.map(lambda x: x - outer)

    assert value_of(numbers.map(lambda x: minus(x))) == [[0, 1], [-1, 0]]


def test_an_argument_of_the_same_name_as_a_parameter_does_not_hide_it() -> None:
    x = wf.parameter("x", wf.Int)
    numbers = wf.List[wf.Int]([1, 2])
    function = wf.Function.from_object(numbers.map(lambda x_: (lambda y: y)(x_) * 0 + x))
    other = wf.Function.from_object(_times(numbers, x))
    assert evaluate({"0": 5, "1": function.graft, "2": ["1", "0"], "returns": "2"}, BUILTINS) == [5, 5]
    assert evaluate({"0": 5, "1": other.graft, "2": ["1", "0"], "returns": "2"}, BUILTINS) == [5, 10]


def _times(numbers: Any, factor: wf.Int) -> Any:
    return numbers.map(lambda x: x * factor)


def test_a_functions_own_argument_does_not_hide_a_parameter_of_the_same_name() -> None:
    a = wf.parameter("a", wf.Int)
    function = _adder(a)
    graft = {"parameters": ["a"], **function(wf.Int(3)).graft}
    assert evaluate({"f": graft, "x": 4, "y": ["f", "x"], "returns": "y"}, BUILTINS) == 7
    assert function.graft["returns"] in function.graft


def _adder(number: wf.Int) -> Any:
    return wf.Function[{"a": wf.Int}, wf.Int](lambda a: a + number)


def test_an_argument_that_leaves_its_function_is_refused() -> None:
    leaked: list[Any] = []

    def leak(x: wf.Int) -> wf.Int:
        leaked.append(x)
        return x

    wf.List[wf.Int]([1]).map(leak)
    with pytest.raises(ValueError, match="argument 'x' of a function is used outside"):
        _ = (leaked[0] + 1).graft


def test_parameters_come_in_order_of_first_use() -> None:
    p, q = wf.parameter("p", wf.Int), wf.parameter("q", wf.Float)
    assert [(param._name, type(param)) for param in (q * p + q).params] == [("q", wf.Float), ("p", wf.Int)]


@pytest.mark.parametrize(
    ("graft", "message"),
    [
        ({"0": ["wf.nonsense", "1"], "1": 1, "returns": "0"}, "no key 'wf.nonsense'"),
        ({"0": ["wf.neg", "1"], "1": ["wf.neg", "0"], "returns": "0"}, "depends on itself"),
        ({"returns": "0"}, "no key '0'"),
    ],
    ids=["unknown", "cycle", "missing"],
)
def test_a_graft_that_means_nothing_is_not_read(graft: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        node_of(graft, {}, wf.Any)
