"""What is too large is refused from what is known of it: by operation, number and limit, at once, in no memory."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import mapping

from graft_eval import evaluate, load_json, parse
from graft_eval.errors import GraftError, LimitExceeded
from graft_eval.limits import Limits
from graft_eval.progress import Progress
from graft_eval.scope import Scope
from tests.graft_eval.fake import GRID, FakeSource, World
from tests.oracle.planes import NumpyEngine

Graft = dict[str, Any]


def call(builtin: str, *arguments: object, **named: object) -> Graft:
    """The graft of a builtin applied to JSON."""
    names = [f"a{i}" for i in range(len(arguments))]
    values = dict(zip(names, arguments, strict=True)) | named
    quoted = {name: [value] if isinstance(value, list | dict) else value for name, value in values.items()}
    return {**quoted, "r": [builtin, *names, {name: name for name in named}], "returns": "r"}


def doubled(first: object, builtin: str) -> Graft:
    """The graft of a value put together with itself, and what that gives with itself, 64 times."""
    steps = {f"k{i + 1}": [builtin, f"k{i}", f"k{i}"] for i in range(64)}
    return {"k0": first, **steps, "returns": "k64"}


def mapped(outer: object, inner: object) -> Graft:
    """The graft of a function over 100,000 numbers, and in it of another one over as many."""
    nested = {"parameters": ["x"], "m": outer, "r": ["wf.map", "m", "g"], "g": inner, "returns": "r"}
    return {"n": 10**5, "l": ["wf.range", "n"], "f": nested, "r": ["wf.map", "l", "f"], "returns": "r"}


ADD = {"parameters": ["y"], "r": ["wf.add", "x", "y"], "returns": "r"}
LINES = {
    "z": [[0.5, 1.5]], "n": 90_000, "one": ["wf.list", "z"], "line": ["wf.mul", "one", "n"], "twelve": 12,
    "of": ["wf.list", "line"], "c": ["wf.mul", "of", "twelve"], "t": "MultiLineString",
    "g": ["wf.Geometry.create", {"type": "t", "coordinates": "c"}], "returns": "g",
}  # fmt: skip
SAME_LINE = {"type": "LineString", "coordinates": [[i, i % 7] for i in range(50_001)]}
SCRIBBLE = np.random.default_rng(0).random((3_000, 2)).tolist()

# Name: a graft, and what is said of it: the operation, the number, the limit.
TOO_LARGE: dict[str, tuple[Graft, str]] = {
    "text times 10 ** 9": (call("wf.mul", "ab", 10**9), r"wf\.mul: .* 2,000,000,000 .*limit is 1,048,576"),
    "a list times 10 ** 9": (call("wf.mul", [1, 2], 10**9), r"wf\.mul: .* 2,000,000,000 .*limit is 100,000"),
    "10 ** 10 ** 10": (
        {"t": 10, "a": ["wf.pow", "t", "t"], "r": ["wf.pow", "t", "a"], "returns": "r"},
        r"wf\.pow: the result does not fit into 64 bits, for Int 10 and Int 10000000000",
    ),
    "bits shifted by 10 ** 9": (call("wf.lshift", 1, 10**9), r"wf\.lshift: .* 0 to 63 places, for .* 1000000000"),
    "doubled lists": (doubled([[1, 2]], "wf.add"), r"wf\.add: .* 131,072 .*limit is 100,000"),
    "doubled text": (doubled("ab", "wf.add"), r"wf\.add: .* 2,097,152 .*limit is 1,048,576"),
    "lists of lists": (doubled(1, "wf.list"), r"wf\.list: the value has more than [\d,]+ elements in all"),
    "tuples of tuples": (doubled(1, "wf.tuple"), r"wf\.tuple: the value has more than [\d,]+ elements in all"),
    "maps within a map": (mapped(["wf.range", "n"], ADD), r"wf\.map: .* 10,000,\d+,\d+ steps .* limit of 1,000,000"),
    "maps of a list outside": (
        {**mapped(1, ADD), "f": {"parameters": ["x"], "r": ["wf.map", "l", "g"], "g": ADD, "returns": "r"}},
        r"wf\.map: applying the function 100,000 times takes 10,000,\d+,\d+ steps .* limit of 1,000,000",
    ),
    "a map that gives what it is given": (
        {"t": "a" * 10**6, "f": {"parameters": ["x"], "returns": "x"}, "r": ["wf.map", "t", "f"], "returns": "r"},
        r"wf\.map: applying the function 1,000,000 times takes 1,000,000 steps or more; .* limit of 1,000,000",
    ),
    "a range of 10 ** 12": (call("wf.range", 10**12), r"wf\.range: .* 1,000,000,000,000 .*limit is 100,000"),
    "padded text": (call("wf.Str.ljust", "a", 10**12, fillchar=" "), r"wf\.Str\.ljust: .* 1,000,000,000,000 .*limit"),
    "replaced text": (
        call("wf.Str.replace", "a" * 1000, "a", "b" * 10**5, count=-1),
        r"wf\.Str\.replace: .* 100,001,000 .*limit is 1,048,576",
    ),
    "wide tabs": (call("wf.Str.expandtabs", "\t", tabsize=10**12), r"wf\.Str\.expandtabs: .* 1,000,000,000,\d+ .*"),
    "wide fields": (call("wf.Str.format", "{0:10000000000}", 1), r"wf\.Str\.format: .*10000000000.*limit of 1,048,576"),
    "ones": (call("wf.numpy.ones", [10**6] * 2), r"wf\.numpy\.ones: .* 8,000,000,000,000 bytes.*limit is 67,108,864"),
    "outer products": (
        {"s": 10**5, "a": ["wf.numpy.ones", "s"], "r": ["wf.numpy.outer", "a", "a"], "returns": "r"},
        r"wf\.numpy\.outer: .* 80,000,000,000 bytes.*limit is 67,108,864",
    ),
    "arrays spread over one another": (
        {
            "s": [[10**5, 1]], "t": [[1, 10**5]], "a": ["wf.numpy.ones", "s"], "b": ["wf.numpy.ones", "t"],
            "r": ["wf.numpy.add", "a", "b"], "returns": "r",
        },
        r"wf\.numpy\.add: .* 80,000,000,000 bytes.*limit is 67,108,864",
    ),
    "steps between two numbers": (call("wf.numpy.linspace", 0, 1, num=10**12), r"wf\.numpy\.linspace: .* bytes.*limit"),
    "a kernel of 10 ** 4 x 10 ** 4": (
        call("wf.Kernel.load", dims=[10**4, 10**4], data=[1.0]),
        r"wf\.Kernel\.load: .* has 100,000,000, more than the limit of 10,000",
    ),
    "lines of 10 ** 6 vertices": (LINES, r"wf\.(mul|Geometry\.create): .* [\d,]{7,} "),
    "a geometry of 10 ** 5 vertices and two": (
        call("wf.Geometry.create", type="MultiLineString", coordinates=[SAME_LINE["coordinates"]] * 2),
        r"wf\.Geometry\.create: .* 100,002 vertices; the limit is 100,000",
    ),
    "a buffer of a line that crosses itself 10 ** 6 times": (
        {
            "t": "LineString", "c": [SCRIBBLE], "g": ["wf.Geometry.create", {"type": "t", "coordinates": "c"}],
            "d": 0.01, "r": ["wf.buffer", "g", "d"], "returns": "r",
        },
        r"wf\.buffer: of 2,99\d edges [\d,]{7,} pairs or more lie within .*; the limit is 211,9\d\d",
    ),
}  # fmt: skip


def scope() -> Scope:
    return Scope(FakeSource(), NumpyEngine(), GRID, Limits(), Progress())


@pytest.mark.parametrize(("graft", "message"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_refused_by_operation_number_and_limit(graft: Graft, message: str) -> None:
    read = parse(graft, Limits())
    with pytest.raises(GraftError, match=message):
        evaluate(read, scope())
    began = time.thread_time()
    with pytest.raises(GraftError):
        evaluate(read, scope())
    assert time.thread_time() - began < 0.3  # 0.1 on an idle machine


@pytest.mark.parametrize("graft", [graft for graft, _ in TOO_LARGE.values()], ids=TOO_LARGE)
def test_what_is_refused_takes_no_memory(graft: Graft) -> None:
    read = parse(graft, Limits())
    tracemalloc.start()
    with pytest.raises(GraftError):
        evaluate(read, scope())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 << 20


def test_geometries_of_a_million_vertices_are_refused_as_text() -> None:
    text = json.dumps({"type": "LineString", "coordinates": [[0, 1]] * 10**6})
    with pytest.raises(LimitExceeded, match=r"[\d,]{9,} elements; the limit is 200,000"):
        load_json(text.encode(), Limits())


NUMBERS = ["wf.range", "n"]


@pytest.mark.parametrize(
    "body",
    [
        {"parameters": ["x"], "m": NUMBERS, "k": ["wf.length", "m"], "returns": "x"},
        {
            "parameters": ["x"], "zero": 0, "first": ["wf.eq", "x", "zero"], "none": {"returns": "zero"},
            "all": {"m": NUMBERS, "r": ["wf.map", "m", "g"], "k": ["wf.length", "r"], "returns": "k"},
            "g": {"parameters": ["y"], "returns": "y"}, "r": ["wf.ifelse", "first", "all", "none"], "returns": "r",
        },
    ],
    ids=["not needed", "in a branch"],
)  # fmt: skip
def test_maps_that_nobody_needs_count_as_nothing(body: Graft) -> None:
    graft = {"n": 2_000, "l": NUMBERS, "f": body, "r": ["wf.map", "l", "f"], "returns": "r"}
    assert len(World([], {}).evaluate(graft)) == 2_000


def test_a_coast_of_10_000_vertices_is_buffered() -> None:
    angles = np.linspace(0, 2 * np.pi, 10_000)
    coast = shapely.Polygon(np.column_stack([np.cos(angles), np.sin(angles)]) * (5 + np.sin(40 * angles)[:, None]))
    graft = {**call("wf.buffer", mapping(coast), 0.1)}
    found = World([], {}).evaluate(graft)
    assert found.shapely.equals_exact(coast.buffer(0.1, quad_segs=16), 1e-12)


@pytest.mark.parametrize("distance", [float("nan"), float("inf")])
def test_a_buffer_of_no_finite_distance_is_refused(distance: float) -> None:
    with pytest.raises(GraftError, match=r"wf\.buffer: the distance must be finite, not (nan|inf)"):
        World([], {}).evaluate(call("wf.buffer", {"type": "Point", "coordinates": [1, 2]}, distance))
