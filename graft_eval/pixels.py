"""Pixels: values and mask of planes over a run of pixels, and what is done with them plane by plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from graft_eval.colormaps import colour_table
from graft_eval.kernels.fitting import fit
from graft_eval.kernels.median import median, networks
from graft_eval.kernels.percentile import percentile
from graft_eval.kernels.physical import mask_not_finite
from graft_eval.kernels.reductions import REDUCTIONS, composite

__all__ = [
    "MISSING", "PixelSource", "Pixels", "apply", "choose", "colour", "compose", "is_masked", "join", "mask_by",
    "reduce",
]  # fmt: skip

Values = NDArray[Any]  # float64 or boolean


class Pixels(NamedTuple):
    """Float64 or boolean `data` and a `mask` (True is missing), both (plane, pixel) or 1 where all are alike.

    What is not masked is finite; what is below the mask may be anything.
    """

    data: Values
    mask: NDArray[np.bool_]

    @property
    def is_constant(self) -> bool:
        """True if every plane has one value everywhere."""
        return bool(self.data.shape[1] == self.mask.shape[1] == 1)

    def take(self, rows: slice | NDArray[np.int64]) -> Pixels:
        """Return some of the planes."""
        data, mask = (one if len(one) == 1 else one[rows] for one in self)
        return Pixels(data, mask)

    def spread(self, planes: int, pixels: int) -> Pixels:
        """Return the same as full arrays, as kernels need them: they look at no bounds."""
        shape = (planes, pixels)
        return Pixels(_full(self.data, shape), _full(self.mask, shape))


class PixelSource(Protocol):
    """Gives the planes of a stage that are not computed from others."""

    def pixels(self, start: int, stop: int) -> Pixels:
        """Return the planes from one pixel to another."""


MISSING: Final = Pixels(np.full((1, 1), np.nan), np.ones((1, 1), np.bool_))
NOT_MASKED: Final = np.zeros((1, 1), np.bool_)

# Functions of 64-bit integers, or of booleans where all arguments are.
LOGICAL: Final = frozenset({"bitwise_and", "bitwise_or", "bitwise_xor", "invert", "bitwise_not"})
BITS: Final = LOGICAL | {"left_shift", "right_shift"}
# Functions that take booleans as they are; all others count them as 0 and 1.
TRUTHS: Final = frozenset(
    {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal"}
    | {"logical_and", "logical_or", "logical_xor", "logical_not"}
)
# Functions whose results are finite where their arguments are.
FINITE: Final = frozenset(
    {"absolute", "fabs", "negative", "positive", "sign", "floor", "ceil", "trunc", "rint", "fix", "sin", "cos", "tanh"}
    | {"arctan", "minimum", "maximum", "fmin", "fmax", "copysign", "conjugate", "real", "imag"}
)
INTEGERS: Final = 2.0**63  # numbers from here on, of either sign, are no 64-bit integers


def apply(function: str, arguments: Sequence[Pixels]) -> Pixels:
    """Apply a NumPy function pixel by pixel; masked where an argument is, or where the result is not finite."""
    data = [argument.data for argument in arguments]
    masks = [argument.mask for argument in arguments]
    if function in BITS and not (function in LOGICAL and all(one.dtype == np.bool_ for one in data)):
        masks += [np.abs(one) >= INTEGERS for one in data if one.dtype != np.bool_]
        data = [one.astype(np.int64) for one in data]
    elif function not in BITS and function not in TRUTHS:
        data = [_as_numbers(one) for one in data]
    if function == "ldexp":  # takes integers; beyond these any number is 0 or overflows
        data[1] = data[1].clip(-5000, 5000).astype(np.int64)
    result = getattr(np, function)(*data)
    if result.dtype == np.bool_:
        return Pixels(result, _any_of(masks))
    result = _as_numbers(result)
    if function in FINITE or function in BITS:
        return Pixels(result, _any_of(masks))
    known = _any_of(masks)
    mask = np.empty(np.broadcast_shapes(result.shape, known.shape), np.bool_)
    mask[...] = known
    mask_not_finite(_full(result, mask.shape).reshape(-1), mask.reshape(-1))
    return Pixels(result, mask)


def mask_by(pixels: Pixels, by: Pixels, *, replace: bool) -> Pixels:
    """Mask pixels where `by` is not 0: besides those masked already, or with `replace` instead of them."""
    chosen = _as_truths(by.data)
    if not replace:
        return Pixels(pixels.data, pixels.mask | (chosen & ~by.mask))
    mask = chosen | by.mask
    if pixels.data.dtype != np.bool_:
        mask = mask | ~np.isfinite(pixels.data)  # there is no number to show
    return Pixels(pixels.data, mask)


def is_masked(planes: Sequence[Pixels]) -> Pixels:
    """Return True where any is masked."""
    return Pixels(_any_of([one.mask for one in planes]), NOT_MASKED)


def choose(condition: Pixels, x: Pixels, y: Pixels) -> Pixels:
    """Return `x` where the condition is not 0, else `y`; masked where the condition or the chosen one is."""
    truth = _as_truths(condition.data)
    if x.data.dtype == y.data.dtype:
        data = np.where(truth, x.data, y.data)
    else:
        data = np.where(truth, _as_numbers(x.data), _as_numbers(y.data))
    return Pixels(data, condition.mask | np.where(truth, x.mask, y.mask))


def colour(colormap: str, channels: Sequence[int], pixels: Pixels, vmin: Pixels, vmax: Pixels) -> Pixels:
    """Return channels, 0 to 1, of a colormap's entry floor(256 x), x scaled to vmin, vmax.

    There is a channel for each plane, or one plane for all. Where vmin equals vmax, what is above takes the last
    entry, all else the first.
    """
    value, low, high = (_as_numbers(one.data) for one in (pixels, vmin, vmax))
    level = np.where(high == low, np.where(value > low, 1.0, 0.0), (value - low) / (high - low))
    mask = _any_of([pixels.mask, vmin.mask, vmax.mask])
    entry = np.floor(256 * np.where(mask, 0.0, level)).clip(0, 255).astype(np.intp)
    return Pixels(colour_table(colormap)[entry, np.array(channels)[:, None]], mask)


def join(parts: Sequence[Pixels]) -> Pixels:
    """Put the planes of several full arrays into one of numbers."""
    data, masks = [_as_numbers(part.data) for part in parts], [part.mask for part in parts]
    if len(parts) == 1:
        return Pixels(data[0], masks[0])
    return Pixels(np.concatenate(data), np.concatenate(masks))


def reduce(
    operation: str,
    planes: Pixels,
    rows: NDArray[np.int64],
    out: Pixels,
    params: Sequence[float] = (),
    coordinates: Sequence[float] = (),
) -> None:
    """Reduce some of the planes into one, `out`, (pixel); `plane.Reduce` says what it takes besides."""
    if operation == "median":
        median(planes.data, planes.mask, rows, *networks(len(rows)), out.data, out.mask)
    elif operation == "percentile":
        percentile(planes.data, planes.mask, rows, *networks(len(rows)), params[0], out.data, out.mask)
    elif operation in TERMS:
        *order, which = params
        terms = TERMS[operation](np.array(coordinates, np.float64), *order)
        fit(planes.data, planes.mask, rows, terms, int(which), out.data, out.mask)
    else:
        REDUCTIONS[operation](planes.data, planes.mask, rows, out.data, out.mask)


def _line(places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([np.ones(len(places)), places])


def _waves(periods: NDArray[np.float64], order: float) -> NDArray[np.float64]:
    turns = 2 * np.pi * periods[:, None] * np.arange(1, order + 1)
    waves = np.stack([np.cos(turns), np.sin(turns)], axis=-1).reshape(len(periods), -1)
    return np.column_stack([np.ones(len(periods)), waves])


# What fits are made of, (plane, term), by reduction.
TERMS: Final[Mapping[str, Callable[..., NDArray[np.float64]]]] = {"trend": _line, "harmonic": _waves}


def compose(
    operation: str, keys: Pixels, key_rows: NDArray[np.int64], planes: Pixels, rows: NDArray[np.int64], out: Pixels
) -> None:
    """Take into `out`, (pixel), the plane whose key is the least (argmin) or the greatest (argmax)."""
    sign = 1.0 if operation == "argmin" else -1.0
    composite(keys.data, keys.mask, key_rows, sign, planes.data, planes.mask, rows, out.data, out.mask)


def _any_of(masks: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    one, *others = masks
    for other in others:
        if other is not one:
            one = one | other
    return one


def _as_numbers(data: Values) -> NDArray[np.float64]:
    numbers: NDArray[np.float64] = data.astype(np.float64, copy=False)
    return numbers


def _full(array: Values, shape: tuple[int, ...]) -> Values:
    if array.shape == shape and array.flags.c_contiguous:
        return array
    full = np.empty(shape, array.dtype)
    full[...] = array
    return full


def _as_truths(data: Values) -> NDArray[np.bool_]:
    truths: NDArray[np.bool_] = data if data.dtype == np.bool_ else data != 0
    return truths
