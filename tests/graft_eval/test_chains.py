"""Chains: what is done pixel by pixel, computed in one pass, against NumPy with a mask beside the numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry import box

from graft_eval.grid import Grid
from graft_eval.kernels import warm
from graft_eval.piece import Piece
from graft_eval.pixels import PixelSource
from graft_eval.plane import Choose, Constant, Elementwise, Inside, IsMasked, Masked, Missing, Plane, Read, Reduce
from graft_eval.planning.chains import MAX_OPERATIONS
from graft_eval.planning.computing import compute_run
from graft_eval.planning.leaves import Leaves
from graft_eval.planning.plan import Plan, plan
from graft_eval.raster.stored import StoredPlanes
from graft_eval.scene import Asset, Band, Scene
from sdk.graft.op import OPERATIONS

warm()

PIXELS = 1300  # more than two of the chunks that kernels go by
GRID = Grid((0.0, 0.0, float(PIXELS), 1.0), "EPSG:3857", (1, PIXELS))
Values = tuple[NDArray[Any], NDArray[np.bool_]]


def reads(dtype: str, count: int) -> tuple[Read, ...]:
    """Bands of a scene, with nodata 0, and scales of their own."""
    asset = Asset(f"memory-{dtype}", "EPSG:4326", (1.0, 0.0, 0.0, 0.0, -1.0, 2.0), (2, 2), (), (2, 2), "1")
    bands = [Band(f"b{n}", asset, n + 1, dtype, nodata=0.0, scale=0.5 + n, offset=float(-n)) for n in range(count)]
    scene = Scene(f"p:{dtype}", "p", datetime(2024, 1, 1, tzinfo=UTC), box(0, 0, 1, 1), {}, tuple(bands))
    return tuple(Read(scene, band) for band in bands)


NUMBERS, BYTES = reads("int16", 4), reads("uint8", 2)
STORED = {read: at for at, read in enumerate(NUMBERS + BYTES)}


def stored_numbers(seed: int) -> NDArray[np.int64]:
    """What the bands hold: few numbers, so that many are equal, 0 and so missing."""
    return np.random.default_rng(seed).integers(0, 7, (len(STORED), PIXELS))


def sources_of(steps: Plan, numbers: NDArray[np.int64]) -> Mapping[int, PixelSource]:
    """The bands as they are read, of which the first 100 pixels lie beyond the files."""
    sources = Leaves(steps, {}, GRID.crs).on(Piece.all_of(GRID))
    for stage, requests in steps.reads.items():
        planes = StoredPlanes(requests, GRID.shape)
        planes.data[:] = numbers[[STORED[read] for read in requests.reads]][:, None]
        planes.which[:] = planes.add_outside(np.arange(PIXELS)[None] < 100)
        sources[stage] = planes
    return sources


def compute(planes: list[Plane], numbers: NDArray[np.int64]) -> Values:
    steps = plan(planes)
    return compute_run(steps, sources_of(steps, numbers), 7, PIXELS)


def expect(plane: Plane, numbers: NDArray[np.int64]) -> Values:
    """The same by NumPy, plane by plane."""
    match plane:
        case Read(_, band):
            stored, outside = numbers[STORED[plane], 7:], np.arange(7, PIXELS) < 100
            return np.where(outside, np.nan, stored * band.scale + band.offset), outside | (stored == 0)
        case Constant(value):
            return np.full(PIXELS - 7, value), np.full(PIXELS - 7, not np.isfinite(value))
        case Missing():
            return np.full(PIXELS - 7, np.nan), np.ones(PIXELS - 7, np.bool_)
        case Elementwise(function, arguments):
            below = [expect(argument, numbers) for argument in arguments]
            result = getattr(np, function)(*(one if function in BOTH else one.astype(float) for one, _ in below))
            return result, np.logical_or.reduce([mask for _, mask in below]) | ~np.isfinite(result)
        case Masked(below, by, replace):
            (values, mask), (other, gone) = expect(below, numbers), expect(by, numbers)
            hidden = other != 0
            return values, (hidden | gone | ~np.isfinite(values)) if replace else mask | (hidden & ~gone)
        case Choose(condition, x, y):
            (truth, gone), (one, one_gone), (other, other_gone) = (expect(p, numbers) for p in (condition, x, y))
            return np.where(truth != 0, one, other), gone | np.where(truth != 0, one_gone, other_gone)
    raise TypeError(plane)


ARITHMETIC = ["add", "subtract", "multiply", "divide", "minimum", "maximum", "power", "remainder"]
COMPARISONS = ["less", "less_equal", "greater", "greater_equal", "equal", "not_equal"]
LOGIC = ["bitwise_and", "bitwise_or", "bitwise_xor"]
BOTH = {*COMPARISONS, *LOGIC, "invert", "logical_and", "logical_or", "logical_xor", "logical_not"}

constants = st.sampled_from([0.0, 1.0, -2.5, 1e200, np.nan]).map(Constant)
leaves = st.sampled_from(NUMBERS + BYTES) | constants | st.just(Missing())


def expressions(numbers: st.SearchStrategy[Plane]) -> st.SearchStrategy[Plane]:
    def apply(*functions: str, of: st.SearchStrategy[Plane], count: int) -> st.SearchStrategy[Plane]:
        return st.builds(Elementwise, st.sampled_from(functions), st.tuples(*[of] * count))

    compared = apply(*COMPARISONS, "logical_and", "logical_or", "logical_xor", of=numbers, count=2)
    truths = compared | apply(*LOGIC, of=compared, count=2) | apply("invert", "logical_not", of=compared, count=1)
    return (
        apply(*ARITHMETIC, of=numbers, count=2)
        | apply("negative", "absolute", "fabs", "sqrt", "square", "log", of=numbers, count=1)
        | truths
        | st.builds(Masked, numbers, truths | numbers, st.booleans())
        | st.builds(Choose, truths | numbers, numbers, numbers)
    )


@given(plane=st.recursive(leaves, expressions, max_leaves=25), seed=st.integers(0, 1000))
@settings(max_examples=300, deadline=None)
def test_they_are_numpys(plane: Plane, seed: int) -> None:
    numbers = stored_numbers(seed)
    with np.errstate(all="ignore"):
        data, mask = expect(plane, numbers)
    actual = compute([plane], numbers)
    np.testing.assert_array_equal(actual[1][0], mask)
    np.testing.assert_array_equal(actual[0][0][~mask], data[~mask])
    assert actual[0].dtype == data.dtype


FUNCTIONS = {row.numpy: len(row.parameters) for row in OPERATIONS.values() if row.numpy and not row.whole}


@pytest.mark.parametrize("of", [NUMBERS[:2], (Inside(box(0, 0, 1, 1)), Constant(True))], ids=["numbers", "booleans"])
@pytest.mark.parametrize(("function", "count"), FUNCTIONS.items(), ids=FUNCTIONS)
def test_it_is_known_beforehand_which_functions_are_boolean(function: str, count: int, of: tuple[Plane, ...]) -> None:
    alone = Elementwise(function, of[:count])
    masked = Masked(alone, Constant(False))
    assert plan([masked]).chains
    assert compute([masked], stored_numbers(0))[0].dtype == compute([alone], stored_numbers(0))[0].dtype


HUGE = Elementwise(
    "multiply", (Constant(1e200), Elementwise("add", (NUMBERS[0], Constant(1e200))))
)  # more than float64 holds


@pytest.mark.parametrize(
    "plane",
    [
        Elementwise("divide", (NUMBERS[0], HUGE)),
        Elementwise("minimum", (NUMBERS[0], HUGE)),
        Elementwise("maximum", (NUMBERS[0], Elementwise("negative", (HUGE,)))),
        Elementwise("less", (NUMBERS[0], HUGE)),
        Elementwise("logical_not", (HUGE,)),
        Choose(HUGE, NUMBERS[0], NUMBERS[0]),
        Choose(Constant(True), HUGE, NUMBERS[0]),
    ],
    ids=["divide", "minimum", "maximum", "less", "not", "choose by", "choose"],
)
def test_what_is_not_finite_on_the_way_is_missing(plane: Plane) -> None:
    (chain,) = plan([plane]).chains.values()
    assert len(chain.code) >= 3
    assert compute([plane], stored_numbers(1))[1].all()


def test_a_mask_that_is_not_finite_masks_nothing() -> None:
    numbers = stored_numbers(1)
    masked = compute([Masked(NUMBERS[0], HUGE)], numbers)[1][0]
    np.testing.assert_array_equal(masked, expect(NUMBERS[0], numbers)[1])


def ndvi(nir: Plane, red: Plane) -> Plane:
    return Elementwise("divide", (Elementwise("subtract", (nir, red)), Elementwise("add", (nir, red))))


def evi(nir: Plane, red: Plane, blue: Plane) -> Plane:
    weighted = [Elementwise("multiply", (Constant(weight), band)) for weight, band in ((6.0, red), (7.5, blue))]
    by = Elementwise(
        "add", (Elementwise("subtract", (Elementwise("add", (nir, weighted[0])), weighted[1])), Constant(1.0))
    )
    return Elementwise("multiply", (Constant(2.5), Elementwise("divide", (Elementwise("subtract", (nir, red)), by))))


def clear(plane: Plane, quality: Plane) -> Plane:
    return Masked(plane, Elementwise("invert", (Elementwise("less", (quality, Constant(3.0))),)))


PAIR, OTHERS = NUMBERS[:2], NUMBERS[2:]
JOINED: dict[str, tuple[list[Plane], list[int]]] = {
    # name: planes, and how many operations each chain has
    "an index": ([Reduce("median", (ndvi(*PAIR), ndvi(*OTHERS)))], [3]),
    "an index of clear pixels": ([clear(ndvi(*PAIR), BYTES[0])], [6]),
    "two operations of one stage": ([Reduce("mean", (evi(*NUMBERS[:3]), evi(*NUMBERS[1:])))], [8]),
    "what is needed elsewhere, too": ([ndvi(*PAIR), Elementwise("subtract", PAIR)], [2, 1]),
    "one for all": ([Elementwise("add", (Elementwise("sqrt", (NUMBERS[0],)), band)) for band in NUMBERS[1:]], [1, 1]),
    "a function that chains know nothing of": (
        [Elementwise("add", (Elementwise("log", (NUMBERS[0],)), NUMBERS[1]))],
        [1],
    ),
    "numbers below a mask that is replaced": ([Masked(ndvi(*PAIR), BYTES[0], replace=True)], []),
    "a median of what is read": ([Reduce("median", NUMBERS)], []),
}


@pytest.mark.parametrize(("planes", "lengths"), JOINED.values(), ids=JOINED)
def test_operations_are_joined_where_nothing_else_needs_them(planes: list[Plane], lengths: list[int]) -> None:
    chains = plan(planes).chains
    assert sorted((len(chain.code) for chain in chains.values()), reverse=True) == lengths


def test_long_chains_are_divided() -> None:
    plane: Plane = NUMBERS[0]
    for _ in range(3 * MAX_OPERATIONS):
        plane = Elementwise("sqrt", (Elementwise("add", (plane, Constant(1.0))),))
    assert {len(chain.code) for chain in plan([plane]).chains.values()} == {MAX_OPERATIONS}


def test_bands_that_are_computed_with_take_no_room_as_physical_values() -> None:
    planes = [ndvi(*PAIR), ndvi(*OTHERS)]
    assert plan([Reduce("median", tuple(planes))]).width == 2
    assert plan([Reduce("median", tuple(planes)), NUMBERS[0]]).width == 4


REDUCTIONS: dict[str, Callable[[], tuple[Plane, ...]]] = {
    "masks of constants": lambda: tuple(IsMasked((Constant(value),)) for value in (np.nan, 2.0, np.inf)),
    "missing planes in operations": lambda: tuple(
        Elementwise("power", (Missing(), Constant(value))) for value in (1.0, 2.0)
    ),
    "masked constants": lambda: tuple(Masked(Constant(2.0), Constant(value)) for value in (0.0, 1.0, np.nan)),
    "roots of masked constants": lambda: tuple(
        Elementwise("exp", (Masked(Constant(value), NUMBERS[0]),)) for value in (1.0, 2.0)
    ),
    "choices of constants": lambda: tuple(Choose(Constant(value), Missing(), Constant(3.0)) for value in (0.0, 1.0)),
}


@pytest.mark.parametrize("planes", REDUCTIONS.values(), ids=REDUCTIONS)
def test_planes_that_are_alike_everywhere_are_reduced_one_by_one(planes: Callable[[], tuple[Plane, ...]]) -> None:
    every = planes()
    each = [compute([plane], stored_numbers(0)) for plane in every]
    stack = np.ma.MaskedArray([data[0] for data, _ in each], [mask[0] for _, mask in each])
    data, mask = compute([Reduce("sum", every)], stored_numbers(0))
    np.testing.assert_array_equal(mask[0], stack.mask.all(axis=0))
    np.testing.assert_array_equal(data[0][~mask[0]], stack.sum(axis=0)[~mask[0]])
