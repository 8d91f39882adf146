"""All that was published is there: builtins with their evaluators, members by name; what is left out says why."""

from __future__ import annotations

import json
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
