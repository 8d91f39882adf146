"""Programs that use arrays give what they give on NumPy's own: the same lines of Python run on both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sdk as wf
from tests.graft_eval.fake import World

WORLD = World([], {})
ROWS, COLS = 3, 4
Step = Callable[[Any, Any], Any]  # of what is there so far, and of the array at the start

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

STEPS: dict[str, Step] = {
    "add": lambda x, a: x + a, "half": lambda x, a: x / 2, "square": lambda x, a: np.power(x, 2),
    "rest": lambda x, a: x % 3,
    "from": lambda x, a: 1 - x, "negative": lambda x, a: -x, "absolute": lambda x, a: abs(x),
    "above": lambda x, a: np.where(x > a, x, a), "sqrt": lambda x, a: np.sqrt(np.abs(x)),
    "largest": lambda x, a: np.maximum(x, a), "hypot": lambda x, a: np.hypot(x, 2),
    "clip": lambda x, a: np.clip(x, -2, 5),
    "centred": lambda x, a: x - np.mean(x), "scaled": lambda x, a: x / (1 + np.max(x, axis=0)),
    "summed": lambda x, a: np.cumsum(x, axis=1), "rolled": lambda x, a: np.roll(x, 1, axis=0),
    "turned": lambda x, a: x[::-1, ::-1], "rounded": lambda x, a: np.round(x, 1), "moved": lambda x, a: x + a[0],
    "times": lambda x, a: x * np.sum(a), "joined": lambda x, a: np.concatenate([x, a], axis=0)[:ROWS],
    "flat": lambda x, a: np.reshape(np.ravel(x), (ROWS, COLS)), "upper": lambda x, a: np.triu(x, k=1),
    "median": lambda x, a: x - np.median(a, axis=1)[:, None], "whether": lambda x, a: (x > 1) & (a < 3),
    "number": lambda x, a: x * 1.0, "tiled": lambda x, a: np.tile(x, (1, 2))[:, ::2],
}  # fmt: skip
LAST: dict[str, Step] = {
    "itself": lambda x, a: x, "mean": lambda x, a: np.mean(x), "most": lambda x, a: np.max(x, axis=0),
    "sum": lambda x, a: np.sum(x * 1.0, axis=(0, 1)), "row": lambda x, a: x[1], "valid": lambda x, a: x[a > 0],
    "deviation": lambda x, a: np.std(x, axis=1), "diagonal": lambda x, a: np.trace(x),
    "any": lambda x, a: np.any(x > 2),
}  # fmt: skip


def compute(steps: list[str], last: str, array: Any) -> Any:
    x = array
    for step in steps:
        x = STEPS[step](x, array)
    return LAST[last](x, array)


def agree(array: Any, proxy: Any, steps: list[str], last: str) -> None:
    with np.errstate(all="ignore"):
        try:
            expected: Any = compute(steps, last, array)
        except TypeError:
            return  # such as the negative of booleans
    found = WORLD.evaluate(compute(steps, last, proxy).graft)
    assert np.shape(found) == np.shape(expected)
    assert np.asanyarray(found).dtype == np.asanyarray(expected).dtype
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(expected))
    valid = ~np.ma.getmaskarray(expected)
    np.testing.assert_allclose(
        np.asarray(np.ma.getdata(found))[valid], np.asarray(np.ma.getdata(expected))[valid], rtol=1e-12, atol=1e-12
    )


NUMBERS = st.lists(st.integers(-4, 9), min_size=ROWS * COLS, max_size=ROWS * COLS)
PROGRAM = st.lists(st.sampled_from(sorted(STEPS)), max_size=6)


@settings(max_examples=150, deadline=None)
@given(numbers=NUMBERS, scale=st.sampled_from([1, 0.5]), steps=PROGRAM, last=st.sampled_from(sorted(LAST)))
def test_programs_on_arrays(numbers: list[int], scale: float, steps: list[str], last: str) -> None:
    array = np.array(numbers).reshape(ROWS, COLS) * scale
    agree(array, wf.Array(array), steps, last)


MASK_AWARE = sorted(set(STEPS) - {"above", "clip", "joined", "upper", "median", "rolled", "turned", "tiled", "flat"})


@settings(max_examples=100, deadline=None)
@given(numbers=NUMBERS, mask=st.integers(0, 2**12 - 1), steps=st.lists(st.sampled_from(MASK_AWARE), max_size=5))
def test_programs_on_masked_arrays(numbers: list[int], mask: int, steps: list[str]) -> None:
    """Of functions that NumPy itself has look at masks."""
    missing = np.array([bool(mask >> i & 1) for i in range(ROWS * COLS)]).reshape(ROWS, COLS)
    array = np.ma.MaskedArray(np.array(numbers, float).reshape(ROWS, COLS), missing)
    agree(array, wf.MaskedArray.from_numpy(array), steps, "itself")
