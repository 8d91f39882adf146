"""An independent way to a tile: whole files through rasterio, every pixel's centre through pyproj, NumPy for the rest.

It shares no code with the project, is slow and obvious, and is what tiles of real imagery are compared with.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pyproj
import rasterio
from affine import Affine
from numpy.typing import NDArray

HALF_WORLD = math.pi * 6378137.0
Masked = np.ma.MaskedArray[Any, Any]


def nearest(stored: NDArray[Any], transform: Affine, xs: NDArray[Any], ys: NDArray[Any]) -> Masked:
    """Return the pixels that hold places of their own CRS; places beyond them are masked."""
    inverse = ~transform
    cols = np.floor(inverse.a * xs + inverse.b * ys + inverse.c).astype(int)
    rows = np.floor(inverse.d * xs + inverse.e * ys + inverse.f).astype(int)
    inside = (rows >= 0) & (rows < stored.shape[0]) & (cols >= 0) & (cols < stored.shape[1])
    return np.ma.MaskedArray(stored[np.where(inside, rows, 0), np.where(inside, cols, 0)], ~inside)


class TilePixels:
    """The centres of a Web Mercator tile's pixels."""

    def __init__(self, z: int, x: int, y: int, size: int = 256) -> None:
        self.z, self.x, self.y, self.size = z, x, y, size
        self.width = 2 * HALF_WORLD / 2**z / size
        steps = np.arange(size) + 0.5
        self.xs, self.ys = np.meshgrid(
            -HALF_WORLD + (x * size + steps) * self.width, HALF_WORLD - (y * size + steps) * self.width
        )

    @classmethod
    def at(cls, lon: float, lat: float, z: int, size: int = 256) -> TilePixels:
        """Return the tile of a zoom that holds a place."""
        n = 2**z
        x = int((lon + 180) / 360 * n)
        y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
        return cls(z, x, y, size)

    def sample(self, path: Path, band: int = 1, *, nodata: float | None, scale: float = 1.0) -> Masked:
        """Return a band's physical values at the pixel centres, nearest, from the overview that fits."""
        with rasterio.open(path) as full:
            to_source = pyproj.Transformer.from_crs("EPSG:3857", full.crs, always_xy=True)
            level = self._level(full, to_source)
        options = {} if level is None else {"overview_level": level}
        with rasterio.open(path, **options) as dataset:
            stored = dataset.read(band)
            transform = dataset.transform
        source_x, source_y = to_source.transform(self.xs, self.ys)
        values = nearest(stored, transform, source_x, source_y)
        return np.ma.masked_where(values.data == nodata, values.astype(float) * scale)

    def _level(self, dataset: rasterio.DatasetReader, to_source: pyproj.Transformer) -> int | None:
        """The coarsest overview whose pixels are not larger, in output pixels, than one, on the wider axis."""
        centre = (self.xs.mean(), self.ys.mean())
        to_output = pyproj.Transformer.from_crs(dataset.crs, "EPSG:3857", always_xy=True)
        at = np.array(to_source.transform(*centre))
        best = None
        for level, factor in enumerate(dataset.overviews(1)):
            step_x, step_y = dataset.transform.a * factor, dataset.transform.e * factor
            origin = np.array(to_output.transform(*at))
            across = np.array(to_output.transform(at[0] + step_x, at[1])) - origin
            down = np.array(to_output.transform(at[0], at[1] + step_y)) - origin
            if max(np.hypot(*across), np.hypot(*down)) / self.width <= 1 + 1e-6:
                best = level
        return best

    def checkerboard(self) -> NDArray[np.uint8]:
        """Grey 204 at the world's first pixel, 255 beside it, in squares of 16 pixels."""
        side = 16 * self.size // 256
        steps = np.arange(self.size)
        parity = ((self.y * self.size + steps[:, None]) // side + (self.x * self.size + steps) // side) % 2
        return np.where(parity == 0, 204, 255).astype(np.uint8)


def to_bytes(values: Masked, low: float, high: float) -> NDArray[np.uint8]:
    """Scale to 0…255 as the interface says; masked pixels give 0."""
    with np.errstate(all="ignore"):
        levels = np.floor(255 * np.clip((values.filled(low) - low) / (high - low), 0, 1) + 0.5)
    return levels.astype(np.uint8)


def colour(values: Masked, name: str, low: float, high: float) -> NDArray[np.uint8]:
    """RGBA of one band through a colormap of matplotlib."""
    table = matplotlib.colormaps[name](np.linspace(0, 1, 256), bytes=True)
    rgba = table[to_bytes(values, low, high)]
    rgba[np.ma.getmaskarray(values)] = 0
    return rgba


def true_colour(bands: list[Masked], low: float, high: float) -> NDArray[np.uint8]:
    """RGBA of three bands with one scale."""
    missing = np.logical_or.reduce([np.ma.getmaskarray(band) for band in bands])
    rgba = np.stack([*(to_bytes(band, low, high) for band in bands), np.where(missing, 0, 255)], axis=-1)
    rgba[missing] = 0
    return rgba.astype(np.uint8)


def share_of_differing_pixels(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Share of pixels that are not equal in all channels."""
    assert one.shape == other.shape
    return float(np.mean((one != other).any(axis=-1)))
