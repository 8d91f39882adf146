"""Collections of images: order, parts and groups."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

from graft_eval.errors import EvaluationError
from graft_eval.ops.containers import sorted_by
from graft_eval.ops.registry import evaluates
from graft_eval.plane import Composite
from graft_eval.scope import Scope
from graft_eval.values.function import Function, Task
from graft_eval.values.image import (
    EMPTY,
    Groupby,
    Image,
    ImageCollection,
    Imagery,
    collect,
    common,
    describe_band,
    pick,
)
from graft_eval.values.types import describe
from sdk import ImageCollection as Proxy
from sdk.language.groupby import CREATE, GET, GROUPS, MAP, MAP_IC, ONE
from sdk.language.image_collection import MAP_IMAGERY, MAP_WINDOW, MAP_WINDOW_IC
from sdk.language.imagery import concat as concat_proxy


@evaluates(concat_proxy)
def concat(scope: Scope, *imagery: Imagery) -> ImageCollection:
    return collect(image for part in imagery for image in part.images)


@evaluates(Proxy.head)
def head(scope: Scope, collection: ImageCollection, n: int) -> ImageCollection:
    return ImageCollection(collection.images[: _count(n)])


@evaluates(Proxy.tail)
def tail(scope: Scope, collection: ImageCollection, n: int) -> ImageCollection:
    return ImageCollection(collection.images[max(0, len(collection.images) - _count(n)) :])


def _count(n: int) -> int:
    if n < 0:
        raise EvaluationError(f"n must be 0 or more, not {n}")
    return n


@evaluates(Proxy.partition)
def partition(scope: Scope, collection: ImageCollection, i: int) -> tuple[ImageCollection, ImageCollection]:
    return ImageCollection(collection.images[:i]), ImageCollection(collection.images[i:])


@evaluates(MAP_IMAGERY)
def map_imagery(scope: Scope, collection: ImageCollection, function: Function) -> Task:
    results = []
    for image in collection.images:
        results.append((yield function(image)))
    return _stacked(results)


def _stacked(results: list[object]) -> ImageCollection:
    """Return what a function gave as one collection: images stacked, collections joined, empty ones left out."""
    for result in results:
        if not isinstance(result, Imagery):
            raise EvaluationError(f"the function must give imagery, not {describe(result)}")
    return collect(image for result in results if isinstance(result, Imagery) for image in result.images)


@evaluates(MAP_WINDOW)
def map_window(scope: Scope, collection: ImageCollection, function: Function, back: int, fwd: int) -> Task:
    images, results = collection.images, []
    if min(back, fwd) < 0:
        raise EvaluationError(f"back and fwd must be 0 or more, not {back} and {fwd}")
    if images and back + fwd >= len(images):
        raise EvaluationError(f"a window of {back} + 1 + {fwd} images does not fit into {len(images)}")
    for i in range(back, len(images) - fwd):
        before, after = ImageCollection(images[i - back : i]), ImageCollection(images[i + 1 : i + 1 + fwd])
        results.append((yield function(before, images[i], after)))
    return results


@evaluates(MAP_WINDOW_IC)
def map_window_imagery(scope: Scope, collection: ImageCollection, function: Function, back: int, fwd: int) -> Task:
    results = yield from map_window(scope, collection, function, back, fwd)
    return _stacked(results if isinstance(results, list) else [])


@evaluates(Proxy.sortby_composite)
def sortby_composite(
    scope: Scope, collection: ImageCollection, band: str | ImageCollection, *, operation: str
) -> Image:
    if operation not in ("argmin", "argmax"):
        raise EvaluationError(f"operation must be argmin or argmax, not {operation[:60]!r}")
    if not collection.images:
        return EMPTY
    keys = collection.map(lambda image: pick(image, [band])) if isinstance(band, str) else band
    if not keys.images:
        return EMPTY
    if len(keys.bands) != 1 or len(keys.images) != len(collection.images):
        raise EvaluationError(
            f"band must be a collection of one band and {len(collection.images)} images, not of {len(keys.bands)} bands"
            f" and {len(keys.images)} images"
        )
    by = tuple(image.planes[0] for image in keys.images)
    images = collection.images
    planes = tuple(Composite(operation, by, column) for column in zip(*(image.planes for image in images), strict=True))
    info = {name: describe_band(name, (image.bandinfo[name] for image in images)) for name in collection.bands}
    return Image(collection.bands, planes, common(image.properties for image in images), info)


@evaluates(CREATE)
def groupby(scope: Scope, collection: ImageCollection, function: Function) -> Task:
    keys: list[object] = []
    for image in collection.images:
        keys.append(_key((yield function(image))))
    order = sorted_by(keys, range(len(keys)))
    groups: dict[object, list[Image]] = {}
    for i in order:
        image = collection.images[i]
        groups.setdefault(keys[i], []).append(replace(image, properties={**image.properties, "group": keys[i]}))
    return Groupby({key: ImageCollection(tuple(images)) for key, images in groups.items()})


def _key(value: object) -> object:
    """Return the key of a group."""
    if isinstance(value, list | tuple):
        return tuple(map(_key, value))
    if isinstance(value, float) and math.isnan(value):
        return math.nan  # which is the same key as itself, unlike another one
    if value is None or isinstance(value, bool | int | float | str | datetime | timedelta):
        return value
    raise EvaluationError(
        f"the function must give a number, text, a date, None or a tuple of those, not {describe(value)}"
    )


@evaluates(GROUPS)
def groups(scope: Scope, groupby: Groupby) -> dict[object, object]:
    return dict(groupby.groups)


@evaluates(GET)
def get_group(scope: Scope, groupby: Groupby, key: object) -> ImageCollection:
    return groupby.group(tuple(key) if isinstance(key, list) else key)


@evaluates(ONE)
def one(scope: Scope, groupby: Groupby) -> tuple[object, ImageCollection]:
    return next(iter(groupby.groups.items()), (None, ImageCollection()))


@evaluates(MAP)
def map_groups(scope: Scope, groupby: Groupby, function: Function) -> Task:
    results: dict[object, object] = {}
    for key, collection in groupby.groups.items():
        results[key] = yield function(key, collection)
    return results


@evaluates(MAP_IC)
def map_groups_imagery(scope: Scope, groupby: Groupby, function: Function) -> Task:
    results = []
    for key, collection in groupby.groups.items():
        results.append((yield function(key, collection)))
    return _stacked(results)
