from __future__ import annotations

import logging
import threading
from typing import Any

import pytest

import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.errors import Cancelled, EvaluationError, LimitExceeded
from graft_eval.limits import Limits
from graft_eval.progress import Progress
from graft_eval.scope import Scope
from sdk.graft.op import OPERATIONS, Parameter
from tests.graft_eval.fake import FakeSource, World, graft
from tests.oracle.planes import NumpyEngine

WORLD = World([], {})


def run(document: Any, **arguments: object) -> object:
    return WORLD.evaluate(document, None, **arguments)


IDENTITY = {"parameters": ["x"], "returns": "x"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"a": None, "returns": "a"}, None),
        ({"a": [[1, 2]], "returns": "a"}, [1, 2]),
        ({"a": [{"b": [1]}], "returns": "a"}, {"b": [1]}),
        ({"a": [[]], "returns": "a"}, []),
        ({"a": ["wf.list"], "returns": "a"}, []),
        ({"a": ["wf.list", {}], "returns": "a"}, []),
        ({"returns": "wf.constants.pi"}, 3.141592653589793),
        ({"a": ["wf.list", "wf.constants.inf"], "returns": "a"}, [float("inf")]),
        ({"f": {"a": 1, "returns": "a"}, "b": ["f"], "returns": "b"}, 1),
        ({"f": IDENTITY, "a": 5, "b": ["f", "a"], "returns": "b"}, 5),
        ({"f": IDENTITY, "a": 5, "b": ["f", {"x": "a"}], "returns": "b"}, 5),
        ({"a": 2, "f": {"b": ["wf.mul", "x", "a"], "parameters": ["x"], "returns": "b"}, "c": ["f", "a"],
          "returns": "c"}, 4),
        ({"f": "wf.abs", "returns": "f"}, "wf.abs"),
        ({"l": [[-1, 2]], "m": ["wf.map", "l", "wf.abs"], "returns": "m"}, [1, 2]),
        ({"a": 1, "wf.abs": IDENTITY, "b": -3, "c": ["wf.abs", "b"], "returns": "c"}, -3),
        ({"a": 1, "f": {"a": 2, "g": {"returns": "a"}, "b": ["g"], "returns": "b"}, "c": ["f"], "returns": "c"}, 2),
    ],
)  # fmt: skip
def test_grafts_mean_what_the_language_says(document: object, expected: object) -> None:
    assert run(document) == expected


def test_a_function_remembers_the_scope_it_was_made_in() -> None:
    """adder(3)(4) with another x around the call."""
    document = {
        "adder": {"parameters": ["x"], "inner": {"parameters": ["y"], "s": ["wf.add", "x", "y"], "returns": "s"},
                  "returns": "inner"},
        "x": 100, "three": 3, "four": 4, "f": ["adder", "three"], "r": ["f", "four"], "returns": "r",
    }  # fmt: skip
    assert run(document) == 7


@pytest.mark.parametrize(
    ("document", "arguments", "expected"),
    [
        ({"returns": "x", "parameters": ["x"]}, {"x": 5}, 5),
        ({"a": 1, "returns": "a", "parameters": []}, {}, 1),
        ({"k": 7, "f": {"parameters": ["a"], "s": ["wf.add", "a", "k"], "returns": "s"}, "returns": "f"}, {"a": 1}, 8),
        ({"f": {"a": 1, "returns": "a"}, "returns": "f"}, {}, 1),
    ],
)
def test_arguments_are_applied_to_both_shapes_of_functions(
    document: object, arguments: dict[str, object], expected: object
) -> None:
    assert run(document, **arguments) == expected


def test_an_argument_may_be_a_graft() -> None:
    argument = parse({"a": 2, "b": ["wf.mul", "a", "a"], "returns": "b"}, Limits())
    assert run({"c": ["wf.add", "x", "x"], "returns": "c", "parameters": ["x"]}, x=argument) == 8


