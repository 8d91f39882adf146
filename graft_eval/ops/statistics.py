"""Numbers from pixels: reductions of planes to one value, computed a few planes at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from graft_eval.errors import LimitExceeded
from graft_eval.plane import Plane
from graft_eval.scope import Scope

__all__ = ["compute_planes", "reduce_pixels"]

_SHARE = 4  # planes computed at once have at most this part of the limit on pixels


def compute_planes(scope: Scope, planes: Sequence[Plane]) -> Iterator[NDArray[np.float64]]:
    """Yield the valid pixels of each plane on the scope's grid, as one row of numbers each."""
    rows, cols = scope.pixel_grid().shape
    at_once = max(1, scope.limits.pixels // (_SHARE * rows * cols))
    remaining = iter(planes)
    while chunk := tuple(islice(remaining, at_once)):
        raster = scope.compute(chunk)
        for data, mask in zip(raster.data, raster.mask, strict=True):
            yield data[~mask].astype(np.float64, copy=False)


def reduce_pixels(
    scope: Scope, operation: str, groups: Sequence[Sequence[Plane]], params: Sequence[float] = ()
) -> list[float]:
    """Return one number for each group of planes, over the valid pixels of all of them; NaN where there are none."""
    valid = compute_planes(scope, [plane for group in groups for plane in group])
    with np.errstate(all="ignore"):  # sums beyond float64 are infinite
        return [_reduce(scope, operation, islice(valid, len(group)), params) for group in groups]


def _reduce(scope: Scope, operation: str, parts: Iterator[NDArray[np.float64]], params: Sequence[float]) -> float:
    if operation in ("median", "percentile"):
        pixels = _collect(scope, operation, parts)
        if not pixels.size:
            return math.nan
        return float(np.percentile(pixels, params[0]) if params else np.median(pixels))
    count, mean, squares, total, least, greatest = 0, 0.0, 0.0, 0.0, math.inf, -math.inf
    for part in parts:
        if part.size:
            # Chan, Golub and LeVeque's pairwise update: as stable as two passes, without keeping the pixels
            shift, added = float(part.mean()) - mean, part.size
            squares += float(((part - part.mean()) ** 2).sum()) + shift**2 * count * added / (count + added)
            mean += shift * added / (count + added)
            total += float(part.sum())
            least, greatest = min(least, float(part.min())), max(greatest, float(part.max()))
            count += added
    if not count:
        return math.nan
    values = {
        "min": least, "max": greatest, "mean": mean, "sum": total, "std": math.sqrt(squares / count), "count": count,
    }  # fmt: skip
    return float(values[operation])


def _collect(scope: Scope, operation: str, parts: Iterator[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return all pixels at once, which medians and percentiles need, unlike the others."""
    kept, pixels = [np.empty(0)], 0
    for part in parts:
        pixels += part.size
        if pixels > scope.limits.pixels:
            raise LimitExceeded(f"the {operation} is over more than {scope.limits.pixels:,} pixels, which is the limit")
        kept.append(part)
    return np.concatenate(kept)
