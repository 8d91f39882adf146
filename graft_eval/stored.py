"""Stored planes: bands on a grid as their files hold them, and the physical values made of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.physical import STORED, to_physical
from graft_eval.pixels import Pixels
from graft_eval.scene import Band

__all__ = ["ResampledPlanes", "StoredPlanes", "is_supported"]


def is_supported(dtype: str) -> bool:
    """Whether pixels of this type can be read: integers and floats, no complex numbers."""
    return dtype in STORED


class StoredPlanes:
    """Bands of one type as stored, (plane, row, col), and what it takes to make physical values of them.

    Where no file has a pixel it is outside. Planes of that are shared by bands: `which` names that of each band,
    and number 0 is outside everywhere, as a band is until it is read.
    """

    def __init__(self, bands: Sequence[Band], shape: tuple[int, int]) -> None:
        self.data: NDArray[np.generic] = np.empty((len(bands), *shape), bands[0].dtype)
        self.which = np.zeros(len(bands), np.int64)
        self._outside = [np.ones(shape, np.bool_)]
        self._nodata = np.array([nodata_as_stored(band) for band in bands])
        self._scale = np.array([band.scale for band in bands], np.float64)
        self._offset = np.array([band.offset for band in bands], np.float64)
        self._joined: NDArray[np.bool_] | None = None

    def add_outside(self, outside: NDArray[np.bool_]) -> int:
        """Add a plane, (row, col), of what is outside, and return its number."""
        for number, known in enumerate(self._outside):
            if known is outside:
                return number
        self._outside.append(outside)
        return len(self._outside) - 1

    def leave_out(self, member: int) -> None:
        """Make a band missing everywhere."""
        self.which[member] = 0

    def pixels(self, start: int, stop: int) -> Pixels:
        """Return physical values and masks of the pixels from start to stop, once all is read."""
        if self._joined is None:
            self._joined = np.stack(self._outside).reshape(len(self._outside), -1)
        stored = self.data.reshape(len(self.data), -1)
        shape = (len(stored), stop - start)
        data, mask = np.empty(shape), np.empty(shape, np.bool_)
        to_physical(stored, start, self._joined, self.which, self._nodata, self._scale, self._offset, data, mask)
        return Pixels(data, mask)


class ResampledPlanes:
    """Bands resampled to a grid, (plane, row, col), as physical values; NaN is missing, as a band is until read."""

    def __init__(self, bands: Sequence[Band], shape: tuple[int, int]) -> None:
        self.data = np.full((len(bands), *shape), np.nan)

    def leave_out(self, member: int) -> None:
        """Make a band missing everywhere."""
        self.data[member] = np.nan

    def pixels(self, start: int, stop: int) -> Pixels:
        """Return values and masks of the pixels from start to stop."""
        data = self.data.reshape(len(self.data), -1)[:, start:stop]
        return Pixels(data, ~np.isfinite(data))


def nodata_as_stored(band: Band) -> float:
    """Return a band's nodata as a number of its type, NaN for none.

    A float32 band's -3.4e38 may be written with other digits than the type holds.
    """
    if band.nodata is None:
        return np.nan
    kind = np.dtype(band.dtype)
    with np.errstate(over="ignore"):
        return float(kind.type(band.nodata)) if kind.kind == "f" else float(band.nodata)
