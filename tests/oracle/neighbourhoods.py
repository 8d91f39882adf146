"""What is made of the pixels around each, by NumPy: arrays (row, col) in which NaN is missing, and so is all around."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from tests.oracle.masked import REDUCTIONS

__all__ = ["aspect", "correlate", "distance", "focal", "hillshade", "slope"]

Values = NDArray[np.float64]


def correlate(values: Values, weights: Values) -> Values:
    """Return sums of pixels times weights, of which the one at (rows // 2, cols // 2) lies on the pixel."""
    padding = [(side // 2, side - 1 - side // 2) for side in weights.shape]
    windows = sliding_window_view(np.pad(values, padding, constant_values=np.nan), weights.shape)
    sums: Values = np.einsum("ijkl,kl->ij", windows, weights)
    return sums


def hillshade(
    heights: Values, width: Values | float, height: Values | float, azimuth: float, altitude: float, z_factor: float
) -> Values:
    """Return 1 to 255 by the angle between the light and the ground, whose slope is Horn's of 3 x 3 pixels.

    Pixels are `width` and `height` large, in units of the heights, each a number or a column of one for each row.
    """
    across, down = (correlate(heights, kernel) for kernel in (HORN, HORN.T))
    east, north = z_factor * across / (8 * width), -z_factor * down / (8 * height)
    normal = np.stack([-east, -north, np.ones_like(east)]) / np.sqrt(1 + east**2 + north**2)
    zenith, turn = np.radians(90 - altitude), np.radians(azimuth)
    light = np.array([np.sin(zenith) * np.sin(turn), np.sin(zenith) * np.cos(turn), np.cos(zenith)])
    shades: Values = 1 + 254 * np.clip(np.einsum("i,ijk->jk", light, normal), 0, None)
    return shades


def slope(heights: Values, width: Values | float, height: Values | float, unit: str) -> Values:
    """Return the slope in degrees or percent, of Horn's differences, as gdaldem has it."""
    across, down = (correlate(heights, kernel) for kernel in (HORN, HORN.T))
    steep = np.hypot(across / (8 * width), down / (8 * height))
    found: Values = 100 * steep if unit == "percent" else np.degrees(np.arctan(steep))
    return found


def aspect(heights: Values, width: Values | float, height: Values | float) -> Values:
    """Return where the ground falls to, in degrees from the north to the east, as gdaldem has it; NaN where level."""
    across, down = (correlate(heights, kernel) for kernel in (HORN, HORN.T))
    x, y = across / (8 * width), down / (8 * height)
    turned = 90 - np.degrees(np.arctan2(y, -x))
    found: Values = np.where((x == 0) & (y == 0), np.nan, turned % 360)
    return found


def focal(values: Values, operation: str, footprint: Values) -> Values:
    """Return a reduction of the pixels that are there, of those around where the footprint is not 0."""
    padding = [(side // 2, side - 1 - side // 2) for side in footprint.shape]
    windows = sliding_window_view(np.pad(values, padding, constant_values=np.nan), footprint.shape)
    around = np.ma.masked_invalid(windows[..., footprint != 0])
    stack = np.ma.MaskedArray(np.moveaxis(around.data, -1, 0), np.moveaxis(np.ma.getmaskarray(around), -1, 0))
    found: Values = np.ma.filled(REDUCTIONS[operation](stack).astype(float), np.nan)
    return found


def distance(there: NDArray[np.bool_], width: Values, height: Values, first: tuple[int, int]) -> Values:
    """Return how far the nearest pixel is that is True, of the pixels from `first` (row, col) on; NaN if there is none.

    Their rows have pixels of `width` and `height`, one each; SciPy measures with each.
    """
    if not there.any():
        return np.full((width.size, there.shape[1] - 2 * first[1]), np.nan)
    cols = slice(first[1], there.shape[1] - first[1])
    rows = (
        distance_transform_edt(~there, sampling=(float(down), float(across)))[first[0] + row, cols]
        for row, (across, down) in enumerate(zip(width, height, strict=True))
    )
    return np.stack(list(rows))


HORN = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
