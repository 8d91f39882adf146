"""All that was published is there: builtins with their evaluators, members by name; what is left out says why."""

from __future__ import annotations

import inspect
import json
import re
from types import SimpleNamespace
from typing import Any

import pytest

import sdk as wf
from graft_eval.ops import evaluator_of
from sdk.contract import results
from sdk.graft.op import OPERATIONS
from sdk.language.proxy import TYPES
from sdk.service import exceptions
from tests.conftest import LANGUAGE

MEMBERS: list[dict[str, Any]] = [json.loads(line) for line in (LANGUAGE / "api.jsonl").read_text().splitlines()]

PYTHON_2 = "Python 3 divides by __truediv__ and __floordiv__, and calls this of nothing"
GRPC = "the server speaks HTTP, not gRPC: there are no channels, certificates and calls by name"

# What is not there, by type, or by type and member, or by member; and why.
LEFT_OUT: dict[str, str] = {
    "__div__": PYTHON_2, "__rdiv__": PYTHON_2,
    "InspectClient": "`wf.inspect`, `.inspect()` and `wf.Client` are the client",
    "Client.INSECURE_CHANNEL_FACTORY": GRPC, "Client.SECURE_CHANNEL_FACTORY": GRPC, "Client.api": GRPC,
    "Client.certificate": GRPC, "Client.channel": GRPC, "workflows._set_channel": GRPC,
    "Client.health": "GET /healthz says it",
    "Client.token": "a credential is given and never read back",
    "ImageResult.__len__": "`len` of it raises TypeError, as published",
    "Number.__divmod__": "Int and Float have it; Number is what they have in common, and has no values",
    "Number.__rdivmod__": "Int and Float have it; Number is what they have in common, and has no values",
}  # fmt: skip

OPERAND = "an operand, which Python gives by its place"
PRIVATE = (
    "`_ruster` and `_trace` are switches of the service that ran the published client's jobs; the rest is given by name"
)
# What is called otherwise than published, by member, or by type and member; and why.
CALLED_OTHERWISE: dict[str, str] = {
    "__contains__": OPERAND, "__mul__": OPERAND, "__ne__": OPERAND, "__rmul__": OPERAND,
    "compute": PRIVATE, "inspect": PRIVATE, "Job.__init__": PRIVATE,
    "Client.__init__": "a server has one URL and takes tokens, where gRPC had hosts, ports, certificates and channels",
}  # fmt: skip


def owner(name: str) -> Any:
    """Return the type or module that the list of members calls so; None if there is none."""
    if name == "workflows":
        return wf
    places = (results, exceptions, wf, wf.interactive)
    found: Any = TYPES.get(name) or next((getattr(place, name) for place in places if hasattr(place, name)), None)
    for part in name.split(".") if found is None else ():
        found = getattr(wf if found is None else found, part, None)
    return found


def keys(row: dict[str, Any]) -> set[str]:
    return {row["type"], row["member"], f"{row['type']}.{row['member']}"}


def test_every_published_builtin_has_an_evaluator() -> None:
    builtins = json.loads((LANGUAGE / "builtins.json").read_text())
    assert builtins.keys() - OPERATIONS.keys() == set()
    constant = {name for name in builtins if OPERATIONS[name].value is not None}
    assert {name for name in builtins.keys() - constant if evaluator_of(OPERATIONS[name]) is None} == set()


@pytest.mark.filterwarnings("ignore:.*zmq.*:RuntimeWarning")
def test_every_published_member_is_there_or_left_out_for_a_reason() -> None:
    missing = [row for row in MEMBERS if owner(row["type"]) is None or not hasattr(owner(row["type"]), row["member"])]
    assert [row for row in missing if not keys(row) & LEFT_OUT.keys()] == []
    assert len(MEMBERS) == 1380


@pytest.mark.filterwarnings("ignore:.*zmq.*:RuntimeWarning")
def test_what_is_left_out_is_not_there() -> None:
    missing = [row for row in MEMBERS if owner(row["type"]) is None or not hasattr(owner(row["type"]), row["member"])]
    assert LEFT_OUT.keys() - set().union(*map(keys, missing)) == set()


