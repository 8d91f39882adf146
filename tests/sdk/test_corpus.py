"""Programs of the published language give the grafts, types and parameters that its own client gave."""

from __future__ import annotations

import ast
import builtins
import datetime
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely

import sdk as wf
from sdk.contract.typespec import parameters_json, type_from_typespec, type_name, typespec_of
from sdk.graft.op import OPERATIONS, REQUIRED, Kind, Op
from sdk.graft.reader import node_of
from tests.conftest import LANGUAGE
from tests.language.canonical import canonical

Json = Any
GIVEN = {"wf": wf, "np": np, "shapely": shapely, "datetime": datetime, "KnownDict": wf.KnownDict, "scenes": wf.scenes}

# Names of the published module that are not filled yet: a program that uses one is left out for that reason.
NOT_YET: set[str] = set()

# What the programs that must raise take for granted.
SETUP = """
img = wf.Image.from_id("product:scene")
ic = wf.ImageCollection.from_id("product")
gb = ic.groupby(dates="month")
any_ = img.properties["foobar"]
i, x, s, b = wf.Int(7), wf.Float(1.5), wf.Str("hello world"), wf.Bool(True)
li, ls = wf.List[wf.Int]([3, 1, 2]), wf.List[wf.Str](["a", "b"])
dct, tup = wf.Dict[wf.Str, wf.Int](a=1), wf.Tuple[wf.Int, wf.Str]([1, "a"])
p, q = wf.parameter("p", wf.Float), wf.parameter("q", wf.Int)
"""


def run(program: str) -> Any:
    names: dict[str, Any] = dict(GIVEN)
    exec(program, names)
    return names.get("result")


def references(form: Json) -> set[str]:
    """Return the builtins in a canonical form."""
    if isinstance(form, list):
        return set().union(*map(references, form))
    if not isinstance(form, dict) or "lit" in form or "json" in form:
        return set()
    if set(form) == {"ref"}:
        return {form["ref"]} if form["ref"].startswith("wf.") else set()
    return set().union(*map(references, form.values()))


def calls(form: Json) -> Iterator[dict[str, Json]]:
    """Yield the calls of builtins in a canonical form."""
    for part in form if isinstance(form, list) else form.values() if isinstance(form, dict) else ():
        yield from calls(part)
    if isinstance(form, dict) and "ref" in form.get("call", {}):
        yield form


def lines(name: str) -> list[dict[str, Json]]:
    """Return the cases of a file."""
    return [json.loads(line) for line in (LANGUAGE / name).read_text().splitlines()]


def missing_builtins(case: dict[str, Json]) -> set[str]:
    return references(case.get("canonical", {})) - OPERATIONS.keys()


def missing_names(case: dict[str, Json], given: dict[str, Any]) -> set[str]:
    """Return the names and types that a program uses and that there are not yet."""
    nodes = list(ast.walk(ast.parse(case["python"])))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    known = {*dir(builtins), *given, *(node.id for node in names if isinstance(node.ctx, ast.Store))}
    known |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    known |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    used = {node.attr for node in nodes if isinstance(node, ast.Attribute)} | {case.get("type", "")}
    return (used & NOT_YET) | ({node.id for node in names} - known)


def cases(name: str, *, given: dict[str, Any] | None = None) -> list[Any]:
    """Return the cases of a file that need just what there is, as parameters of a test."""
    return [
        pytest.param(case, id=case["name"])
        for case in lines(name)
        if not missing_builtins(case) and (given is None or not missing_names(case, given))
    ]


def with_setup() -> dict[str, Any]:
    given = dict(GIVEN)
    exec(SETUP, given)
    return given


def accepts(operation: Op, count: int, names: set[str]) -> bool:
    """Return whether a call with so many positional arguments and these named ones fits the row."""
    positional = [p for p in operation.parameters if p.kind is Kind.POSITIONAL]
    kinds = {p.kind for p in operation.parameters}
    if count > len(positional) and Kind.VARIADIC not in kinds:
        return False
    left = positional[count:] + [p for p in operation.parameters if p.kind is Kind.NAMED]
    unknown = names - {p.name for p in left}
    missing = {p.name for p in left if p.default is REQUIRED} - names
    return not missing and (not unknown or Kind.NAMED_VARIADIC in kinds)


@pytest.mark.parametrize("case", cases("corpus.jsonl", given=GIVEN))
def test_a_program_gives_the_published_graft_type_and_parameters(case: dict[str, Json]) -> None:
    result = run(case["python"])
    assert type_name(type(result)) == case["type"]
    assert canonical(result.graft) == case["canonical"]
    assert typespec_of(type(result)) == case["typespec"]
    assert type_from_typespec(case["typespec"]) is type(result)
    assert parameters_json(result) == case["params"]


@pytest.mark.parametrize("case", cases("corpus.jsonl"))
def test_a_published_graft_reads_back_as_it_is_and_fits_the_table(case: dict[str, Json]) -> None:
    free = {param["name"]: wf.parameter(param["name"], wf.Int)._argument for param in case["params"]}
    node = node_of(case["graft"], free, wf.Any)
    assert canonical(wf.Any._from_node(node).graft) == case["canonical"]
    for call in calls(case["canonical"]):
        operation = OPERATIONS[call["call"]["ref"]]
        assert accepts(operation, len(call["args"]), set(call.get("kwargs", {}))), call


@pytest.mark.parametrize("case", cases("rejected.jsonl", given=with_setup()))
def test_a_program_that_makes_no_sense_raises_where_it_is_written(case: dict[str, Json]) -> None:
    with pytest.raises(Exception, match=r"\w") as raised:
        exec(case["python"], with_setup())
    assert case["error_type"] in {type_.__name__ for type_ in raised.type.__mro__}


def test_the_published_call_shapes_fit_the_table() -> None:
    shapes = json.loads((LANGUAGE / "builtins.json").read_text())
    wrong = [
        (builtin, count, names)
        for builtin in shapes.keys() & OPERATIONS.keys()
        for count, names in shapes[builtin]
        if not accepts(OPERATIONS[builtin], count, set(names))
    ]
    assert wrong == []


def test_programs_are_left_out_for_listed_reasons_alone() -> None:
    left_out = [case for case in lines("corpus.jsonl") if missing_builtins(case) or missing_names(case, GIVEN)]
    unlisted = [
        case["name"] for case in left_out if not missing_builtins(case) and missing_names(case, GIVEN) - NOT_YET
    ]
    assert unlisted == []
    assert len(lines("corpus.jsonl")) - len(left_out) >= 506


def test_what_is_listed_as_not_filled_yet_is_not_there() -> None:
    assert [name for name in NOT_YET if hasattr(wf, name) or hasattr(wf.Image, name)] == []
