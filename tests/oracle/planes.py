"""Planes computed the obvious way, with NumPy alone: what any engine must agree with.

Scenes need no files: the engine has an array for each (scene id, band).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from affine import Affine
from matplotlib import colormaps
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from graft_eval.barriers.barrier import Neighbourhood
from graft_eval.barriers.convolution import Convolved
from graft_eval.barriers.distance import Distance
from graft_eval.barriers.extreme import Extreme
from graft_eval.barriers.focal import Focal
from graft_eval.barriers.ground import pixel_sizes
from graft_eval.barriers.terrain import Hillshade, Incline
from graft_eval.crs import transformer
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import (
    Choose,
    Colour,
    Composite,
    Constant,
    Elementwise,
    Gridded,
    Inside,
    IsMasked,
    Masked,
    Missing,
    Plane,
    Rasterized,
    Read,
    Reduce,
)  # fmt: skip
from graft_eval.planning.classes import Classified, Remapped
from graft_eval.progress import Progress
from graft_eval.scope import Raster
from tests.oracle.masked import PARAMETRIC, REDUCTIONS, composite, elementwise
from tests.oracle.neighbourhoods import aspect, correlate, distance, focal, hillshade, slope
from tests.oracle.tiles import nearest

Found = tuple[NDArray[Any], NDArray[np.bool_]]  # values, and where they are missing


@dataclass
class NumpyEngine:
    """An engine that computes planes one by one from arrays in memory, NaN where a pixel is missing.

    `grids` notes where it was asked to compute.
    """

    pixels: Mapping[tuple[str, str], NDArray[np.float64]] = field(default_factory=dict)
    grids: list[Grid] = field(default_factory=list)

    def compute(self, planes: Sequence[Plane], grid: Grid, progress: Progress, limits: Limits) -> Raster:
        """Return the planes as bands."""
        self.grids.append(grid)
        known: dict[Plane, Found] = {}
        with np.errstate(all="ignore"):
            found = [self.plane(plane, grid, known) for plane in planes]
        data = np.stack([values for values, _ in found]) if found else np.empty((0, *grid.shape))
        mask = np.stack([missing for _, missing in found]) if found else np.empty((0, *grid.shape), bool)
        if grid.cutline is not None:
            mask = mask | ~(touched if grid.all_touched else inside)(grid.cutline, grid)
        return Raster(data, mask)

    def pieces(
        self, planes: Sequence[Plane], grid: Grid, progress: Progress, limits: Limits
    ) -> Iterator[tuple[int, int, Raster]]:
        """Yield the whole grid as one piece."""
        yield 0, 0, self.compute(planes, grid, progress, limits)

    def integer(self, read: Read, grid: Grid, progress: Progress) -> int:
        """Return the first pixel."""
        return int(self.plane(read, grid, {})[0][0, 0])

    def _around(self, plane: Neighbourhood, below: Plane, grid: Grid) -> Found:
        """Compute a plane on a grid and what a neighbourhood looks at around it."""
        above, under, left, right = plane.halo(grid)
        shape = grid.shape[0] + above + under, grid.shape[1] + left + right
        return self.plane(below, replace(grid.window(-above, -left, shape), cutline=None), {})

    @staticmethod
    def _inner(plane: Neighbourhood, values: NDArray[np.float64], grid: Grid) -> NDArray[np.float64]:
        above, under, left, right = plane.halo(grid)
        return values[above : values.shape[0] - under, left : values.shape[1] - right]

    def plane(self, plane: Plane, grid: Grid, known: dict[Plane, Found]) -> Found:
        if plane not in known:
            known[plane] = self._plane(plane, grid, known)
        return known[plane]

    def _plane(self, plane: Plane, grid: Grid, known: dict[Plane, Found]) -> Found:
        def of(other: Plane) -> Found:
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
                result = elementwise(plane.function, [values for values, _ in found])
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
            case Reduce(operation) if operation in PARAMETRIC:
                stack = stacked(map(of, plane.planes))
                return split(PARAMETRIC[operation](stack, plane.params, np.array(plane.coordinates)))
            case Reduce():
                return split(REDUCTIONS[plane.operation](stacked(map(of, plane.planes))))
            case Composite():
                keys, planes = (stacked(map(of, each)) for each in (plane.keys, plane.planes))
                chosen = composite(plane.operation, keys, planes)
                return chosen.data, np.ma.getmaskarray(chosen)
            case Colour():
                (values, mask), (low, no_low), (high, no_high) = of(plane.plane), of(plane.vmin), of(plane.vmax)
                part = np.clip(np.where(low == high, values > low, (values - low) / (high - low)), 0, 1)
                mask = mask | no_low | no_high | ~np.isfinite(part)
                entry = np.clip(np.floor(256 * np.where(mask, 0, part)), 0, 255).astype(int)
                return colormaps[plane.colormap].resampled(256)(entry)[..., plane.channel], mask
            case Inside():
                return inside(plane.geometry, grid, plane.crs), np.zeros(shape, bool)
            case Gridded():
                xs, ys = centres(grid)
                values = np.where(plane.mask, np.nan, plane.data.astype(float))
                values = nearest(values, plane.grid.transform, xs, ys).filled(np.nan)
                return values.astype(plane.data.dtype) if plane.data.dtype == bool else values, np.isnan(values)
            case Rasterized():
                data, mask = np.zeros(shape), np.ones(shape, bool)
                for geometry, value in zip(plane.shapes, plane.values, strict=True):
                    own = inside(geometry, grid, plane.crs)
                    data[own] = data[own] + value if plane.merge == "add" else value
                    mask &= ~own
                return data, mask | ~np.isfinite(data)
            case Convolved():
                values, mask = self._around(plane, plane.plane, grid)
                weights = np.array(plane.weights.values).reshape(plane.weights.shape)
                sums = self._inner(plane, correlate(np.where(mask, np.nan, values), weights), grid)
                return sums, ~np.isfinite(sums)
            case Incline():
                values, mask = self._around(plane, plane.plane, grid)
                width, height = (np.pad(size[:, None], ((1, 1), (0, 0)), mode="edge") for size in pixel_sizes(grid))
                heights = plane.z_factor * np.where(mask, np.nan, values)
                if plane.measure == "aspect":
                    inclined = aspect(heights, width, height)
                else:
                    inclined = slope(heights, width, height, plane.measure)
                inclined = self._inner(plane, inclined, grid)
                return inclined, ~np.isfinite(inclined)
            case Distance():
                values, mask = self._around(plane, plane.plane, grid)
                (width, height), beside = pixel_sizes(grid), plane.halo(grid)
                metres = distance((values != 0) & ~mask, width, height, (beside.above, beside.left))
                return metres, ~(metres <= plane.farthest)
            case Focal():
                values, mask = self._around(plane, plane.plane, grid)
                footprint = np.array(plane.footprint.values).reshape(plane.footprint.shape)
                values = focal(np.where(mask, np.nan, values.astype(float)), plane.operation, footprint)
                around = self._inner(plane, values, grid)
                return around, ~np.isfinite(around)
            case Classified():
                values, mask = of(plane.plane)
                return np.array(plane.values)[np.digitize(values, plane.edges)], mask
            case Remapped():
                values, mask = of(plane.plane)
                data, matched = np.full(shape, plane.otherwise or 0.0), np.zeros(shape, bool)
                for key, value in zip(plane.keys, plane.values, strict=True):
                    data[values == key] = value
                    matched |= values == key
                return data, mask | (~matched if plane.otherwise is None else False)
            case Hillshade():
                values, mask = self._around(plane, plane.plane, grid)
                width, height = (np.pad(size[:, None], ((1, 1), (0, 0)), mode="edge") for size in pixel_sizes(grid))
                heights = np.where(mask, np.nan, values)
                shades = hillshade(heights, width, height, plane.azimuth, plane.altitude, plane.z_factor)
                shades = self._inner(plane, shades, grid)
                return shades, ~np.isfinite(shades)
        raise TypeError(f"there is no way to compute a {type(plane).__name__}")


def stacked(found: Iterable[Found]) -> np.ma.MaskedArray[Any, Any]:
    values, missing = zip(*found, strict=True)
    return np.ma.MaskedArray(np.stack(values), np.stack(missing))


def split(pixels: np.ma.MaskedArray[Any, Any]) -> Found:
    """Values, 0 where they are missing, and where that is."""
    missing = np.ma.getmaskarray(pixels)
    return np.where(missing, np.zeros((), pixels.dtype), pixels.data), missing


def centres(grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, cols = grid.shape
    left, _, _, top = grid.bounds
    width, height = grid.resolution
    xs, ys = np.meshgrid(left + (np.arange(cols) + 0.5) * width, top - (np.arange(rows) + 0.5) * height)
    return xs, ys


def inside(geometry: BaseGeometry, grid: Grid, crs: str = "OGC:CRS84") -> NDArray[np.bool_]:
    """Return True for pixels whose centres lie within a geometry, whose edges are straight in its own CRS."""
    within: NDArray[np.bool_] = shapely.contains_xy(geometry, *transformer(grid.crs, crs).transform(*centres(grid)))
    return within


def touched(geometry: BaseGeometry, grid: Grid) -> NDArray[np.bool_]:
    """Return True for pixels that a geometry of longitudes and latitudes, edges straight on the grid, touches."""
    to_grid = transformer("OGC:CRS84", grid.crs)
    there = shapely.transform(geometry, lambda xy: np.column_stack(to_grid.transform(*xy.T)))
    (xs, ys), (width, height) = centres(grid), grid.resolution
    boxes = shapely.box(xs - width / 2, ys - height / 2, xs + width / 2, ys + height / 2)
    found: NDArray[np.bool_] = shapely.intersects(there, boxes)
    return found


def at_centres(values: NDArray[np.float64], plane: Read, grid: Grid) -> NDArray[np.float64]:
    """Return the nearest pixels of a scene whose array lies on its own grid, NaN beyond it."""
    # As lists: of an array of one element pyproj makes a scalar, of which NumPy before 2.4 warns.
    xs, ys = (axis.ravel().tolist() for axis in centres(grid))
    moved = transformer(grid.crs, plane.band.asset.crs).transform(xs, ys)
    x, y = (np.reshape(axis, grid.shape) for axis in moved)
    return nearest(values, Affine(*plane.band.asset.transform), x, y).filled(np.nan)
