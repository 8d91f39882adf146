"""Pixels of made scenes: smooth terrain, a pattern of fields, clouds, sensor noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BANDS", "NOISE", "Landscape", "draw_landscape", "draw_scene"]

BANDS = ("blue", "green", "red", "nir")
NOISE = 25.0  # standard deviation of the sensor's noise, as digital numbers
BARE = (900.0, 1150.0, 1400.0, 1900.0)  # reflectance of bare soil, by band, as digital numbers
GREEN = (350.0, 650.0, 400.0, 3600.0)  # and of full vegetation

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Landscape:
    """Landscape common to all dates, as (y, x): the light on the slopes, and each field's height and growth time."""

    light: Floats
    growth: Floats
    season: Floats


def draw_landscape(size: int, seed: int) -> Landscape:
    """Draw the ground of a stack, the same for the same seed."""
    random = np.random.default_rng((seed, 0))
    terrain = _smooth(random, size, size // 256 + 2) + 0.3 * _smooth(random, size, size // 48 + 2)
    light = 0.8 + 0.4 * (terrain - terrain.min()) / np.ptp(terrain)
    return Landscape(light.astype(np.float32), *_fields(random, size))


def draw_scene(landscape: Landscape, seed: int, date: int, phase: float, cloud: float) -> NDArray[np.uint16]:
    """Draw one date as (band, y, x): `phase` of the year in 0…1, the share `cloud` of it missing, as 0."""
    size = landscape.light.shape[0]
    random = np.random.default_rng((seed, 1, date))
    green = landscape.growth * (0.5 + 0.5 * np.cos(2 * np.pi * (np.float32(phase) - landscape.season)))
    cover = _smooth(random, size, size // 200 + 3)
    clear = cover <= np.quantile(cover[::8, ::8], 1 - cloud)
    scene = np.empty((len(BANDS), size, size), np.uint16)
    for band, (bare, full) in enumerate(zip(BARE, GREEN, strict=True)):
        values = (bare + (full - bare) * green) * landscape.light
        values += NOISE * random.standard_normal((size, size), np.float32)
        scene[band] = np.clip(values, 1, 10_000).astype(np.uint16) * clear
    return scene


def _fields(random: np.random.Generator, size: int) -> tuple[Floats, Floats]:
    """Return growth and season of tilted fields of 15 to 60 pixels a side."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    cosine, sine = np.float32(np.cos(0.3)), np.float32(np.sin(0.3))
    edges = np.cumsum(random.integers(15, 60, size // 8), dtype=np.float32)
    rows = np.searchsorted(edges, cosine * y + sine * x)
    columns = np.searchsorted(edges, cosine * x + sine * (size - y))
    growth, season = random.random((2, len(edges) + 1, len(edges) + 1), np.float32)
    return growth[rows, columns], season[rows, columns] * np.float32(0.5)


def _smooth(random: np.random.Generator, size: int, knots: int) -> Floats:
    """Return noise with so many knots a side, linear between them."""
    coarse, at = random.standard_normal((knots, knots)), np.linspace(0, knots - 1, size)
    rows = np.stack([np.interp(at, np.arange(knots), row) for row in coarse])
    low = np.minimum(at.astype(int), knots - 2)
    share = (at - low)[:, None]
    smooth: Floats = (rows[low] * (1 - share) + rows[low + 1] * share).astype(np.float32)
    return smooth
