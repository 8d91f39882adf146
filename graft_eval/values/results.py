"""Results: what is sent of values, with the pixels of their imagery computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from shapely.geometry import mapping

from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.grid import Grid
from graft_eval.plane import Plane
from graft_eval.scope import Scope
from graft_eval.values.types import Sender, type_of

__all__ = ["describe_grid", "to_wire"]

MAX_DEPTH: Final = 100  # containers within each other


def to_wire(value: object, scope: Scope) -> object:
    """Return what is sent of a value: plain values as they are, an Image as an `ImageResult`, and so on.

    Pixels are computed on the scope's grid. Raises `EvaluationError` for what cannot be sent (functions, groups) and
    for pixels without a grid.
    """
    return _ScopeSender(scope)(value)


class _ScopeSender(Sender):
    """Sends values whose pixels are computed in a scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.depth = 0

    def __call__(self, value: object) -> object:
        held = type_of(value)
        if not held.row.sendable:
            raise EvaluationError(f"a {held.name} is nothing that can be sent as a result")
        if held.to_wire is None:
            return value
        if self.depth > MAX_DEPTH:
            raise LimitExceeded(
                f"the result holds more than {MAX_DEPTH} containers within each other, which is the limit"
            )
        self.depth += 1
        sent = held.to_wire(value, self)
        self.depth -= 1
        return sent

    @property
    def grid(self) -> Grid:
        return self.scope.pixel_grid()

    def pixels(self, planes: Sequence[Plane]) -> Any:
        if not planes:
            return np.ma.zeros((0, *self.grid.shape))
        raster = self.scope.compute(planes)
        return np.ma.MaskedArray(raster.data, raster.mask)


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
