"""Drawables: the image that a layer is on a grid, its bands picked, before any pixel is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from graft_eval import evaluate, pick, reduce_image
from graft_eval.errors import EvaluationError, SceneError
from graft_eval.evaluation.surroundings import evaluate_around
from graft_eval.palette import Palette
from graft_eval.planning.plan import reads_of, sort
from graft_eval.progress import Progress
from graft_eval.scene import Asset
from graft_eval.scope import Raster, Scope
from graft_eval.values.image import Image, ImageCollection, Imagery, find_band
from graft_eval.values.types import describe
from tileserver.drawing.classes import palette_of
from tileserver.drawing.style import MAX_BANDS, Style
from tileserver.http.errors import BadQuery, NotImagery
from tileserver.layers.layers import Layer

__all__ = [
    "Drawable", "compute", "evaluate_drawable", "evaluate_image", "evaluate_imagery", "fingerprints", "leading_bands",
    "pick_bands",
]  # fmt: skip

COLOURS: Final = ("red", "green", "blue")


@dataclass(frozen=True, slots=True, eq=False)
class Drawable:
    """An image to draw, all files that its pixels can come from, and how many expressions of pixels it takes.

    `available` is how many bands the layer has, whichever are drawn; `palette` the colours of the only one's classes.
    """

    image: Image
    available: int
    assets: frozenset[Asset]
    planes: int
    palette: Palette | None = None


def evaluate_drawable(layer: Layer, style: Style, scope: Scope) -> Drawable:
    """Evaluate a layer with the style's arguments, reduce a collection, pick the bands.

    Raises `NotImagery` if the value is none, `BadQuery` for bands that it has not and styles that do not fit.
    """
    whole = evaluate_image(layer, style, scope)
    image = pick_bands(whole, style.bands or (whole.bands if style.is_values else leading_bands(whole)))
    style.check_bands(image.bands)
    planes = sort([*scope.trace.planes, *image.planes])  # numbers in a graft can come from files, too
    palette = palette_of(image.planes[0]) if len(image.planes) == 1 else None
    return Drawable(
        image, len(whole.bands), frozenset(read.band.asset for read in reads_of(planes)), len(planes), palette
    )


def leading_bands(image: Image) -> Sequence[str]:
    """Return the bands that are drawn where none is asked for.

    Of more than three they are red, green and blue, by name or by common name, or else the first three.
    """
    if len(image.bands) <= MAX_BANDS:
        return image.bands
    found = [index for name in COLOURS if (index := find_band(image, name)) is not None]
    return [image.bands[index] for index in found] if len(found) == MAX_BANDS else image.bands[:MAX_BANDS]


def evaluate_image(layer: Layer, style: Style, scope: Scope) -> Image:
    """Evaluate a layer as `evaluate_imagery` does, and reduce a collection; all bands."""
    return reduce_image(evaluate_imagery(layer, style, scope), style.reduction)


def evaluate_imagery(layer: Layer, style: Style, scope: Scope) -> Imagery:
    """Evaluate a layer with the style's arguments.

    Raises `NotImagery` if the value is none, `SceneError` if all scenes that were found are broken.
    """
    value = evaluate_around(scope, lambda inner: evaluate(layer.graft, inner, style.arguments.evaluate(inner)))
    if not isinstance(value, Image | ImageCollection):
        raise NotImagery(f"a layer must be an Image or an ImageCollection to be drawn; this one is: {describe(value)}")
    found, skipped = scope.progress.found, scope.progress.skipped
    if skipped and found <= skipped.keys():
        scene, reason = next(iter(skipped.items()))
        raise SceneError(f"none of {len(found)} scenes can be read; {scene}: {reason}")
    return value


def pick_bands(image: Image, bands: Sequence[str]) -> Image:
    """Return the bands of these names; raises `BadQuery` for those that it has not."""
    if bands == image.bands:
        return image
    try:
        return pick(image, bands)
    except EvaluationError as exc:
        raise BadQuery("band", f"must name bands of the layer: {exc}") from exc


def compute(image: Image, scope: Scope) -> Raster:
    """Return the pixels of an image on the scope's grid; those of one without bands are none."""
    if not image.planes:
        shape = (0, *scope.pixel_grid().shape)
        return Raster(np.empty(shape), np.empty(shape, bool))
    return scope.compute(image.planes)


def fingerprints(assets: frozenset[Asset], progress: Progress) -> list[tuple[str, str]]:
    """Return each file and its fingerprint as it is for this evaluation, in order."""
    return sorted((asset.href, _fingerprint(asset, progress)) for asset in assets)


def _fingerprint(asset: Asset, progress: Progress) -> str:
    try:
        return progress.fingerprint(asset)
    except OSError:
        return "missing"
