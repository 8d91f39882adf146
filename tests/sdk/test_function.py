"""Functions, parameters, generic types and their typespecs."""

from __future__ import annotations

import gc
from typing import Any

import pytest

import sdk as wf
from sdk.contract.typespec import parameters_json, type_from_typespec, type_name, typespec_of


def test_a_generic_type_is_the_same_each_time_and_forgotten_when_unused() -> None:
    from sdk.language.generic import _MADE

    assert wf.List[wf.Dict[wf.Str, wf.Int]] is wf.List[wf.Dict[wf.Str, wf.Int]]
    before = len(_MADE)
    for i in range(100):
        type_from_typespec(
            {"composite": {"type": "KnownDict", "params": [_map(f"k{i}"), {"type": "Str"}, {"type": "Int"}]}}
        )
    gc.collect()
    assert len(_MADE) < before + 100


def _map(key: str) -> dict[str, Any]:
    return {"map": {"items": [{"key": {"primitive": {"string_": key}}, "val": {"type": "Int"}}]}}


@pytest.mark.parametrize(
    "type_",
    [
        wf.Int,
        wf.List[wf.List[wf.Int]],
        wf.Tuple[wf.Int, wf.Str],
        wf.Dict[wf.Str, wf.Any],
        wf.KnownDict[{"x": wf.Float}, wf.Str, wf.Int],
        wf.Function[wf.Int, {"x": wf.Float}, wf.Bool],
        wf.Function[{}, wf.Image],
    ],
    ids=lambda type_: type_.__name__,
)
def test_a_type_comes_back_from_its_typespec(type_: Any) -> None:
    assert type_from_typespec(typespec_of(type_)) is type_


def deep(depth: int) -> object:
    typespec: object = {"type": "Int"}
    for _ in range(depth):
        typespec = {"composite": {"type": "List", "params": [typespec]}}
    return typespec


@pytest.mark.parametrize(
    ("typespec", "message"),
    [
        ({"type": "Nonsense"}, "there is no type 'Nonsense'"),
        ({"type": "Imagery"}, "there is no type 'Imagery'"),
        ({"composite": {"type": "List"}}, "List must have params, a list of the types that it is made of"),
        ({"type": "List"}, "List must say what it is made of"),
        ({"composite": {"type": "Int", "params": []}}, "Int is not made of other types"),
        ({"composite": {"type": "List", "params": []}}, "made of one type, not of 0"),
        ({"composite": {"type": "Dict", "params": [{"type": "Int"}]}}, "not of 1"),
        ({"map": {}}, "must be a type, not a map"),
        ("Int", "'Int' is no typespec"),
        ({"map": {"items": [5]}}, "5 is no item"),
        (deep(10_000), "nested deeper than 50"),
    ],
)
def test_a_typespec_that_is_none_is_refused(typespec: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        type_from_typespec(typespec)


def test_a_function_can_be_called_by_position_and_by_name() -> None:
    power = wf.Function.from_callable(lambda a, b: a**b, wf.Int, wf.Float)
    assert type_name(type(power)) == "Function[{'a': Int, 'b': Float}, Float]"
    assert power(2, 0.5).graft == power(a=2, b=0.5).graft == power(2, b=0.5).graft


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((1,), {}, "misses b"),
        ((1, 2, 3), {}, "takes 2 arguments, not 3"),
        ((1,), {"a": 2, "b": 3}, "got a twice"),
        ((1, 2), {"c": 3}, "has no argument c"),
        (("one", 2), {}, "expected Int, not str 'one'"),
    ],
)
def test_a_call_that_does_not_fit_says_why(args: tuple[Any, ...], kwargs: dict[str, Any], message: str) -> None:
    function = wf.Function[{"a": wf.Int, "b": wf.Int}, wf.Int](lambda a, b: a + b)
    with pytest.raises(TypeError, match=message):
        function(*args, **kwargs)


def test_functions_take_functions() -> None:
    unary: Any = wf.Function[{"x": wf.Int}, wf.Int]
    twice = wf.Function[{"f": unary}, wf.Int](lambda f: f(f(3)))
    assert type(twice(lambda x: x + 1)) is wf.Int
    with pytest.raises(wf.ProxyTypeError):
        twice(wf.Int(3))


def test_a_function_with_other_names_takes_the_names_that_are_asked_for() -> None:
    named: Any = wf.Function[{"a": wf.Int, "b": wf.Int}, wf.Int]
    other: Any = wf.Function[wf.Int, {"y": wf.Int}, wf.Int](lambda x, y: x - y)
    assert named(other).graft == {
        "parameters": ["a", "b"],
        "1": {"parameters": ["x", "y"], "0": ["wf.numpy.subtract", "x", "y"], "returns": "0"},
        "2": ["1", "a", {"y": "b"}],
        "returns": "2",
    }


def test_a_collection_maps_a_function_of_the_right_type_alone() -> None:
    double = wf.Function[{"image": wf.Image}, wf.Image](lambda image: image * 2)
    assert type(wf.ImageCollection.from_id("product").map(double)) is wf.ImageCollection
    with pytest.raises(wf.ProxyTypeError, match=r"a function of \(Int\) is needed"):
        wf.List[wf.Int]([1]).map(double)


def test_annotations_may_be_text() -> None:
    def scale(image: wf.Image, by: wf.Float) -> wf.Image:
        return image * by

    assert type_name(type(wf.proxify(scale))) == "Function[{'image': Image, 'by': Float}, Image]"


def test_a_function_of_parameters_takes_them_before_its_own_arguments() -> None:
    p = wf.parameter("p", wf.Float)
    function = wf.Function.from_object(wf.Function[wf.Int, {"a": wf.Int}, wf.Float](lambda x, a: (x + a) * p))
    assert type_name(type(function)) == "Function[Int, {'p': Float, 'a': Int}, Float]"
    assert function.graft["parameters"] == ["x", "p", "a"]
    assert function.params == ()


def test_a_function_without_parameters_stays_as_it_is() -> None:
    function = wf.Function[{"a": wf.Int}, wf.Int](lambda a: a)
    assert wf.Function.from_object(function) is function


def test_an_object_without_parameters_becomes_a_function_of_nothing() -> None:
    function = wf.Function.from_object(wf.Int(1))
    assert type_name(type(function)) == "Function[{}, Int]"
    assert type(function()) is wf.Int


def test_parameters_as_json_say_name_and_type() -> None:
    month = wf.parameter("month", wf.Int)
    assert parameters_json(wf.ImageCollection.from_id("p").filter(lambda i: i.properties["date"].month == month)) == [
        {"name": "month", "typespec": {"type": "Int"}}
    ]


def test_a_stored_graft_becomes_a_proxy_again() -> None:
    p = wf.parameter("p", wf.Float)
    image = wf.Image.from_id("product:scene") * p
    again = wf.Image._from_graft(image.graft, (p,))
    assert again.graft == image.graft
    assert [param._name for param in again.params] == ["p"]
