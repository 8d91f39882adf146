"""Functions of arrays are NumPy's, on the same values, and bounded before they are computed."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from graft_eval.errors import EvaluationError, GraftError, LimitExceeded
from graft_eval.ops.registry import evaluator_of
from sdk.graft.op import OPERATIONS, Kind
from sdk.language.notation import resolve
from tests.graft_eval.fake import World

WORLD = World([], {})
DTYPES = st.sampled_from(["bool", "int8", "int64", "uint8", "float32", "float64"])
SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def elements(dtype: Any) -> Any:
    """Numbers whose sums and products every dtype takes as NumPy does."""
    kind = np.dtype(dtype).kind
    if kind == "f":
        return st.floats(-8, 8, width=16)
    return st.booleans() if kind == "b" else st.integers(0 if kind == "u" else -8, 8)


ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, SHAPES, elements=elements(dtype)))
MASKED = ARRAYS.flatmap(lambda data: hnp.arrays(bool, data.shape).map(lambda mask: np.ma.MaskedArray(data, mask)))


def call(builtin: str, *arguments: object, **named: object) -> Any:
    """Apply a builtin to values."""
    names = [f"a{i}" for i in range(len(arguments))]
    document = {
        "r": [builtin, *names, {name: name for name in named}], "returns": "r", "parameters": [*names, *named],
    }  # fmt: skip
    return WORLD.evaluate(document, None, **dict(zip(names, arguments, strict=True)), **named)


def equal(found: Any, expected: Any) -> None:
    """Assert that two values are of one dtype, shape and mask, and that what is valid is equal."""
    expected = np.asanyarray(expected)
    found = np.asanyarray(found)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(expected))
    valid = ~np.ma.getmaskarray(expected)
    np.testing.assert_array_equal(np.ma.getdata(found)[valid], np.ma.getdata(expected)[valid])


def axes(data: st.DataObject, array: Any) -> Any:
    """Draw an axis, some axes, or None for all."""
    return data.draw(st.none() | st.integers(0, array.ndim - 1) | st.just(list(range(array.ndim))))


REDUCTIONS = ("all", "any", "max", "mean", "min", "prod", "std", "sum", "var", "median")


@pytest.mark.parametrize("name", [*REDUCTIONS, "nanmax", "nanmean", "nanmin", "nanprod", "nanstd", "nansum", "nanvar"])
@settings(max_examples=25, deadline=None)
@given(array=ARRAYS, data=st.data())
def test_reductions_are_those_of_numpy(name: str, array: Any, data: st.DataObject) -> None:
    axis = axes(data, array)
    equal(call(f"wf.numpy.{name}", array, axis=axis), getattr(np, name)(array, axis=_tuple(axis)))


@pytest.mark.parametrize("name", REDUCTIONS)
@settings(max_examples=25, deadline=None)
@given(array=MASKED, data=st.data())
def test_reductions_of_masked_arrays_leave_out_what_is_masked(name: str, array: Any, data: st.DataObject) -> None:
    axis = axes(data, array)
    equal(call(f"wf.numpy.{name}", array, axis=axis), getattr(np.ma, name)(array, axis=_tuple(axis)))


@pytest.mark.parametrize("name", ["argmax", "argmin", "cumsum", "cumprod", "nanargmax", "nancumsum"])
@settings(max_examples=15, deadline=None)
@given(array=ARRAYS, data=st.data())
def test_functions_along_an_axis_are_those_of_numpy(name: str, array: Any, data: st.DataObject) -> None:
    axis = data.draw(st.none() | st.integers(-array.ndim, array.ndim - 1))
    equal(call(f"wf.numpy.{name}", array, axis=axis), getattr(np, name)(array, axis=axis))


BINARY = ("add", "subtract", "multiply", "divide", "floor_divide", "power", "maximum", "less", "equal", "arctan2")


@pytest.mark.parametrize("name", BINARY)
@settings(max_examples=20, deadline=None)
@given(shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=4), data=st.data())
def test_arithmetic_broadcasts_and_promotes_as_numpy_does(name: str, shapes: Any, data: st.DataObject) -> None:
    one, two = (
        data.draw(DTYPES.flatmap(lambda dtype, shape=shape: hnp.arrays(dtype, shape, elements=elements(dtype))))
        for shape in shapes.input_shapes
    )
    try:
        with np.errstate(all="ignore"):
            expected = getattr(np, name)(one, two)
    except (TypeError, ValueError):
        with pytest.raises(EvaluationError):
            call(f"wf.numpy.{name}", one, two)
    else:
        equal(call(f"wf.numpy.{name}", one, two), expected)


@pytest.mark.parametrize("name", ["add", "multiply", "divide", "greater", "power"])
@settings(max_examples=20, deadline=None)
@given(array=MASKED, number=st.sampled_from([0, 2, 0.5]))
def test_arithmetic_of_masked_arrays_is_that_of_numpy_ma(name: str, array: Any, number: float) -> None:
    try:
        with np.errstate(all="ignore"):
            expected = getattr(np.ma, name)(array, number)
    except (TypeError, ValueError):
        return
    equal(call(f"wf.numpy.{name}", array, number), expected)


@settings(max_examples=60, deadline=None)
@given(array=ARRAYS | MASKED, data=st.data())
def test_elements_at_an_index_are_those_of_numpy(array: Any, data: st.DataObject) -> None:
    index = data.draw(hnp.basic_indices(array.shape, allow_newaxis=True) | hnp.arrays(bool, array.shape))
    equal(call("wf.array.getitem", array, index), array[index])


@settings(max_examples=30, deadline=None)
@given(array=ARRAYS, data=st.data())
def test_elements_at_lists_are_those_of_numpy(array: Any, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(-array.shape[0], array.shape[0] - 1), min_size=1, max_size=5))
    equal(call("wf.array.getitem", array, rows), array[rows])
    equal(call("wf.numpy.take", array, rows, axis=0), np.take(array, rows, axis=0))


A = np.arange(1.0, 7.0).reshape(2, 3)
SQUARE = np.array([[4.0, 1.0], [1.0, 3.0]])
ROW = np.array([3, 1, 2, 1])
ONES = np.ones(3)

CALLS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "all": ((A,), {"axis": 0}), "any": ((A,), {}), "average": ((A,), {"axis": 1, "weights": np.array([1.0, 2, 3])}),
    "count_nonzero": ((A,), {"axis": 1}), "max": ((A,), {}), "mean": ((A,), {}), "median": ((A,), {}),
    "min": ((A,), {}), "nanmax": ((A,), {}), "nanmean": ((A,), {}), "nanmin": ((A,), {}), "nanprod": ((A,), {}),
    "nanstd": ((A,), {}), "nansum": ((A,), {}), "nanvar": ((A,), {"ddof": 1}), "prod": ((A,), {}),
    "ptp": ((A,), {"axis": 0}), "std": ((A,), {}), "sum": ((A,), {}), "var": ((A,), {"ddof": 1}),
    "argmax": ((A,), {}), "argmin": ((A,), {"axis": 0}), "nanargmax": ((A,), {}), "nanargmin": ((A,), {}),
    "cumprod": ((A,), {"axis": 0}), "cumsum": ((ROW,), {"dtype": np.dtype("f")}), "nancumprod": ((A,), {}),
    "nancumsum": ((A,), {}), "allclose": ((A, A + 1e-9), {}), "isclose": ((A, A[0]), {"rtol": 0.5}),
    "isin": ((ROW, np.array([1, 2])), {}), "unique": ((ROW,), {}), "bincount": ((ROW,), {"minlength": 6}),
    "digitize": ((A, ROW[[1, 2, 0]]), {"right": True}),
    "histogram": ((A,), {"bins": 4, "range": (0.0, 8.0), "density": True}), "corrcoef": ((A,), {"y": A}),
    "percentile": ((A, np.array([25, 50])), {"interpolation": "lower"}), "cov": ((A,), {"rowvar": False, "ddof": 0}),
    "around": ((A / 3,), {"decimals": 1}), "round": ((A / 3,), {}), "fix": ((-A / 3,), {}),
    "angle": ((-A,), {"deg": True}), "imag": ((A,), {}), "isreal": ((A,), {}), "real": ((A,), {}),
    "nan_to_num": ((np.array([np.nan, np.inf]),), {}), "clip": ((A, 2, A[1]), {}), "where": ((A > 2, A, 0), {}),
    "diff": ((A,), {"n": 2, "axis": 1}), "ediff1d": ((ROW,), {"to_end": np.array([9]), "to_begin": np.array([8, 7])}),
    "gradient": ((A,), {}), "argwhere": ((A > 2,), {}), "flatnonzero": ((A > 2,), {}), "nonzero": ((A > 2,), {}),
    "unravel_index": ((ROW, [2, 3]), {}), "atleast_1d": ((A,), {}), "atleast_2d": ((ROW, A), {}),
    "atleast_3d": ((A,), {}), "broadcast_arrays": ((A, A[:1]), {}), "broadcast_to": ((A, [4, 2, 3]), {}),
    "compress": ((np.array([True, False]), A), {"axis": 0}), "concatenate": (([A, A],), {"axis": 1}),
    "dstack": (([A, A],), {}), "hstack": (([A, A],), {}), "stack": (([A, A],), {"axis": -1}),
    "vstack": (([A, A],), {}), "diag": ((ROW,), {}), "diagonal": ((A,), {"offset": 1}),
    "insert": ((A, [0, 2], 9.0, 1), {}), "moveaxis": ((A, 0, 1), {}), "pad": ((A, [1, 2]), {"mode": "edge"}),
    "ravel": ((A,), {}), "repeat": ((A, 3), {"axis": 1}), "reshape": ((A, [3, -1]), {}),
    "roll": ((A, [1, 2]), {"axis": [0, 1]}), "rollaxis": ((A, 1), {}), "squeeze": ((A[:1],), {"axis": 0}),
    "take": ((A, [0, 1, 1]), {"axis": 1}), "tile": ((A, [2, 3]), {}), "trace": ((A,), {"offset": 1}),
    "transpose": ((A,), {"axes": [1, 0]}), "tril": ((A,), {"k": 1}), "triu": ((A,), {}), "arange": ((1, 9, 3), {}),
    "eye": ((3,), {"M": 4, "k": 1}), "full": (([2, 3], 7), {"dtype": np.dtype("u1")}), "full_like": ((A, 7), {}),
    "indices": (([2, 3],), {}), "linspace": ((0, 1), {"num": 5, "endpoint": False}),
    "meshgrid": ((A, ROW), {"indexing": "ij"}), "ones": (([2, 3],), {}),
    "ones_like": ((A,), {"dtype": np.dtype("?")}), "zeros": ((4,), {}), "zeros_like": ((A,), {}),
    "dot": ((A, A.T), {}), "einsum": (("ij,kj->ik", A, A), {}), "outer": ((A, ROW), {}),
    "tensordot": ((A, A.T), {"axes": 1}), "vdot": ((A, A), {}), "linalg.cholesky": ((SQUARE,), {}),
    "linalg.inv": ((SQUARE,), {}), "linalg.lstsq": ((A.T, ONES), {}), "linalg.norm": ((A,), {"ord": 1}),
    "linalg.qr": ((A,), {"mode": "complete"}), "linalg.solve": ((SQUARE, ONES[:2]), {}), "linalg.svd": ((A,), {}),
    "ma.average": ((np.ma.masked_less(A, 2),), {"axis": 0}),
    "ma.filled": ((np.ma.masked_less(A, 2),), {"fill_value": 0}), "ma.fix_invalid": ((np.array([1, np.nan]), 0), {}),
    "ma.masked_equal": ((A, 2), {}), "ma.masked_greater": ((A, 2), {}), "ma.masked_greater_equal": ((A, 2), {}),
    "ma.masked_inside": ((A, 2, 4), {}), "ma.masked_invalid": ((np.array([1, np.nan]),), {}),
    "ma.masked_less": ((A, 2), {}), "ma.masked_less_equal": ((A, 2), {}), "ma.masked_not_equal": ((A, 2), {}),
    "ma.masked_outside": ((A, 2, 4), {}), "ma.masked_values": ((A, 2), {"atol": 1.0}),
    "ma.masked_where": ((A > 2, A), {}),
}  # fmt: skip
WHOLE = sorted(row.numpy or "" for row in set(OPERATIONS.values()) if row.whole)


def function(name: str) -> Callable[..., Any]:
    found: Any = np
    for part in name.split("."):
        found = getattr(found, part)
    return found


def test_every_function_of_arrays_is_called() -> None:
    assert sorted(CALLS) == WHOLE


@pytest.mark.parametrize("name", WHOLE)
def test_a_function_gives_what_numpy_gives(name: str) -> None:
    arguments, named = CALLS[name]
    renamed = {{"interpolation": "method"}.get(key, key): _tuple(value) for key, value in named.items()}
    expected = function(name)(*map(_tuple, arguments), **renamed)
    found = call(f"wf.numpy.{name}", *arguments, **named)
    if isinstance(expected, list | tuple):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            equal(one, other)
    else:
        equal(found, expected)


@pytest.mark.parametrize("name", [name for name in WHOLE if OPERATIONS[f"wf.numpy.{name}"].size])
def test_the_size_that_is_bounded_is_that_of_the_result_or_more(name: str) -> None:
    arguments, named = CALLS[name]
    row = OPERATIONS[f"wf.numpy.{name}"]
    evaluator = evaluator_of(row)
    assert evaluator is not None
    assert row.size is not None
    positional, keywords = evaluator.bound(arguments, named)
    result = call(f"wf.numpy.{name}", *arguments, **named)
    parts = result if isinstance(result, list | tuple) else [result]
    views = name == "broadcast_arrays"
    assert (
        row.size(*positional, **keywords) >= max([part.size for part in parts])
        if views
        else sum(part.size for part in parts)
    )


BIG = np.zeros((2900, 2900), np.uint8)
WIDE = np.zeros((100, 60_000), np.uint8)
LONG = np.zeros(50_000, np.uint8)

TOO_LARGE: dict[str, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
    "round": ("round", (A,), {"decimals": 10**9}), "around": ("around", (A,), {"decimals": -(10**9)}),
    "full": ("full", ([100_000, 100_000], 1), {}), "ones": ("ones", (10**12,), {}),
    "zeros": ("zeros", ([10**6] * 9,), {}), "outer": ("outer", (LONG, LONG), {}),
    "tile": ("tile", (A, [10**6, 10**6]), {}), "repeat": ("repeat", (A, 10**12), {}), "eye": ("eye", (10**6,), {}),
    "meshgrid": ("meshgrid", (LONG, LONG), {}), "pad": ("pad", (A, 10**8), {}),
    "einsum": ("einsum", ("i,j->ij", LONG, LONG), {}), "einsum cost": ("einsum", ("i,j,k->", LONG, LONG, LONG), {}),
    "arange": ("arange", (0, 10**12, 1), {}), "linspace": ("linspace", (0, 1), {"num": 10**10}),
    "indices": ("indices", ([10**5, 10**5],), {}), "broadcast": ("add", (LONG[:, None], LONG), {}),
    "where": ("where", (LONG[:, None], LONG, LONG), {}), "isclose": ("isclose", (LONG[:, None], LONG), {}),
    "clip": ("clip", (LONG[:, None], LONG, LONG), {}), "diag": ("diag", (LONG,), {}),
    "cov": ("cov", (LONG[:, None],), {}), "corrcoef": ("corrcoef", (LONG[:, None],), {}),
    "svd": ("linalg.svd", (LONG[:, None].astype(float),), {}), "svd cost": ("linalg.svd", (BIG.astype(float),), {}),
    "inv": ("linalg.inv", (BIG.astype(float),), {}),
    "qr": ("linalg.qr", (LONG[:, None].astype(float),), {"mode": "complete"}), "diff": ("diff", (A,), {"n": 10**9}),
    "bincount": ("bincount", (np.array([10**12]),), {}), "minlength": ("bincount", (ROW,), {"minlength": 10**12}),
    "histogram": ("histogram", (A,), {"bins": 10**12}), "take": ("take", (WIDE, [0] * 2_000), {"axis": 0}),
    "insert": ("insert", (WIDE, [0] * 2_000, 1, 0), {}), "stack": ("stack", ([BIG] * 1000,), {}),
    "broadcast_to": ("broadcast_to", (A, [10**9, 2, 3]), {}), "dot": ("dot", (LONG[:, None], LONG[None]), {}),
    "tensordot": ("tensordot", (LONG, LONG), {"axes": 0}),
    "percentile": ("percentile", (A, np.broadcast_to(A, (10**8, 2, 3))), {}),
    "cumsum": ("cumsum", (np.zeros(60 << 20, np.int8),), {}),
    "norm": ("linalg.norm", (BIG.astype(float),), {"ord": 2}),
    "unravel_index": ("unravel_index", (np.zeros(4 << 20, np.int64), [1] * 60), {}),
    "gradient": ("gradient", (np.zeros((1 << 20, 1, 2, 2)),), {}),
}  # fmt: skip


@pytest.mark.parametrize("case", TOO_LARGE)
def test_what_would_be_too_large_is_refused_at_once(case: str) -> None:
    name, arguments, named = TOO_LARGE[case]
    start = time.thread_time()
    with pytest.raises(LimitExceeded, match=rf"wf\.numpy\.{name}.*[\d,]{{7,}} .*the limit is [\d,]+"):
        call(f"wf.numpy.{name}", *arguments, **named)
    assert time.thread_time() - start < 0.1
    tracemalloc.start()
    with pytest.raises(LimitExceeded):
        call(f"wf.numpy.{name}", *arguments, **named)
    _current, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 << 20


HUGE = (10**6, 10**9, 2**31 - 1, 10**12, 2**62, -(10**9))


def with_huge_numbers(name: str) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Yield the arguments of a function with each integer among them in turn as a huge one."""
    arguments, named = CALLS[name]
    for number in HUGE:
        for i, argument in enumerate(arguments):
            if isinstance(argument, int):
                yield (*arguments[:i], number, *arguments[i + 1 :]), named
            elif isinstance(argument, list) and isinstance(argument[0], int):
                yield (*arguments[:i], [number] * len(argument), *arguments[i + 1 :]), named
        for parameter in OPERATIONS[f"wf.numpy.{name}"].parameters:
            if parameter.kind is Kind.NAMED and "Int" in resolved(parameter.types):
                yield arguments, {**named, parameter.name: number}


