"""Agreement of the tiles that two servers draw of the same area."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

__all__ = ["Agreement", "compare"]

AROUND = 3  # pixels a side: TiTiler resamples twice, which moves what it draws by up to one pixel
EXPLAINED = 0.99  # the least share of pixels that has to agree
SLACK = 6  # levels of 255: two standard deviations of the noise, for the double resampling leaves some pixels out
BIAS = 0.75  # levels: TiTiler rounds down, which makes 0.5 of a level on the average


@dataclass(frozen=True, slots=True)
class Agreement:
    """Shares of a tile's pixels that agree: at the same pixel, at it or the next one, and in being missing.

    `bias` is the mean difference, in levels of 255, where both have something.
    """

    equal: float
    near: float
    missing: float
    bias: float

    @property
    def good(self) -> bool:
        """True if a shift by a pixel and rounding explain all but one pixel in a hundred."""
        return min(self.near, self.missing) >= EXPLAINED and abs(self.bias) <= BIAS


def compare(ours: bytes, theirs: bytes) -> Agreement:
    """Compare two PNGs of one tile.

    A pixel of ours is equal to theirs when no level differs by more than the slack, and near when each level lies
    within the range of theirs around it.
    """
    (our_levels, ours_there), (their_levels, theirs_there) = _decode(ours), _decode(theirs)
    # What is missing has no levels to compare with.
    inner: NDArray[np.bool_] = ours_there & _around(theirs_there, np.min)
    low, high = _around(their_levels, np.min) - SLACK, _around(their_levels, np.max) + SLACK
    equal = np.all(np.abs(our_levels - their_levels) <= SLACK, axis=0)
    near = np.all((our_levels >= low) & (our_levels <= high), axis=0)
    edges = (ours_there >= _around(theirs_there, np.min)) & (ours_there <= _around(theirs_there, np.max))
    if not inner.any():
        return Agreement(1.0, 1.0, float(edges.mean()), 0.0)
    bias = (our_levels - their_levels)[:, inner].mean()
    return Agreement(float(equal[inner].mean()), float(near[inner].mean()), float(edges.mean()), float(bias))


def _decode(png: bytes) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Return red, green and blue as (band, y, x), and which pixels are not missing as (y, x)."""
    levels = np.moveaxis(np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"), np.int16), -1, 0)
    return levels[:3], levels[3] > 0


def _around(plane: NDArray[Any], extreme: Any) -> NDArray[Any]:
    """Return the extreme of each pixel and its neighbours, over the last two axes."""
    reach = AROUND // 2
    padded = np.pad(plane, [(0, 0)] * (plane.ndim - 2) + [(reach, reach)] * 2, mode="edge")
    found: NDArray[Any] = extreme(sliding_window_view(padded, (AROUND, AROUND), axis=(-2, -1)), axis=(-2, -1))
    return found
