"""Rasterizing: which pixels of a grid lie in geometries, and the values of these there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.enums import MergeAlg
from rasterio.features import rasterize
from shapely.geometry.base import BaseGeometry

from graft_eval.crs import parse_crs, transformer
from graft_eval.errors import EvaluationError
from graft_eval.grid import Bounds, Grid
from graft_eval.plane import LONLAT

__all__ = ["Shapes", "project", "project_all"]

MANY: Final = 1000  # vertices: shapes of more are clipped before each is looked at in Python
BESIDE: Final = 4  # pixels around a square that are not clipped off, where they might be seen
# Types of shapes that GDAL adds to a pixel once; multipolygons too, unless all that they touch counts.
SINGLE: Final = frozenset({"Point", "LineString", "LinearRing", "Polygon"})

Numbered = list[tuple[int, BaseGeometry]]


class Shapes:
    """Geometries in units of the CRS of the grids that they are burnt on.

    A pixel belongs to a shape if its centre lies inside, with `all_touched` if the shape touches it anywhere. It is
    computed as part of a square that all grids share, and so the same out of any grid.
    """

    def __init__(self, geometries: Sequence[BaseGeometry], *, all_touched: bool = False) -> None:
        self._geometries = np.array(geometries, object)
        self._tree = shapely.STRtree(self._geometries)
        self._all_touched = all_touched

    def inside(self, grid: Grid) -> NDArray[np.bool_]:
        """Return True for the pixels of a grid that belong to a shape."""
        return _by_squares(self._inside, grid, np.zeros(grid.shape, np.bool_))

    def last(self, values: Sequence[float], grid: Grid) -> NDArray[np.float64]:
        """Return for each pixel the value of the last shape that it belongs to, NaN where there is none."""

        def burn(square: Grid) -> NDArray[np.float64]:
            found = self._near(square)
            numbers = self._burn(found, range(1, len(found) + 1), square, np.int32)
            return np.array([np.nan, *(values[at] for at, _ in found)]).take(numbers)

        return _by_squares(burn, grid, np.full(grid.shape, np.nan))

    def total(self, values: Sequence[float], grid: Grid) -> NDArray[np.float64]:
        """Return for each pixel the sum of the values of the shapes that it belongs to, NaN where there is none."""

        def burn(square: Grid) -> NDArray[np.float64]:
            found = self._near(square)
            together = [(at, shape) for at, shape in found if self._is_added_once(shape)]
            apart = [(at, shape) for at, shape in found if not self._is_added_once(shape)]
            sums = self._burn(together, [values[at] for at, _ in together], square, np.float64, MergeAlg.add)
            belongs = self._burn(together, [1] * len(together), square, np.uint8) != 0
            for at, shape in apart:
                own = self._burn([(at, shape)], [1], square, np.uint8) != 0
                sums[own] += values[at]
                belongs |= own
            return np.where(belongs, sums, np.nan)

        return _by_squares(burn, grid, np.full(grid.shape, np.nan))

    def numbers(self, grid: Grid) -> Iterator[tuple[int, int, NDArray[np.int32]]]:
        """Yield (row, col, numbers) of parts of a grid: the shape, from 1 on, that each pixel belongs to, 0 for none.

        Where shapes may overlap, a part comes several times, so that all pixels of each are told once.
        """
        for row, col, square in grid.whole_squares():
            top, left = max(row, 0), max(col, 0)
            for together in _apart(self._near(square), square):
                numbers = self._burn(together, [at + 1 for at, _ in together], square, np.int32)
                rows, cols = grid.shape
                yield top, left, numbers[top - row : rows - row, left - col : cols - col]

    def _inside(self, square: Grid) -> NDArray[np.bool_]:
        found = self._near(square)
        belongs: NDArray[np.bool_] = self._burn(found, [1] * len(found), square, np.uint8) != 0
        return belongs

    def _is_added_once(self, shape: BaseGeometry) -> bool:
        return shape.geom_type in SINGLE or (shape.geom_type == "MultiPolygon" and not self._all_touched)

    def _near(self, square: Grid) -> Numbered:
        """Return the shapes that may lie in a square, in order, by number."""
        around = square.window(-BESIDE, -BESIDE, (square.shape[0] + 2 * BESIDE, square.shape[1] + 2 * BESIDE)).bounds
        numbers = np.sort(self._tree.query(shapely.box(*around)))
        shapes = ((int(at), _clipped(self._geometries[at], around)) for at in numbers)
        return [(at, shape) for at, shape in shapes if not shape.is_empty]

    def _burn(
        self,
        shapes: Sequence[tuple[int, BaseGeometry]],
        values: Sequence[float],
        square: Grid,
        dtype: Any,
        merge: MergeAlg = MergeAlg.replace,
    ) -> NDArray[Any]:
        out = np.zeros(square.shape, dtype)
        if shapes:
            pairs = ((shape, value) for (_, shape), value in zip(shapes, values, strict=True))
            rasterize(pairs, out=out, transform=square.transform, all_touched=self._all_touched, merge_alg=merge)
        return out


def project(geometry: BaseGeometry, crs: str, source: str = LONLAT) -> BaseGeometry:
    """Return a geometry, of longitudes and latitudes by default, in another CRS: its vertices are taken there.

    What lies where the CRS has no coordinates is cut off at the area that it is made for.
    """
    projected: BaseGeometry = _project(geometry, source, crs)
    if not np.isfinite(shapely.get_coordinates(projected)).all():
        area = parse_crs(crs).area_of_use
        if area is not None:
            lonlat = geometry if source == LONLAT else _project(geometry, source, LONLAT)
            projected = _project(shapely.clip_by_rect(lonlat, *area.bounds), LONLAT, crs)
    if not np.isfinite(shapely.get_coordinates(projected)).all():
        raise EvaluationError(f"the geometry {geometry.bounds} lies outside what {crs[:60]} can show")
    return projected


def project_all(geometries: Sequence[BaseGeometry], crs: str, source: str = LONLAT) -> list[BaseGeometry]:
    """Return several geometries as `project` returns each."""
    projected: list[BaseGeometry] = list(_project(np.array(geometries, object), source, crs))
    if np.isfinite(shapely.get_coordinates(projected)).all():
        return projected
    return [project(geometry, crs, source) for geometry in geometries]


def _by_squares(burn: Callable[[Grid], NDArray[Any]], grid: Grid, out: NDArray[Any]) -> NDArray[Any]:
    """Fill `out` with what is burnt on each of the squares that a grid meets."""
    for row, col, square in grid.whole_squares():
        top, left = max(row, 0), max(col, 0)
        part = out[top : row + square.shape[0], left : col + square.shape[1]]
        part[...] = burn(square)[top - row :, left - col :][: part.shape[0], : part.shape[1]]
    return out


def _apart(shapes: Numbered, square: Grid) -> Iterator[Numbered]:
    """Yield shapes in groups in which no two have pixels of a square in common, by the boxes around them."""
    rows, cols = square.shape
    while shapes:
        taken = np.zeros(square.shape, np.uint64)  # a bit for each group
        groups: dict[int, Numbered] = {}
        others: Numbered = []
        for at, shape in shapes:
            left, bottom, right, top = shape.bounds
            (first_col, first_row), (last_col, last_row) = (
                ~square.transform @ corner for corner in ((left, top), (right, bottom))
            )
            beside = np.clip(
                [first_row - 1, last_row + 2, first_col - 1, last_col + 2], 0, [rows, rows, cols, cols]
            ).astype(int)
            box = taken[beside[0] : beside[1], beside[2] : beside[3]]
            used = int(np.bitwise_or.reduce(box, axis=None))
            free = ~used & (used + 1)
            if free >> 64:
                others.append((at, shape))
            else:
                box |= np.uint64(free)
                groups.setdefault(free, []).append((at, shape))
        yield from groups.values()
        shapes = others


def _clipped(shape: BaseGeometry, bounds: Bounds) -> BaseGeometry:
    """Return a shape; of many vertices those around some bounds alone."""
    return shape if shapely.get_num_coordinates(shape) <= MANY else shapely.clip_by_rect(shape, *bounds)


def _project(geometry: Any, source: str, target: str) -> Any:
    if source == target:
        return geometry

    def to_target(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer(source, target).transform(*places.T))

    return shapely.transform(geometry, to_target)