@pytest.mark.parametrize(
    ("document", "arguments", "message"),
    [
        ({"returns": "x", "parameters": ["x"]}, {}, "takes x, and 'x' is missing"),
        ({"returns": "x", "parameters": ["x"]}, {"x": 1, "y": 1}, "takes x, not 'y'"),
        ({"a": 1, "returns": "a"}, {"y": 1}, "no parameter 'y'"),
        ({"a": 1, "b": ["a", "a"], "returns": "b"}, {}, "not Int 1"),
        ({"f": IDENTITY, "a": 1, "b": ["f", "a", "a"], "returns": "b"}, {}, "takes x, not 2 arguments"),
        ({"f": IDENTITY, "a": 1, "b": ["f", "a", {"x": "a"}], "returns": "b"}, {}, "not 'x' twice"),
        ({"f": IDENTITY, "b": ["f"], "returns": "b"}, {}, "'x' is missing"),
        ({"a": "x", "b": ["wf.length"], "returns": "b"}, {}, "wf.length: the argument container is missing"),
        (
            {"a": "x", "b": ["wf.length", "a", "a"], "returns": "b"},
            {},
            "wf.length: takes 1 arguments by position, not 2",
        ),
        ({"a": "x", "b": ["wf.length", "a", {"y": "a"}], "returns": "b"}, {}, "wf.length: there is no argument 'y'"),
        ({"a": 1, "b": ["wf.length", "a"], "returns": "b"}, {}, "wf.length: container must be Str or List"),
        ({"a": [[1]], "b": ["wf.map", "a", "wf.Str.upper"], "returns": "b"}, {}, "wf.Str.upper: text must be Str"),
    ],
)
def test_errors_name_the_operation_and_what_came(document: Any, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        run(document, **arguments)
    assert message in str(caught.value)


def test_the_operation_at_fault_is_the_inner_one() -> None:
    document = {
        "l": [["a"]],
        "f": {"parameters": ["x"], "y": ["wf.sqrt", "x"], "returns": "y"},
        "m": ["wf.map", "l", "f"],
        "returns": "m",
    }
    with pytest.raises(EvaluationError) as caught:
        run(document)
    assert caught.value.operation == "wf.sqrt"


def test_ifelse_evaluates_one_branch() -> None:
    result = wf.ifelse(wf.Int(1) > 0, wf.Int(1), wf.Int(1) // wf.Int(0))
    assert run(graft(result)) == 1


def test_each_key_is_evaluated_once() -> None:
    """Thirty doublings of a list by `add` share their halves: 2 ** 30 evaluations otherwise."""
    keys: dict[str, Any] = {f"k{i}": ["wf.add", f"k{i - 1}", f"k{i - 1}"] for i in range(1, 31)}
    assert run({**keys, "k0": 1, "returns": "k30"}) == 2**30


def test_keys_of_a_function_are_evaluated_once_a_call() -> None:
    body = {"parameters": ["x"], "y": ["wf.mul", "x", "x"], "z": ["wf.list", "y", "y"], "returns": "z"}
    assert run({"l": [[1, 2]], "f": body, "m": ["wf.map", "l", "f"], "returns": "m"}) == [[1, 1], [4, 4]]


def test_keys_that_nothing_needs_are_not_evaluated() -> None:
    assert run({"a": 1, "zero": 0, "b": ["wf.mod", "a", "zero"], "returns": "a"}) == 1


def test_chains_and_nesting_take_no_recursion() -> None:
    chain: dict[str, Any] = {str(i): ["wf.add", str(i - 1), "one"] for i in range(1, 19_990)}
    assert run({**chain, "0": 0, "one": 1, "returns": "19989"}) == 19_989
    body: dict[str, Any] = {"x": 1, "returns": "x"}
    for _ in range(498):
        body = {"l": [[0]], "f": {**body, "parameters": ["_"]}, "m": ["wf.map", "l", "f"], "returns": "m"}
    with pytest.raises(LimitExceeded, match="nested more than 100 deep"):
        run(body)
    body = {"x": 1, "returns": "x"}
    for _ in range(498):
        body = {"f": body, "x": ["f"], "returns": "x"}
    assert run(body) == 1


OMEGA = {"f": {"parameters": ["x"], "y": ["x", "x"], "returns": "y"}, "r": ["f", "f"], "returns": "r"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (OMEGA, "deep, which is the limit"),
        ({"n": 10_000_000, "l": ["wf.range", "n"], "returns": "l"}, "10,000,000 elements; the limit is 100,000"),
        ({"a": "x", "n": 1 << 40, "b": ["wf.mul", "a", "n"], "returns": "b"}, "the limit is 1,048,576"),
        ({"a": [[0]], "n": 1 << 40, "b": ["wf.mul", "a", "n"], "returns": "b"}, "the limit is 100,000"),
        ({"a": "x", "n": 1 << 40, "b": ["wf.Str.zfill", "a", "n"], "returns": "b"}, "the limit is 1,048,576"),
        ({f"k{i}": ["wf.add", f"k{i - 1}", f"k{i - 1}"] for i in range(1, 60)} | {"k0": "ab", "returns": "k59"},
         "characters; the limit is 1,048,576"),
        ({f"k{i}": ["wf.list", *[f"k{i - 1}"] * 10] for i in range(1, 60)} | {"k0": 1, "returns": "k59"},
         "what is left to spend"),
        ({f"k{i}": ["wf.list", f"k{i - 1}"] for i in range(1, 200)} | {"k0": 1, "returns": "k199"},
         "nested more than 100 deep"),
    ],
    ids=["omega", "range", "repeated text", "repeated list", "zfill", "doubled text", "shared lists", "nesting"],
)  # fmt: skip
def test_evaluations_beyond_the_limits_end(document: object, message: str) -> None:
    with pytest.raises(LimitExceeded) as caught:
        run(document)
    assert message in str(caught.value)


LOOPS = {
    "n": 100_000,
    "l": ["wf.range", "n"],
    "f": {"parameters": ["x"], "m": ["wf.map", "l", "wf.abs"], "returns": "m"},
    "m": ["wf.map", "l", "f"],
    "returns": "m",
}


def test_steps_are_bounded() -> None:
    with pytest.raises(LimitExceeded, match="10,000,100,000 steps or more; 99,995 are left of the limit of 200,000"):
        evaluate(parse(LOOPS, Limits()), Scope(FakeSource(), NumpyEngine(), None, Limits(steps=200_000, seconds=60)))


def test_an_evaluation_stops_when_nobody_waits() -> None:
    progress = Progress(log=lambda level, message: logging.log(level, message))
    scope = Scope(FakeSource(), NumpyEngine(), None, Limits(steps=1 << 60), progress)
    threading.Timer(0.05, progress.cancelled.set).start()
    with pytest.raises(Cancelled):
        evaluate(parse(LOOPS, Limits()), scope)


def test_every_operation_has_an_evaluator() -> None:
    from graft_eval.ops import evaluator_of

    missing = [name for name, row in OPERATIONS.items() if row.value is None and evaluator_of(row) is None]
    assert missing == []


def test_an_evaluator_with_other_parameters_is_refused_at_import() -> None:
    from graft_eval.ops.registry import evaluates
    from sdk.graft.op import Op
    from sdk.graft.rules import like

    row = Op("wf.test", (Parameter("imagery"),), like("imagery"), "")

    def evaluate_test(scope: Scope, image: object) -> object:
        return image

    with pytest.raises(TypeError, match=r"wf\.test has the parameters"):
        evaluates(row)(evaluate_test)
