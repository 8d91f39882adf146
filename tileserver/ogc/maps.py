"""Maps: from what a request says of area, CRS and size to the pixels to draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Final

from graft_eval.grid import Bounds, Grid
from tileserver.drawing.canvas import MAX_SIDE, read_shape
from tileserver.http.errors import BadQuery
from tileserver.ogc.matrixsets import LONLAT, crs_code, crs_uri
from tileserver.ogc.site import PNG
from wmts import LonLatBox, MatrixSet
from wmts.elements import number

__all__ = ["MAP_KEYS", "MAX_SIDE", "MapCanvas", "read_map"]

MAP_KEYS: Final = ("bbox", "bbox-crs", "crs", "width", "height", "transparent")
DEGREES: Final = (LONLAT, "EPSG:4326")
REACH: Final = 10  # times the farthest coordinate of a CRS: what lies beyond is a mistake, and no number to reckon with


@dataclass(frozen=True, slots=True)
class MapCanvas:
    """A map of its own; a `tileserver.drawing.canvas.Canvas`. `world` is a tile matrix set in its CRS."""

    grid: Grid
    world: MatrixSet
    origin: tuple[int, int] = (0, 0)
    scale: int = 1
    format: str = "png"
    media_type: str = PNG

    def __str__(self) -> str:
        rows, cols = self.grid.shape
        return f"map of {cols} x {rows} pixels, {self.world.crs} {','.join(map(number, self.grid.bounds))}"

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that the standard asks for: the map's CRS, and its bounding box in the order of its axes."""
        left, bottom, right, top = self.grid.bounds
        if self.world.crs in DEGREES:
            left, bottom, right, top = LonLatBox.from_unrolled(left, bottom, right, top)
        corners = *self.world.in_axis_order(left, bottom), *self.world.in_axis_order(right, top)
        return {"Content-Crs": crs_uri(self.world.crs), "Content-Bbox": ",".join(map(number, corners))}


def read_map(query: Mapping[str, str], bounds: LonLatBox, worlds: Mapping[str, MatrixSet]) -> MapCanvas:
    """Return the canvas that the keys `MAP_KEYS` of a query ask for, over a layer of these bounds.

    `worlds` gives a tile matrix set for each CRS that maps can be in: what of an area in degrees lies outside of its
    tiles is cut off. Raises `BadQuery`, and `TooLarge` for sides of more than 4096 pixels.
    """
    world = worlds[_read_crs("crs", query.get("crs", LONLAT), worlds)]
    if query.get("transparent", "true") != "true":
        raise BadQuery.of("transparent", "true: a map is transparent where a layer has no pixels", query["transparent"])
    if "bbox" in query:
        area = _read_bbox(query, world, worlds)
    else:
        shown = _around(bounds, world)
        if shown is None:
            raise BadQuery.of("crs", "one that shows the layer, or bbox be given", query.get("crs", LONLAT))
        area = shown
    return MapCanvas(Grid(area, world.crs, read_shape(query, area)), world)


def _around(box: LonLatBox, world: MatrixSet) -> Bounds | None:
    """Return the extent of a box in a CRS; one that crosses reaches beyond the edge of a world that is cut there."""
    parts = [part for part in map(world.extent_of, box.parts) if part is not None]
    globe = world.extent_of(box.uncrossed)
    if len(parts) == 2 and globe is not None:
        (left, bottom, right, top), (start, lower, end, upper) = parts
        if (start, right) == (globe[0], globe[2]):
            return left, min(bottom, lower), right + end - start, max(top, upper)
    return world.extent_of(box)


def _read_bbox(query: Mapping[str, str], world: MatrixSet, worlds: Mapping[str, MatrixSet]) -> Bounds:
    """Return the area in the CRS of the map; right is beyond 180 degrees if it crosses the antimeridian."""
    said = worlds[_read_crs("bbox-crs", query.get("bbox-crs", LONLAT), worlds)]
    area = _parse_bbox(query["bbox"], said)
    if said.crs == world.crs or {said.crs, world.crs} <= set(DEGREES):
        return area
    if said.crs not in DEGREES:
        raise BadQuery.of("bbox-crs", f"{crs_uri(LONLAT)} or the crs of the map", query["bbox-crs"])
    left, _, right, _ = area
    box = LonLatBox.from_unrolled(*area)
    shown = world.extent_of(box) if abs(left) <= 180 >= box.east else None
    if shown is None or (right > 180 and shown[2] - shown[0] == world.extent[2] - world.extent[0]):
        raise BadQuery.of("bbox", f"an area that {crs_uri(world.crs)} shows in one piece", query["bbox"])
    return shown


def _parse_bbox(text: str, said: MatrixSet) -> Bounds:
    expected = "four numbers, the lower left corner and the upper right one in the order of the axes of bbox-crs"
    try:
        one, two, three, four = (float(part) for part in text.split(","))
    except ValueError as exc:
        raise BadQuery.of("bbox", expected, text) from exc
    reach = REACH * max(map(abs, said.extent))
    if not all(isfinite(value) and abs(value) <= reach for value in (one, two, three, four)):
        raise BadQuery.of("bbox", f"{expected}, none beyond {reach:.0f}", text)
    (left, bottom), (right, top) = said.in_axis_order(one, two), said.in_axis_order(three, four)
    if said.crs in DEGREES:
        left, bottom, right, top = LonLatBox(left, bottom, right, top).unrolled
    if not (left < right and bottom < top):
        raise BadQuery.of("bbox", f"{expected}, of some area", text)
    return left, bottom, right, top


def _read_crs(key: str, name: str, worlds: Mapping[str, MatrixSet]) -> str:
    code = crs_code(name)
    if code is None or code not in worlds:
        raise BadQuery.of(key, f"one of {', '.join(map(crs_uri, worlds))}", name)
    return code
