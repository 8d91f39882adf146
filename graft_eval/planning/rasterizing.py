"""Inside: which pixels of a grid lie in a geometry."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.features import geometry_mask
from shapely.geometry.base import BaseGeometry

from graft_eval.errors import EvaluationError
from graft_eval.grid import Bounds, Grid, transformer

__all__ = ["inside", "project"]

LONLAT = "OGC:CRS84"


def inside(geometry: BaseGeometry, grid: Grid, *, all_touched: bool = False) -> NDArray[np.bool_]:
    """Return True for the pixels of a grid whose centres lie in a geometry in units of its CRS.

    With `all_touched` the pixels that it touches anywhere.
    """
    if geometry.is_empty or not _overlap(geometry.bounds, grid.bounds):
        return np.zeros(grid.shape, np.bool_)
    mask: NDArray[np.bool_] = geometry_mask(
        [geometry], grid.shape, grid.transform, all_touched=all_touched, invert=True
    )
    return mask


def project(geometry: BaseGeometry, crs: str) -> BaseGeometry:
    """Return a geometry of longitudes and latitudes in another CRS: its vertices are taken there.

    What lies where the CRS has no coordinates is cut off at the area that it is made for.
    """
    projected = _project(geometry, crs)
    if not np.isfinite(shapely.get_coordinates(projected)).all():
        area = CRS.from_user_input(crs).area_of_use
        if area is not None:
            projected = _project(shapely.clip_by_rect(geometry, *area.bounds), crs)
    if not np.isfinite(shapely.get_coordinates(projected)).all():
        raise EvaluationError(f"the geometry {geometry.bounds} lies outside what {crs[:60]} can show")
    return projected


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _project(geometry: BaseGeometry, crs: str) -> BaseGeometry:
    def to_crs(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer(LONLAT, crs).transform(*lonlat.T))

    return shapely.transform(geometry, to_crs)
