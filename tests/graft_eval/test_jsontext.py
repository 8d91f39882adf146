from __future__ import annotations

import json

import pytest

from graft_eval import load_json
from graft_eval.errors import GraftSyntaxError, LimitExceeded
from graft_eval.limits import Limits


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{'a': 1}", "not JSON"),
        ("", "not JSON"),
        ('{"a": 1, "a": 2}', "name 'a' twice"),
        ('{"a": {"b": 1, "b": 1}}', "name 'b' twice"),
        ("[NaN]", "NaN"),
        ("[-Infinity]", "Infinity"),
        ("[9223372036854775808]", "64 bits"),
        ("[-9223372036854775809]", "64 bits"),
        ("[" + "1" * 100_000 + "]", "64 bits"),
        ("[1e999]", "64-bit floating point"),
        ("[1" + "0" * 400 + ".0]", "64-bit floating point"),
        ('["\\ud800"]', "surrogate"),
        ('{"\\udfff": 1}', "surrogate"),
    ],
)
def test_json_that_is_ambiguous_or_too_large_is_refused(text: str, message: str) -> None:
    with pytest.raises(GraftSyntaxError, match=message):
        load_json(text.encode(), Limits())


def test_text_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(GraftSyntaxError, match="UTF-8"):
        load_json(b'["\xff"]', Limits())


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, 2.5, None, True, 'x"\\[{'], "b": {}},
        [9223372036854775807, -9223372036854775808],
        ['\\\\"[[[[', "é€😀", "\u2028"],
        "1e400",
    ],
)
def test_json_is_read_as_it_was_written(value: object) -> None:
    assert load_json(json.dumps(value).encode(), Limits()) == value
    assert load_json(json.dumps(value, ensure_ascii=False).encode(), Limits()) == value


@pytest.mark.parametrize("text", ["[" * 10_000 + "]" * 10_000, '{"a":' * 10_000 + "1" + "}" * 10_000, "[" * 10_000])
def test_nesting_is_bounded_before_parsing(text: str) -> None:
    with pytest.raises(LimitExceeded, match=r"nested 10,000 levels deep; the limit is 564"):
        load_json(text.encode(), Limits())


def test_brackets_in_strings_do_not_count() -> None:
    assert load_json(json.dumps(["[{" * 10_000]).encode(), Limits()) == ["[{" * 10_000]


def test_a_million_keys_are_refused_before_parsing() -> None:
    text = json.dumps({str(i): 1 for i in range(1_000_000)})
    with pytest.raises(LimitExceeded, match=r"1,000,000 members; the limit is 200,000"):
        load_json(text.encode(), Limits())


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ('{"a": [' + ",".join(["1"] * 200_001) + "]}", "200,001"),
        ('["wf.list", [[]], ' + ",".join(['"a,b"'] * 300_000) + "]", "300,002"),
        ("[[1, 2], [" + ",".join(["[1]"] * 250_000) + "], [3]]", "250,000"),
    ],
    ids=["numbers", "names", "arrays"],
)
def test_a_long_array_is_refused_before_parsing(text: str, elements: str) -> None:
    with pytest.raises(LimitExceeded, match=f"an array in the JSON has {elements} elements; the limit is 200,000"):
        load_json(text.encode(), Limits())


def test_many_arrays_may_have_more_elements_together_than_one_may() -> None:
    value = [[0] * 90_000, {"a": [1] * 90_000}, [[2] * 90_000]]
    assert load_json(json.dumps(value).encode(), Limits()) == value


@pytest.mark.parametrize("text", ['"LONG"', '{"a": ["x", {"LONG": 1}]}', '["a\\"", "\\\\", "LONG"]'])
def test_a_long_string_is_refused_wherever_it_is(text: str) -> None:
    with pytest.raises(LimitExceeded, match="a string has 1,048,577 characters; the limit is 1,048,576"):
        load_json(text.replace("LONG", "x" * (1 << 20) + "y").encode(), Limits())


def test_the_limit_of_a_string_counts_characters() -> None:
    assert load_json(f'["{"é" * (1 << 20)}"]'.encode(), Limits()) == ["é" * (1 << 20)]
