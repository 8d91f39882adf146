"""Previews: a layer, or an area of it, on one canvas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from graft_eval.crs import transformer
from graft_eval.grid import HALF_WORLD, WEB_MERCATOR, Bounds, Grid
from tileserver.drawing.canvas import read_shape
from tileserver.drawing.encoding import MEDIA_TYPES
from tileserver.http.errors import BadQuery
from wmts import LonLatBox

__all__ = ["CANVAS_KEYS", "Preview", "read_preview"]

CANVAS_KEYS: Final = ("bounds", "height", "width")
DEGREE: Final = HALF_WORLD / 180  # metres of Web Mercator
HIGHEST: Final = 85.0511287798066  # the latitude of the edge of its world


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture of an area in Web Mercator; a `tileserver.drawing.canvas.Canvas`."""

    grid: Grid
    format: str = "png"
    origin: tuple[int, int] = (0, 0)
    scale: int = 1

    def __str__(self) -> str:
        rows, cols = self.grid.shape
        return f"preview of {cols} x {rows} pixels"

    @property
    def media_type(self) -> str:
        """The media type of the file."""
        return MEDIA_TYPES[self.format]


def read_preview(query: Mapping[str, str], bounds: LonLatBox, format: str = "png") -> Preview:
    """Return the preview of a box of the size that `width` and `height` ask for; 1024 pixels on the longer side.

    >>> read_preview({"width": "64"}, LonLatBox(0.0, 0.0, 45.0, 66.51326044311186)).grid.shape
    (128, 64)
    """
    area = _extent(bounds)
    return Preview(Grid(area, WEB_MERCATOR, read_shape(query, area)), format)


def _extent(box: LonLatBox) -> Bounds:
    """Return the box in Web Mercator; right is beyond its world if it crosses the antimeridian."""
    west, south, east, north = box.unrolled
    south, north = max(south, -HIGHEST), min(north, HIGHEST)
    if not south < north:
        raise BadQuery.of("bounds", f"an area between {-HIGHEST:.2f} and {HIGHEST:.2f} degrees of latitude", list(box))
    _, (bottom, top) = transformer("OGC:CRS84", WEB_MERCATOR).transform([0, 0], [south, north])
    return west * DEGREE, bottom, east * DEGREE, top
