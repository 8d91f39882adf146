from __future__ import annotations

import json
import random
from typing import Any

import pytest

from graft_eval import parse
from graft_eval.errors import GraftSyntaxError, LimitExceeded
from graft_eval.limits import Limits
from tests.conftest import LANGUAGE

LIMITS = Limits()


def nested(depth: int) -> dict[str, Any]:
    body: dict[str, Any] = {"x": 1, "returns": "x"}
    for _ in range(depth - 1):
        body = {"f": body, "x": ["f"], "returns": "x"}
    return body


def chain(length: int) -> dict[str, Any]:
    keys: dict[str, Any] = {str(i): ["wf.abs", str(i - 1)] for i in range(1, length)}
    return {**keys, "0": 1, "returns": str(length - 1)}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (3, "the graft must be a JSON object, not 3"),
        ([1], "the graft must be a JSON object, not a JSON array of 1"),
        ({}, "must have 'returns'"),
        ({"returns": 3}, "must have 'returns', the name of a key, not 3"),
        ({"a": 1, "returns": "b"}, "'returns' refers to the key 'b', which does not exist"),
        ({"returns": "returns"}, "does not exist"),
        ({"a": ["wf.nothing"], "returns": "a"}, "the builtin 'wf.nothing', which does not exist"),
        ({"a": ["wf.pick_band"], "returns": "a"}, "did you mean 'wf.pick_bands'"),
        ({"a": ["wf.abs", "x"], "returns": "a"}, "key 'a' refers to the key 'x'"),
        ({"a": [], "returns": "a"}, "key 'a' must be a literal"),
        ({"a": [1, 2], "returns": "a"}, "key 'a' must be a literal"),
        ({"a": ["wf.abs", ["x"]], "returns": "a"}, "key 'a' must be a literal"),
        ({"a": ["wf.abs", {"x": 1}], "returns": "a"}, "key 'a' must be a literal"),
        ({"a": ["wf.abs", "a"], "returns": "a"}, "a cycle: 'a' needs 'a'"),
        ({"a": ["wf.abs", "b"], "b": ["wf.abs", "a"], "returns": "a"}, "a cycle: 'a' needs 'b' needs 'a'"),
        ({"f": {"x": ["f"], "returns": "x"}, "a": ["f"], "returns": "a"}, "a cycle"),
        ({"f": {"returns": "a"}, "a": ["f"], "returns": "a"}, "a cycle"),
        ({"f": {"x": 1}, "returns": "f"}, "key 'f' must have 'returns'"),
        ({"parameters": "x", "returns": "x"}, "'parameters' of the graft must be a list of names"),
        ({"parameters": ["x", "x"], "returns": "x"}, "must differ"),
        ({"parameters": ["returns"], "returns": "returns"}, "must differ"),
        ({"parameters": [1], "returns": "x"}, "list of names"),
    ],
)
def test_what_is_no_graft_is_refused_with_the_key(document: object, message: str) -> None:
    with pytest.raises(GraftSyntaxError) as caught:
        parse(document, LIMITS)
    assert message in str(caught.value)


def test_keys_that_nothing_needs_are_not_resolved() -> None:
    assert parse({"a": 1, "b": ["wf.nothing", "c"], "c": ["c"], "returns": "a"}, LIMITS).parameters == ()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (nested(501), "nested 501 deep or more; the limit is 500"),
        (nested(10_000), "the limit is 500"),
        (chain(20_001), "20,001 keys or more; the limit is 20,000"),
        ({str(i): 1 for i in range(1_000_000)} | {"returns": "1"}, "1,000,000 keys or more; the limit is 20,000"),
        ({"a": ["wf.list", *["b"] * 200_000], "b": 1, "returns": "a"}, "the limit is 200,000"),
        ({"a": "x" * (1 << 21), "returns": "a"}, "key 'a' has 2,097,152 characters; the limit is 1,048,576"),
        ({"a": [[0] * 200_000], "returns": "a"}, "key 'a' has 200,000 elements; the limit is 100,000"),
        ({"a": [["x" * (1 << 21)]], "returns": "a"}, "characters"),
        ({"parameters": [str(i) for i in range(30_000)], "returns": "1"}, "30,000 keys or more"),
    ],
    ids=["nesting", "deep nesting", "chain", "million keys", "references", "string", "list", "inner", "parameters"],
)
def test_grafts_beyond_the_limits_are_refused_with_both_numbers(document: object, message: str) -> None:
    with pytest.raises(LimitExceeded) as caught:
        parse(document, LIMITS)
    assert message in str(caught.value)


def test_a_cycle_deep_in_the_largest_graft_is_found() -> None:
    with pytest.raises(GraftSyntaxError, match=r"a cycle: '5' needs .* needs '0' needs '19998'"):
        parse(chain(19_999) | {"0": ["wf.abs", "19998"]}, LIMITS)


