from __future__ import annotations

import inspect
from typing import Any

import pytest

import sdk as wf
from graft_eval.errors import EvaluationError, LimitExceeded
from tests.graft_eval.fake import NAN, World, graft
from tests.graft_eval.test_ops_scalars import call

WORLD = World([], {})
NUMBERS = wf.List[wf.Int]([3, 1, 2])


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (NUMBERS[-1], 2),
        (NUMBERS[1:], [1, 2]),
        (NUMBERS[::-1], [2, 1, 3]),
        (NUMBERS.map(lambda x: x * 2.0), [6.0, 2.0, 4.0]),
        (NUMBERS.filter(lambda x: x > 1), [3, 2]),
        (NUMBERS.sorted(), [1, 2, 3]),
        (NUMBERS.sorted(key=lambda x: x % 2), [2, 3, 1]),
        (NUMBERS.sorted(key=lambda x: x % 2, reverse=True), [3, 1, 2]),
        (NUMBERS.sorted(key=lambda x: wf.log(x - 2), reverse=True), [3, 2, 1]),
        (NUMBERS.reduce(lambda so_far, x: so_far - x), 0),
        (NUMBERS.reduce(lambda so_far, x: so_far + x, initial=10), 16),
        (NUMBERS.contains(2), True),
        (NUMBERS.length(), 3),
        (reversed(NUMBERS), [2, 1, 3]),
        (wf.zip(NUMBERS, wf.List[wf.Str](["a", "b"])), [(3, "a"), (1, "b")]),
        (wf.range(3), [0, 1, 2]),
        (wf.range(5, 0, -2), [5, 3, 1]),
        (wf.Str("abc").length(), 3),
        (reversed(wf.Str("abc")), "cba"),
        (wf.Str("abc")[-2:], "bc"),
        (wf.Dict[wf.Str, wf.Int](a=1, b=2).keys(), ["a", "b"]),
        (wf.Dict[wf.Str, wf.Int](a=1, b=2).values(), [1, 2]),
        (wf.Dict[wf.Str, wf.Int](a=1, b=2).items(), [("a", 1), ("b", 2)]),
        (wf.Dict[wf.Str, wf.Int](a=1)["a"], 1),
        (wf.Dict[wf.Int, wf.Float]({1: 1.5}), {1: 1.5}),
        (wf.Tuple[wf.Int, wf.Str]([1, "a"]), (1, "a")),
    ],
    ids=lambda value: None,
)
def test_programs_on_containers(result: Any, expected: object) -> None:
    assert WORLD.evaluate(graft(result), None) == expected


@pytest.mark.parametrize(
    ("builtin", "arguments", "expected"),
    [
        ("wf.get", ({"a": 1}, "b", 5), 5),
        ("wf.get", ([1], 3, None), None),
        ("wf.get", ({1: "x"}, 1), "x"),
        ("wf.contains", ("hello", "ell"), True),
        ("wf.contains", ({"a": 1}, "a"), True),
        ("wf.dict.create", (1, 2, "a", 3), {1: 2, "a": 3}),
        ("wf.dict.from_pairs", ([("a", 1), ["b", 2]],), {"a": 1, "b": 2}),
        ("wf.length", ({"a": 1},), 1),
        ("wf.range", (2, 5), [2, 3, 4]),
        ("wf.zip", ({"a": 1, "b": 2}, "xyz"), [("a", "x"), ("b", "y")]),
        ("wf.sorted", ("bca",), ["a", "b", "c"]),
        ("wf.sorted", ([2, NAN, None, 1],), [1, 2, NAN, None]),
        ("wf.list.copy", ((1, 2),), [1, 2]),
    ],
)
def test_operations_on_containers(builtin: str, arguments: tuple[object, ...], expected: object) -> None:
    assert call(builtin, *arguments) == expected


def test_map_over_a_dict_goes_over_its_keys() -> None:
    document = {"d": [{"b": 1, "a": 2}], "m": ["wf.map", "d", "wf.Str.upper"], "returns": "m"}
    assert WORLD.evaluate(document, None) == ["B", "A"]


