"""The real elevation around Jacksboro, Tennessee, that matplotlib's wheel carries (SRTM, public domain)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from affine import Affine
from matplotlib.cbook import get_sample_data
from numpy.typing import NDArray
from rasterio.warp import Resampling, reproject

__all__ = ["DEM_CRS", "Terrain", "read_terrain", "shade"]

DEM_CRS = "EPSG:4326"


class Terrain(NamedTuple):
    """Elevation in metres (rows, cols), rows from the north, and the affine of pixels to longitude and latitude."""

    elevation: NDArray[np.int16]
    transform: Affine

    def on(self, transform: Affine, shape: tuple[int, int], crs: str) -> NDArray[np.float32]:
        """Return the elevation on another grid, smoothed by a cubic spline; the grid lies within the terrain."""
        target = np.empty(shape, np.float32)
        reproject(
            self.elevation.astype(np.float32),
            target,
            src_transform=self.transform,
            src_crs=DEM_CRS,
            dst_transform=transform,
            dst_crs=crs,
            resampling=Resampling.cubic_spline,
        )
        return target


def read_terrain() -> Terrain:
    """Return the elevation with its grid.

    >>> read_terrain().elevation.shape
    (344, 403)
    """
    with np.load(str(get_sample_data("jacksboro_fault_dem.npz", asfileobj=False))) as sample:
        # The sample's names are swapped: its ymin is the northern edge.
        west, north = float(sample["xmin"]), float(sample["ymin"])
        grid = Affine(float(sample["dx"]), 0, west, 0, -float(sample["dy"]), north)
        return Terrain(sample["elevation"], grid)


def shade(elevation: NDArray[np.float32], spacing: float, sun_height: float, sun_azimuth: float) -> NDArray[np.float32]:
    """Return how much sunlight falls on the ground, 1 on level ground; angles in degrees, azimuth from north."""
    down, right = np.gradient(elevation, np.float32(spacing))
    height, azimuth = np.radians([sun_height, sun_azimuth])
    towards_sun = right * np.float32(np.sin(azimuth)) - down * np.float32(np.cos(azimuth))
    light = (1 - towards_sun / np.float32(np.tan(height))) / np.sqrt(1 + right**2 + down**2)
    return np.asarray(np.clip(0.25 + 0.75 * light, 0.15, 2), dtype=np.float32)
