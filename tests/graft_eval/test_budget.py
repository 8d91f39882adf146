"""A small graft buys half a second of processor at most, however it asks, and no more text than steps allow."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import pytest

from graft_eval import evaluate, evaluate_argument, parse
from graft_eval.errors import LimitExceeded
from graft_eval.limits import Limits
from graft_eval.progress import Progress
from graft_eval.scope import Scope
from tests.graft_eval.fake import FakeSource
from tests.oracle.planes import NumpyEngine

TOWER: dict[str, Any] = {
    "f0": {"parameters": ["x"], "y": ["wf.abs", "x"], "returns": "y"},
    **{
        f"f{i}": {"parameters": ["x"], "a": [f"f{i - 1}", "x"], "b": [f"f{i - 1}", "a"], "returns": "b"}
        for i in range(1, 30)
    },
    "one": 1, "r": ["f29", "one"], "returns": "r",
}  # fmt: skip
MAPS = {
    "n": 1000, "l": ["wf.range", "n"],
    "f": {"parameters": ["x"], "m": ["wf.map", "l", "wf.abs"], "returns": "m"},
    "m": ["wf.map", "l", "f"], "returns": "m",
}  # fmt: skip
LISTS = {
    "n": 400, "l": ["wf.range", "n"],
    "f": {"parameters": ["x"], "m": ["wf.list", *["l"] * 20], "returns": "m"},
    "m": ["wf.map", "l", "f"], "returns": "m",
}  # fmt: skip
TEXTS = {
    "t": "x" * 100_000, "n": 50_000, "l": ["wf.range", "n"],
    "f": {"parameters": ["x"], "y": ["wf.add", "t", "t"], "returns": "y"},
    "m": ["wf.map", "l", "f"], "returns": "m",
}  # fmt: skip
FORMAT = {
    "t": "x" * 1_000_000, "l": ["wf.list", "t"], "n": 100_000, "m": ["wf.mul", "l", "n"],
    "f": "{0!r}", "r": ["wf.Str.format", "f", "m"], "returns": "r",
}  # fmt: skip
FEW = {
    "t": "x" * 600_000, "l": ["wf.list", "t", "t"], "f": "{0!r}", "r": ["wf.Str.format", "f", "l"], "returns": "r",
}  # fmt: skip


def scope(progress: Progress | None = None) -> Scope:
    return Scope(FakeSource(), NumpyEngine(), None, Limits(), progress or Progress())


@pytest.mark.parametrize("bomb", [TOWER, MAPS, LISTS, TEXTS], ids=["tower", "maps", "lists", "texts"])
def test_a_small_graft_takes_half_a_second_of_processor_at_most(bomb: dict[str, Any]) -> None:
    graft, started = parse(bomb, Limits()), time.thread_time()
    with pytest.raises(LimitExceeded, match=r"which is the limit|what is left to spend|are left of the limit"):
        evaluate(graft, scope())
    assert time.thread_time() - started < 0.8


def test_arguments_share_the_budget_of_their_request() -> None:
    graft, progress, started = parse(TOWER, Limits()), Progress(), time.thread_time()
    for _ in range(20):
        with pytest.raises(LimitExceeded, match="which is the limit"):
            evaluate_argument(graft, scope(progress))
    assert time.thread_time() - started < 0.9


def test_the_budget_is_a_limit_of_its_own() -> None:
    limits = Limits(seconds=0.01)
    with pytest.raises(LimitExceeded, match=r"more than 0\.01 s of processor, which is the limit"):
        evaluate(parse(TOWER, limits), Scope(FakeSource(), NumpyEngine(), None, limits))


def test_searches_and_pixels_are_no_part_of_the_budget() -> None:
    progress = Progress()
    started = time.thread_time()
    with progress.spent.apart():
        while time.thread_time() - started < 0.02:
            pass
    assert progress.spent.seconds < -0.019


@pytest.mark.parametrize("bomb", [FORMAT, FEW, TEXTS], ids=["of much", "of little too much", "many"])
def test_text_is_refused_before_it_is_built(bomb: dict[str, Any]) -> None:
    graft = parse(bomb, Limits())
    tracemalloc.start()
    with pytest.raises(LimitExceeded):
        evaluate(graft, scope())
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 100e6
