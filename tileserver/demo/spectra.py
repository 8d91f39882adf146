"""Spectra: the reflectance and phenology of every kind of cover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["CROPS", "FOREST", "HEDGE", "TOWN", "WATER", "Cover", "reflectance"]

Spectrum = tuple[float, float, float, float]  # blue, green, red, near infrared


@dataclass(frozen=True, slots=True)
class Cover:
    """A kind of ground cover: `bare` ground under vegetation that is `green` from day `up` to day `down`.

    `least` and `most` are the shares of the ground that vegetation hides outside and within that season.
    `autumn` is how much of it turns colour before it falls.
    """

    bare: Spectrum
    green: Spectrum = (0.02, 0.05, 0.025, 0.42)
    up: float = 0
    down: float = 400
    least: float = 0.0
    most: float = 0.0
    autumn: float = 0.0
    brightness: float = 1.0


LEAVES: Spectrum = (0.018, 0.047, 0.022, 0.40)
NEEDLES: Spectrum = (0.016, 0.034, 0.019, 0.27)
CROP: Spectrum = (0.030, 0.082, 0.037, 0.50)
MEADOW: Spectrum = (0.036, 0.088, 0.052, 0.40)
LITTER: Spectrum = (0.040, 0.056, 0.073, 0.17)
STUBBLE: Spectrum = (0.072, 0.105, 0.140, 0.25)
SOIL: Spectrum = (0.062, 0.087, 0.124, 0.20)
RED_SOIL: Spectrum = (0.058, 0.083, 0.127, 0.22)
AUTUMN: Spectrum = (0.030, 0.064, 0.098, 0.31)

WATER = Cover((0.030, 0.040, 0.026, 0.012))
TOWN = Cover((0.115, 0.122, 0.128, 0.20), MEADOW, 95, 300, 0.05, 0.35)
HEDGE = Cover(LITTER, LEAVES, 100, 300, 0.15, 0.9, 0.3)


def _mix(one: Spectrum, other: Spectrum, share: float) -> Spectrum:
    blue, green, red, nir = ((1 - share) * a + share * b for a, b in zip(one, other, strict=True))
    return blue, green, red, nir


# From the valleys up, spring comes later and autumn earlier; from broad leaves to needles, winter is greener.
FOREST = tuple(
    tuple(
        Cover(
            LITTER,
            _mix(LEAVES, NEEDLES, needles),
            up=102 + 4.0 * height,
            down=302 - 3.0 * height,
            least=0.12 + 0.78 * needles,
            most=0.92,
            autumn=0.75 * (1 - needles),
        )
        for needles in np.linspace(0, 0.9, 8).tolist()
    )
    for height in range(6)
)

CROPS = tuple(
    Cover(bare, green, up, down, least, most, 0.1, brightness)
    for bare, green, up, down, least, most in [
        (SOIL, CROP, 150, 265, 0.04, 0.95),  # maize
        (RED_SOIL, CROP, 165, 280, 0.04, 0.9),  # soy
        (STUBBLE, CROP, 75, 165, 0.3, 0.95),  # winter wheat
        (STUBBLE, MEADOW, 80, 320, 0.35, 0.9),  # pasture
        (STUBBLE, MEADOW, 90, 300, 0.25, 0.8),  # hay
        (SOIL, MEADOW, 110, 250, 0.1, 0.5),  # fallow
    ]
    for brightness in (0.88, 1.0, 1.12)
)


def reflectance(covers: tuple[Cover, ...], day: float) -> NDArray[np.float32]:
    """Return the reflectance (cover, band) of kinds of cover on a day of the year.

    >>> june, january = reflectance((CROPS[0],), 200), reflectance((CROPS[0],), 15)
    >>> bool(june[0, 3] > 2 * january[0, 3])
    True
    """

    def column(name: str) -> NDArray[np.float64]:
        return np.array([getattr(cover, name) for cover in covers])

    season = _logistic((day - column("up")) / 8) * _logistic((column("down") - day) / 8)
    leaves = column("least") + (column("most") - column("least")) * season
    turning = column("autumn") * np.exp(-(((day - column("down") + 6) / 15) ** 2))
    green, turned, bare = leaves * (1 - turning), leaves * turning, 1 - leaves
    mixed = green[:, None] * column("green") + turned[:, None] * np.array(AUTUMN) + bare[:, None] * column("bare")
    return np.asarray(mixed * column("brightness")[:, None], dtype=np.float32)


def _logistic(x: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.asarray(x))))
