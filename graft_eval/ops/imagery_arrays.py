"""Imagery as arrays, and arrays as imagery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.plane import Gridded
from graft_eval.scope import Scope
from graft_eval.values.arrays import Array, MaskedArray, check_elements
from graft_eval.values.image import Image, ImageCollection, Imagery, collect, describe_band
from graft_eval.values.types import describe
from sdk.language.base_array import TO_IMAGERY

__all__ = ["pixels_of"]

PIXEL_BYTES = 9  # of float64, and of the mask


def pixels_of(scope: Scope, imagery: Imagery) -> MaskedArray:
    """Return the pixels of the scope's grid as a masked array, (band, y, x) or (image, band, y, x)."""
    grid = scope.pixel_grid()
    planes = [plane for image in imagery.images for plane in image.planes]
    lead = (len(imagery.bands),) if isinstance(imagery, Image) else (len(imagery.images), len(imagery.bands))
    rows, cols = grid.shape
    check_elements(len(planes) * rows * cols, PIXEL_BYTES, scope.limits)
    if not planes:
        return np.ma.zeros((*lead, rows, cols))
    raster = scope.compute(planes)
    return np.ma.MaskedArray(raster.data.reshape(*lead, rows, cols), raster.mask.reshape(*lead, rows, cols))


@evaluates(TO_IMAGERY)
def to_imagery(
    scope: Scope,
    array: Array | MaskedArray,
    properties: dict[object, object] | Sequence[object] | None,
    bandinfo: dict[object, object] | None,
) -> ImageCollection:
    if array.ndim not in (3, 4):
        raise EvaluationError(f"the array must be (band, y, x) or (image, band, y, x), not of {array.ndim} axes")
    check_elements(array.size, PIXEL_BYTES, scope.limits)
    images = array if array.ndim == 4 else array[np.newaxis]
    if 0 in images.shape[:2]:
        return ImageCollection()
    info = _bands(bandinfo, images.shape[1])
    described = _properties(properties, len(images))
    grid = scope.pixel_grid()
    return collect(
        Image(tuple(info), Gridded.bands(pixels, grid), each, info)
        for pixels, each in zip(images, described, strict=True)
    )


def _bands(bandinfo: Mapping[Any, Any] | None, count: int) -> dict[str, Mapping[str, object]]:
    """Return what is known of each band, by its name."""
    given = {f"band_{i}": {} for i in range(1, count + 1)} if bandinfo is None else bandinfo
    if len(given) != count:
        raise EvaluationError(f"bandinfo must have each of the {count} bands of the array, not {len(given)}")
    for name, info in given.items():
        if not isinstance(name, str) or not isinstance(info, Mapping):
            raise EvaluationError(f"bandinfo must have a Dict for each name of a band, not {describe(info)}")
    return {name: describe_band(name, [info]) for name, info in given.items()}


def _properties(properties: Mapping[Any, Any] | Sequence[Any] | None, count: int) -> Sequence[Mapping[str, object]]:
    """Return the properties of each image."""
    given = properties if isinstance(properties, Sequence) else [{} if properties is None else properties] * count
    if len(given) != count:
        raise EvaluationError(f"properties must be those of each of the {count} images of the array, not {len(given)}")
    for each in given:
        if not isinstance(each, Mapping):
            raise EvaluationError(f"properties must be a Dict, not {describe(each)}")
    return given
