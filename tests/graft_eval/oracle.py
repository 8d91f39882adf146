"""Planes computed the obvious way, with NumPy alone: what any engine must agree with.

Scenes need no files: the engine has an array for each (scene id, band).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from matplotlib import colormaps
from numpy.typing import NDArray

from graft_eval.grid import Grid, transformer
from graft_eval.limits import Limits
from graft_eval.plane import (
    Choose,
    Colour,
    Composite,
    Constant,
    Elementwise,
    Extreme,
    Inside,
    IsMasked,
    Masked,
    Missing,
    Plane,
    Read,
    Reduce,
)  # fmt: skip
from graft_eval.progress import Work
from graft_eval.scope import Raster

LOGIC = {"bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"}
ON_TRUTH = {"logical_and", "logical_or", "logical_xor", "logical_not"}


@dataclass
class NumpyEngine:
    """An engine that computes planes one by one from arrays in memory, NaN where a pixel is missing.

    `grids` notes where it was asked to compute.
    """

    pixels: Mapping[tuple[str, str], NDArray[np.float64]] = field(default_factory=dict)
    grids: list[Grid] = field(default_factory=list)

    def compute(self, planes: Sequence[Plane], grid: Grid, work: Work, limits: Limits) -> Raster:
        """Return the planes as bands."""
        self.grids.append(grid)
        known: dict[Plane, tuple[NDArray[np.float64], NDArray[np.bool_]]] = {}
        with np.errstate(all="ignore"):
            found = [self.plane(plane, grid, known) for plane in planes]
        data = np.stack([values for values, _ in found]) if found else np.empty((0, *grid.shape))
        mask = np.stack([missing for _, missing in found]) if found else np.empty((0, *grid.shape), bool)
        if grid.cutline is not None:
            mask = mask | ~inside(grid.cutline, grid)
        return Raster(data, mask)

    def plane(self, plane, grid, known):
        if plane not in known:
            known[plane] = self._plane(plane, grid, known)
        return known[plane]

    def _plane(self, plane, grid, known):
        def of(other):
            return self.plane(other, grid, known)

        shape = grid.shape
        match plane:
            case Read():
                values = self.pixels[plane.scene.id, plane.band.name]
                if values.shape != shape:  # else they are the grid's own pixels
                    values = at_centres(values, plane, grid)
                return values, np.isnan(values)
            case Constant():
                return np.full(shape, plane.value), np.zeros(shape, bool)
            case Missing():
                return np.zeros(shape), np.ones(shape, bool)
            case Extreme():
                values, mask = of(plane.plane)
                if mask.all():
                    return np.zeros(shape), np.ones(shape, bool)
                extreme = {"min": np.min, "max": np.max}[plane.operation](values[~mask])
                return np.full(shape, float(extreme)), np.zeros(shape, bool)
            case Elementwise():
                found = [of(argument) for argument in plane.arguments]
                result = apply(plane.function, [values for values, _ in found])
                mask = np.any([mask for _, mask in found], axis=0) | ~np.isfinite(result)
                return np.where(mask, 0, result).astype(result.dtype), mask
            case Masked():
                values, mask = of(plane.plane)
                by, unknown = of(plane.by)
                if plane.replace:
                    return values, (by != 0) | unknown | ~np.isfinite(values)
                return values, mask | ((by != 0) & ~unknown)
            case IsMasked():
                return np.any([of(each)[1] for each in plane.planes], axis=0), np.zeros(shape, bool)
            case Choose():
                (by, unknown), (x, x_mask), (y, y_mask) = of(plane.condition), of(plane.x), of(plane.y)
                truth = by != 0
                return np.where(truth, x, y), unknown | np.where(truth, x_mask, y_mask)
            case Reduce():
                stack = np.ma.MaskedArray(*map(np.stack, zip(*map(of, plane.planes), strict=True)))
                return reduce(plane.operation, stack)
            case Composite():
                keys = np.ma.MaskedArray(*map(np.stack, zip(*map(of, plane.keys), strict=True)))
                worst = np.inf if plane.operation == "argmin" else -np.inf
                filled = np.where(np.ma.getmaskarray(keys), worst, keys.data.astype(float))
                at = getattr(np, plane.operation)(filled, axis=0)[None]
                values, mask = map(np.stack, zip(*map(of, plane.planes), strict=True))
                none = np.ma.getmaskarray(keys).all(axis=0)
                return np.take_along_axis(values, at, 0)[0], np.take_along_axis(mask, at, 0)[0] | none
            case Colour():
                (values, mask), (low, no_low), (high, no_high) = of(plane.plane), of(plane.vmin), of(plane.vmax)
                part = np.clip((values - low) / (high - low), 0, 1)
                mask = mask | no_low | no_high | ~np.isfinite(part)
                entry = np.clip(np.floor(256 * np.where(mask, 0, part)), 0, 255).astype(int)
                return colormaps[plane.colormap].resampled(256)(entry)[..., plane.channel], mask
            case Inside():
                return inside(plane.geometry, grid), np.zeros(shape, bool)


def apply(function: str, arrays):
    if function in LOGIC:
        if not all(array.dtype == bool for array in arrays) or "shift" in function:
            arrays = [array if array.dtype == bool else np.trunc(array).astype(np.int64) for array in arrays]
            arrays = [array.astype(np.int64) for array in arrays]
        result = getattr(np, function)(*arrays)
        return result if result.dtype == bool else result.astype(float)
    if function in ON_TRUTH:
        return getattr(np, function)(*[array != 0 for array in arrays])
    result = getattr(np, function)(*[array.astype(float) for array in arrays])
    return result if result.dtype == bool else result.astype(float)


def reduce(operation: str, stack):
    mask = np.ma.getmaskarray(stack).all(axis=0)
    if operation == "mosaic":
        first = (~np.ma.getmaskarray(stack)).argmax(axis=0)[None]
        return np.take_along_axis(stack.data, first, 0)[0], mask
    values = np.where(np.ma.getmaskarray(stack), np.nan, stack.data.astype(float))
    values = np.where(mask, 0.0, values)
    if operation == "count":
        return (~np.isnan(values)).sum(axis=0).astype(float), mask
    result = getattr(np, f"nan{operation}")(values, axis=0)
    return (result != 0 if stack.dtype == bool and operation in ("min", "max") else result), mask


def centres(grid: Grid):
    rows, cols = grid.shape
    left, _, _, top = grid.bounds
    width, height = grid.resolution
    return np.meshgrid(left + (np.arange(cols) + 0.5) * width, top - (np.arange(rows) + 0.5) * height)


def inside(geometry, grid: Grid):
    longitudes, latitudes = transformer(grid.crs, "OGC:CRS84").transform(*centres(grid))
    return shapely.contains_xy(geometry, longitudes, latitudes)


def at_centres(values, plane: Read, grid: Grid):
    """Return the nearest pixels of a scene whose array lies on its own grid, NaN beyond it."""
    a, _, c, _, e, f = plane.band.asset.transform
    x, y = transformer(grid.crs, plane.band.asset.crs).transform(*centres(grid))
    col, row = np.floor((x - c) / a).astype(int), np.floor((y - f) / e).astype(int)
    rows, cols = values.shape
    there = (row >= 0) & (row < rows) & (col >= 0) & (col < cols)
    return np.where(there, values[row.clip(0, rows - 1), col.clip(0, cols - 1)], np.nan)
