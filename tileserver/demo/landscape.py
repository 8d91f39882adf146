"""The ground of the synthetic scenes: real hills, with invented rivers, forests, fields and towns on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.warp import transform as warp
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from tileserver.demo.noise import fractal, smoothstep
from tileserver.demo.rivers import trace_rivers
from tileserver.demo.spectra import CROPS, FOREST, HEDGE, TOWN, WATER, Cover
from tileserver.demo.terrain import DEM_CRS, Terrain

__all__ = ["CRS", "PIXEL", "SEED", "SHAPE", "TRANSFORM", "Landscape", "invent"]

CRS: Final = "EPSG:32616"
PIXEL: Final = 10.0  # metres
SHAPE: Final = (1024, 1946)  # rows, cols of the two scenes together
TRANSFORM: Final = Affine(PIXEL, 0, 740_800, 0, -PIXEL, 4_057_600)
SEED: Final = 20240621

COVERS: Final[tuple[Cover, ...]] = (WATER, TOWN, HEDGE, *(kind for row in FOREST for kind in row), *CROPS)
_FIRST_FOREST: Final = 3
_FIRST_CROP: Final = _FIRST_FOREST + len(FOREST) * len(FOREST[0])


@dataclass(frozen=True, slots=True)
class Landscape:
    """`cover` (rows, cols) are indices of COVERS; `relief` in metres, finer than the DEM; `texture` is around 1."""

    cover: NDArray[np.uint8]
    relief: NDArray[np.float32]
    texture: NDArray[np.float32]


def invent(terrain: Terrain) -> Landscape:
    """Return the landscape, the same every time."""
    smooth = terrain.on(TRANSFORM, SHAPE, CRS)
    steepness = np.hypot(*np.gradient(smooth, np.float32(PIXEL)))
    relief = smooth + fractal((SEED, 1), SHAPE, 40, 1.9) * (1.5 + 22 * np.minimum(steepness, 0.4))

    patches = fractal((SEED, 2), SHAPE, 180, 1.5)
    farmed = smoothstep(0.16, 0.06, steepness) * smoothstep(620, 430, smooth) + 0.14 * patches > 0.5
    cover = np.where(farmed, _fields(), _forest(smooth))
    cover[_town(smooth, steepness)] = COVERS.index(TOWN)
    streams = [(line, 4 + 0.13 * drained**0.5) for line, drained in _rivers(terrain)]
    banks = _burn([line.buffer(half_width + 14) for line, half_width in streams])
    cover[banks & farmed] = COVERS.index(HEDGE)
    cover[_burn([line.buffer(half_width) for line, half_width in streams if half_width > 8])] = COVERS.index(WATER)
    grain = np.where(cover == COVERS.index(WATER), 0.02, np.where(cover >= _FIRST_CROP, 0.03, 0.06))
    texture = 1 + grain.astype(np.float32) * (fractal((SEED, 3), SHAPE, 8, 0.7) + patches)
    return Landscape(cover.astype(np.uint8), relief, texture)


def _forest(elevation: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return a kind of forest for every pixel: by height, and by stands of broad leaves and needles."""
    dither = np.random.default_rng((SEED, 4)).random(SHAPE, np.float32)
    height = (elevation - 300) / 110 + dither - 0.5
    needles = 2.2 + 1.6 * fractal((SEED, 5), SHAPE, 150, 1.4) + dither - 0.5
    rows, cols = len(FOREST), len(FOREST[0])
    row, col = np.clip(height, 0, rows - 1).astype(int), np.clip(needles, 0, cols - 1).astype(int)
    return np.asarray(_FIRST_FOREST + row * cols + col)


def _fields() -> NDArray[np.int64]:
    """Return a patchwork: strips along the valley, cut into fields, some with hedges around them."""
    row, col = np.indices(SHAPE, np.float32)
    bend = 14 * fractal((SEED, 6), SHAPE, 400, 2.2)
    along, across = 0.80 * col - 0.60 * row + bend, 0.60 * col + 0.80 * row + bend
    rng = np.random.default_rng((SEED, 7))
    edges = np.cumsum(rng.uniform(14, 34, 200)).astype(np.float32) - 900  # of strips, in pixels
    strip = np.searchsorted(edges, across)
    length = rng.uniform(18, 60, 201).astype(np.float32)[strip]
    place = (along + rng.uniform(0, 60, 201).astype(np.float32)[strip]) / length
    field = np.floor(place)
    crop = rng.integers(0, len(CROPS), (201, 512))[strip, field.astype(int) % 512]
    beside = np.minimum(across - edges[strip - 1], (place - field) * length)
    hedged = (beside < 1.1) & (rng.random((201, 512))[strip, field.astype(int) % 512] < 0.6)
    return np.where(hedged, COVERS.index(HEDGE), _FIRST_CROP + crop)


def _town(elevation: NDArray[np.float32], steepness: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return where buildings stand: dense in the middle of a small town in the valley, then thinner."""
    row, col = np.indices(SHAPE, np.float32)
    away = np.minimum(np.hypot(row - 330, (col - 800) * 0.8) / 75, np.hypot((row - 700), (col - 1330) * 0.8) / 45)
    coarse = np.random.default_rng((SEED, 8)).random((SHAPE[0] // 2, SHAPE[1] // 2), np.float32)
    blocks = coarse.repeat(2, axis=0).repeat(2, axis=1)
    return np.asarray((blocks > 0.25 + 0.6 * away) & (steepness < 0.12) & (elevation < 520), dtype=bool)


def _rivers(terrain: Terrain) -> list[tuple[LineString, float]]:
    """Return the rivers in coordinates of the scenes' CRS, each with the pixels that it drains."""
    rivers = []
    uneven = fractal((SEED, 9), terrain.elevation.shape, 12)  # else rivers run straight across level ground
    for line, drained in trace_rivers(terrain.elevation + 5 * uneven, 350):
        lonlat = [terrain.transform @ point for point in line.coords]
        xs, ys = warp(DEM_CRS, CRS, [x for x, _ in lonlat], [y for _, y in lonlat])
        rivers.append((LineString(zip(xs, ys, strict=True)), drained))
    return rivers


def _burn(shapes: list[BaseGeometry]) -> NDArray[np.bool_]:
    return np.asarray(rasterize(shapes, SHAPE, transform=TRANSFORM, dtype="uint8"), dtype=bool)
