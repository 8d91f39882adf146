"""Reductions of imagery over its axes: images, bands, pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graft_eval.errors import EvaluationError
from graft_eval.ops.arrays import count_valid
from graft_eval.ops.registry import bind, evaluates
from graft_eval.ops.statistics import reduce_pixels
from graft_eval.plane import Plane, Reduce
from graft_eval.planning.mosaics import mosaic_of
from graft_eval.scope import Scope
from graft_eval.values.arrays import MaskedArray
from graft_eval.values.expected import expect_hint
from graft_eval.values.image import EMPTY, Image, ImageCollection, Imagery, common, describe_band
from graft_eval.values.types import describe
from sdk import ImageCollection as Proxy
from sdk.graft.op import op_of
from sdk.language.reductions import REDUCERS, Reductions

__all__ = ["reduce_image", "reduce_imagery"]

IMAGES, BANDS, PIXELS = "images", "bands", "pixels"


def reduce_imagery(
    scope: Scope, imagery: Imagery, operation: str, axis: object, params: tuple[float, ...] = ()
) -> object:
    """Return a reduction over some of the axes, None for all of them; `params` are the numbers that it takes.

    Over pixels it is computed at once, on the scope's grid: a Float, or lists of them and dicts by band; NaN where
    nothing is valid. Over images and bands alone it stays lazy.
    """
    axes = _axes(imagery, axis)
    if operation == "mosaic":
        if not isinstance(imagery, ImageCollection) or axes != {IMAGES}:
            raise EvaluationError(f"mosaic is over the images of an ImageCollection, not over {axis!r}")
        return mosaic(imagery)
    if operation not in REDUCERS and not params:
        raise EvaluationError(f"operation must be one of {', '.join(REDUCERS)} or mosaic, not {operation[:60]!r}")
    if PIXELS in axes:
        return _over_pixels(scope, imagery, operation, axes, params)
    if isinstance(imagery, Image):
        return _over_bands(imagery, operation, params)
    if axes == {BANDS}:
        return imagery.map(lambda image: _over_bands(image, operation, params))
    return _over_images(imagery, operation, params, bands=BANDS in axes)


def reduce_image(value: Imagery, operation: str) -> Image:
    """Return imagery as one image: a collection reduced over its images, by `mosaic` or a reduction."""
    if isinstance(value, Image):
        return value
    return mosaic(value) if operation == "mosaic" else _over_images(value, operation, bands=False)


def mosaic(collection: ImageCollection, *, reverse: bool = False) -> Image:
    """Return the last image on top of those before it, or the first one with `reverse`, band by band."""
    if not collection.images:
        return EMPTY
    on_top = collection.images if reverse else collection.images[::-1]
    planes = tuple(mosaic_of(column) for column in zip(*(image.planes for image in on_top), strict=True))
    return _merged(collection, planes)


def _axes(imagery: Imagery, axis: object) -> set[str]:
    """Return the axes asked for: all that the imagery has for None."""
    known = (IMAGES, BANDS, PIXELS) if isinstance(imagery, ImageCollection) else (BANDS, PIXELS)
    asked = known if axis is None else axis if isinstance(axis, list | tuple) else (axis,)
    if not asked or not all(isinstance(each, str) and each in known for each in asked):
        named = ", ".join(map(str, asked))[:80] if asked else describe(axis)
        raise EvaluationError(f"axis must be some of {', '.join(known)}, or None for all, not {named}")
    return set(asked)


def _over_bands(image: Image, operation: str, params: tuple[float, ...]) -> Image:
    if not image.bands:
        return EMPTY
    described = describe_band(operation, image.bandinfo.values())
    return Image((operation,), (Reduce(operation, image.planes, params),), image.properties, {operation: described})


def _over_images(collection: ImageCollection, operation: str, params: tuple[float, ...] = (), *, bands: bool) -> Image:
    if not collection.images:
        return EMPTY
    if not bands:
        columns = zip(*(image.planes for image in collection.images), strict=True)
        return _merged(collection, tuple(Reduce(operation, column, params) for column in columns))
    planes = tuple(plane for image in collection.images for plane in image.planes)
    info = describe_band(operation, (info for image in collection.images for info in image.bandinfo.values()))
    properties = common(image.properties for image in collection.images)
    return Image((operation,), (Reduce(operation, planes, params),), properties, {operation: info})


def _merged(collection: ImageCollection, planes: tuple[Plane, ...]) -> Image:
    images = collection.images
    info = {band: describe_band(band, (image.bandinfo[band] for image in images)) for band in collection.bands}
    return Image(collection.bands, planes, common(image.properties for image in images), info)


def _over_pixels(scope: Scope, imagery: Imagery, operation: str, axes: set[str], params: tuple[float, ...]) -> object:
    def reduced(groups: Sequence[Sequence[Plane]]) -> list[float]:
        return reduce_pixels(scope, operation, groups, params)

    images, bands = imagery.images, imagery.bands
    if isinstance(imagery, Image) or IMAGES in axes:
        planes = [[image.planes[i] for image in images] for i in range(len(bands))]
        if BANDS not in axes:
            return dict(zip(bands, reduced(planes), strict=True))
        everything = [plane for column in planes for plane in column]
        return reduced([everything])[0]
    if BANDS in axes:
        return reduced([image.planes for image in images])
    values = iter(reduced([[plane] for image in images for plane in image.planes]))
    return [{band: next(values) for band in bands} for _ in images]


@evaluates(Reductions.reduction)
def reduction(scope: Scope, imagery: Imagery, operation: str, *, axis: str | Sequence[str] | None) -> object:
    return reduce_imagery(scope, imagery, operation, axis)


@evaluates(Proxy.mosaic)
def mosaic_(scope: Scope, collection: ImageCollection, *, reverse: bool) -> Image:
    return mosaic(collection, reverse=reverse)


@evaluates(Reductions.percentile)
def percentile(scope: Scope, imagery: Imagery, q: float, axis: str | Sequence[str] | None) -> object:
    if not 0 <= q <= 100:
        raise EvaluationError(f"q must be 0 to 100 percent, not {q}")
    return reduce_imagery(scope, imagery, "percentile", axis, (float(q),))


def _bind(operation: str) -> None:
    def evaluate(scope: Scope, imagery: Imagery | MaskedArray, axis: object) -> object:
        if isinstance(imagery, np.ma.MaskedArray):
            return count_valid(imagery, axis)
        return reduce_imagery(scope, imagery, operation, axis)

    masked, axes = (MaskedArray, int | Sequence[int]) if operation == "count" else (Imagery, str)
    expected = {"imagery": expect_hint(Imagery | masked), "axis": expect_hint(str | Sequence[str] | axes | None)}
    bind(op_of(getattr(Proxy, operation)), evaluate, expected)


for _operation in REDUCERS:
    _bind(_operation)
