"""Clouds and their shadows, a different sky for every date."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tileserver.demo.noise import fractal, smoothstep

__all__ = ["Sky", "cloud_over", "sun_height"]


class Sky(NamedTuple):
    """Shares from 0 to 1 (rows, cols): of the ground that clouds hide, of the sunlight that they take elsewhere."""

    cloud: NDArray[np.float32]
    shadow: NDArray[np.float32]


def sun_height(day: float) -> float:
    """Return the height of the sun, in degrees, in the late morning of a day of the year at 36° north.

    >>> round(sun_height(172)), round(sun_height(355))
    (58, 28)
    """
    return float(43 - 15 * np.cos(2 * np.pi * (day + 10) / 365))


def cloud_over(seed: tuple[int, ...], shape: tuple[int, int], cover: float, sun: float, pixel: float) -> Sky:
    """Return a sky of which clouds fill about the share `cover`; `sun` is its height in degrees, in the south-east."""
    rng = np.random.default_rng(seed)
    rows, cols = shape
    wrapped = (rows, 1 << (cols - 1).bit_length())  # a power of two is quick to transform, and rolls over seamlessly
    density = fractal((*seed, 1), wrapped, rng.uniform(90, 300), 1.75)
    edge = float(np.quantile(density[::8, ::8], 1 - cover))
    cloud = smoothstep(edge - 0.25, edge + 1.1, density)
    drift = rng.uniform(900, 1600) / np.tan(np.radians(sun)) / pixel  # how far the shadow falls, in pixels
    shadow = np.roll(cloud, (-round(0.88 * drift), -round(0.47 * drift)), (0, 1))
    return Sky(cloud[:, :cols], (shadow * (1 - cloud))[:, :cols])
