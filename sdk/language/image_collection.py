"""Collections of images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Self, TypeVar, overload

from sdk.graft.op import declare
from sdk.graft.rules import fixed, of_function
from sdk.language.containers import SORTED, Collection, List
from sdk.language.datetimes import DatetimeLike
from sdk.language.formulas import Formulas
from sdk.language.function import trace
from sdk.language.generic import concrete
from sdk.language.groupby import CREATE, ImageCollectionGroupby
from sdk.language.image import Image
from sdk.language.imagery import RESAMPLERS, Imagery
from sdk.language.metadata import Metadata
from sdk.language.operation import attribute, emits, operation
from sdk.language.pixels import REPLACE_EMPTY
from sdk.language.places import Places
from sdk.language.primitives import BoolLike, Int, IntLike
from sdk.language.proxy import Proxy, describe
from sdk.language.reductions import REDUCERS, Reductions
from sdk.language.series import Series
from sdk.language.strings import StrLike
from sdk.language.terrain import Terrain
from sdk.language.tuples import Tuple

__all__ = ["ImageCollection"]

K = TypeVar("K", bound=Proxy)
R = TypeVar("R")

FROM_IMAGES = declare(
    "wf.ImageCollection.from_images",
    "images: List[Image]",
    fixed("ImageCollection"),
    "A collection of a list of images.",
    example='ImageCollection([Image.from_id("product:scene")])',
)
MAP_IMAGERY = declare(
    "wf.map_imagery",
    "collection: ImageCollection, function: Function",
    fixed("ImageCollection"),
    "Return what the function gives for each image: images as an ImageCollection, without empty ones; other values as "
    "a List.",
    owner="ImageCollection",
    example='ImageCollection.from_id("product").map(lambda image: image.pick_bands("red") / 2)',
)
MAP_WINDOW = declare(
    "wf.ImageCollection.map_window",
    "collection: ImageCollection, function: Function, back: Int = 0, fwd: Int = 0",
    of_function("List[R]", "function"),
    "Return func(the `back` images before, image, the `fwd` images after), for each image that has these. "
    "A window that is longer than the collection is an error.",
    owner="ImageCollection",
    example='ImageCollection.from_id("product").map_window(lambda before, image, after: image.mean(), back=1)',
)
MAP_WINDOW_IC = declare(
    "wf.ImageCollection.map_window_ic",
    "collection: ImageCollection, function: Function, back: Int = 0, fwd: Int = 0",
    fixed("ImageCollection"),
    "As `wf.ImageCollection.map_window`, of a function that gives imagery, as a collection.",
    owner="ImageCollection",
    example='ImageCollection.from_id("product").map_window(lambda before, image, after: before.mosaic() - image, 1)',
)


def _check_period(given: Mapping[str, Any]) -> None:
    start, end = (_moment(name, given[name]) for name in ("start_datetime", "end_datetime"))
    if start and end and start > end:
        raise ValueError(
            f"start_datetime must not lie after end_datetime, as {start:%Y-%m-%d} does after {end:%Y-%m-%d}"
        )


def _moment(name: str, given: object) -> datetime | None:
    """Return a date that is known here, in UTC; ValueError for text that is none."""
    given = getattr(given, "literal_value", given)
    if not isinstance(given, (str, date)):
        return None
    text = given.strip() if isinstance(given, str) else given.isoformat()
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        expected = "a date as ISO 8601 text such as '2019-05-04'"
        raise ValueError(f"{name} must be {expected}, not {describe(given)}: {exc}") from None


_collection = partial(operation, subject="collection")


class ImageCollection(Formulas, Metadata, Places, Reductions, Series, Terrain, Collection[Image]):
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
        check=_check_period,
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
        Nodata, alpha and mask bands become the mask, and a band is masked in images that lack it. No images are an
        empty collection; a product that is not in the catalog is an error once it is computed.

        >>> ImageCollection.from_id("product", "2020-06-01", "2020-09-01", resampler="bilinear")
        <ImageCollection>
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

    @_collection("wf.ImageCollection.head")
    def head(self, n: IntLike) -> Self:
        """Return the first `n` images, or all there are.

        An `n` below 0 is an error.

        >>> ImageCollection.from_id("product").head(3)
        <ImageCollection>
        """

    @_collection("wf.ImageCollection.tail")
    def tail(self, n: IntLike) -> Self:
        """Return the last `n` images, or all there are.

        An `n` below 0 is an error.

        >>> ImageCollection.from_id("product").tail(3)
        <ImageCollection>
        """

    @_collection("wf.ImageCollection.partition")
    def partition(self, i: IntLike) -> Tuple[ImageCollection, ImageCollection]:
        """Return the images before index `i`, and those from it on.

        >>> ImageCollection.from_id("product").partition(2)
        <Tuple[ImageCollection, ImageCollection]>
        """

    @_collection("wf.mosaic", named=("reverse",))
    def mosaic(self, reverse: BoolLike = False) -> Image:
        """Return per pixel the last valid value, so that the last image is on top; with `reverse` the first.

        Each band is taken for itself; masked where all images are.

        >>> ImageCollection.from_id("product").mosaic(reverse=True)
        <Image>
        """

    @overload
    def map(self, func: Callable[[Image], Image]) -> Self: ...  # type: ignore[overload-overlap]
    @overload
    def map(self, func: Callable[[Image], R]) -> List[R]: ...
    @emits(MAP_IMAGERY)
    def map(self, func: Callable[[Image], Any]) -> Any:
        function, result = trace(func, (Image,))
        if result is Image:
            return self._call(MAP_IMAGERY, self, function)
        return super().map(function)

    @emits(SORTED)
    def sorted(self, key: Callable[[Image], Any], reverse: BoolLike = False) -> Self:  # type: ignore[override]
        return self._sorted_by(key, reverse)

    @emits(MAP_WINDOW)
    def map_window(
        self, func: Callable[[ImageCollection, Image, ImageCollection], Any], back: IntLike = 0, fwd: IntLike = 0
    ) -> Any:
        function, result = trace(func, (ImageCollection, Image, ImageCollection))
        sizes = (Int._promote(back), Int._promote(fwd))
        if issubclass(result, Imagery):
            return self._call(MAP_WINDOW_IC, self, function, *sizes)
        return concrete(List, result)._call(MAP_WINDOW, self, function, *sizes)

    @_collection(
        "wf.ImageCollection.sortby_composite", named=("operation",), allowed={"operation": ("argmax", "argmin")}
    )
    def sortby_composite(self, band: StrLike | ImageCollection, operation: StrLike = "argmax") -> Image:
        """Return per pixel the image in which a band is greatest (argmax) or least (argmin); the first of equal ones.

        The band is a name, or a collection of one band with as many images; others are an error. Masked where that
        image is, in each band for itself, and where the band is in all images.

        >>> ImageCollection.from_id("product").sortby_composite("red")
        <Image>
        """

    @overload
    def groupby(self, func: Callable[[Image], K], dates: None = None) -> ImageCollectionGroupby[K]: ...
    @overload
    def groupby(self, func: None = None, *, dates: str) -> ImageCollectionGroupby[Int]: ...
    @overload
    def groupby(self, func: None = None, *, dates: tuple[str, ...] | list[str]) -> ImageCollectionGroupby[Any]: ...
    @emits(CREATE)
    def groupby(
        self, func: Callable[[Image], Any] | None = None, dates: str | tuple[str, ...] | list[str] | None = None
    ) -> Any:
        if (func is None) == (dates is None):
            raise TypeError("groupby() takes a function or dates, one of the two")
        return ImageCollectionGroupby.of(self, func or _date_fields(dates))

    replace_empty_with = REPLACE_EMPTY["ImageCollection"]


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
