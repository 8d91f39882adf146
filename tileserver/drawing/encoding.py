"""Pictures and pixels as files: PNG, WebP and JPEG of colours, NumPy's format and GeoTIFF of values."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rasterio.io import MemoryFile

from graft_eval.grid import Grid
from graft_eval.scope import Raster
from tileserver.drawing.png import encode_palette, encode_rgb

__all__ = ["MEDIA_TYPES", "PICTURES", "VALUES", "Indexed", "encode_picture", "encode_values"]

MEDIA_TYPES: Final = MappingProxyType(
    {
        "png": "image/png",
        "webp": "image/webp",
        "jpg": "image/jpeg",
        "npy": "application/x-npy",
        "tif": "image/tiff; application=geotiff",
    }
)
"""Media types of files by their suffixes."""

PICTURES: Final = ("png", "webp", "jpg")
VALUES: Final = frozenset({"npy", "tif"})
QUALITY: Final = 85
FAST: Final = 2  # of WebP's methods from 0 to 6: a tile of noise in 12 ms instead of 26, and a tenth larger
PAPER: Final = 255  # what is missing from a JPEG, which has no transparency


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """Pixels as (y, x) places in a table of up to 256 colours, (colour, 3); `alpha` is that of its first ones."""

    places: NDArray[np.uint8]
    table: NDArray[np.uint8]
    alpha: bytes = b""

    def spread(self) -> NDArray[np.uint8]:
        """Return the same pixels as (y, x, 3) bytes, or (y, x, 4) with alpha."""
        if not self.alpha:
            return self.table[self.places]
        alpha = np.full((256, 1), 255, np.uint8)
        alpha[: len(self.alpha), 0] = np.frombuffer(self.alpha, np.uint8)
        return np.hstack([self.table, alpha[: len(self.table)]])[self.places]


Pixels = Indexed | NDArray[np.uint8]
"""Colours of pixels: by a table, or as planes of red, green, blue and perhaps alpha, (plane, y, x)."""


def encode_picture(pixels: Pixels, format: str) -> bytes:
    """Return the file of a format of `PICTURES`.

    WebP is without loss where colours come from a table, as those of one band do; else, like JPEG, it is lossy.
    """
    if format == "png":
        if isinstance(pixels, Indexed):
            return encode_palette(pixels.places, pixels.table, pixels.alpha)
        return encode_rgb(pixels)
    spread = pixels.spread() if isinstance(pixels, Indexed) else np.ascontiguousarray(np.moveaxis(pixels, 0, -1))
    buffer = io.BytesIO()
    if format == "webp":
        lossless = isinstance(pixels, Indexed)
        Image.fromarray(spread).save(buffer, "WEBP", lossless=lossless, quality=QUALITY, method=0 if lossless else FAST)
    else:
        Image.fromarray(_on_paper(spread)).save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def encode_values(raster: Raster, grid: Grid, bands: Sequence[str], format: str) -> bytes:
    """Return the numbers of a raster as a file of a format of `VALUES`, float64, NaN where a band is masked.

    NumPy's file holds one plane more: 255 where a pixel is valid in all bands, else 0.
    """
    data = np.where(raster.mask, np.nan, raster.data.astype(np.float64, copy=False))
    if format == "npy":
        valid = np.isfinite(data).all(axis=0, keepdims=True) & (len(data) > 0)
        buffer = io.BytesIO()
        np.save(buffer, np.concatenate([data, np.where(valid, 255.0, 0.0)]))
        return buffer.getvalue()
    rows, cols = grid.shape
    data = data if len(data) else np.full((1, rows, cols), np.nan)  # a file has a band at least
    profile = {"driver": "GTiff", "dtype": "float64", "count": len(data), "height": rows, "width": cols}
    placed = {"crs": grid.crs, "transform": grid.transform, "nodata": np.nan}
    with MemoryFile() as file:
        with file.open(**profile, **placed, compress="deflate", predictor=3, interleave="band") as dataset:
            dataset.write(data)
            for index, name in enumerate(bands, 1):
                dataset.set_band_description(index, name)
        return bytes(file.read())


def _on_paper(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if pixels.shape[-1] == 3:
        return pixels
    share = pixels[..., 3:] / 255
    return np.floor(pixels[..., :3] * share + PAPER * (1 - share) + 0.5).astype(np.uint8)
