"""Conversion of areas in longitude and latitude to extents in a CRS."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer

from wmts.lonlat import LonLatBox

__all__ = ["Bounds", "extent", "ground_size", "northing_first", "parse_crs"]

Bounds = tuple[float, float, float, float]  # left, bottom, right, top
Points = NDArray[np.float64]  # (2, n): x or longitude, y or latitude

LONLAT = "OGC:CRS84"
# Projections in which x depends on longitude alone and y on latitude alone, both rising: corners give the extent.
CYLINDRICAL = {"Popular Visualisation Pseudo Mercator", "Mercator (variant A)", "Mercator (variant B)"}
SAMPLES = 65  # along an edge, and along the part of it that is looked at closer
ROUNDS = 4  # of looking closer: the error falls below 1e-12 of the edge
RETURNS = 1e-6  # degrees by which a point may miss itself on the way back from a CRS that can show it
GEOD = Geod(ellps="WGS84")


@lru_cache(maxsize=256)
def parse_crs(crs: str) -> CRS:
    """Return the CRS of a code such as `EPSG:3857`; raises pyproj's CRSError."""
    return CRS.from_user_input(crs)


def northing_first(crs: CRS) -> bool:
    """Return whether coordinates are written northing or latitude first, as in EPSG:4326.

    >>> [northing_first(parse_crs(code)) for code in ("EPSG:4326", "OGC:CRS84", "EPSG:5482", "EPSG:5041")]
    [True, False, True, False]
    """
    first, second = crs.axis_info[:2]
    if first.direction == second.direction:  # around a pole both run north or south, so only the names tell
        return first.name.startswith("Northing")
    return first.direction in {"north", "south"}


@lru_cache(maxsize=65_536)
def extent(box: LonLatBox, crs: str, within: Bounds) -> Bounds | None:
    """Return the extent in `crs`, x before y, of a box, clipped to `within`.

    `within` is in `crs`. None if the CRS, or the tile matrix set, shows nothing of the area. In CRSs
    that bend parallels and meridians the extremes along the edges are searched for.
    """
    measure = _cylindrical_extent if _is_cylindrical(crs) else _curved_extent
    found = [part for part in (measure(part, crs, within) for part in box.parts) if part is not None]
    if not found:
        return None
    left, bottom, right, top = zip(*found, strict=True)
    return min(left), min(bottom), max(right), max(top)


def ground_size(length: float, box: LonLatBox, crs: str) -> float | None:
    """Return metres on the ground of `length` in units of `crs`, in the middle of a box.

    The larger of the two along the axes; None if the CRS cannot show the middle.
    """
    forward, back = _transformers(crs)
    x, y = forward.transform(*box.middle)
    half = length / 2
    lons, lats = back.transform([x - half, x + half, x, x], [y, y, y - half, y + half])
    if not np.isfinite([*lons, *lats]).all():
        return None
    return float(max(GEOD.line_length(lons[:2], lats[:2]), GEOD.line_length(lons[2:], lats[2:])))


@lru_cache(maxsize=256)
def _is_cylindrical(crs: str) -> bool:
    parsed = parse_crs(crs)
    operation = parsed.coordinate_operation
    if not (parsed.is_geographic or (operation is not None and operation.method_name in CYLINDRICAL)):
        return False
    west, middle, east = _transformers(crs)[0].transform([-180, 0, 180], [0, 0, 0])[0]
    return bool(west < middle < east)  # else its map is cut elsewhere than at the antimeridian


@lru_cache(maxsize=256)
def _transformers(crs: str) -> tuple[Transformer, Transformer]:
    return Transformer.from_crs(LONLAT, crs, always_xy=True), Transformer.from_crs(crs, LONLAT, always_xy=True)


@lru_cache(maxsize=256)
def _lonlat_corners(crs: str, within: Bounds) -> Bounds:
    lons, lats = _transformers(crs)[1].transform([within[0], within[2]], [within[1], within[3]])
    return lons[0], lats[0], lons[1], lats[1]


def _cylindrical_extent(bounds: Bounds, crs: str, within: Bounds) -> Bounds | None:
    seen = _intersection(bounds, _lonlat_corners(crs, within))
    if seen is None:
        return None
    (left, right), (bottom, top) = _transformers(crs)[0].transform([seen[0], seen[2]], [seen[1], seen[3]])
    return _intersection((left, bottom, right, top), within)


def _curved_extent(bounds: Bounds, crs: str, within: Bounds) -> Bounds | None:
    west, south, east, north = bounds
    lons, lats = np.linspace(west, east, SAMPLES), np.linspace(south, north, SAMPLES)
    # The inside counts where the CRS can show but a part of the area, and its edges are not among that.
    inside = _project(np.stack([axis.ravel() for axis in np.meshgrid(lons, lats)]), crs)
    inside = inside[:, np.isfinite(inside).all(axis=0)]
    if not inside.size:
        return None
    low, high = inside.min(axis=1), inside.max(axis=1)
    for corner, step in (
        ((west, south), (east - west, 0.0)), ((west, north), (east - west, 0.0)),
        ((west, south), (0.0, north - south)), ((east, south), (0.0, north - south)),
    ):  # fmt: skip
        for axis in (0, 1):
            low[axis] = min(low[axis], _least(corner, step, crs, axis, 1.0))
            high[axis] = max(high[axis], -_least(corner, step, crs, axis, -1.0))
    return _intersection((float(low[0]), float(low[1]), float(high[0]), float(high[1])), within)


def _least(corner: tuple[float, float], step: tuple[float, float], crs: str, axis: int, sign: float) -> float:
    """Return the least x or y (`axis` 0 or 1), times `sign`, along an edge from `corner` by `step`; inf if none."""
    start, end, least = 0.0, 1.0, np.inf
    for _ in range(ROUNDS):
        along = np.linspace(start, end, SAMPLES)
        values = sign * _project(np.add.outer(corner, 0 * along) + np.multiply.outer(step, along), crs)[axis]
        values[~np.isfinite(values)] = np.inf
        best = int(values.argmin())
        least = min(least, float(values[best]))
        start, end = along[max(best - 1, 0)], along[min(best + 1, SAMPLES - 1)]
    return least


def _project(points: Points, crs: str) -> Points:
    """Return the points in `crs`, infinite if it cannot show them."""
    forward, back = _transformers(crs)
    projected = np.stack(forward.transform(*points))
    returned = np.stack(back.transform(*projected))
    turn = np.cos(np.radians(points[1]))  # at a pole every longitude is the same place
    with np.errstate(invalid="ignore"):  # where PROJ gives infinity
        miss = np.abs((returned - points + 180) % 360 - 180) * np.stack([turn, np.ones_like(turn)])
    projected[:, ~(miss < RETURNS).all(axis=0)] = np.inf
    return projected


def _intersection(one: Bounds, other: Bounds) -> Bounds | None:
    left, bottom = max(one[0], other[0]), max(one[1], other[1])
    right, top = min(one[2], other[2]), min(one[3], other[3])
    return (left, bottom, right, top) if left < right and bottom < top else None