def resolved(types: str) -> set[str]:
    return {type_.__name__ for type_ in resolve(types)}


@pytest.mark.parametrize("name", WHOLE)
def test_huge_numbers_take_neither_long_nor_down_the_server(name: str) -> None:
    for arguments, named in with_huge_numbers(name):
        start = time.thread_time()
        with suppress(GraftError):
            call(f"wf.numpy.{name}", *arguments, **named)
        assert time.thread_time() - start < 3


def test_elements_at_an_index_are_bounded_before_they_are_taken() -> None:
    with pytest.raises(LimitExceeded, match=r"wf\.array\.getitem.*the limit is"):
        call("wf.array.getitem", WIDE, [0] * 2_000)


def test_arrays_of_arrays_are_bounded_before_they_are_made() -> None:
    with pytest.raises(LimitExceeded, match=r"wf\.array\.create: the result would be an array of"):
        call("wf.array.create", [LONG] * 500)


def test_axes_that_are_not_there_are_refused_before_they_are_listed() -> None:
    with pytest.raises(EvaluationError, match="axes must be at most 2, the number of axes, not 1,000,000,000"):
        call("wf.numpy.tensordot", A, A, axes=10**9)


def test_what_arrays_read_and_give_is_spent() -> None:
    """10,000 sums of a megabyte each would take no steps to speak of, if only their results counted."""
    document = {
        "x": ["wf.numpy.zeros", "shape"], "shape": 1 << 20,
        "f": {"parameters": ["i"], "r": ["wf.numpy.sum", "x"], "returns": "r"},
        "n": 10_000, "l": ["wf.range", "n"], "r": ["wf.map", "l", "f"], "returns": "r",
    }  # fmt: skip
    with pytest.raises(LimitExceeded, match="more than 1,000,000 steps"):
        WORLD.evaluate(document, None)


