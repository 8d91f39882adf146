"""Imagery: collections of pictures, and the builtins of all that there is of imagery."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from tests.oracle.twin.bands import (
    by_band,
    concat_bands,
    map_bands_imagery,
    pick,
    picked,
    renamed,
    with_bandinfo,
    without,
    without_bandinfo,
)
from tests.oracle.twin.elementwise import applied, where
from tests.oracle.twin.pictures import (
    Imagery,
    collected,
    described,
    pictures,
    valid,
)
from tests.oracle.twin.pixels import clip_values, colormap, conv2d, getmask, masks, replaced_empty, scale_values
from tests.oracle.twin.plain import UFUNCS, attribute, ordered
from tests.oracle.twin.reductions import mosaic, reduction, sortby_composite
from tests.oracle.twin.values import (
    PAD,
    Features,
    Grid,
    Groups,
    Masked,
    Picture,
    Pictures,
    Refused,
    World,
    inner,
)

__all__ = ["imagery"]


def stacked(found: Iterable[Any]) -> Pictures:
    return collected(picture for value in found for picture in pictures(value))


def windows(value: Pictures, function: Callable[..., Any], back: int, fwd: int) -> list[Any]:
    if value and back + fwd >= len(value):
        raise Refused("the window is longer than the collection")
    return [
        function(Pictures(value[i - back : i]), value[i], Pictures(value[i + 1 : i + 1 + fwd]))
        for i in range(back, len(value) - fwd)
    ]


def grouped(value: Pictures, function: Callable[[Picture], Any]) -> Groups:
    keys = [function(picture) for picture in value]
    keys = [tuple(key) if isinstance(key, list) else key for key in keys]
    groups = Groups()
    for i in ordered(keys):
        picture = replace(value[i], properties={**value[i].properties, "group": keys[i]})
        groups.setdefault(keys[i], Pictures()).append(picture)
    return groups


def attributes(value: Any, name: str) -> Any:
    match value, name:
        case Picture() | Pictures(), "ndarray":
            lead = (len(value),) if isinstance(value, Pictures) else ()
            stack = np.ma.stack([picture.pixels for picture in pictures(value)])
            return stack.reshape(*lead, *stack.shape[1:])
        case Pictures(), "properties":
            return [picture.properties for picture in value]
        case Pictures(), "bandinfo":
            bands = value[0].bands if value else ()
            return {band: described(band, [picture.bandinfo[band] for picture in value]) for band in bands}
        case BaseGeometry(), "type":
            return value.geom_type
        case BaseGeometry(), "coordinates":
            return value.__geo_interface__["coordinates"]
        case Features(), "features":
            return list(value)
        case np.ndarray(), "dims":
            return value.shape
    return attribute(value, name)


def as_imagery(grid: Grid, array: Any, properties: Any, bandinfo: Any) -> Pictures:
    images = array if array.ndim == 4 else array[None]
    if images.shape[-2:] != grid.shape:
        raise Refused("the array is not of the grid")
    names = [f"band_{i + 1}" for i in range(images.shape[1])] if bandinfo is None else list(bandinfo)
    info = {name: described(name, [(bandinfo or {}).get(name, {})]) for name in names}
    known = properties if isinstance(properties, list) else [properties or {}] * len(images)

    def around(plane: Any) -> Masked:
        values = np.pad(np.ma.getdata(plane), PAD)
        return valid(values, np.pad(np.ma.getmaskarray(plane), PAD, constant_values=True))

    return Pictures(
        Picture(tuple(names), tuple(map(around, image)), each, info) for image, each in zip(images, known, strict=True)
    )


def imagery(world: World) -> dict[str, Any]:
    """Return the builtins of imagery, and those that take imagery besides other values."""

    def load(image_id: str, **_: Any) -> Picture:
        return next(source.picture for source in world.sources if source.id == image_id)

    def search(product: str, start_datetime: Any, end_datetime: Any, limit: int | None, **_: Any) -> Pictures:
        found = [
            source
            for source in sorted(world.sources, key=lambda source: (source.date, source.id))
            if source.id.rpartition(":")[0] == product
            and (start_datetime is None or source.date >= start_datetime)
            and (end_datetime is None or source.date < end_datetime)
        ]
        return collected(source.picture for source in found[:limit])

    def value_at(value: Imagery, x: float, y: float) -> Any:
        col, row = (math.floor(number) for number in ~world.grid.transform @ (x, y))
        rows, cols = world.grid.shape

        def number(plane: Masked) -> float:
            inside = 0 <= row < rows and 0 <= col < cols
            return float(np.ma.filled(inner(plane).astype(float), np.nan)[row, col]) if inside else math.nan

        found = [dict(zip(picture.bands, map(number, picture.planes), strict=True)) for picture in pictures(value)]
        return found if isinstance(value, Pictures) else found[0] if found else {}

    def operator(name: str) -> Callable[..., Any]:
        return lambda *operands: applied(UFUNCS[name], "div" if name == "truediv" else name, *operands)

    return {
        **{f"wf.{name}": operator(name) for name in UFUNCS},
        **{
            f"wf.{name}": lambda value, axis=None, name=name: reduction(value, name, axis)
            for name in ("min", "max", "mean", "median", "sum", "std", "count")
        },
        "wf.divmod": lambda x, y: (applied("floor_divide", "floordiv", x, y), applied("remainder", "mod", x, y)),
        "wf.reduction": reduction, "wf.where": where, "wf.mask": masks(world), "wf.getmask": getmask,
        "wf.clip_values": clip_values, "wf.scale_values": scale_values, "wf.colormap": colormap, "wf.conv2d": conv2d,
        "wf.Image.replace_empty_with": replaced_empty, "wf.ImageCollection.replace_empty_with": replaced_empty,
        "wf.pick_bands": picked, "wf.pick_bands_list": pick, "wf.rename_bands": renamed,
        "wf.rename_bands_positionally": renamed, "wf.concat_bands": concat_bands,
        "wf.map_bands": lambda value, function: {name: function(name, band) for name, band in by_band(value).items()},
        "wf.map_bands_imagery": map_bands_imagery,
        "wf.nbands": lambda value: len(pictures(value)[0].bands) if pictures(value) else 0,
        "wf.mosaic": mosaic, "wf.ImageCollection.sortby_composite": sortby_composite,
        "wf.concat": lambda *found: stacked(found), "wf.ImageCollection.from_images": collected,
        "wf.ImageCollection.head": lambda value, n: Pictures(value[:n]),
        "wf.ImageCollection.tail": lambda value, n: Pictures(value[len(value) - n :]),
        "wf.ImageCollection.partition": lambda value, i: (Pictures(value[:i]), Pictures(value[i:])),
        "wf.map_imagery": lambda value, function: stacked(map(function, value)),
        "wf.ImageCollection.map_window": windows,
        "wf.ImageCollection.map_window_ic": lambda *arguments: stacked(windows(*arguments)),
        "wf.ImageCollectionGroupby.create": grouped, "wf.ImageCollectionGroupby.groups": dict,
        "wf.ImageCollectionGroupby.get": lambda groups, key: groups.get(key, Pictures()),
        "wf.ImageCollectionGroupby.one": lambda groups: next(iter(groups.items())),
        "wf.ImageCollectionGroupby.map": lambda groups, function: {
            key: function(key, group) for key, group in groups.items()
        },
        "wf.ImageCollectionGroupby.map_ic": lambda groups, function: stacked(
            function(key, group) for key, group in groups.items()
        ),
        "wf.getattr": attributes, "wf.with_bandinfo": with_bandinfo, "wf.without_bandinfo": without_bandinfo,
        "wf.with_properties": lambda image, **given: replace(image, properties={**image.properties, **given}),
        "wf.without_properties": lambda image, *names: replace(image, properties=without(image.properties, names)),
        "wf.to_imagery": partial(as_imagery, world.grid), "wf.value_at": value_at, "wf.Image.load": load,
        "wf.ImageCollection.from_id": search, "wf.Kernel.load": lambda dims, data: np.reshape(data, dims),
    }  # fmt: skip
