"""Functions of masked arrays treat what is masked as other functions of NumPy treat NaN."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from graft_eval.errors import EvaluationError
from tests.graft_eval.test_ops_arrays import call

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

DATA = np.arange(1.0, 13.0).reshape(3, 4)
MASKS = hnp.arrays(bool, DATA.shape)

MOVED: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "tile": (([2, 1],), {}), "roll": ((1,), {}), "pad": ((1,), {"mode": "constant"}), "insert": ((1, 5.0, 0), {}),
    "tril": ((), {}), "triu": ((), {"k": 1}), "broadcast_to": (([2, 3, 4],), {}), "moveaxis": ((0, 1), {}),
    "rollaxis": ((1,), {}), "transpose": ((), {}), "reshape": (([4, 3],), {}), "ravel": ((), {}), "repeat": ((2,), {}),
    "take": (([1, 0, 1],), {"axis": 0}), "diag": ((), {}), "diagonal": ((), {"offset": 1}), "atleast_3d": ((), {}),
    "clip": ((2, 9), {}), "around": ((), {}), "fix": ((), {}), "real": ((), {}), "diff": ((), {"axis": 0}),
    "ediff1d": ((), {}), "isclose": ((4.0,), {}),
}  # fmt: skip
LEFT_OUT = {
    "max": "nanmax", "min": "nanmin", "mean": "nanmean", "median": "nanmedian", "sum": "nansum", "prod": "nanprod",
    "std": "nanstd", "var": "nanvar", "nanmean": "nanmean", "nanmax": "nanmax", "nansum": "nansum", "nanstd": "nanstd",
}  # fmt: skip


def with_nan(mask: Any) -> Any:
    return np.where(mask, np.nan, DATA)


def same(found: Any, expected: Any) -> None:
    """Assert that what is masked is NaN on the other side, and that the rest is equal."""
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.isnan(expected))
    np.testing.assert_allclose(np.ma.filled(np.ma.asarray(found).astype(float), np.nan), expected)


@pytest.mark.parametrize("name", MOVED)
@settings(max_examples=15, deadline=None)
@given(mask=MASKS)
def test_masks_go_where_elements_go(name: str, mask: Any) -> None:
    arguments, named = MOVED[name]
    found = call(f"wf.numpy.{name}", np.ma.MaskedArray(DATA, mask), *arguments, **named)
    assert isinstance(found, np.ma.MaskedArray)
    given = [tuple(argument) if isinstance(argument, list) else argument for argument in arguments]
    expected = getattr(np, name)(with_nan(mask), *given, **named)
    if name == "isclose":
        expected = np.where(mask, np.nan, expected)
    same(found, expected)


@pytest.mark.parametrize("name", ["concatenate", "stack", "vstack", "hstack", "dstack"])
@settings(max_examples=10, deadline=None)
@given(mask=MASKS)
def test_masks_are_joined_with_arrays(name: str, mask: Any) -> None:
    same(call(f"wf.numpy.{name}", [np.ma.MaskedArray(DATA, mask), DATA]), getattr(np, name)([with_nan(mask), DATA]))


@pytest.mark.parametrize("name", LEFT_OUT)
@pytest.mark.parametrize("axis", [None, 0, 1, [0, 1]])
@settings(max_examples=10, deadline=None)
@given(mask=MASKS)
def test_what_is_masked_is_left_out(name: str, axis: Any, mask: Any) -> None:
    over = tuple(axis) if isinstance(axis, list) else axis
    expected = getattr(np, LEFT_OUT[name])(with_nan(mask), axis=over)
    nothing = mask.all(axis=over)
    found = call(f"wf.numpy.{name}", np.ma.MaskedArray(DATA, mask), axis=axis)
    np.testing.assert_array_equal(np.ma.getmaskarray(found), nothing)
    valid = ~np.asarray(nothing)
    np.testing.assert_allclose(np.asarray(np.ma.getdata(found))[valid], np.asarray(expected)[valid])


@settings(max_examples=30, deadline=None)
@given(mask=MASKS)
def test_counts_and_places_are_those_of_the_valid(mask: Any) -> None:
    array, valid = np.ma.MaskedArray(DATA, mask), DATA[~mask]
    assert call("wf.count", array, None) == valid.size
    assert call("wf.numpy.count_nonzero", array) == valid.size
    counts, edges = call("wf.numpy.histogram", array, bins=[0, 4, 8, 13])
    np.testing.assert_array_equal(counts, np.histogram(valid, [0, 4, 8, 13])[0])
    assert edges.tolist() == [0, 4, 8, 13]
    whole = np.ma.MaskedArray(DATA.ravel().astype(int), mask.ravel())
    np.testing.assert_array_equal(
        call("wf.numpy.bincount", whole, minlength=13), np.bincount(valid.astype(int), minlength=13)
    )
    np.testing.assert_array_equal(call("wf.numpy.argwhere", array), np.argwhere(~mask))
    same(call("wf.numpy.digitize", array, np.array([4.0, 8.0])), np.where(mask, np.nan, np.digitize(DATA, [4.0, 8.0])))
    if valid.size:
        np.testing.assert_allclose(
            call("wf.numpy.percentile", array, np.array([25, 90])), np.percentile(valid, [25, 90])
        )
        assert call("wf.numpy.argmax", array) == np.nanargmax(with_nan(mask))


@settings(max_examples=20, deadline=None)
@given(mask=MASKS)
def test_what_is_masked_counts_as_0_in_products(mask: Any) -> None:
    array, zeros = np.ma.MaskedArray(DATA, mask), np.where(mask, 0, DATA)
    np.testing.assert_array_equal(np.ma.getdata(call("wf.numpy.tensordot", array, DATA.T, axes=1)), zeros @ DATA.T)
    assert call("wf.numpy.vdot", array, DATA) == np.vdot(zeros, DATA)
    np.testing.assert_array_equal(np.ma.filled(call("wf.numpy.dot", array, DATA.T), 0), zeros @ DATA.T)


def test_what_masks_cannot_follow_is_refused() -> None:
    array = np.ma.MaskedArray(DATA, DATA > 5)
    with pytest.raises(EvaluationError, match="masked arrays cannot be padded by the mode 'mean'"):
        call("wf.numpy.pad", array, 1, mode="mean")
    with pytest.raises(EvaluationError, match="covariances of masked arrays have no weights"):
        call("wf.numpy.cov", array, aweights=np.ones(4))


def test_what_is_not_finite_is_masked_above_the_fill_value() -> None:
    found = call("wf.numpy.ma.fix_invalid", np.array([1.0, np.nan, np.inf]), -9)
    np.testing.assert_array_equal(np.ma.getmaskarray(found), [False, True, True])
    np.testing.assert_array_equal(np.ma.getdata(found), [1.0, -9.0, -9.0])


def test_an_empty_array_has_an_empty_mask() -> None:
    found = call("wf.maskedarray.create", np.array([]), np.array([]), fill_value=None)
    assert found.shape == np.ma.getmaskarray(found).shape == (0,)