@pytest.mark.parametrize(
    ("builtin", "arguments", "message"),
    [
        ("wf.array.create", ([[1, 2], [3]],), "inhomogeneous"),
        ("wf.array.create", (["a"],), "nested lists of numbers, not of Str 'a'"),
        ("wf.array.create", ([2**70],), "booleans, integers of up to 64 bits or floats"),
        ("wf.array.create", ("abc",), "nested lists of numbers, not of Str 'abc'"),
        ("wf.dtype.create", ("object",), "there is no dtype Str 'object'"),
        ("wf.dtype.create", ("complex128",), "there is no dtype"),
        ("wf.array.getitem", (A, 5), "out of bounds"),
        ("wf.array.getitem", (A, 1.5), "no elements at Float 1.5"),
        ("wf.array.getitem", (A, "x"), "no elements at Str 'x'"),
        ("wf.numpy.add", (A, "x"), "is not defined for Array (2, 3) float64 and Str 'x'"),
        ("wf.numpy.add", (A, np.ones(5)), "could not be broadcast|shape mismatch"),
        ("wf.numpy.linalg.inv", (A,), "must be square"),
        ("wf.numpy.linalg.inv", (np.ma.MaskedArray(SQUARE),), "a must be Array, not MaskedArray"),
        ("wf.numpy.reshape", (A, [7]), "cannot reshape"),
        ("wf.numpy.mean", ("abc",), "a must be Array or MaskedArray or Scalar, not Str 'abc'"),
        ("wf.maskedarray.create", (A, np.ones(3)), "a mask is made of booleans, not of float64"),
        ("wf.array.create", (["a" * 1_000_000, *["b"] * 50_000],), "nested lists of numbers, not of Str"),
        ("wf.array.getitem", (A, ["a"]), "nested lists of numbers, not of Str 'a'"),
        ("wf.numpy.einsum", ("->->", A), "einsum"),
        ("wf.numpy.arange", (0.0, float("inf"), 1.0), "infinity"),
    ],
)
def test_what_means_nothing_is_an_error_that_says_so(builtin: str, arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(GraftError, match=message.replace("(", r"\(").replace(")", r"\)")) as caught:
        call(builtin, *arguments)
    assert builtin in str(caught.value)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
