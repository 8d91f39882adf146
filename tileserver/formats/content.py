"""What is sent of a value: all of it, with the pixels of its imagery computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from shapely.geometry import mapping

from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.grid import Grid
from graft_eval.plane import Plane
from graft_eval.scope import Scope
from graft_eval.values.geocontext import GeoContext
from graft_eval.values.image import Image, ImageCollection
from graft_eval.values.kinds import kind_of
from sdk.contract.results import ImageCollectionResult, ImageResult

__all__ = ["content_of", "describe_grid"]

DEEPEST: Final = 100  # containers within each other


def content_of(value: object, scope: Scope, *, depth: int = 0) -> object:
    """Return a value with each image in it as an `ImageResult`, each collection as an `ImageCollectionResult`.

    Raises `EvaluationError` for what is no value to send (functions, groups) and for pixels without a grid.
    """
    if depth > DEEPEST:
        raise LimitExceeded(f"the result holds more than {DEEPEST} containers within each other, which is the limit")
    match value:
        case None | bool() | int() | float() | str() | datetime() | timedelta() | slice() | np.ndarray() | np.generic():
            return value
        case list():
            return [content_of(item, scope, depth=depth + 1) for item in value]
        case tuple():
            return tuple(content_of(item, scope, depth=depth + 1) for item in value)
        case Mapping():
            return {
                content_of(key, scope, depth=depth + 1): content_of(item, scope, depth=depth + 1)
                for key, item in value.items()
            }
        case Image():
            return _image(value, scope)
        case ImageCollection():
            return _collection(value, scope)
        case GeoContext():
            return describe_grid(value.grid)
    raise EvaluationError(f"a {kind_of(value)} is nothing that can be sent as a result")


def describe_grid(grid: Grid) -> dict[str, object]:
    """Return where pixels lie, in the words of a GeoContext.

    >>> describe_grid(Grid((0.0, 0.0, 4.0, 2.0), "EPSG:4326", (2, 4)))["gdal_geotrans"]
    (0.0, 1.0, 0.0, 2.0, 0.0, -1.0)
    """
    return {
        "geometry": None if grid.cutline is None else mapping(grid.cutline),
        "crs": grid.crs,
        "bounds": grid.bounds,
        "bounds_crs": grid.crs,
        "shape": grid.shape,
        "resolution": grid.resolution[0],
        "align_pixels": False,
        "gdal_geotrans": grid.transform.to_gdal(),
    }


def _image(image: Image, scope: Scope) -> ImageResult:
    pixels = _pixels(image.planes, scope)
    return ImageResult(pixels, _plain(image.properties), _plain(image.bandinfo), describe_grid(_grid(scope)))


def _collection(collection: ImageCollection, scope: Scope) -> ImageCollectionResult:
    # One computation for all images: they share sampling, and what they read.
    planes = [plane for image in collection.images for plane in image.planes]
    shape = (len(collection.images), len(collection.bands), *_grid(scope).shape)
    pixels = _pixels(planes, scope).reshape(shape)
    properties = [_plain(image.properties) for image in collection.images]
    bandinfo = _plain(collection.images[0].bandinfo) if collection.images else {}
    return ImageCollectionResult(pixels, properties, bandinfo, describe_grid(_grid(scope)))


def _pixels(planes: Sequence[Plane], scope: Scope) -> Any:
    grid = _grid(scope)
    if not planes:
        return np.ma.zeros((0, *grid.shape))
    raster = scope.engine.compute(planes, grid, scope.work, scope.limits)
    return np.ma.MaskedArray(raster.data, raster.mask)


def _grid(scope: Scope) -> Grid:
    if scope.grid is None:
        raise EvaluationError("imagery has no pixels without a GeoContext: give a geoctx")
    return scope.grid


def _plain(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings of any kind as dicts, which have a form on the wire."""
    return {name: _plain(item) if isinstance(item, Mapping) else item for name, item in metadata.items()}
