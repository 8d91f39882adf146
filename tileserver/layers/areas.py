"""Areas of layers: boxes and polygons of longitudes and latitudes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from graft_eval.errors import EvaluationError
from graft_eval.lonlat import follow_antimeridian
from graft_eval.values.shapes import Geometry, as_geometry, count_positions
from wmts import LonLatBox

__all__ = ["MAX_VERTICES", "Area"]

MAX_VERTICES: Final = 10_000
TURN: Final = 360.0
POLYGONS: Final = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Area:
    """A box; with a `cutline` what lies within that alone.

    Where the box crosses the antimeridian, the cut line is there twice, a turn apart: on whichever side pixels are.
    """

    box: LonLatBox
    cutline: BaseGeometry | None = None

    @classmethod
    def from_geojson(cls, document: object) -> Self:
        """Return the area of a polygon, of several, or of a feature of them; ValueError says what is wrong with it.

        Edges longer than 180 degrees go the short way round, across the antimeridian.

        >>> Area.from_geojson({"type": "Polygon", "coordinates": [[[9, 1], [10, 1], [9, 2], [9, 1]]]}).box
        LonLatBox(west=9.0, south=1.0, east=10.0, north=2.0)
        """
        if isinstance(document, dict) and document.get("type") == "Feature":
            document = document.get("geometry")
        try:
            geometry = as_geometry(document)
            if not isinstance(geometry, Geometry) or geometry.type not in POLYGONS:
                raise ValueError(f"a {' or a '.join(POLYGONS)}, not a {geometry.type}")
            if (count := count_positions(geometry.coordinates)) > MAX_VERTICES:
                raise ValueError(f"of up to {MAX_VERTICES:,} vertices, not {count:,}")
            polygons = shapely.force_2d(geometry.shapely)
        except EvaluationError as exc:
            raise ValueError(f"a polygon as GeoJSON has it ({exc})") from exc
        return cls._of(polygons)

    @classmethod
    def _of(cls, polygons: BaseGeometry) -> Self:
        if polygons.is_empty:
            raise ValueError("of some area")
        west, south, east, north = polygons.bounds
        if max(abs(west), abs(east)) > TURN or max(abs(south), abs(north)) > 90:
            raise ValueError(f"in degrees of longitude and latitude, not within {west:g},{south:g},{east:g},{north:g}")
        if not polygons.is_valid:
            raise ValueError(f"valid, but it has a {explain_validity(polygons)}")
        cutline = follow_antimeridian(polygons)
        box = LonLatBox.around(np.array([part.bounds for part in shapely.get_parts(cutline)]))
        if box.crosses_antimeridian:
            cutline = shapely.union_all([cutline, translate(cutline, TURN)])
        return cls(box, cutline)
