"""Arrays as proxies: what they are made of, what is refused, and NumPy's own functions on them."""

from __future__ import annotations

import inspect
import json
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import sdk as wf
from sdk.graft.op import OPERATIONS
from sdk.language.numpy_protocol import ARRAY_FUNCTIONS
from tests.conftest import LANGUAGE
from tests.graft_eval.fake import World

WORLD = World([], {})
# NumPy's own types know no proxies.
ARRAY: Any = wf.Array([[1, 2], [3, 4]])
INT: Any = wf.Int(1)
MASKED: Any = wf.MaskedArray([1.0, 2.0], mask=[True, False])


def value(proxy: Any) -> Any:
    return WORLD.evaluate(proxy.graft)


@given(
    array=hnp.arrays(
        st.sampled_from([np.bool_, np.int16, np.uint8, np.float32, np.float64]),
        hnp.array_shapes(min_dims=0, max_dims=3),
    )
)
def test_an_array_of_numpy_travels_in_the_graft(array: Any) -> None:
    json.dumps(wf.Array(array).graft, allow_nan=False)
    found = value(wf.Array(array))
    np.testing.assert_array_equal(found, array)
    assert found.dtype.kind == {"u": "i"}.get(array.dtype.kind, array.dtype.kind)


@given(data=hnp.arrays(np.int64, hnp.array_shapes(max_dims=2)), seed=st.integers(0, 9))
def test_a_masked_array_of_numpy_travels_with_its_mask_and_fill_value(data: Any, seed: int) -> None:
    array = np.ma.MaskedArray(data, np.random.default_rng(seed).random(data.shape) < 0.3, fill_value=7)
    found = value(wf.proxify(array))
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(array))
    np.testing.assert_array_equal(found.filled(), array.filled())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([True, 2], [1, 2]), ([1, 2.5], [1.0, 2.5]), ([[1], (2,)], [[1], [2]]), (3, 3), ([], []), ([[], []], [[], []]),
        ([np.array([1, 2]), [3, 4]], [[1, 2], [3, 4]]), ([np.float32(1.5), 2], [1.5, 2.0]),
    ],
    ids=repr,
)  # fmt: skip
def test_nested_lists_become_of_the_widest_type(given: Any, expected: Any) -> None:
    array = wf.Array(given)
    assert repr(array.literal_value) == repr(expected)
    np.testing.assert_array_equal(value(array), np.array(expected))


def test_numbers_that_json_has_not_are_written_as_constants() -> None:
    array = wf.Array([[1.0, math.nan], [math.inf, -math.inf], [2.0, 3.0]])
    json.dumps(array.graft, allow_nan=False)
    np.testing.assert_array_equal(value(array), [[1.0, math.nan], [math.inf, -math.inf], [2.0, 3.0]])


def test_an_array_is_made_of_proxies_too() -> None:
    np.testing.assert_array_equal(value(wf.Array([wf.Int(1) + 1, 5])), [2, 5])
    np.testing.assert_array_equal(value(wf.Array(wf.range(3))), [0, 1, 2])
    np.testing.assert_array_equal(value(wf.Array(ARRAY.sum())), 10)


