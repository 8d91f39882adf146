"""Operations on pixels: masks, choices, ranges and colours."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace as replaced

from graft_eval.barriers.extreme import Extreme
from graft_eval.errors import EvaluationError
from graft_eval.ops.elementwise import band_at, band_count, merge, plane_at
from graft_eval.ops.registry import evaluates
from graft_eval.plane import Choose, Colour, Constant, Elementwise, IsMasked, Masked, Missing, Plane
from graft_eval.scope import Scope
from graft_eval.values.image import Image, ImageCollection, Imagery, collect, combine, describe_band
from graft_eval.values.types import describe
from sdk.language.colormaps import COLORMAPS
from sdk.language.pixels import REPLACE_EMPTY
from sdk.language.pixels import Pixels as Proxy
from sdk.language.pixels import where as where_proxy

Bound = float | Sequence[float] | None
CHANNELS = ("red", "green", "blue")


@evaluates(Proxy.mask)
def mask(scope: Scope, imagery: Imagery, mask: Imagery, *, replace: bool) -> Imagery:
    if not mask.images:
        return imagery
    if len(mask.bands) != 1:
        raise EvaluationError(f"the mask must have one band, not {len(mask.bands)} ({', '.join(mask.bands[:50])})")

    def apply(image: Image, by: Image) -> Image:
        return _changed(image, lambda plane, _: Masked(plane, by.planes[0], replace))

    return combine(apply, imagery, mask)


@evaluates(Proxy.getmask)
def getmask(scope: Scope, imagery: Imagery) -> Imagery:
    info = {"mask": describe_band("mask", [])}
    return combine(lambda image: Image(("mask",), (IsMasked(image.planes),), image.properties, info), imagery)


@evaluates(where_proxy)
def where(scope: Scope, condition: Imagery | bool, x: Imagery | float | bool, y: Imagery | float | bool) -> Imagery:
    operands = (condition, x, y)
    imagery = [operand for operand in operands if isinstance(operand, Imagery)]
    if not imagery:
        raise EvaluationError("one of condition, x and y must be imagery")

    def choose(*images: Image) -> Image:
        remaining = iter(images)
        return _choose(*(next(remaining) if isinstance(operand, Imagery) else operand for operand in operands))

    return combine(choose, *imagery)


def _choose(condition: object, x: object, y: object) -> Image:
    operands = (condition, x, y)
    images = [operand for operand in operands if isinstance(operand, Image)]
    names, planes = [], []
    for i in range(band_count(images)):
        names.append(_choice_name(condition, [each for each in (x, y) if isinstance(each, Image)], i))
        planes.append(Choose(*(_finite(plane_at(operand, i)) for operand in operands)))
    return merge(images, names, planes)


def _choice_name(condition: object, chosen: Sequence[Image], index: int) -> str:
    """Return `{band}_where_{condition}`; where the condition is no imagery, the band's own name."""
    band = "_or_".join(dict.fromkeys(band_at(image, index) for image in chosen))
    if not isinstance(condition, Image):
        return band
    by = band_at(condition, index)
    return f"{band or by}_where_{by}"


def _finite(plane: Plane) -> Plane:
    """Return a plane; a number that is not finite is missing everywhere."""
    return Missing() if isinstance(plane, Constant) and not math.isfinite(plane.value) else plane


@evaluates(Proxy.clip_values)
def clip_values(scope: Scope, imagery: Imagery, min: Bound, max: Bound) -> Imagery:
    if min is None and max is None:
        raise EvaluationError("min or max must be given")

    def clip(image: Image) -> Image:
        least, greatest = _bounds("min", min, image), _bounds("max", max, image)

        def clipped(plane: Plane, i: int) -> Plane:
            lower, upper = least[i], greatest[i]
            plane = plane if lower is None else Elementwise("maximum", (plane, Constant(lower)))
            return plane if upper is None else Elementwise("minimum", (plane, Constant(upper)))

        return _changed(image, clipped)

    return combine(clip, imagery)


