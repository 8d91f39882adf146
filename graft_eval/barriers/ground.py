"""Ground: sizes of a grid's pixels in metres."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from graft_eval.crs import parse_crs
from graft_eval.grid import Grid

__all__ = ["pixel_sizes"]

WEB_MERCATOR = "Popular Visualisation Pseudo Mercator"


def pixel_sizes(grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return width and height in metres of the pixels of each row, on the ground.

    Pixels in longitude and latitude are measured on the ellipsoid, those of Web Mercator on its sphere, both at the
    middle of the row; others are as large as the coordinates say. NaN beyond the poles.

    >>> widths, heights = pixel_sizes(Grid.from_xyz_tile(0, 1, 2))
    >>> round(widths[-1]), round(heights[-1])
    (39136, 39136)
    """
    sizes = np.array(list(_sizes(grid)))
    return np.ascontiguousarray(sizes[:, 0]), np.ascontiguousarray(sizes[:, 1])


def _sizes(grid: Grid) -> Iterator[tuple[float, float]]:
    # One by one: NumPy's functions of whole arrays may round a value otherwise, depending on its place.
    method, unit, major, minor = _shape(grid.crs)
    (width, height), (first, _) = grid.resolution, grid.first
    for row in range(grid.shape[0]):
        y = -(first + row + 0.5) * height
        if method == "geographic":
            across, along = _radii(y * unit, major, minor)
            yield width * unit * across, height * unit * along
        else:
            scale = math.cosh(y * unit / major) if method == WEB_MERCATOR else 1.0
            yield width * unit / scale, height * unit / scale


def _radii(latitude: float, major: float, minor: float) -> tuple[float, float]:
    """Radii of the parallel and of the meridian at a latitude in radians."""
    if abs(latitude) >= math.pi / 2:
        return math.nan, math.nan
    flattened = 1 - (minor / major) ** 2
    curved = 1 - flattened * math.sin(latitude) ** 2
    return major * math.cos(latitude) / math.sqrt(curved), major * (1 - flattened) / curved**1.5


@lru_cache(maxsize=256)
def _shape(crs: str) -> tuple[str, float, float, float]:
    """Return the kind of a CRS, its unit in metres or radians, and the axes of its ellipsoid."""
    system = parse_crs(crs)
    unit = system.axis_info[0].unit_conversion_factor
    ellipsoid = system.ellipsoid
    axes = (ellipsoid.semi_major_metre, ellipsoid.semi_minor_metre) if ellipsoid else (math.nan, math.nan)
    operation = system.coordinate_operation
    method = "geographic" if system.is_geographic else operation.method_name if operation else ""
    return method, unit, *axes