@pytest.mark.parametrize(
    ("attempt", "error", "message"),
    [
        (lambda: wf.Array(["a"]), TypeError, "made of bool, int or float, not of str 'a'"),
        (lambda: wf.Array("abc"), TypeError, "nested lists of numbers, or of NumPy's array, not str 'abc'"),
        (lambda: wf.Array([[1, 2], [3]]), ValueError, "lists of equal lengths"),
        (lambda: wf.Array(np.array([1j])), TypeError, "not of complex128"),
        (lambda: wf.Array(np.ma.MaskedArray([1])), TypeError, "not MaskedArray"),
        (lambda: wf.Array(wf.Str("a")), TypeError, "not Str"),
        (lambda: wf.MaskedArray([1], mask="x"), TypeError, "mask of a MaskedArray must be Bool or an Array"),
        (lambda: wf.MaskedArray([1], fill_value="x"), TypeError, "fill_value must be a number"),
        (lambda: wf.DType("complex128"), TypeError, "bool, int, float or one of NumPy's like them"),
        (lambda: wf.DType(np.dtype("O")), TypeError, "bool, int, float or one of NumPy's"),
        (lambda: ARRAY["x"], TypeError, "indexed by Int, slices"),
        (lambda: ARRAY[0, 1.5], TypeError, "indexed by Int, slices"),
        (lambda: ARRAY + "x", TypeError, "unsupported operand"),
        (lambda: ARRAY == "x", TypeError, "can be compared with"),
        (lambda: ARRAY + wf.Image.from_id("p:a"), TypeError, "unsupported operand"),
        (lambda: wf.log(ARRAY), TypeError, "must be Image or ImageCollection"),
        (lambda: ARRAY.mean(axis="x"), TypeError, r"mean\(\): axis must be"),
        (lambda: MASKED.count(axis="x"), TypeError, r"count\(\): axis must be"),
        (lambda: wf.numpy.linalg.inv(MASKED), TypeError, r"inv\(\): a must be Array"),
        (lambda: wf.numpy.pad(ARRAY, 1, mode="no"), ValueError, "mode must be one of constant"),
        (lambda: wf.numpy.linalg.qr(ARRAY, mode="r"), ValueError, "mode must be one of reduced, complete"),
        (lambda: np.sum(ARRAY, keepdims=True), TypeError, "keepdims"),
        (lambda: np.sort(ARRAY), TypeError, "no implementation found"),
        (lambda: np.add.reduce(ARRAY), TypeError, "operand type|not supported|do not support"),
        (lambda: bool(ARRAY), TypeError, "only known when it is computed"),
        (lambda: list(ARRAY), TypeError, "only known when it is computed"),
        (lambda: len(ARRAY), TypeError, "only known when it is computed"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_is_written(attempt: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        attempt()


@pytest.mark.parametrize(
    ("call", "same"),
    [
        (lambda: np.mean(ARRAY, axis=0), lambda: wf.numpy.mean(ARRAY, axis=0)),
        (lambda: np.amax(ARRAY, axis=0), lambda: wf.numpy.max(ARRAY, axis=0)),
        (lambda: np.median(MASKED), lambda: wf.numpy.median(MASKED)),
        (lambda: np.clip(ARRAY, 2, 3), lambda: wf.numpy.clip(ARRAY, 2, 3)),
        (lambda: np.concatenate([ARRAY, ARRAY]), lambda: wf.numpy.concatenate([ARRAY, ARRAY])),
        (lambda: np.where(ARRAY > 2, ARRAY, 0), lambda: wf.numpy.where(ARRAY > 2, ARRAY, 0)),
        (lambda: np.linalg.norm(ARRAY), lambda: wf.numpy.linalg.norm(ARRAY)),
        (lambda: np.einsum("ij->i", ARRAY), lambda: wf.numpy.einsum("ij->i", ARRAY)),
        (lambda: np.hypot(ARRAY, 2), lambda: wf.numpy.hypot(ARRAY, 2)),
        (lambda: np.bitwise_not(ARRAY), lambda: wf.numpy.invert(ARRAY)),
        (lambda: np.array([1, 2]) * ARRAY, lambda: wf.Array([1, 2]) * ARRAY),
        (lambda: np.float64(2) * ARRAY, lambda: 2.0 * ARRAY),
        (lambda: np.add(np.array([1, 2]), INT), lambda: wf.numpy.add(wf.Array([1, 2]), 1)),
    ],
)
def test_functions_of_numpy_are_those_of_the_language(call: Any, same: Any) -> None:
    assert type(call()) is type(same())
    assert call().graft == same().graft


def test_every_function_is_reached_by_numpy_that_numpy_lets() -> None:
    """Those that make arrays of numbers alone take no arrays, so that NumPy asks none."""
    for name in ARRAY_FUNCTIONS:
        space, _, own = name.rpartition(".")
        if space != "ma":
            function = getattr(np.linalg if space else np, own)
            assert own == function.__name__
            assert function.__module__ == ("numpy.linalg" if space else "numpy")


def parameters(function: Any) -> Any:
    return inspect.signature(function).parameters.values()


def test_the_published_functions_are_there_with_their_parameters() -> None:
    rows = [json.loads(line) for line in (LANGUAGE / "api.jsonl").read_text().splitlines()]
    spaces = {"numpy": wf.numpy, "numpy.linalg": wf.numpy.linalg, "numpy.ma": wf.numpy.ma}
    wrong, count = {}, 0
    for row in rows:
        if row["type"] in spaces and row["kind"] == "function":
            function = getattr(spaces[row["type"]], row["member"], None)
            published = re.findall(r"(?:\(|, )(\*?\w+): T", re.sub(r"'[^']*'", "T", row["signature"]))
            found = [] if function is None else [str(p).partition(":")[0] for p in parameters(function)]
            count += 1
            if found != published:
                wrong[f"{row['type']}.{row['member']}"] = (published, found)
    assert wrong == {}
    assert count > 190


@pytest.mark.parametrize(
    ("result", "type_"),
    [
        (lambda: ARRAY.mean(), "Scalar"), (lambda: ARRAY.mean(axis=[0, 1]), "Array"),
        (lambda: MASKED.max(axis=0), "MaskedArray"), (lambda: MASKED + ARRAY, "MaskedArray"),
        (lambda: 1 - ARRAY.mean(), "Scalar"), (lambda: ARRAY.mean() < 1, "Bool"),
        (lambda: ARRAY.mean() * ARRAY, "Array"),
        (lambda: wf.numpy.exp(ARRAY.mean()), "Float"), (lambda: wf.numpy.var(MASKED, axis=0), "Array"),
        (lambda: wf.numpy.atleast_1d(ARRAY, MASKED), "List[MaskedArray]"), (lambda: wf.numpy.atleast_1d(1), "Array"),
        (lambda: wf.numpy.gradient(MASKED), "List[MaskedArray]"),
        (lambda: wf.numpy.digitize(ARRAY.mean(), [1]), "Scalar"),
        (lambda: wf.numpy.unravel_index(ARRAY.max(), [2, 3]), "List[Scalar]"),
        (lambda: wf.numpy.stack([ARRAY, MASKED]), "MaskedArray"), (lambda: MASKED[0].filled(0), "Array"),
        (lambda: ARRAY.reshape((4,)), "Array"), (lambda: ARRAY[..., None], "Array"), (lambda: ~ARRAY, "Array"),
        (lambda: wf.Int(1) + ARRAY, "Array"), (lambda: ARRAY.shape, "List[Int]"), (lambda: ARRAY.dtype, "DType"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_type_of_a_result_follows_from_its_arguments(result: Any, type_: str) -> None:
    assert type(result()).__name__ == type_


def test_values_are_what_their_types_say() -> None:
    """So that what is written goes on: an Array has attributes, a Scalar is compared, a MaskedArray is filled."""
    for proxy in (ARRAY.mean(axis=[0, 1]), ARRAY[0, 1], wf.numpy.dot([1, 2], [3, 4]), wf.numpy.trace(ARRAY)):
        assert value(proxy.shape) == []
    assert value(MASKED.count(axis=[0]).filled(0)) == 1
    assert value(wf.numpy.count_nonzero(wf.MaskedArray([[1, 0]]), axis=0).filled(9)).tolist() == [1, 0]
    assert value(wf.ifelse(ARRAY.mean() > 2, "high", "low")) == "high"


def test_a_scalar_of_nothing_valid_is_a_float_that_is_nan() -> None:
    nothing = wf.MaskedArray([1.0, 2.0], mask=True).mean()
    assert value(nothing) is np.ma.masked
    assert math.isnan(value(wf.Float(nothing + 1)))
    assert math.isnan(value(wf.numpy.exp(nothing)))
    assert value(nothing < 5) is False
    assert value(MASKED[0] + 1).tolist() is None


def test_scalars_are_numbers_where_numbers_are_expected() -> None:
    image = wf.Image.from_id("p:a")
    assert isinstance(image / ARRAY.max(), wf.Image)
    assert isinstance(image.clip_values(ARRAY.min(), ARRAY.max()), wf.Image)
    assert value(wf.Float(ARRAY.max()) + 0.5) == 4.5
    assert value(wf.Int(ARRAY.mean())) == 2
    assert value(wf.ifelse(wf.numpy.any(ARRAY > 3), "some", "none")) == "some"
    assert value(wf.Int(1) + ARRAY.max()) == 5


def test_an_array_of_numpy_is_not_made_of_what_is_computed_later() -> None:
    for proxy in (ARRAY, wf.Int(1), [ARRAY, ARRAY]):
        with pytest.raises(TypeError, match=r"only known when it is computed, by \.inspect"):
            np.array(proxy)
    with pytest.raises(TypeError, match=r"Its \.ndarray stands for them"):
        np.asarray(wf.Image.from_id("p:a"))


def test_each_row_of_arrays_has_a_page_worth_of_words() -> None:
    for row in OPERATIONS.values():
        if row.whole:
            assert row.doc.endswith(".")
            assert row.doc[0].isupper() or row.doc[0].isdigit() or row.doc.startswith("x ")
