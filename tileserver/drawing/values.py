"""Values of layers: at a point, and their statistics in an area."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graft_eval import reduce_image
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.grid import Grid
from graft_eval.planning.plan import assets_of
from graft_eval.planning.rasterizing import Shapes, project
from graft_eval.progress import Progress
from graft_eval.scene import Asset
from graft_eval.scope import values_at
from graft_eval.values.image import Image, ImageCollection, Imagery
from tileserver.catalog.records import format_time
from tileserver.drawing.drawable import evaluate_image, evaluate_imagery, pick_bands
from tileserver.drawing.native import area_grid, pixel_at
from tileserver.drawing.style import Style
from tileserver.layers.areas import Area
from tileserver.layers.layers import Layer

__all__ = ["BINS", "MAX_SAMPLES", "find_assets", "find_point", "find_statistics"]

MAX_SAMPLES: Final = 2048 * 2048
PERCENTILES: Final = (2, 98)
BINS: Final = 64
DOT: Final = 1e-7  # degrees
LONLAT: Final = "OGC:CRS84"
EARTH: Final = Grid((-180.0, -90.0, 180.0, 90.0), LONLAT, (1, 1))


def find_point(
    evaluations: Evaluations, layer: Layer, style: Style, lon: float, lat: float, progress: Progress
) -> dict[str, Any]:
    """Return the value of every band, or of the style's, at a point; None where there is none.

    It is that of the pixel of the finest file that the point lies in. A collection is reduced as the style says; with
    `images` come the values of each of its images there.
    """
    dot = Grid((lon - DOT, lat - DOT, lon + DOT, lat + DOT), LONLAT, (1, 1))
    grid = pixel_at(lon, lat, _assets(evaluations, layer, style, dot, progress))
    scope = evaluations.scope(progress, grid)
    imagery = evaluate_imagery(layer, style, scope)
    parts = [reduce_image(imagery, style.reduction), *_images(imagery)]
    images = [pick_bands(image, style.bands or image.bands) for image in parts]
    planes = [plane for image in images for plane in image.planes]
    found = iter(values_at(scope, planes, scope.compute(planes), (0, 0), grid) if planes else ())
    values = [dict(zip(image.bands, map(_finite, islice(found, len(image.bands))), strict=True)) for image in images]
    point: dict[str, Any] = {"lon": lon, "lat": lat, "values": values[0]}
    if isinstance(imagery, ImageCollection):
        point["images"] = [
            {**_label(image.properties), "values": own} for image, own in zip(images[1:], values[1:], strict=True)
        ]
    return point


def find_statistics(
    evaluations: Evaluations, layer: Layer, style: Style, area: Area | None, progress: Progress
) -> dict[str, Any]:
    """Return statistics of every band, or of the style's, in an area, or wherever there are files.

    They are those of the files' own pixels, or of at most `MAX_SAMPLES` larger ones; all of them count alike. A polygon
    has those whose centres lie inside.
    """
    box, cutline = (area.box, area.cutline) if area else (None, None)
    grid = area_grid(box, find_assets(evaluations, layer, style, area, progress), MAX_SAMPLES)
    samples = grid.shape[0] * grid.shape[1]
    if cutline is not None:
        grid = replace(grid, cutline=cutline)
        samples = int(np.count_nonzero(Shapes([project(cutline, grid.crs)]).inside(grid)))
    scope = evaluations.scope(progress, grid)
    image = evaluate_image(layer, style, scope)
    image = pick_bands(image, style.bands or image.bands)
    bands: dict[str, Any] = {}
    for name, plane in zip(image.bands, image.planes, strict=True):  # one at a time, for the memory's sake
        raster = scope.compute([plane])
        values = raster.data[0].astype(np.float64, copy=False)
        bands[name] = describe(values[~raster.mask[0] & np.isfinite(values)], samples)
        progress.check()
    return {"bands": bands}


def find_assets(
    evaluations: Evaluations, layer: Layer, style: Style, area: Area | None, progress: Progress
) -> frozenset[Asset]:
    """Return the files that a layer is made of in an area, or anywhere."""
    probe = EARTH if area is None else replace(EARTH, bounds=area.box.unrolled, cutline=area.cutline)
    return _assets(evaluations, layer, style, probe, progress)


def describe(valid: NDArray[np.float64], samples: int) -> dict[str, Any]:
    """Return the statistics of the valid ones among so many samples; None is what nothing, or no float64, can say.

    >>> describe(np.array([1.0, 2.0, 3.0]), 4)["valid_percent"]
    75.0
    """
    with np.errstate(over="ignore", invalid="ignore"):  # sums and differences of the largest numbers
        low, median, high = np.percentile(valid, (PERCENTILES[0], 50, PERCENTILES[1])) if valid.size else [math.nan] * 3
        spread = (valid.min(), valid.max(), valid.mean(), valid.std()) if valid.size else [math.nan] * 4
    return {
        **{name: _finite(float(value)) for name, value in zip(("min", "max", "mean", "std"), spread, strict=True)},
        "median": _finite(float(median)),
        "percentiles": {str(rank): _finite(float(value)) for rank, value in zip(PERCENTILES, (low, high), strict=True)},
        "count": valid.size,
        "valid_percent": 100 * valid.size / samples if samples else 0.0,
        "histogram": _histogram(valid),
    }


def _histogram(valid: NDArray[np.float64]) -> list[list[float]]:
    """Return counts and the edges of the bins: one bin of what is too narrow or too wide to be divided."""
    if not valid.size:
        return [[], []]
    low, high = float(valid.min()), float(valid.max())
    ends = (low - 0.5, high + 0.5) if low == high else (low, high)
    if not (math.isfinite(high - low) and (np.diff(np.linspace(*ends, BINS + 1)) > 0).all()):
        return [[valid.size], [low, high]]
    counts, edges = np.histogram(valid, BINS, ends)
    return [counts.tolist(), edges.tolist()]


def _assets(evaluations: Evaluations, layer: Layer, style: Style, grid: Grid, progress: Progress) -> frozenset[Asset]:
    """Return the files that a layer is made of on a grid."""
    scope = evaluations.scope(progress.aside(progress.log), grid)
    image = evaluate_image(layer, style, scope)
    return assets_of([*scope.trace.planes, *image.planes])


def _images(imagery: Imagery) -> Iterator[Image]:
    yield from imagery.images if isinstance(imagery, ImageCollection) else ()


def _label(properties: Mapping[str, object]) -> dict[str, str | None]:
    """Return the id and the date of an image; computed ones may have neither."""
    id, date = properties.get("id"), properties.get("date")
    return {
        "id": id if isinstance(id, str) else None,
        "date": format_time(date) if isinstance(date, datetime) else None,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
