"""Imagery as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from graft_eval.ops.array_functions import check_elements
from graft_eval.scope import Scope
from graft_eval.values.image import Image, Imagery

__all__ = ["pixels_of"]


def pixels_of(scope: Scope, imagery: Imagery) -> np.ma.MaskedArray[Any, np.dtype[Any]]:
    """Return the pixels of the scope's grid as a masked array, (band, y, x) or (image, band, y, x)."""
    grid = scope.pixel_grid()
    planes = [plane for image in imagery.images for plane in image.planes]
    lead = (len(imagery.bands),) if isinstance(imagery, Image) else (len(imagery.images), len(imagery.bands))
    rows, cols = grid.shape
    check_elements(len(planes) * rows * cols, 9, scope.limits)  # float64 and its mask
    if not planes:
        return np.ma.zeros((*lead, rows, cols))
    raster = scope.compute(planes)
    return np.ma.MaskedArray(raster.data.reshape(*lead, rows, cols), raster.mask.reshape(*lead, rows, cols))
