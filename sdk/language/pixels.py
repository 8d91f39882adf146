"""Pixels of imagery: mathematics, masks, ranges, colours."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Self

from sdk.graft.errors import ProxyTypeError
from sdk.graft.op import declare
from sdk.graft.rules import fixed, imagery_or, like, same_imagery
from sdk.language.colormaps import COLORMAPS
from sdk.language.containers import FloatListLike
from sdk.language.convolution import Kernel
from sdk.language.dicts import Dict
from sdk.language.imagery import RESAMPLERS, Imagery
from sdk.language.operation import emits, function, operation, promoted
from sdk.language.primitives import Bool, BoolLike, FloatLike, IntLike
from sdk.language.proxify import proxify
from sdk.language.proxy import TYPES, describe
from sdk.language.rules import result_of
from sdk.language.strings import StrLike

__all__ = ["FOCAL_OPERATIONS", "REPLACE_EMPTY", "Pixels", "arctan2", "where"]

FOCAL_OPERATIONS = ("min", "max", "mean", "median", "std", "majority")


MASK = declare(
    "wf.mask",
    "imagery: Imagery, mask: Imagery | Shape, *, replace: BoolLike = False",
    same_imagery("imagery", "mask"),
    "Return the imagery masked where the one-band `mask` is True, or not 0, besides where it is masked already; by a "
    "geometry or features, outside of them.\n\n"
    "Masked pixels of the mask itself count as False. With `replace` the mask is replaced instead, and pixels "
    "that are masked in the mask become masked. An empty mask changes nothing.",
    owner="Imagery",
    called="mask",
    example='Image.from_id("product:scene").mask(Image.from_id("product:clouds") > 0.5)',
)


CLASSIFY = declare(
    "wf.classify",
    "imagery: Imagery, bins: FloatListLike, labels: FloatListLike | None = None",
    fixed("Self"),
    "Return the class of each value: 0 below the first of `bins`, 1 from it to below the second, and so on.\n\n"
    "`bins` ascend. `labels`, one more than bins, are the values of the classes instead of 0, 1, 2, … A mapping has\n"
    "the label of what begins at each bin, `{0.2: 10, 0.5: 20}`: below them all it is 0, or that of `-inf`. Masked\n"
    "pixels stay masked.",
    owner="Imagery",
    called="classify",
    addition=True,
    example='Image.from_id("product:scene").classify([0.2, 0.5], labels=[10, 20, 30])',
)
REMAP = declare(
    "wf.remap",
    "imagery: Imagery, values: FloatListLike, to: FloatListLike, default: FloatLike | None = None",
    fixed("Self"),
    "Return the imagery with each of some values replaced by that at the same place of the list `to`.\n\n"
    "A mapping, `{8: 1, 9: 1}`, says both. No value may stand there twice. Others become the default; without one\n"
    "they are masked. Masked pixels stay masked.",
    owner="Imagery",
    called="remap",
    addition=True,
    example='Image.from_id("product:classes").remap([1, 2, 8], [0, 0, 1])',
)


def _steps(labels: Mapping[float, float]) -> tuple[list[float], list[float]]:
    """Return where classes begin and all labels, from the label of what begins at each bin."""
    bins = sorted(_numbers("classify", labels))
    lowest = labels[bins.pop(0)] if bins[:1] == [-math.inf] else 0
    return bins, [lowest, *(labels[bin] for bin in bins)]


def _numbers(function: str, mapping: Mapping[float, float]) -> list[float]:
    """Return the keys of a mapping; `ProxyTypeError` if one is no number."""
    for key in mapping:
        if not isinstance(key, int | float):
            raise ProxyTypeError(f"{function}(): the keys of a mapping must be numbers, not {describe(key)}")
    return [*mapping]


def _mask_of(mask: object) -> Any:
    """Return a mask as imagery: what lies outside of a shape is masked."""
    shape = proxify(mask) if hasattr(mask, "__geo_interface__") else mask
    drawn: Any = shape if isinstance(shape, TYPES["Shape"]) else None
    inside = mask if drawn is None else drawn.rasterize().getmask()
    return promoted("mask", "mask", inside, "Imagery | Shape")


def _math(name: str, doc: str) -> Callable[..., Any]:
    """Return a function of imagery, pixel by pixel, and of numbers."""
    gives = imagery_or("Float", "obj")
    doc += "\n\nMasked pixels stay masked; of a number the result is NaN or infinite where a pixel would become masked."
    return function(f"wf.{name}", "obj: Imagery | FloatLike", gives, doc, owner="Imagery", numpy=name)


def _check_ends(given: Mapping[str, Any]) -> None:
    if (given["vmin"] is None) != (given["vmax"] is None):
        raise ValueError("colormap() takes both vmin and vmax, or neither")


def _check_fill(given: Mapping[str, Any]) -> None:
    if given["bandinfo"] is None:
        if not isinstance(given["fill"], Imagery):
            raise ValueError("a number as fill needs bandinfo, which names the bands to make")
    elif not isinstance(given["bandinfo"], (Mapping, Dict)):
        raise ProxyTypeError(f"bandinfo must be a dict from bands to dicts, not {describe(given['bandinfo'])}")


def _check_imagery(given: Mapping[str, Any]) -> None:
    if not any(isinstance(value, Imagery) for value in given.values()):
        raise ValueError("where() is for imagery: the condition, x or y must be some. Else use ifelse()")


arctan2 = function(
    "wf.arctan2",
    "y: Imagery | NumberLike, x: Imagery | NumberLike",
    imagery_or("Float", "y", "x"),
    "Return the angle of the point (x, y) in radians, from -pi to pi.",
    numpy="arctan2",
)
where = function(
    "wf.where",
    "condition: Imagery | NumberLike, x: Imagery | NumberLike, y: Imagery | NumberLike",
    same_imagery("condition", "x", "y"),
    "Return imagery that is `x` where the condition is True, or not 0, else `y`; masked where the condition or the\n"
    "chosen one is.",
    check=_check_imagery,
    example='where(Image.from_id("product:scene") > 0.5, 1.5, 0)',
)
REPLACE_EMPTY = {
    name: function(
        f"wf.{name}.replace_empty_with",
        f"imagery: {name}, fill: {fill} | FloatLike, mask: BoolLike = True, bandinfo: Any | None = None",
        like("imagery"),
        "Return the imagery or, if it is empty, the fill: imagery, or a number in the bands that `bandinfo` names.\n\n"
        "The fill is masked unless `mask` is False.",
        owner=name,
        check=_check_fill,
        example=f'{made}.replace_empty_with(0, bandinfo={{"red": {{}}}})',
    )
    for name, fill, made in (
        ("Image", "Image", 'Image.from_id("product:scene")'),
        ("ImageCollection", "Imagery", 'ImageCollection.from_id("product")'),
    )
}
_pixels = partial(operation, subject="imagery", owner="Imagery")


class Pixels(Imagery, abstract=True):
    """Imagery as values of pixels."""

    log = _math("log", "The natural logarithm; masked where not positive.")
    log2 = _math("log2", "The logarithm to base 2; masked where not positive.")
    log10 = _math("log10", "The logarithm to base 10; masked where not positive.")
    log1p = _math("log1p", "log(1 + x), precise near 0; masked where not above -1.")
    sqrt = _math("sqrt", "The square root; masked where negative.")
    cos = _math("cos", "The cosine of radians.")
    arccos = _math("arccos", "The inverse cosine in radians; masked beyond -1 to 1.")
    sin = _math("sin", "The sine of radians.")
    arcsin = _math("arcsin", "The inverse sine in radians; masked beyond -1 to 1.")
    tan = _math("tan", "The tangent of radians.")
    arctan = _math("arctan", "The inverse tangent, in radians.")
    exp = _math("exp", "e to the power of x; masked where that is too large.")
    square = _math("square", "x * x.")

    @emits(MASK)
    def mask(self, mask: object, replace: BoolLike = False) -> Any:
        by = _mask_of(mask)
        made = result_of(MASK.result, {"imagery": self, "mask": by})
        return made._call(MASK, self, by, replace=Bool._promote(replace))

    @_pixels("wf.getmask")
    def getmask(self) -> Self:
        """Return one boolean band, `mask`: True where any band is masked.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").getmask()
        <Image>
        """

    @_pixels("wf.clip_values")
    def clip_values(
        self, min: FloatLike | FloatListLike | None = None, max: FloatLike | FloatListLike | None = None
    ) -> Self:
        """Return the imagery with values less than `min` or more than `max` set to these; one each, or one per band.

        Masked pixels stay masked. Lists of another length than there are bands are an error.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").clip_values(0.0, 1.0)
        <Image>
        """

    @_pixels("wf.scale_values")
    def scale_values(
        self,
        range_min: FloatLike,
        range_max: FloatLike,
        domain_min: FloatLike | None = None,
        domain_max: FloatLike | None = None,
    ) -> Self:
        """Return the imagery scaled so that the domain becomes the range; without a domain, each band's own extent.

        It goes on in proportion beyond the domain. Masked pixels stay masked, and a domain of one value masks
        all.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").scale_values(0, 255, domain_min=0.0, domain_max=0.3)
        <Image>
        """

    @_pixels("wf.colormap", allowed={"named_colormap": COLORMAPS}, check=_check_ends)
    def colormap(
        self, named_colormap: StrLike = "viridis", vmin: FloatLike | None = None, vmax: FloatLike | None = None
    ) -> Self:
        """Return the bands red, green and blue, 0 to 1, of a colormap of Matplotlib's, for imagery of one band.

        `vmin` and `vmax` are the values at the map's ends; without both, the band's own extent. Masked pixels stay
        masked. Imagery of several bands is an error.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").pick_bands("nir").colormap("magma", vmin=0.0, vmax=0.5)
        <Image>
        """

    @_pixels("wf.fill", addition=True)
    def fill(self, value: FloatLike) -> Self:
        """Return the imagery with a value where it is masked.

        The value is finite; then nothing is masked any more.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").fill(0)
        <Image>
        """

    @emits(CLASSIFY)
    def classify(self, bins: FloatListLike | Mapping[float, float], labels: FloatListLike | None = None) -> Self:
        if isinstance(bins, Mapping):
            if labels is not None:
                raise TypeError("classify() takes the labels of a mapping from this itself, and no others")
            bins, labels = _steps(bins)
        return self._call(
            CLASSIFY,
            self,
            promoted("classify", "bins", bins, "FloatListLike"),
            promoted("classify", "labels", labels, "FloatListLike | None"),
        )

    @emits(REMAP)
    def remap(
        self,
        values: FloatListLike | Mapping[float, float],
        to: FloatListLike | None = None,
        default: FloatLike | None = None,
    ) -> Self:
        if isinstance(values, Mapping) == (to is not None):
            raise TypeError("remap() takes a mapping, {1: 10, 2: 20}, or a list of values and one of others instead")
        if isinstance(values, Mapping):
            to, values = [*values.values()], _numbers("remap", values)
        return self._call(
            REMAP,
            self,
            promoted("remap", "values", values, "FloatListLike"),
            promoted("remap", "to", to, "FloatListLike"),
            promoted("remap", "default", default, "FloatLike | None"),
        )

    @_pixels("wf.with_resampler", addition=True, allowed={"resampler": RESAMPLERS})
    def with_resampler(self, resampler: StrLike) -> Self:
        """Return the imagery made of images that are read with another resampler.

        Resamplers are near, bilinear, cubic, cubicspline, lanczos, average, mode, max, min, med, q1 and q3. All
        images that the imagery is computed from are read so, whatever was said when they were loaded.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").with_resampler("bilinear")
        <Image>
        """

    @_pixels("wf.distance", addition=True)
    def distance(self, max_distance: FloatLike) -> Self:
        """Return how far the nearest pixel is that is True, or not 0, in metres; masked beyond `max_distance` of them.

        It is measured on the ground from centre to centre, pixels being as large as `hillshade` has them, of the row
        that they are seen from. Masked pixels count as False; pixels beyond the edge of a tile or a grid are read. A
        distance of more than 1,024 pixels of the grid is refused.

        >>> from sdk import Image
        >>> (Image.from_id("product:classes") == 6).distance(500)
        <Image>
        """

    @_pixels("wf.focal", addition=True, allowed={"operation": FOCAL_OPERATIONS})
    def focal(self, operation: StrLike, size: IntLike | Kernel = 3) -> Self:
        """Return a reduction of the pixels around each: min, max, mean, median, std or majority.

        `size` is how many rows and columns of them, or a kernel, of which the pixels count whose weights are not 0; it
        lies as in `conv2d`. Masked pixels are left out; where all are masked, the result is. The majority is the most
        frequent value, the least one of several. Pixels beyond the edge of a tile or a grid are read. A size below 1,
        a kernel of zeros alone, and one of more than 10,000 weights are refused.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").focal("median", 5)
        <Image>
        """
