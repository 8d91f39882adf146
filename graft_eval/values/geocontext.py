"""Geocontexts: places and pixel sizes, as users give them, and the grids that they stand for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError
from shapely.geometry import box, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

import sdk as wf
from graft_eval.crs import check_crs, reach_of, transformer
from graft_eval.errors import EvaluationError
from graft_eval.grid import WEB_MERCATOR, Bounds, Grid
from graft_eval.values.results import describe_grid
from graft_eval.values.shapes import as_geometry
from graft_eval.values.types import ValueType, bind_type, describe

__all__ = ["GeoContext"]

LONLAT = "EPSG:4326"
_DLTILE = re.compile(
    r"(?P<size>\d{1,6}):(?P<pad>\d{1,6}):(?P<resolution>\d{1,9}(\.\d{1,9})?):(?P<zone>\d{1,2}):"
    r"(?P<ti>-?\d{1,9}):(?P<tj>-?\d{1,9})"
)
MOST_PIXELS: Final = 2**31  # a side; far fewer can be computed
_CENTRAL_MERIDIAN = 500_000  # easting of a UTM zone's middle, in metres
_SLACK = 1e-6  # of a pixel: bounds this near to a line of the pixel grid lie on it


@dataclass(frozen=True)
class GeoContext:
    """A grid as users give it: bounds, or a geometry that is a cut line too, and a resolution or a shape in a CRS.

    `bounds` (left, bottom, right, top) are in `bounds_crs`, `resolution` in units of `crs`, `geometry` is GeoJSON in
    longitude and latitude; pixels belong to it by their centre, with `all_touched` if it touches them anywhere. With
    `align_pixels` the edges of pixels are multiples of the resolution.

    >>> GeoContext(bounds=(0.2, 1.2, 2.0, 3.0), resolution=0.5, crs="EPSG:4326").grid.bounds
    (0.0, 1.0, 2.0, 3.0)
    """

    geometry: Mapping[str, object] | None = None
    resolution: float | None = None
    crs: str | None = None
    align_pixels: bool = True
    bounds: Bounds | None = None
    bounds_crs: str = LONLAT
    shape: tuple[int, int] | None = None
    all_touched: bool = False

    def __post_init__(self) -> None:
        """Refuse what no grid can have, naming the field."""
        if self.resolution is not None and self.shape is not None:
            raise EvaluationError("a geocontext has a resolution or a shape, not both")
        if self.resolution is not None and not 0 < self.resolution < math.inf:
            raise EvaluationError(f"resolution must be a number above 0, not {self.resolution}")
        if self.shape is not None and (min(self.shape) < 1 or not all(type(side) is int for side in self.shape)):
            raise EvaluationError(f"shape must be whole numbers of rows and columns, 1 or more, not {self.shape}")
        if self.bounds is not None:
            left, bottom, right, top = self.bounds
            if not (-math.inf < left < right < math.inf and -math.inf < bottom < top < math.inf):
                raise EvaluationError(f"bounds must be left < right and bottom < top, all finite, not {self.bounds}")
        for name, crs in (("crs", self.crs), ("bounds_crs", self.bounds_crs)):
            if crs is not None:
                check_crs(name, crs)
        if self.geometry is not None:
            _check_geometry(self.cutline)
            _check_reach("geometry", self.cutline.bounds, LONLAT)
        if self.bounds is not None:
            _check_reach("bounds", self.bounds, self.bounds_crs)

    @classmethod
    def from_json(cls, document: Mapping[str, object]) -> GeoContext:
        """Return the geocontext of a JSON object with these fields, null ones being absent."""
        known = {field.name for field in fields(cls)}
        given = {name: value for name, value in document.items() if value is not None}
        if unknown := sorted(given.keys() - known):
            raise EvaluationError(f"a geocontext has no field {unknown[0][:60]!r}; it has {', '.join(sorted(known))}")
        checks = {
            "geometry": (dict, "a GeoJSON object"), "resolution": (float, "a number"), "crs": (str, "text"),
            "align_pixels": (bool, "true or false"), "bounds_crs": (str, "text"),
            "all_touched": (bool, "true or false"),
        }  # fmt: skip
        for name, (kind, expected) in checks.items():
            value = given.get(name)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if name in given and not (number if kind is float else isinstance(value, kind)):
                raise EvaluationError(f"{name} of a geocontext must be {expected}, not {describe(value)}")
        if "bounds" in given:
            given["bounds"] = _numbers("bounds", given["bounds"], 4)
        if "shape" in given:
            given["shape"] = _numbers("shape", given["shape"], 2)
        return cls(**given)  # type: ignore[arg-type]

    @classmethod
    def from_xyz_tile(cls, x: int, y: int, z: int) -> GeoContext:
        """Return the geocontext of a Web Mercator tile of 256 pixels a side."""
        if not 0 <= z <= 30 or not (0 <= x < 2**z and 0 <= y < 2**z):
            raise EvaluationError(f"there is no tile x={x}, y={y}, z={z}: z is 0 to 30, x and y 0 to 2**z - 1")
        grid = Grid.from_xyz_tile(x, y, z)
        return cls(bounds=grid.bounds, bounds_crs=WEB_MERCATOR, crs=WEB_MERCATOR, shape=grid.shape, align_pixels=False)

    @classmethod
    def from_dltile_key(cls, key: str) -> GeoContext:
        """Return the geocontext of a tile of a UTM zone, "tilesize:pad:resolution:zone:ti:tj".

        Tiles are counted from the zone's central meridian and the equator; south of it northings are negative.

        >>> GeoContext.from_dltile_key("128:16:960.0:15:-1:37").gdal_geotrans
        (361760.0, 960.0, 0.0, 4684800.0, 0.0, -960.0)
        """
        parts = _DLTILE.fullmatch(key)
        if parts is None:
            raise EvaluationError(
                f"the key of a DLTile must be tilesize:pad:resolution:zone:ti:tj, such as"
                f" '512:0:10.0:36:-65:216', not {key[:60]!r}"
            )
        size, pad, zone, column, row = (int(parts[name]) for name in ("size", "pad", "zone", "ti", "tj"))
        resolution = float(parts["resolution"])
        if not (1 <= zone <= 60 and size > 0 and 0 < resolution < math.inf):
            raise EvaluationError(
                f"the DLTile {key!r} must have a zone from 1 to 60, and a size and a resolution above 0"
            )
        left, bottom = _CENTRAL_MERIDIAN + (column * size - pad) * resolution, (row * size - pad) * resolution
        side, crs = size + 2 * pad, f"EPSG:{32600 + zone}"
        bounds = (left, bottom, left + side * resolution, bottom + side * resolution)
        return cls(bounds=bounds, bounds_crs=crs, crs=crs, shape=(side, side), align_pixels=False)

    @cached_property
    def cutline(self) -> BaseGeometry:
        """The geometry as a shapely one."""
        try:
            return shape(dict(self.geometry or {}))
        except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as exc:
            raise EvaluationError(f"geometry must be a GeoJSON geometry: {exc}") from exc

    @cached_property
    def projected_bounds(self) -> Bounds:
        """The envelope, in `crs`, of the four corners of the bounds."""
        if self.crs is None:
            raise EvaluationError("a geocontext needs a crs")
        bounds, source = self.bounds, self.bounds_crs
        if bounds is None:
            if self.geometry is None:
                raise EvaluationError("a geocontext needs bounds or a geometry")
            bounds, source = self.cutline.bounds, LONLAT
        left, bottom, right, top = bounds
        try:
            xs, ys = transformer(source, self.crs).transform((left, left, right, right), (bottom, top, bottom, top))
        except ProjError as exc:
            raise EvaluationError(f"the bounds {bounds} cannot be taken from {source} to {self.crs}: {exc}") from exc
        if not all(map(math.isfinite, (*xs, *ys))):
            raise EvaluationError(f"the bounds {bounds} in {source} lie outside what {self.crs} can show")
        return min(xs), min(ys), max(xs), max(ys)

    @cached_property
    def grid(self) -> Grid:
        """The grid of pixels; fields that it needs and are missing are an `EvaluationError`."""
        left, bottom, right, top = self.projected_bounds
        cutline = None if self.geometry is None else self.cutline
        assert self.crs is not None  # the bounds could be projected
        if self.shape is not None:
            return Grid((left, bottom, right, top), self.crs, self.shape, cutline, self.all_touched)
        if self.resolution is None:
            raise EvaluationError("a geocontext needs a resolution or a shape")
        size = float(self.resolution)
        if not max(right - left, top - bottom) / MOST_PIXELS < size < max(reach_of(self.crs)):
            raise EvaluationError(f"a resolution of {size} means nothing for bounds of {left, bottom, right, top}")
        if self.align_pixels:
            left, bottom = (math.floor(edge / size + _SLACK) * size for edge in (left, bottom))
            right, top = (math.ceil(edge / size - _SLACK) * size for edge in (right, top))
        rows, cols = (max(1, math.ceil(side / size - _SLACK)) for side in (top - bottom, right - left))
        bounds = left, top - rows * size, left + cols * size, top
        return Grid(bounds, self.crs, (rows, cols), cutline, self.all_touched)

    @property
    def arr_shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return self.grid.shape

    @property
    def gdal_geotrans(self) -> tuple[float, float, float, float, float, float]:
        """The grid's geotransform in GDAL's order."""
        return self.grid.transform.to_gdal()


def _outline(context: GeoContext) -> BaseGeometry:
    """Return the outline of the bounds in longitude and latitude, its corners joined by straight lines."""
    corners = box(*context.projected_bounds)
    assert context.crs is not None  # the bounds could be projected
    return shapely.transform(
        corners,
        lambda xy: np.column_stack(transformer(context.crs, LONLAT).transform(*xy.T)),
    )


def _check_geometry(geometry: BaseGeometry) -> None:
    if geometry.is_empty:
        raise EvaluationError("geometry must not be empty")
    if not geometry.is_valid:
        raise EvaluationError(f"geometry must be valid, but has a {explain_validity(geometry)}")


def _check_reach(name: str, bounds: Bounds, crs: str) -> None:
    """Refuse bounds that are so far from the origin of a CRS that nothing is there."""
    x, y = reach_of(crs)
    left, bottom, right, top = bounds
    if max(abs(left), abs(right)) > x or max(abs(bottom), abs(top)) > y:
        raise EvaluationError(f"{name} must be within {x:g} across and {y:g} up and down in {crs[:60]}, not {bounds}")


def _numbers(name: str, value: object, count: int) -> tuple[float, ...]:
    if (
        not isinstance(value, Sequence)
        or len(value) != count
        or not all(isinstance(each, int | float) and not isinstance(each, bool) for each in value)
    ):
        raise EvaluationError(f"{name} of a geocontext must be {count} numbers, not {describe(value)}")
    return tuple(value)


def _attribute(context: GeoContext, name: str) -> object:
    """Return a field; resolution and shape follow from each other, and the geometry from the bounds."""
    if name == "geometry":
        return as_geometry(context.geometry or mapping(_outline(context)))
    value: object = getattr(context, name)
    if value is None and name == "resolution":
        return max(context.grid.resolution)
    return context.arr_shape if value is None and name == "shape" else value


bind_type(
    ValueType(
        wf.GeoContext._row,
        GeoContext,
        attribute=_attribute,
        to_wire=lambda context, send: describe_grid(context.grid),
    )
)
