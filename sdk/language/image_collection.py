"""Collections of images."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Self

from sdk.graft.op import declare, parameters
from sdk.language.containers import SORTED, Collection, List, check_order
from sdk.language.datetimes import DatetimeLike
from sdk.language.function import trace
from sdk.language.generic import concrete
from sdk.language.groupby import ImageCollectionGroupby
from sdk.language.image import Image, filled
from sdk.language.imagery import RESAMPLERS, Imagery, bands_of_both
from sdk.language.operation import attribute, one_of, operation
from sdk.language.primitives import Bool, BoolLike, FloatLike, Int, IntLike
from sdk.language.proxy import Proxy
from sdk.language.reductions import REDUCERS
from sdk.language.strings import Str, StrLike
from sdk.language.tuples import Tuple

__all__ = ["ImageCollection"]

FROM_IMAGES = declare("wf.ImageCollection.from_images", parameters("images"), "A collection of a list of images.")
MAP_IMAGERY = declare(
    "wf.map_imagery", parameters("collection", "function"), "The images that the function gives; empty ones left out."
)
MAP_WINDOW = declare(
    "wf.ImageCollection.map_window",
    parameters("collection", "function", ("back", 0), ("fwd", 0)),
    "What function(images before, image, images after) gives, as a list; for each image that has enough of them.",
)
MAP_WINDOW_IC = declare(
    "wf.ImageCollection.map_window_ic",
    parameters("collection", "function", ("back", 0), ("fwd", 0)),
    "As `wf.ImageCollection.map_window`, of a function that gives imagery, as a collection.",
)
SORTBY_COMPOSITE = declare(
    "wf.ImageCollection.sortby_composite",
    parameters("collection", "band", operation="argmax"),
    "Per pixel, the image in which the band is greatest (argmax) or least (argmin); the band is a name, "
    "or a collection of one band.",
)
_collection = partial(operation, subject="collection")


class ImageCollection(Imagery, Collection):
    """Images in order, with the same bands.

    >>> collection = ImageCollection.from_id("product", start_datetime="2020-01-01", end_datetime="2021-01-01")
    >>> collection.filter(lambda image: image.properties["cloud_cover"] < 0.2).median(axis="images")
    <Image>
    """

    _reducers = (*REDUCERS, "mosaic")

    def __init__(self, images: object) -> None:
        self._node = self._call(FROM_IMAGES, List[Image]._promote(images))._node

    @classmethod
    @_collection(
        "wf.ImageCollection.from_id",
        named=("start_datetime", "end_datetime", "limit", "resampler", "processing_level"),
        allowed={"resampler": RESAMPLERS},
    )
    def from_id(
        cls,
        product_id: StrLike,
        start_datetime: DatetimeLike | None = None,
        end_datetime: DatetimeLike | None = None,
        limit: IntLike | None = None,
        resampler: StrLike | None = None,
        processing_level: StrLike | None = None,
    ) -> Self:
        """Return the images of a product that meet the grid, start <= date < end, in order of date.

        Resamplers: near (the default), bilinear, cubic, cubicspline, lanczos, average, mode, max, min, med, q1, q3.
        """

    @classmethod
    def _element_type(cls) -> type[Proxy]:
        return Image

    properties = attribute(
        "properties",
        "List[KnownDict[{'id': Str, 'product': Str, 'date': Datetime, 'crs': Str, "
        "'geotrans': Tuple[Float, Float, Float, Float, Float, Float]}, Str, Any]]",
        "What is known of each image, as a List: id, product, date, crs, geotrans, and further fields.",
    )

    def concat_bands(self, other: Imagery) -> Any:
        """Return the bands of both; of equal names the second gets `_1`. With empty imagery the result is empty."""
        return bands_of_both(self, other)

    @_collection("wf.ImageCollection.head")
    def head(self, n: IntLike) -> Self:
        """Return the first `n` images, or all there are."""

    @_collection("wf.ImageCollection.tail")
    def tail(self, n: IntLike) -> Self:
        """Return the last `n` images, or all there are."""

    @_collection("wf.ImageCollection.partition")
    def partition(self, i: IntLike) -> Tuple[ImageCollection, ImageCollection]:
        """Return the images before index `i`, and those from it on."""

    @_collection("wf.mosaic", named=("reverse",))
    def mosaic(self, reverse: BoolLike = False) -> Image:
        """Return per pixel the last valid value, so that the last image is on top; with `reverse` the first."""

    def map(self, func: Callable[..., Any]) -> Any:
        """Return what the function gives for each image: images as an ImageCollection, other values as a List.

        >>> collection = ImageCollection.from_id("product")
        >>> collection.map(lambda image: image.mean(axis="pixels"))
        <List[Dict[Str, Float]]>
        """
        function, result = trace(func, (Image,))
        if result is Image:
            return self._call(MAP_IMAGERY, self, function)
        return super().map(function)

    def sorted(self, key: Callable[..., Any], reverse: BoolLike = False) -> Self:
        """Return the images in order of what the key function gives for each."""
        function, ordered = trace(key, (Image,))
        check_order(ordered)
        return self._call(SORTED, self, function, reverse=Bool._promote(reverse))

    def map_window(self, func: Callable[..., Any], back: IntLike = 0, fwd: IntLike = 0) -> Any:
        """Return func(the `back` images before, image, the `fwd` images after), for each image that has these."""
        function, result = trace(func, (ImageCollection, Image, ImageCollection))
        sizes = (Int._promote(back), Int._promote(fwd))
        if issubclass(result, Imagery):
            return self._call(MAP_WINDOW_IC, self, function, *sizes)
        return concrete(List, result)._call(MAP_WINDOW, self, function, *sizes)

    def sortby_composite(self, band: StrLike | ImageCollection, operation: StrLike = "argmax") -> Image:
        """Return per pixel the image in which a band is greatest (argmax) or least (argmin); the first of equal ones.

        The band is a name, or a collection of one band with as many images.
        """
        one_of("operation", operation, ("argmax", "argmin"))
        key: Proxy = band if isinstance(band, ImageCollection) else Str._promote(band)
        return Image._call(SORTBY_COMPOSITE, self, key, operation=Str._promote(operation))

    def groupby(
        self, func: Callable[..., Any] | None = None, dates: str | tuple[str, ...] | list[str] | None = None
    ) -> Any:
        """Return the images in groups, by what a function gives for each, or by fields of their dates.

        Each image gets its group as `properties["group"]`.

        >>> ImageCollection.from_id("product").groupby(dates=("year", "month")).mean(axis="images")
        <ImageCollection>
        """
        if (func is None) == (dates is None):
            raise TypeError("groupby() takes a function or dates, one of the two")
        return ImageCollectionGroupby.of(self, func or _date_fields(dates))

    def replace_empty_with(self, fill: Imagery | FloatLike, mask: BoolLike = True, bandinfo: object = None) -> Any:
        """Return the collection or, where it is empty, the fill: imagery, or a number in the bands of `bandinfo`.

        The fill is masked unless `mask` is False.
        """
        return filled(self, fill, mask, bandinfo)


def _date_fields(dates: object) -> Callable[[Image], Any]:
    """Return the function of an image that gives a field of its date, or several as a tuple."""
    fields = [dates] if isinstance(dates, str) else list(dates) if isinstance(dates, (tuple, list)) else []
    allowed = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    if not fields or not all(field in allowed for field in fields):
        raise ValueError(f"dates must be one of {', '.join(allowed)}, or a tuple of them, not {dates!r}")

    def key(img: Image) -> Any:
        date = img.properties["date"]
        values = tuple(getattr(date, field) for field in fields)
        return values[0] if isinstance(dates, str) else values

    return key
