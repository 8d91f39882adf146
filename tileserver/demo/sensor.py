"""The sensor: the numbers and classes that it stores of the landscape, within its swath."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon, box
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

from tileserver.demo.landscape import COVERS, PIXEL, SHAPE, TRANSFORM, Landscape
from tileserver.demo.spectra import TOWN, WATER, reflectance
from tileserver.demo.terrain import shade
from tileserver.demo.weather import cloud_over, sun_height

__all__ = ["REFLECTIVE", "SCALE", "SUN_AZIMUTH", "Observation", "observe", "outline"]

REFLECTIVE: Final = ("blue", "green", "red", "nir")
SCALE: Final = 1e-4  # of stored numbers to reflectance
STEP: Final = 10  # stored numbers are multiples of it, which compress well and look the same
SUN_AZIMUTH: Final = 152.0
SLANT: Final = 0.186  # columns a row by which the swath leans, as a descending orbit does
CLOUD: Final = (0.62, 0.62, 0.63, 0.66)  # reflectance by band
HAZE: Final = (0.010, 0.005, 0.003, 0.001)
VEGETATED: Final = 0.45  # least NDVI of the class


class Observation(NamedTuple):
    """Stored numbers (band, y, x) of the reflective bands, and Sentinel-2's scene classes (y, x); 0 is no data."""

    numbers: NDArray[np.uint16]
    classes: NDArray[np.uint8]


def observe(landscape: Landscape, day: int, cover: float, seed: tuple[int, ...]) -> Observation:
    """Return the landscape on a day of the year under a sky of which clouds fill the share `cover`."""
    sun = sun_height(day)
    sky = cloud_over(seed, SHAPE, cover, sun, PIXEL)
    light = shade(landscape.relief, PIXEL, sun, SUN_AZIMUTH) * landscape.texture * (1 - 0.62 * sky.shadow)
    ground = reflectance(COVERS, day)
    numbers = np.empty((len(REFLECTIVE), *SHAPE), np.uint16)
    for band in range(len(REFLECTIVE)):
        below = ground[:, band][landscape.cover] * light + HAZE[band]
        seen = below * (1 - sky.cloud) + CLOUD[band] * sky.cloud * (0.5 + 0.5 * sky.cloud)
        numbers[band] = np.maximum(np.rint(seen / (SCALE * STEP)), 1) * STEP

    _, _, red, nir = ground.T
    class_of_cover = np.where((nir - red) / (nir + red) > VEGETATED, 4, 5).astype(np.uint8)
    class_of_cover[[COVERS.index(WATER), COVERS.index(TOWN)]] = 6, 5
    classes = class_of_cover[landscape.cover]
    for share, least, label in ((sky.shadow, 0.08, 3), (sky.cloud, 0.05, 8), (sky.cloud, 0.5, 9)):
        classes[share > least] = label

    beyond = _beyond_swath()
    numbers[:, beyond] = 0
    classes[beyond] = 0
    return Observation(numbers, classes)


def outline(left: int, width: int) -> BaseGeometry:
    """Return where the `width` columns from `left` have data, in the landscape's CRS."""
    rows, cols = SHAPE
    lean = SLANT * rows
    swath = Polygon([(lean, 0), (cols, 0), (cols - lean, rows), (0, rows)])
    return affine_transform(swath.intersection(box(left, 0, left + width, rows)), TRANSFORM.to_shapely())


def _beyond_swath() -> NDArray[np.bool_]:
    rows, cols = SHAPE
    row, col = np.ogrid[:rows, :cols]
    edge = SLANT * (rows - row - 0.5)
    return np.asarray((col + 0.5 < edge) | (col + 0.5 > cols - SLANT * rows + edge), dtype=bool)