def test_nothing_that_makes_a_graft_is_left_out() -> None:
    """But the division of Python 2."""
    of_the_language = {
        f"{row['type']}.{row['member']}"
        for row in MEMBERS
        if row.get("graft_builtins") and keys(row) & LEFT_OUT.keys() and row["member"] not in ("__div__", "__rdiv__")
    }
    assert of_the_language <= {"Number.__divmod__", "Number.__rdivmod__"}


def published(row: dict[str, Any]) -> list[inspect.Parameter]:
    """Return the parameters of a published signature but self; defaults that are objects of the client are `...`."""
    made: dict[str, Any] = {}
    exec(f"from __future__ import annotations\ndef f{re.sub('<[^>]*>', '...', row['signature'])}: pass", made)
    return [each for each in inspect.signature(made["f"]).parameters.values() if each.name not in ("self", "img", "ic")]


def unlike(row: dict[str, Any]) -> list[str]:
    """Return how ours cannot be called as the published member: by place, by name, without what has a default."""
    type_ = owner(row["type"])
    made_by_new = row["kind"] == "constructor" and isinstance(vars(type_).get("__new__"), staticmethod)
    found = getattr(type_, "__new__" if made_by_new else row["member"])
    ours = list(inspect.signature(found).parameters.values())
    bound = row["kind"] in ("constructor", "method") and not inspect.ismethod(found)
    if bound and ours[0].kind is not inspect.Parameter.VAR_POSITIONAL:
        ours = ours[1:]  # self, whatever it is called
    theirs = published(row)
    by_name = {each.name: each for each in ours}
    places = [each.name for each in ours if each.kind is each.POSITIONAL_OR_KEYWORD]
    wrong = [
        f"{each.name} is missing"
        for each in theirs
        if each.name not in by_name and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    wrong += [
        f"place {i} is {places[i] if i < len(places) else 'none'}, not {each.name}"
        for i, each in enumerate(theirs)
        if each.kind is each.POSITIONAL_OR_KEYWORD and places[i : i + 1] != [each.name]
    ]
    for each in theirs:
        mine = by_name.get(each.name, each)
        if each.default is not ... and mine.default != each.default and not is_absent(mine, each):
            wrong.append(f"{each.name} is {mine.default!r}, not {each.default!r}")
    known = {each.name for each in theirs}
    wrong += [f"{each.name} must be given" for each in ours if each.name not in known and must_be_given(each)]
    wrong += [
        f"there is no {kind.description}"
        for kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        if kind in {each.kind for each in theirs} - {each.kind for each in ours}
    ]
    return wrong


def is_absent(mine: inspect.Parameter, published: inspect.Parameter) -> bool:
    """Return whether both say by a value of their own that nothing was given."""
    return published.default == "__NO_INITIAL_REDUCE_VALUE__" and getattr(mine.default, "value", None) == "absent"


def must_be_given(each: inspect.Parameter) -> bool:
    return each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)


@pytest.mark.filterwarnings("ignore:.*zmq.*:RuntimeWarning")
def test_every_published_member_is_called_as_it_was() -> None:
    called = [row for row in MEMBERS if row["signature"] is not None and not keys(row) & LEFT_OUT.keys()]
    wrong = {f"{row['type']}.{row['member']}": (row["signature"], how) for row in called if (how := unlike(row))}
    excused = {name for name in wrong if {name, name.rpartition(".")[2]} & CALLED_OTHERWISE.keys()}
    assert {name: how for name, how in wrong.items() if name not in excused} == {}
    assert len(called) > 1180
    assert CALLED_OTHERWISE.keys() - {key for name in excused for key in (name, name.rpartition(".")[2])} == set()


@pytest.mark.parametrize(
    "scene",
    [
        SimpleNamespace(properties={"id": "product:scene"}),
        SimpleNamespace(properties=SimpleNamespace(id="product:scene")),
        SimpleNamespace(id="product:scene"),
    ],
    ids=["properties by key", "properties by name", "its own"],
)
def test_an_image_of_a_scene_is_that_of_its_id(scene: object) -> None:
    assert wf.Image.from_scene(scene).graft == wf.Image.from_id("product:scene").graft


def test_a_scene_without_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match="a scene must have an id, product:image, not 5"):
        wf.Image.from_scene(5)
