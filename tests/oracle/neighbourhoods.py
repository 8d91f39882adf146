"""What is made of the pixels around each, by NumPy: arrays (row, col) in which NaN is missing, and so is all around."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

__all__ = ["correlate", "hillshade"]

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


HORN = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
