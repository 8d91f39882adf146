"""Functions of NumPy that do not look at masks, as `numpy.ma` would have them.

Those that `numpy.ma` has itself are taken from there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np

__all__ = ["MASKED"]

Function = Callable[..., Any]


def _moved(function: Function, a: Any, *rest: Any, **named: Any) -> Any:
    """Put the elements in another order, and the mask likewise."""
    mask = function(np.ma.getmaskarray(a), *rest, **named)
    return np.ma.MaskedArray(function(np.ma.getdata(a), *rest, **named), mask)


def _pad(array: Any, pad_width: Any, *, mode: str) -> Any:
    if mode in ("linear_ramp", "maximum", "mean", "median", "minimum"):
        raise ValueError(f"masked arrays cannot be padded by the mode {mode!r}")
    return _moved(np.pad, array, pad_width, mode=mode)


def _insert(arr: Any, obj: Any, values: Any, axis: int) -> Any:
    mask = np.insert(np.ma.getmaskarray(arr), obj, np.ma.getmaskarray(values), axis)
    return np.ma.MaskedArray(np.insert(np.ma.getdata(arr), obj, np.ma.getdata(values), axis), mask)


def _broadcast_arrays(*args: Any) -> Any:
    shape = np.broadcast_shapes(*(np.shape(each) for each in args))
    return [_moved(np.broadcast_to, each, shape) for each in args]


def _without_nan(name: str, a: Any, **named: Any) -> Any:
    """Take NaN as masked."""
    return getattr(np.ma, name)(np.ma.masked_where(np.isnan(np.ma.getdata(a)), a), **named)


def _as_zeros(function: Function, *arrays: Any, **named: Any) -> Any:
    """Take what is masked as 0."""
    return function(*(np.ma.filled(each, 0) for each in arrays), **named)


def _valid(function: Function, a: Any, *rest: Any, weights: Any = None, **named: Any) -> Any:
    """Leave out what is masked, with its weights."""
    kept = ~np.ma.getmaskarray(a)
    if weights is not None:
        named["weights"] = np.ma.getdata(weights)[kept]
    return function(np.ma.getdata(a)[kept], *rest, **named)


def _percentile(a: Any, q: Any, *, interpolation: str) -> Any:
    return np.percentile(np.ma.compressed(a), np.ma.getdata(q), method=interpolation)  # type: ignore[call-overload]


def _digitize(x: Any, bins: Any, *, right: bool) -> Any:
    return np.ma.MaskedArray(np.digitize(np.ma.getdata(x), np.ma.getdata(bins), right), np.ma.getmask(x))


def _allclose(a: Any, b: Any, **named: Any) -> Any:
    return np.all(np.ma.filled(np.isclose(a, b, **named), True))


def _cov(m: Any, *, fweights: Any, aweights: Any, **named: Any) -> Any:
    if fweights is not None or aweights is not None:
        raise ValueError("covariances of masked arrays have no weights")
    return np.ma.cov(m, **named)  # type: ignore[no-untyped-call]


def _unravel_index(indices: Any, shape: Any) -> Any:
    return [
        np.ma.MaskedArray(each, np.ma.getmask(indices)) for each in np.unravel_index(np.ma.filled(indices, 0), shape)
    ]


MASKED: Final[Mapping[str, Function]] = {
    "pad": _pad, "insert": _insert, "broadcast_arrays": _broadcast_arrays, "percentile": _percentile,
    "digitize": _digitize, "allclose": _allclose, "cov": _cov, "unravel_index": _unravel_index,
    **{name: partial(_moved, getattr(np, name)) for name in ("broadcast_to", "tril", "triu")},
    **{name: partial(_as_zeros, getattr(np, name)) for name in ("count_nonzero", "tensordot", "vdot")},
    **{name: partial(_valid, getattr(np, name)) for name in ("bincount", "histogram")},
    **{
        f"nan{name}": partial(_without_nan, name)
        for name in (
            "max", "mean", "min", "prod", "std", "sum", "var", "argmax", "argmin", "cumprod", "cumsum",
        )
    },
}  # fmt: skip
