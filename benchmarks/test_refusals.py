"""The largest grafts, refused and read: `pytest benchmarks/test_refusals.py --benchmark-enable`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graft_eval.errors import GraftSyntaxError
from graft_eval.graft.jsontext import load_json
from graft_eval.graft.syntax import parse
from graft_eval.limits import Limits

KEYS = 20_000
LIMITS = Limits()
Benchmark = Any


def chain(first: str) -> bytes:
    """Return a graft in which each key takes the one before it."""
    keys: dict[str, object] = {"k0": ["wf.add", first, first]}
    keys |= {f"k{at}": ["wf.add", f"k{at - 1}", f"k{at - 1}"] for at in range(1, KEYS - 3)}
    return json.dumps({"one": 1, **keys, "returns": f"k{KEYS - 4}"}).encode()


def test_a_chain_of_all_keys_that_a_graft_may_have_is_read(benchmark: Benchmark) -> None:
    text = chain("one")
    assert len(benchmark(lambda: parse(load_json(text, LIMITS), LIMITS).hash)) == 64


def test_a_cycle_of_as_many_is_refused(benchmark: Benchmark) -> None:
    text = chain(f"k{KEYS - 4}")

    def refuse() -> None:
        with pytest.raises(GraftSyntaxError, match="cycle"):
            parse(load_json(text, LIMITS), LIMITS)

    benchmark(refuse)
