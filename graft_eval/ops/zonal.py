"""Zonal statistics: numbers of the pixels of each feature."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.grid import Grid
from graft_eval.ops.registry import evaluates
from graft_eval.ops.statistics import Tally
from graft_eval.planning.rasterizing import Shapes, project_all
from graft_eval.scope import Scope
from graft_eval.values.image import Image
from graft_eval.values.shapes import FeatureCollection
from sdk import Image as Proxy
from sdk.language.image import ZONAL_OPERATIONS

__all__: list[str] = []

KEEPING = frozenset({"median", "majority"})  # operations that need all pixels at once


@dataclass(slots=True)
class _Zone:
    """A band of a feature: what is known of its valid pixels, and they themselves where they are needed."""

    tally: Tally = field(default_factory=Tally)
    kept: list[NDArray[np.float64]] = field(default_factory=list)

    def value(self, operation: str) -> float:
        if operation == "count":
            return self.tally.count
        if operation not in KEEPING:
            return self.tally.value(operation)
        if not self.kept:
            return math.nan
        pixels = np.concatenate(self.kept)
        if operation == "median":
            return float(np.median(pixels))
        values, counts = np.unique(pixels, return_counts=True)
        return float(values[counts.argmax()])


@evaluates(Proxy.zonal)
def zonal(
    scope: Scope, image: Image, features: FeatureCollection, operations: str | Sequence[str]
) -> FeatureCollection:
    chosen = [operations] if isinstance(operations, str) else list(operations)
    for each in chosen:
        if each not in ZONAL_OPERATIONS:
            raise EvaluationError(f"operations must be some of {', '.join(ZONAL_OPERATIONS)}, not {each[:60]!r}")
    if (values := len(features.elements) * len(image.bands) * len(chosen)) > scope.limits.list:
        raise LimitExceeded(
            f"{len(chosen)} operations on {len(image.bands):,} bands of {len(features.elements):,} features are"
            f" {values:,} values, more than the limit of {scope.limits.list:,}"
        )
    with scope.progress.spent.apart():  # of pixels, which the limits on their numbers bound
        zones = _zones(scope, image, features, keep=not KEEPING.isdisjoint(chosen))
    return FeatureCollection(
        tuple(
            replace(
                feature,
                properties={
                    **feature.properties,
                    **{
                        f"{band}_{each}": zone.value(each)
                        for band, zone in zip(image.bands, own, strict=True)
                        for each in chosen
                    },
                },
            )
            for feature, own in zip(features.elements, zones, strict=True)
        )
    )


def _zones(scope: Scope, image: Image, features: FeatureCollection, *, keep: bool) -> list[list[_Zone]]:
    """Return what is known of each band of each feature."""
    zones = [[_Zone() for _ in image.bands] for _ in features.elements]
    if not image.bands or not zones:
        return zones
    grid, kept = scope.pixel_grid(), 0
    geometries = project_all([feature.geometry.shapely for feature in features.elements], grid.crs)
    _check_area([geometry.bounds for geometry in geometries], grid, scope)
    shapes = Shapes(geometries)
    for row, col, raster in scope.pieces(image.planes):
        piece = grid.window(row, col, raster.mask.shape[1:])
        for top, left, numbers in shapes.numbers(piece):
            scope.progress.check()
            part = np.s_[:, top : top + numbers.shape[0], left : left + numbers.shape[1]]
            for at, pixels in _by_number(numbers):
                for zone, data, mask in zip(zones[at], raster.data[part], raster.mask[part], strict=True):
                    valid = data.reshape(-1)[pixels][~mask.reshape(-1)[pixels]].astype(np.float64, copy=False)
                    zone.tally.add(valid)
                    if keep and valid.size:
                        zone.kept.append(valid)
                        kept += valid.size
                        if kept > scope.limits.pixels:
                            raise LimitExceeded(
                                f"{' and '.join(sorted(KEEPING))} are over more than {scope.limits.pixels:,} pixels of"
                                " zones, which is the limit"
                            )
    return zones


def _by_number(numbers: NDArray[np.int32]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yield each shape of an array of their numbers, from 0 on, and where it lies in the flat array."""
    (there,) = numbers.reshape(-1).nonzero()
    if not there.size:
        return
    found = numbers.reshape(-1)[there]
    order = np.argsort(found, kind="stable")
    names, starts = np.unique(found[order], return_index=True)
    for name, pixels in zip(names, np.split(there[order], starts[1:]), strict=True):
        yield int(name) - 1, pixels


def _check_area(boxes: Sequence[tuple[float, float, float, float]], grid: Grid, scope: Scope) -> None:
    """Refuse zones that would be drawn for longer than an evaluation may take, by the boxes around them."""
    left, bottom, right, top = np.array(boxes, float).T
    bounds, (width, height) = grid.bounds, grid.resolution
    cols = (np.minimum(right, bounds[2]) - np.maximum(left, bounds[0])) / width
    rows = (np.minimum(top, bounds[3]) - np.maximum(bottom, bounds[1])) / height
    pixels = int(np.nansum((cols.clip(0) + 1) * (rows.clip(0) + 1)))
    if pixels > scope.limits.values:
        raise LimitExceeded(
            f"the boxes around {len(boxes):,} features have {pixels:,} pixels, more than the limit of"
            f" {scope.limits.values:,}"
        )
