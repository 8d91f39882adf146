"""Whatever comes as a graft is parsed, evaluated, or refused with an error of ours."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from graft_eval import evaluate
from graft_eval.errors import GraftError
from graft_eval.graft.jsontext import load_json
from graft_eval.graft.syntax import parse
from graft_eval.limits import Limits
from graft_eval.scope import Scope
from tests.conftest import LANGUAGE
from tests.fuzz.fuzzing import FUZZING
from tests.graft_eval.fake import FakeSource
from tests.oracle.planes import NumpyEngine

LIMITS = Limits(seconds=0.1)
PROGRAMS = [json.loads(line)["graft"] for line in (LANGUAGE / "corpus.jsonl").read_text().splitlines()]
BUILTINS = sorted(json.loads((LANGUAGE / "builtins.json").read_text()))
KEYS = st.sampled_from(["0", "1", "2", "3", "returns", "parameters", "x"])
ATOMS = st.one_of(
    KEYS, st.sampled_from(BUILTINS), st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9)
)
VALUES = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=12
)
CALLS = st.lists(ATOMS, min_size=1, max_size=4)
GRAFTS = st.dictionaries(KEYS, CALLS | VALUES, max_size=6)


@st.composite
def changed(draw: st.DrawFn) -> Any:
    """Draw a published program with something else in the place of one of its nodes, or of a part of it."""
    graft = dict(draw(st.sampled_from(PROGRAMS)))
    key = draw(st.sampled_from(sorted(graft)))
    node = graft[key]
    if isinstance(node, list) and node and draw(st.booleans()):
        at = draw(st.integers(0, len(node) - 1))
        graft[key] = [*node[:at], draw(VALUES | st.sampled_from(sorted(graft))), *node[at + 1 :]]
    else:
        graft[key] = draw(VALUES)
    return graft


@FUZZING
@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_text_is_json_or_refused(data: bytes) -> None:
    try:
        value = load_json(data, LIMITS)
    except GraftError:
        return
    assert value == json.loads(data)


@FUZZING
@given(GRAFTS | changed())
def test_a_document_is_a_graft_with_a_value_or_refused(document: Any) -> None:
    scope = Scope(FakeSource(), NumpyEngine(), None, LIMITS)
    try:
        evaluate(parse(document, LIMITS), scope)
    except GraftError:
        return