def test_hashes_stay_as_databases_have_them() -> None:
    document = {
        "a": 1.5,
        "é": "x",
        "f": {"parameters": ["b", "c d"], "s": ["wf.add", "c d", {"y": "b"}], "returns": "s"},
        "r": ["f", "a", {"c d": "é"}],
        "q": [["x", {"b": 1}]],
        "t": ["wf.list", "r", "q", "p"],
        "returns": "t",
        "parameters": ["p"],
    }
    assert parse(document, LIMITS).hash == "067b10170333f582dbd34f5fcd43c6103d920b59a2ad40257f145948353a6431"


def test_the_largest_grafts_that_are_allowed_are_read() -> None:
    assert parse(nested(500), LIMITS).hash
    assert parse(chain(19_999), LIMITS).hash


@pytest.mark.parametrize(
    ("document", "parameters", "is_function"),
    [
        ({"a": 1, "returns": "a"}, (), False),
        ({"a": 1, "returns": "a", "parameters": []}, (), True),
        ({"returns": "p", "parameters": ["q", "p"]}, ("q", "p"), True),
        ({"a": 1, "f": {"returns": "a", "parameters": ["x"]}, "returns": "f"}, ("x",), False),
        ({"f": {"returns": "x", "parameters": ["x"]}, "returns": "f", "parameters": ["y"]}, ("y",), True),
        ({"returns": "wf.abs"}, (), False),
    ],
)
def test_functions_come_bare_or_with_their_closures_around(
    document: object, parameters: tuple[str, ...], is_function: bool
) -> None:
    graft = parse(document, LIMITS)
    assert (graft.parameters, graft.is_function) == (parameters, is_function)


def renamed(body: Any, rename: dict[str, str], bound: frozenset[str] = frozenset()) -> Any:
    """The same graft with other names for its keys and in another order; parameters keep theirs."""
    bound = bound | frozenset(body.get("parameters", ()))

    def name(key: str) -> str:
        return rename.get(key, key) if key not in bound else key

    def expression(value: Any) -> Any:
        if isinstance(value, dict):
            return renamed(value, rename, bound)
        if not isinstance(value, list) or isinstance(value[0], list | dict):
            return value
        return [name(x) if isinstance(x, str) else {k: name(v) for k, v in reversed(x.items())} for x in value]

    items = [(key, value) for key, value in body.items() if key not in ("parameters", "returns")]
    random.Random(3).shuffle(items)
    found = {name(key): expression(value) for key, value in items} | {"returns": name(body["returns"])}
    return found | ({"parameters": body["parameters"]} if "parameters" in body else {})


def keys_of(body: Any) -> set[str]:
    inner = [keys_of(value) for value in body.values() if isinstance(value, dict)]
    return ({*body} - {"parameters", "returns"}).union(*inner)


def test_hashes_are_equal_just_where_canonical_forms_are() -> None:
    """The corpus gives the canonical forms; `renamed` gives grafts that must not differ from theirs."""
    forms: dict[str, str] = {}
    for line in (LANGUAGE / "corpus.jsonl").read_text().splitlines():
        program = json.loads(line)
        free = {"parameters": [p["name"] for p in program["params"]]} if program["params"] else {}
        document = program["graft"] | free
        try:
            graft = parse(document, LIMITS)
        except GraftSyntaxError:
            continue  # an operation that the table does not have yet
        form = json.dumps([program["canonical"], free], sort_keys=True)
        assert forms.setdefault(graft.hash, form) == form, program["name"]
        rename = {key: f"k{i}" for i, key in enumerate(sorted(keys_of(document)))}
        assert parse(renamed(document, rename), LIMITS).hash == graft.hash, program["name"]
    assert len(set(forms.values())) == len(forms) > 400


def test_sharing_a_key_does_not_change_the_hash() -> None:
    shared = {"a": 1, "b": ["wf.add", "a", "a"], "returns": "b"}
    apart = {"a": 1, "c": 1, "b": ["wf.add", "a", "c"], "returns": "b"}
    assert parse(shared, LIMITS).hash == parse(apart, LIMITS).hash


def test_keys_shadow_builtins_and_inner_keys_shadow_outer_ones() -> None:
    document = {
        "wf.abs": {"parameters": ["x"], "returns": "x"},
        "a": 1,
        "f": {"a": 2, "returns": "a"},
        "b": ["f"],
        "returns": "b",
    }
    plain = {"f": {"z": 2, "returns": "z"}, "b": ["f"], "returns": "b"}
    assert parse(document, LIMITS).hash == parse(plain, LIMITS).hash
