"""Series: images of a collection as values of each pixel through time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sdk.graft.rules import fixed
from sdk.language.datetimes import Timedelta
from sdk.language.imagery import Imagery
from sdk.language.operation import function, operation
from sdk.language.primitives import IntLike
from sdk.language.strings import StrLike

__all__ = ["Series"]

_series = partial(operation, subject="collection", owner="ImageCollection", addition=True)


def _extreme(name: str, which: str) -> Callable[..., Any]:
    return function(
        f"wf.ImageCollection.{name}",
        'collection: ImageCollection, property: StrLike = "date"',
        fixed("Image"),
        f"Return for each pixel a property of the image in which it is {which}; the first of equal ones.\n\n"
        "The property is a number, or a date, which becomes the days since 1970; `year`, `month` and `day_of_year`\n"
        "are those of the image's date, unless it has such a property. Masked where all images are. An image without\n"
        "a number or date there is an error.",
        owner="ImageCollection",
        addition=True,
        example=f'ImageCollection.from_id("product").{name}("day_of_year")',
    )


class Series(Imagery, abstract=True):
    """Images in time, pixel by pixel."""

    argmin = _extreme("argmin", "least")
    argmax = _extreme("argmax", "greatest")

    @_series("wf.ImageCollection.quality_mosaic", result=fixed("Image"))
    def quality_mosaic(self, band: StrLike) -> Any:
        """Return for each pixel all bands of the image in which a band is greatest, as `sortby_composite` does.

        Masked where that image is, in each band for itself, and where the band is in all images. A band that is
        not there is an error.

        >>> from sdk import ImageCollection
        >>> ImageCollection.from_id("product").quality_mosaic("nir")
        <Image>
        """

    @_series("wf.ImageCollection.linear_trend", named=("axis",), result=fixed("Image"), allowed={"axis": ("images",)})
    def linear_trend(self, axis: StrLike = "images") -> Any:
        """Return the line of least squares through the values of each pixel: `BAND_slope`, `BAND_offset` of each band.

        The slope is per year of 365.25 days, the offset the line's value at the date of the first image. Masked pixels
        are left out; masked where there are not two dates. An image without a date is an error.

        >>> from sdk import ImageCollection
        >>> ImageCollection.from_id("product").linear_trend()
        <Image>
        """

    @_series("wf.ImageCollection.harmonic", result=fixed("Image"))
    def harmonic(self, order: IntLike = 1) -> Any:
        """Return the yearly waves of least squares through the values of each pixel, up to an order, 1 to 6.

        Each band gives `BAND_constant`, and for each n up to the order `BAND_cos_n` and `BAND_sin_n`: a value is
        constant + cos_n · cos(2πnt) + sin_n · sin(2πnt) + …, where t are years of 365.25 days since the beginning of
        1970. Masked pixels are left out; masked where what is valid leaves coefficients open.

        >>> from sdk import ImageCollection
        >>> ImageCollection.from_id("product").harmonic(order=2)
        <Image>
        """

    @_series("wf.ImageCollection.interval_composite", result=fixed("ImageCollection"))
    def interval_composite(self, interval: StrLike | Timedelta, reduction: StrLike = "median") -> Any:
        """Return an image for each interval of time that has images: these, reduced by `mosaic` or a reduction.

        Intervals are the years, months or days of the calendar, in UTC, by the names `year`, `month` and `day`, or as
        long as a Timedelta, counted from the date of the first image. Each image has the beginning of its interval as
        its date, and what its images say alike; they are in order of date. Masked pixels are left out. An image without
        a date, another interval and another reduction are errors.

        >>> import datetime
        >>> from sdk import ImageCollection
        >>> ImageCollection.from_id("product").interval_composite(datetime.timedelta(days=16), "max")
        <ImageCollection>
        >>> ImageCollection.from_id("product").interval_composite("month")
        <ImageCollection>
        """