@pytest.mark.parametrize(
    ("builtin", "arguments", "message"),
    [
        ("wf.get", ([1, 2], 2), "there is no element 2: there are 2"),
        ("wf.get", ([1, 2], -3), "there is no element -3"),
        ("wf.get", ({"a": 1}, "b"), "there is no key Str 'b'; there are: a"),
        ("wf.get", ({"a": 1}, [1]), "cannot be a key"),
        ("wf.get", ([1, 2], "a"), "key must be Int or Slice, not Str 'a'"),
        ("wf.get", ([1, 2], True), "key must be Int or Slice, not Bool True"),
        ("wf.contains", ("a", 1), "cannot be in Str 'a'"),
        ("wf.sorted", ([1, "a"],), "Int and Str have no order"),
        ("wf.dict.create", (1,), "keys and values in turn"),
        ("wf.dict.create", ([1], 2), "a key of a dict must be"),
        ("wf.dict.from_pairs", ([(1, 2, 3)],), "pairs of a key and a value"),
        ("wf.reversed", ({"a": 1},), "sequence must be"),
    ],
)
def test_what_containers_do_not_have_is_an_error(builtin: str, arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(EvaluationError, match=builtin) as caught:
        call(builtin, *arguments)
    assert message in str(caught.value)


def test_steps_of_zero_and_endless_ranges_are_errors() -> None:
    with pytest.raises(EvaluationError, match="step cannot be 0"):
        call("wf.range", 1, 2, step=0)
    with pytest.raises(EvaluationError, match="step of a slice cannot be 0"):
        call("wf.Slice.create", step=0)
    with pytest.raises(LimitExceeded, match="the limit is 100,000"):
        call("wf.range", 2**60)


TEXT = "hello  World\tx1"
STR_ARGUMENTS: dict[str, tuple[object, ...]] = {
    "center": (20, "*"), "ljust": (20, "-"), "rjust": (20, "-"), "zfill": (20,), "count": ("l",), "endswith": ("x1",),
    "startswith": ("he",), "find": ("o",), "rfind": ("o",), "expandtabs": (4,), "join": (["a", "b"],),
    "lstrip": ("he",), "rstrip": ("1",), "strip": ("h1",), "partition": (" ",), "rpartition": (" ",),
    "replace": ("l", "LL", 2), "split": (None, 1), "rsplit": ("o", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in vars(wf.Str) if hasattr(str, name) and name[0] != "_"])
def test_methods_of_text_are_those_of_python(name: str) -> None:
    if name == "format":
        return
    arguments = STR_ARGUMENTS.get(name, ())
    proxy = getattr(wf.Str(TEXT), name)(*arguments)
    assert WORLD.evaluate(graft(proxy), None) == getattr(TEXT, name)(*arguments)
    assert len(inspect.signature(getattr(wf.Str, name)).parameters) - 1 >= len(arguments)


@pytest.mark.parametrize(
    ("text", "values", "named", "expected"),
    [
        ("{} and {}", (1, "a"), {}, "1 and a"),
        ("{1}{0}{name:>5}", ("x", "y"), {"name": 2.5}, "yx  2.5"),
        ("{0!r:.3}", ("abcdef",), {}, "'ab"),
        ("{{{}}}", (1,), {}, "{1}"),
    ],
)
def test_text_is_formatted(text: str, values: tuple[object, ...], named: dict[str, object], expected: str) -> None:
    assert call("wf.Str.format", text, *values, **named) == expected == text.format(*values, **named)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("{0.__class__}", EvaluationError, "fields are numbers or names alone"),
        ("{0[a]}", EvaluationError, "fields are numbers or names alone"),
        ("{3}", EvaluationError, "no value for the field {3}"),
        ("{", EvaluationError, "Single '{'"),
        ("{:q}", EvaluationError, "Unknown format code"),
        ("{:9999999999}", LimitExceeded, "wider than the limit"),
        ("{0:1000000}{0:1000000}", LimitExceeded, "the limit is 1,048,576"),
    ],
)
def test_formats_reach_nothing_but_their_values_and_are_bounded(
    text: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        call("wf.Str.format", text, 1)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("builtin", "arguments", "named"),
    [
        ("wf.Str.center", ("a", 2**40), {}),
        ("wf.Str.expandtabs", ("\t\t", ), {"tabsize": 2**30}),
        ("wf.Str.replace", ("a" * 10_000, "a", "b" * 10_000), {}),
        ("wf.Str.join", ("b" * 100_000, ["a"] * 10_000), {}),
    ],
)  # fmt: skip
def test_text_is_bounded_before_it_is_built(
    builtin: str, arguments: tuple[object, ...], named: dict[str, object]
) -> None:
    with pytest.raises(LimitExceeded, match=r"the limit is 1,048,576"):
        call(builtin, *arguments, **named)


def test_bad_arguments_of_text_methods_are_errors() -> None:
    with pytest.raises(EvaluationError, match="fill character"):
        call("wf.Str.center", "a", 3, fillchar="ab")
    with pytest.raises(EvaluationError, match="empty separator"):
        call("wf.Str.split", "a", sep="")
