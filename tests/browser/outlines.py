"""Makes the viewer's base map of Natural Earth's coastlines, borders and places, which are in the public domain.

    python -m tests.browser.outlines COUNTRIES-50M.JSON LAND-50M.JSON CITIES.SHP

The first two are files of the npm package world-atlas 2.0.2; the third is `naturalearth_cities.shp` of the wheel of
geopandas 0.14.4. Lines are in hundredths of a degree, each point but a line's first relative to the one before.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio
import shapely

OUTPUT: Final = Path(__file__).parents[2] / "tileserver" / "viewer" / "static" / "outlines.json"
UNIT: Final = 0.01  # degrees
TOLERANCE: Final = 0.03  # degrees
SMALLEST: Final = 0.02  # square degrees of an island
ABOUT: Final = "Natural Earth (naturalearthdata.com), in the public domain; simplified from 1:50m by graftile"


def main(countries: str, land: str, cities: str) -> None:
    """Write the file."""
    topology = json.loads(Path(countries).read_text())
    arcs = _decode(topology)
    used = Counter(
        index for one in topology["objects"]["countries"]["geometries"] for index in {*_arcs_of(one.get("arcs", []))}
    )
    borders = [shapely.LineString(arcs[index]) for index, count in used.items() if count > 1]
    shapes = json.loads(Path(land).read_text())
    coasts, outlines = _decode(shapes), []
    for one in shapes["objects"]["land"]["geometries"]:
        for polygon in one["arcs"]:
            ring = np.concatenate([coasts[index] if index >= 0 else coasts[~index][::-1] for index in polygon[0]])
            if shapely.Polygon(ring).area >= SMALLEST:
                outlines.append(shapely.LineString(ring))
    _, _, points, fields = pyogrio.raw.read(cities, columns=["name"])
    places = [
        [round(point.x, 2), round(point.y, 2), str(name)]
        for point, name in zip(shapely.from_wkb(points), fields[0], strict=True)
    ]
    document = {"about": ABOUT, "land": _encode(outlines), "borders": _encode(borders), "places": sorted(places)}
    OUTPUT.write_text(json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n")


def _decode(topology: dict[str, Any]) -> list[np.ndarray[Any, Any]]:
    """Return the arcs of a TopoJSON in degrees."""
    scale, origin = topology["transform"]["scale"], topology["transform"]["translate"]
    return [np.cumsum(np.array(arc), axis=0) * scale + origin for arc in topology["arcs"]]


def _arcs_of(arcs: Any) -> Iterator[int]:
    """Yield the indices of a geometry's arcs, however they are nested."""
    if isinstance(arcs, int):
        yield arcs if arcs >= 0 else ~arcs
    else:
        for part in arcs:
            yield from _arcs_of(part)


def _encode(lines: list[shapely.LineString]) -> list[list[int]]:
    encoded = []
    for line in lines:
        points = np.round(shapely.get_coordinates(line.simplify(TOLERANCE)) / UNIT).astype(int)
        steps = np.diff(points, axis=0)
        steps = steps[np.any(steps != 0, axis=1)]
        encoded.append([*map(int, points[0]), *map(int, steps.ravel())])
    return encoded


if __name__ == "__main__":
    main(*sys.argv[1:])
