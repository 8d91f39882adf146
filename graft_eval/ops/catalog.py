"""Imagery from the catalog."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from affine import Affine

from graft_eval.crs import parse_crs
from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.plane import Read
from graft_eval.scene import Asset, Scene
from graft_eval.scope import Scope, find_period, find_scene, find_scenes
from graft_eval.values.image import Image, ImageCollection, collect
from sdk import Image as ImageProxy
from sdk import ImageCollection as CollectionProxy
from sdk.language.image_collection import FROM_IMAGES
from sdk.language.imagery import RESAMPLERS

__all__ = ["image_of"]

EARTH_RADIUS = 6_378_137.0  # metres; a degree is so many radians of it
DEFAULT_LIMIT = 10_000  # images that a search gives unless told otherwise


def image_of(scene: Scene, resampler: str | None = None) -> Image:
    """Return a scene of the catalog as an image: every band read with the resampler, `near` by default.

    Classes are read by `near`, but for `mode`, which gives one of them, too: there is nothing between two classes.
    """
    chosen = resampler or "near"
    if chosen not in RESAMPLERS:
        raise EvaluationError(f"the resampler must be one of {', '.join(RESAMPLERS)}, not {chosen[:60]!r}")
    info = {
        band.name: {
            **band.info,
            **({"common_name": band.common_name} if band.common_name else {}),
            "id": f"{scene.product}:{band.name}",
            "name": band.name,
            "data_range": band.data_range,
        }
        for band in scene.bands
    }
    planes = tuple(
        Read(scene, band, "near" if band.palette is not None and chosen != "mode" else chosen) for band in scene.bands
    )
    return Image(tuple(band.name for band in scene.bands), planes, _properties(scene), info)


def _properties(scene: Scene) -> dict[str, object]:
    finest = min((band.asset for band in scene.bands), key=_pixel_area)
    return {
        **scene.properties,
        "id": scene.id,
        "product": scene.product,
        "date": scene.date,
        "crs": finest.crs,
        "geotrans": Affine(*finest.transform).to_gdal(),
    }


def _pixel_area(asset: Asset) -> float:
    """Return the area of a pixel in square metres, at the equator for grids of degrees."""
    return abs(Affine(*asset.transform).determinant) * _metres(asset.crs) ** 2


@lru_cache(maxsize=256)
def _metres(crs: str) -> float:
    """Return the metres of a unit of a CRS."""
    known = parse_crs(crs)
    unit = known.axis_info[0].unit_conversion_factor if known.axis_info else 1.0
    return unit * EARTH_RADIUS if known.is_geographic else unit


@evaluates(ImageProxy.from_id)
def load(scope: Scope, image_id: str, *, resampler: str | None, processing_level: str | None) -> Image:
    return image_of(find_scene(scope, image_id), resampler)


@evaluates(CollectionProxy.from_id)
def search(
    scope: Scope,
    product_id: str,
    *,
    start_datetime: datetime | None,
    end_datetime: datetime | None,
    limit: int | None,
    resampler: str | None,
    processing_level: str | None,
) -> ImageCollection:
    if limit is not None and limit < 0:
        raise EvaluationError(f"limit must be 0 or more, not {limit}")
    most = min(DEFAULT_LIMIT if limit is None else limit, scope.limits.list)
    scenes = find_scenes(scope, product_id, start_datetime, end_datetime, most)
    if not scenes:
        sought = _sought(start_datetime, end_datetime, scope)
        there_are = _there_are(product_id, start_datetime, end_datetime, scope)
        scope.progress.log(logging.WARNING, f"no images of {product_id} {sought}{there_are}")
    return collect(image_of(scene, resampler) for scene in scenes)


def _sought(start: datetime | None, end: datetime | None, scope: Scope) -> str:
    dates = f"from {start.isoformat() if start else 'ever'} to {end.isoformat() if end else 'now'}"
    return f"{dates}{' in this place' if scope.search_area is not None else ''}"


def _there_are(product_id: str, start: datetime | None, end: datetime | None, scope: Scope) -> str:
    """Return the end of a message: the period that a product has images of, if none of it was asked for."""
    known = None if start is None and end is None else find_period(scope, product_id)
    if known is None:
        return ""
    first, last = known
    if (start is None or last >= start) and (end is None or first < end):
        return ""
    return f": it has images from {first:%Y-%m-%d} to {last:%Y-%m-%d}"


@evaluates(FROM_IMAGES)
def from_images(scope: Scope, images: Sequence[Image]) -> ImageCollection:
    return collect(images)