@evaluates(Proxy.scale_values)
def scale_values(
    scope: Scope, imagery: Imagery, range_min: float, range_max: float, domain_min: Bound, domain_max: Bound
) -> Imagery:
    def scale(image: Image) -> Image:
        least, greatest = _bounds("domain_min", domain_min, image), _bounds("domain_max", domain_max, image)

        def scaled(plane: Plane, i: int) -> Plane:
            low = _constant_or_extreme(least[i], "min", plane)
            high = _constant_or_extreme(greatest[i], "max", plane)
            part = Elementwise("divide", (Elementwise("subtract", (plane, low)), Elementwise("subtract", (high, low))))
            span = Elementwise("multiply", (part, Constant(range_max - range_min)))
            return Elementwise("add", (span, Constant(range_min)))

        return _changed(image, scaled)

    return combine(scale, imagery)


@evaluates(Proxy.colormap)
def colormap(scope: Scope, imagery: Imagery, named_colormap: str, vmin: float | None, vmax: float | None) -> Imagery:
    if (vmin is None) != (vmax is None):
        raise EvaluationError("vmin and vmax must both be given, or neither")
    if named_colormap not in COLORMAPS:
        raise EvaluationError(f"there is no colormap {named_colormap[:60]!r}; there are those of Matplotlib")
    if imagery.images and len(imagery.bands) != 1:
        raise EvaluationError(f"imagery must have one band, not {len(imagery.bands)} ({', '.join(imagery.bands[:50])})")
    info = {name: describe_band(name, []) for name in CHANNELS}

    def colour(image: Image) -> Image:
        (plane,) = image.planes
        low, high = _constant_or_extreme(vmin, "min", plane), _constant_or_extreme(vmax, "max", plane)
        planes = tuple(Colour(plane, named_colormap, low, high, channel) for channel in range(len(CHANNELS)))
        return Image(CHANNELS, planes, image.properties, info)

    return combine(colour, imagery)


@evaluates(REPLACE_EMPTY["Image"])
def replace_empty_image(
    scope: Scope, imagery: Image, fill: Image | float, mask: bool, bandinfo: dict[str, dict[str, object]] | None
) -> Image:
    return imagery if imagery.bands else _filled(fill, mask, bandinfo)


@evaluates(REPLACE_EMPTY["ImageCollection"])
def replace_empty_collection(
    scope: Scope,
    imagery: ImageCollection,
    fill: Imagery | float,
    mask: bool,
    bandinfo: dict[str, dict[str, object]] | None,
) -> ImageCollection:
    if imagery.images:
        return imagery
    images = fill.images if isinstance(fill, ImageCollection) else (fill,)
    return collect(_filled(image, mask, bandinfo) for image in images)


def _filled(fill: Image | float, masked: bool, bandinfo: dict[str, dict[str, object]] | None) -> Image:
    if isinstance(fill, Image):
        return _changed(fill, lambda plane, _: Missing()) if masked else fill
    if bandinfo is None:
        raise EvaluationError("bandinfo must name the bands that a number fills")
    info = {name: {**describe_band(name, [described]), "name": name} for name, described in bandinfo.items()}
    planes = tuple(Missing() if masked else Constant(fill) for _ in info)
    return Image(tuple(info), planes, {}, info)


def _constant_or_extreme(value: float | None, operation: str, plane: Plane) -> Plane:
    """Return a bound that is given, else the plane's own."""
    return Extreme(operation, plane) if value is None else Constant(value)


def _bounds(name: str, bound: Bound, image: Image) -> Sequence[float | None]:
    """Return a bound for each band of an image."""
    if not isinstance(bound, list | tuple):
        return (bound,) * len(image.bands)  # type: ignore[return-value]
    if len(bound) != len(image.bands):
        raise EvaluationError(
            f"{name} must be a number, or one for each of the {len(image.bands)} bands"
            f" ({', '.join(image.bands[:50])}), not {describe(bound)}"
        )
    return bound


def _changed(image: Image, function: Callable[[Plane, int], Plane]) -> Image:
    """Return an image with a function applied to the plane of each band."""
    return replaced(image, planes=tuple(function(plane, i) for i, plane in enumerate(image.planes)))
