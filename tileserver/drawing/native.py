"""Native grids: the pixels that a layer's own files have in an area, for values rather than pictures."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Final

from graft_eval.crs import transformer
from graft_eval.grid import Bounds, Grid
from graft_eval.scene import Asset
from tileserver.drawing.autoscale import box_around
from tileserver.layers.coverage import pixel_metres
from wmts import LonLatBox

__all__ = ["area_grid", "pixel_at"]

LONLAT: Final = "OGC:CRS84"
DEGREE: Final = 6378137 * math.pi / 180  # metres along a meridian
LEAST_COSINE: Final = 0.01  # next to the poles meridians are as near to each other as half a degree from them
WHOLE: Final = 1e-6  # of a pixel: so near to an edge is on it


def pixel_at(lon: float, lat: float, assets: Collection[Asset]) -> Grid:
    """Return the pixel of the files around a point: theirs if they share a CRS, else one as large in degrees."""
    if (finest := _finest(assets)) is not None:
        x, y = transformer(LONLAT, finest.crs).transform(lon, lat)
        a, _, c, _, e, f = finest.transform
        if math.isfinite(x) and math.isfinite(y):
            col, row = math.floor((x - c) / a), math.floor((y - f) / e)
            return Grid((c + col * a, f + (row + 1) * e, c + (col + 1) * a, f + row * e), finest.crs, (1, 1))
    width, height = (side / 2 for side in _degrees(assets, lat))
    return Grid((lon - width, lat - height, lon + width, lat + height), LONLAT, (1, 1))


def area_grid(box: LonLatBox | None, assets: Collection[Asset], samples: int) -> Grid:
    """Return the pixels of the files in a box, or in all of them, at most so many: else as many larger ones.

    They are in degrees, as large as those of the finest file, where the files are in several CRSs or lie on both sides
    of the antimeridian.
    """
    if (finest := _finest(assets)) is not None and (bounds := _native_bounds(box, finest, assets)) is not None:
        return _at_most(samples, bounds, finest.crs, finest.transform[0], -finest.transform[4])
    box = box or box_around(assets) or LonLatBox(-180.0, -90.0, 180.0, 90.0)
    return _at_most(samples, box.unrolled, LONLAT, *_degrees(assets, box.middle[1]))


def _finest(assets: Collection[Asset]) -> Asset | None:
    """Return the file of the smallest pixels, if all are north-up in one CRS."""
    upright = all(a > 0 > e and b == d == 0 for a, b, _, d, e, _ in (asset.transform for asset in assets))
    if not upright or len({asset.crs for asset in assets}) != 1:
        return None
    return min(assets, key=lambda asset: (asset.transform[0], asset.href))


def _native_bounds(box: LonLatBox | None, finest: Asset, assets: Collection[Asset]) -> Bounds | None:
    """Return the edges of the pixels that lie in a box, as far as there are files; None if it shows none of them."""
    corners = [
        (c, f + rows * e, c + cols * a, f)
        for (a, _, c, _, e, f), (rows, cols) in ((asset.transform, asset.shape) for asset in assets)
    ]
    lefts, bottoms, rights, tops = zip(*corners, strict=True)
    left, bottom, right, top = min(lefts), min(bottoms), max(rights), max(tops)
    if box is not None:
        if box.crosses_antimeridian:
            return None
        asked = transformer(LONLAT, finest.crs).transform_bounds(*box)
        if not all(map(math.isfinite, asked)):
            return None
        left, bottom, right, top = (
            max(left, asked[0]), max(bottom, asked[1]), min(right, asked[2]), min(top, asked[3])
        )  # fmt: skip
    elif (around := box_around(assets)) is not None and around.crosses_antimeridian:
        return None
    a, _, c, _, e, f = finest.transform
    left, right = c + math.floor((left - c) / a + WHOLE) * a, c + math.ceil((right - c) / a - WHOLE) * a
    top, bottom = f + math.floor((top - f) / e + WHOLE) * e, f + math.ceil((bottom - f) / e - WHOLE) * e
    return (left, bottom, right, top) if left < right and bottom < top else None


def _degrees(assets: Collection[Asset], lat: float) -> tuple[float, float]:
    """Return width and height in degrees of a square on the ground, as large as the files' smallest pixels."""
    height = min(map(pixel_metres, assets), default=1.0) / DEGREE
    return height / max(math.cos(math.radians(lat)), LEAST_COSINE), height


def _at_most(samples: int, bounds: Bounds, crs: str, width: float, height: float) -> Grid:
    left, bottom, right, top = bounds
    cols, rows = (right - left) / width, (top - bottom) / height
    larger = max(1.0, math.sqrt(cols * rows / samples))
    cols, rows = max(1, round(cols)), max(1, round(rows))
    if larger > 1:
        cols = min(max(1, int(cols / larger)), samples)
        rows = min(max(1, int(rows / larger)), samples // cols)
    return Grid(bounds, crs, (rows, cols))
