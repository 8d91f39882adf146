"""Numbers from pixels: reductions of planes to one value, computed a few planes at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from graft_eval.errors import LimitExceeded
from graft_eval.plane import Plane
from graft_eval.scope import Scope

__all__ = ["Tally", "compute_planes", "reduce_pixels"]

_KEPT = ("median", "percentile")  # that take all pixels at once
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
    """Return one number for each group of planes, over the valid pixels of all of them; NaN where there are none.

    A grid of more pixels than the limit is gone through piece by piece, as far as `Limits.summed` allows.
    """
    rows, cols = scope.pixel_grid().shape
    if rows * cols > scope.limits.pixels and rows * cols * sum(map(len, groups)) <= scope.limits.summed:
        return _reduce_pieces(scope, operation, groups)
    valid = compute_planes(scope, [plane for group in groups for plane in group])
    with np.errstate(all="ignore"):  # sums beyond float64 are infinite
        return [_reduce(scope, operation, islice(valid, len(group)), params) for group in groups]


def _reduce_pieces(scope: Scope, operation: str, groups: Sequence[Sequence[Plane]]) -> list[float]:
    """Return one number for each group of planes, of which a piece of the grid is in memory at a time."""
    if operation in _KEPT:
        raise LimitExceeded(
            f"the {operation} is over more than {scope.limits.pixels:,} pixels, which all have to be in memory at once:"
            " compute it at a coarser resolution or of a smaller place, or take min, max, mean, sum, std or count"
        )
    tallies = [(Tally(), len(group)) for group in groups]
    with np.errstate(all="ignore"):
        for _, _, raster in scope.pieces([plane for group in groups for plane in group]):
            planes = iter(zip(raster.data, raster.mask, strict=True))
            for tally, size in tallies:
                for data, mask in islice(planes, size):
                    tally.add(data[~mask].astype(np.float64, copy=False))
    return [tally.value(operation) for tally, _ in tallies]


def _reduce(scope: Scope, operation: str, parts: Iterator[NDArray[np.float64]], params: Sequence[float]) -> float:
    if operation in _KEPT:
        pixels = _collect(scope, operation, parts)
        if not pixels.size:
            return math.nan
        return float(np.percentile(pixels, params[0]) if params else np.median(pixels))
    tally = Tally()
    for part in parts:
        tally.add(part)
    return tally.value(operation)


@dataclass(slots=True)
class Tally:
    """Statistics of numbers that come part by part and are not kept."""

    count: int = 0
    total: float = 0.0
    least: float = math.inf
    greatest: float = -math.inf
    _mean: float = 0.0
    _squares: float = 0.0  # of differences from the mean

    def add(self, part: NDArray[np.float64]) -> None:
        """Take some more numbers into account."""
        if not part.size:
            return
        # Chan, Golub and LeVeque's pairwise update: as stable as two passes, without keeping the pixels
        added, shift = part.size, float(part.mean()) - self._mean
        spread = float(((part - part.mean()) ** 2).sum())
        self._squares += spread + shift**2 * self.count * added / (self.count + added)
        self._mean += shift * added / (self.count + added)
        self.total += float(part.sum())
        self.least, self.greatest = min(self.least, float(part.min())), max(self.greatest, float(part.max()))
        self.count += added

    def value(self, operation: str) -> float:
        """Return min, max, mean, sum, std or count; NaN where there were no numbers."""
        if not self.count:
            return math.nan
        values = {
            "min": self.least, "max": self.greatest, "mean": self._mean, "sum": self.total,
            "std": math.sqrt(self._squares / self.count), "count": self.count,
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
