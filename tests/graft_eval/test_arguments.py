from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import sdk as wf
from graft_eval import (
    Graft,
    Image,
    ImageCollection,
    check_names,
    coerce,
    evaluate,
    evaluate_argument,
    parse,
    parse_arguments,
)  # fmt: skip
from graft_eval.errors import EvaluationError, GraftError, GraftSyntaxError, LimitExceeded
from graft_eval.limits import Limits
from sdk.contract.typespec import typespec_of
from tests.graft_eval.fake import GRID, World, graft, scene

WORLD = World([scene("p:1", "2020-01-01", ["a"])], {("p:1", "a"): [[1, 2], [3, 4]]})
MOMENT = datetime(2020, 1, 2, tzinfo=UTC)


def test_literals_quoted_json_and_grafts_are_arguments() -> None:
    found = parse_arguments(
        {"a": 1, "b": None, "c": [[1, 2]], "d": [{"x": 1}], "e": {"k": 1, "returns": "k"}}, Limits()
    )
    assert (found["a"], found["b"], found["c"], found["d"]) == (1, None, [1, 2], {"x": 1})
    assert isinstance(found["e"], Graft)


@pytest.mark.parametrize(
    ("document", "error", "message"),
    [
        ({"a": [1, 2]}, GraftSyntaxError, "the argument 'a' must be a literal, a graft, or quoted JSON"),
        ({"a": []}, GraftSyntaxError, "the argument 'a'"),
        ({"a": {"x": 1}}, GraftSyntaxError, "the argument 'a': the graft must have 'returns'"),
        ({"a": "x" * (1 << 21)}, LimitExceeded, "the argument 'a' has 2,097,152 characters"),
        ({"a": [[[0]] * 200_000]}, GraftError, "the argument 'a'"),
    ],
)
def test_other_arguments_are_refused_by_name(document: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        parse_arguments(document, Limits())
    assert message in str(caught.value)


def test_missing_and_unknown_arguments_are_named() -> None:
    check_names({"a": 1, "b": 2}, ("a", "b"))
    with pytest.raises(EvaluationError, match="missing argument 'b': the computation takes a, b"):
        check_names({"a"}, ("a", "b"))
    with pytest.raises(EvaluationError, match="unknown argument 'c': the computation takes no arguments"):
        check_names({"c"}, ())


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        (wf.Int, 3, 3),
        (wf.Float, 3, 3.0),
        (wf.Float, 2.5, 2.5),
        (wf.Bool, True, True),
        (wf.Str, "a", "a"),
        (wf.NoneType, None, None),
        (wf.Any, [1], [1]),
        (wf.Datetime, "2020-01-02", MOMENT),
        (wf.Datetime, MOMENT, MOMENT),
        (wf.Timedelta, timedelta(days=1), timedelta(days=1)),
        (wf.List[wf.Float], [1, 2.5], [1.0, 2.5]),
        (wf.Tuple[wf.Int, wf.Str], [1, "a"], (1, "a")),
        (wf.Dict[wf.Str, wf.Float], {"a": 1}, {"a": 1.0}),
        (wf.List[wf.List[wf.Datetime]], [["2020-01-02"]], [[MOMENT]]),
        (wf.ImageCollection, ImageCollection(), None),
        (wf.Image, Image(), None),
    ],
)
def test_values_become_what_their_type_says(type_: Any, value: object, expected: object) -> None:
    found = coerce(value, typespec_of(type_))
    if expected is not None or value is None:
        assert found == expected
        assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("type_", "value", "message"),
    [
        (wf.Int, 2.5, "expected Int, not Float 2.5"),
        (wf.Int, True, "expected Int, not Bool True"),
        (wf.Float, "2", "expected Float, not Str '2'"),
        (wf.Float, True, "expected Float, not Bool True"),
        (wf.Float, None, "expected Float, not None"),
        (wf.Bool, 1, "expected Bool, not Int 1"),
        (wf.Str, 1, "expected Str, not Int 1"),
        (wf.Datetime, "soon", "expected a date as ISO 8601 text such as '2019-05-04', not Str 'soon'"),
        (wf.Datetime, 5, "expected Datetime, not Int 5"),
        (wf.Timedelta, "1 day", "expected Timedelta, not Str '1 day'"),
        (wf.Image, 1, "expected Image, not Int 1"),
        (wf.Image, ImageCollection(), "expected Image, not ImageCollection"),
        (wf.List[wf.Int], 1, "expected List, not Int 1"),
        (wf.List[wf.Int], [1, "a"], "element 1: expected Int, not Str 'a'"),
        (wf.Tuple[wf.Int, wf.Str], [1], "expected Tuple of 2, not List of 1"),
        (wf.Dict[wf.Str, wf.Int], {"a": "b"}, "member 'a': expected Int, not Str 'b'"),
        (wf.Dict[wf.Str, wf.Int], [1], "expected Dict, not List of 1"),
        (wf.Function[wf.Int, {}, wf.Int], 1, "expected Function, not Int 1"),
    ],
)
def test_values_of_other_types_are_refused(type_: Any, value: object, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        coerce(value, typespec_of(type_))
    assert str(caught.value) == message


COMPUTATION = graft(wf.Function.from_object(wf.parameter("img", wf.Image) * wf.parameter("p", wf.Float)))


def test_grafts_among_the_arguments_are_evaluated() -> None:
    scope = WORLD.scope()
    arguments = parse_arguments({"img": wf.Image.from_id("p:1").graft, "p": 2}, Limits())
    image: Any = evaluate(parse(COMPUTATION, Limits()), scope, arguments)
    assert scope.engine.compute(image.planes, GRID, scope.progress, scope.limits).data.tolist() == [[[2, 4], [6, 8]]]


def test_functions_are_arguments_too() -> None:
    function = wf.Function[wf.Int, {}, wf.Int](lambda x: x + 1)
    value = evaluate_argument(parse(function.graft, Limits()), WORLD.scope())
    assert coerce(value, typespec_of(type(function))) is value
    document = {"l": [[1, 2]], "m": ["wf.map", "l", "f"], "returns": "m", "parameters": ["f"]}
    assert WORLD.evaluate(document, f=value) == [2, 3]
