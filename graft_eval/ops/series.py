"""Series: images of a collection as values of each pixel through time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from graft_eval.errors import EvaluationError
from graft_eval.ops.groups import sortby_composite
from graft_eval.ops.reductions import reduce_image
from graft_eval.ops.registry import evaluates
from graft_eval.plane import Composite, Constant, Plane, Reduce
from graft_eval.scope import Scope
from graft_eval.values.image import EMPTY, Image, ImageCollection, Metadata, common, describe_band
from graft_eval.values.types import describe
from sdk.language.reductions import REDUCERS
from sdk.language.series import Series

DAY, YEAR = timedelta(days=1), timedelta(days=365.25)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_ORDER = 6
# Calendar intervals: what becomes of a day's date at their beginning.
CALENDAR: Mapping[str, Mapping[str, Any]] = {"year": {"month": 1, "day": 1}, "month": {"day": 1}, "day": {}}


@evaluates(Series.argmin)
def argmin(scope: Scope, collection: ImageCollection, property: str) -> Image:
    return _property_of_extreme(collection, "argmin", property)


@evaluates(Series.argmax)
def argmax(scope: Scope, collection: ImageCollection, property: str) -> Image:
    return _property_of_extreme(collection, "argmax", property)


@evaluates(Series.quality_mosaic)
def quality_mosaic(scope: Scope, collection: ImageCollection, band: str) -> Image:
    return sortby_composite(scope, collection, band, operation="argmax")


@evaluates(Series.linear_trend)
def linear_trend(scope: Scope, collection: ImageCollection, *, axis: str) -> Image:
    if axis != "images":
        raise EvaluationError(f"axis must be images, not {axis[:60]!r}")
    dates = [_date(image) for image in collection.images]
    years = tuple((date - dates[0]) / YEAR for date in dates)
    return _fits(collection, "trend", (), years, {"slope": 1, "offset": 0})


@evaluates(Series.harmonic)
def harmonic(scope: Scope, collection: ImageCollection, order: int) -> Image:
    if not 1 <= order <= MAX_ORDER:
        raise EvaluationError(f"order must be 1 to {MAX_ORDER}, not {order}")
    years = tuple((_date(image) - EPOCH) / YEAR for image in collection.images)
    terms = ["constant", *(f"{wave}_{n}" for n in range(1, order + 1) for wave in ("cos", "sin"))]
    return _fits(collection, "harmonic", (float(order),), years, {name: at for at, name in enumerate(terms)})


@evaluates(Series.interval_composite)
def interval_composite(
    scope: Scope, collection: ImageCollection, interval: str | timedelta, reduction: str
) -> ImageCollection:
    if reduction not in (*REDUCERS, "mosaic"):
        raise EvaluationError(f"reduction must be one of {', '.join(REDUCERS)} or mosaic, not {reduction[:60]!r}")
    if not (interval in CALENDAR if isinstance(interval, str) else interval > timedelta(0)):
        raise EvaluationError(f"interval must be {', '.join(CALENDAR)} or a span of time above 0, not {interval!s:.60}")
    images = sorted(collection.images, key=_date)
    groups: dict[datetime, list[Image]] = {}
    for image in images:
        groups.setdefault(_beginning(_date(image), interval, _date(images[0])), []).append(image)
    return ImageCollection(
        tuple(_composite(ImageCollection(tuple(group)), reduction, start) for start, group in groups.items())
    )


def _beginning(date: datetime, interval: str | timedelta, first: datetime) -> datetime:
    """Return when the interval begins that a date lies in."""
    if isinstance(interval, timedelta):
        return first + (date - first) // interval * interval
    day = date.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day.replace(**CALENDAR[interval])


def _composite(collection: ImageCollection, reduction: str, date: datetime) -> Image:
    image = reduce_image(collection, reduction)
    return replace(image, properties={**image.properties, "date": date})


def _property_of_extreme(collection: ImageCollection, operation: str, name: str) -> Image:
    values = tuple(Constant(_number(image, name)) for image in collection.images)
    planes = [Composite(operation, column, values) for column in _columns(collection)]
    span = [value.value for value in values]
    described = {"data_range": (min(span, default=0.0), max(span, default=0.0))}
    return _image(collection, collection.bands, planes, described)


def _fits(
    collection: ImageCollection,
    operation: str,
    params: tuple[float, ...],
    coordinates: tuple[float, ...],
    terms: Mapping[str, int],
) -> Image:
    """Return the coefficients of some terms, by name, of each band."""
    planes = [
        Reduce(operation, column, (*params, float(which)), coordinates)
        for column in _columns(collection)
        for which in terms.values()
    ]
    return _image(collection, [f"{band}_{term}" for band in collection.bands for term in terms], planes, {})


def _image(collection: ImageCollection, bands: Sequence[str], planes: Sequence[Plane], described: Metadata) -> Image:
    if not collection.images:
        return EMPTY
    info = {name: {**describe_band(name, []), **described} for name in bands}
    return Image(tuple(bands), tuple(planes), common(image.properties for image in collection.images), info)


def _columns(collection: ImageCollection) -> list[tuple[Plane, ...]]:
    """Return the planes of each band, of all images."""
    return list(zip(*(image.planes for image in collection.images), strict=True))


def _number(image: Image, name: str) -> float:
    """Return a property of an image as a number, or what its date says."""
    value = image.properties.get(name)
    if value is None and name in ("year", "month", "day_of_year"):
        date = _date(image)
        value = date.timetuple().tm_yday if name == "day_of_year" else getattr(date, name)
    if isinstance(value, datetime):
        return (value - EPOCH) / DAY
    if not isinstance(value, int | float) or not math.isfinite(value):
        given = "there is none" if value is None else f"it is {describe(value)}"
        raise EvaluationError(f"the property {name[:60]!r} must be a number or a date; {given} of {_id(image)}")
    return float(value)


def _date(image: Image) -> datetime:
    date = image.properties.get("date")
    if not isinstance(date, datetime):
        raise EvaluationError(f"each image must have a date; there is none of {_id(image)}")
    return date


def _id(image: Image) -> str:
    return str(image.properties.get("id", "an image"))[:80]
