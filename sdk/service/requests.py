"""Requests to compute objects: what `inspect` and jobs send alike."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sdk.language.function import Function
from sdk.language.generic import GenericProxy, type_name
from sdk.language.geocontext import GeoContext, positions_of
from sdk.language.proxify import proxify
from sdk.language.proxy import TYPES, Proxy
from sdk.service.computation import Computation, arguments_json, geoctx_json

__all__ = ["as_geoctx", "as_proxy", "request_body"]

LONGER_SIDE: Final = 1024  # of pictures of a shape, as previews have

Bounds = tuple[float, float, float, float]


def as_proxy(obj: Proxy | Sequence[Any]) -> Proxy:
    """Return an object that can be computed; lists and tuples of them become one.

    >>> from sdk import Int
    >>> as_proxy([Int(1), (Int(2), Int(3))])
    <Tuple[Int, Tuple[Int, Int]]>
    """
    if isinstance(obj, (list, tuple)):
        proxies = [as_proxy(item) for item in obj]
        tuple_type: Any = TYPES["Tuple"]
        return proxify(tuple_type[tuple(map(type, proxies))](proxies))
    if not isinstance(obj, Proxy):
        raise TypeError(f"a proxy object, or a list or tuple of them, can be computed, not {obj!r}")
    return obj


def request_body(obj: Proxy, geoctx: object, given: Mapping[str, object]) -> dict[str, Any]:
    """Return the fields of a request to compute an object on a grid, with values of its arguments.

    Raises TypeError for what has no value to send and for arguments that do not exist or have another type,
    ValueError for arguments that are missing or depend on parameters.
    """
    if isinstance(obj, Function):
        _check_function(obj, given)
    computation = Computation.of(obj)
    kind: Any = type(computation.object)
    is_function = issubclass(kind, Function)
    _check_has_value(kind.return_type if is_function else kind)
    arguments = arguments_json(kind.kwarg_types if is_function else {}, given)
    missing = [name for name in computation.required if name not in arguments]
    if missing:
        raise ValueError(f"missing values for {', '.join(missing)}: give each as an argument by its name")
    return {**computation.to_json(), "arguments": arguments, "geoctx": geoctx_json(as_geoctx(geoctx))}


def _check_function(function: Function, given: Mapping[str, object]) -> None:
    if function.arg_types:
        raise TypeError(
            f"{type_name(type(function))} takes arguments without names: call it, and compute what it gives"
        )
    missing = [name for name in function.kwarg_types if name not in given]
    if missing:
        raise TypeError(f"{type_name(type(function))} has no value without its arguments: {', '.join(missing)}")


def _check_has_value(kind: type[Proxy]) -> None:
    """TypeError for a type whose values cannot be sent, or of which it is not known whether they can."""
    name = type_name(kind)
    if not kind._row.sendable:
        raise TypeError(f"{name} cannot be computed: it has no value outside of a computation")
    if issubclass(kind, GenericProxy):
        parts = kind._made_of()
        if issubclass(kind, TYPES["KnownDict"]):
            parts = tuple(parts[0].values())  # the rest is metadata as catalogs have it: plain values
        for part in parts:
            if part is TYPES["Any"]:
                raise TypeError(f"{name} cannot be computed: say what is in it, instead of Any")
            _check_has_value(part)


def as_geoctx(place: Any) -> GeoContext | None:
    """Return the GeoContext of a place: one itself, an `AOI`, `DLTile` or `XYZTile`, a shape, or a bounding box.

    A shape is a GeoJSON geometry, or has it as its `__geo_interface__`; what lies outside of it is masked. A bounding
    box is (left, bottom, right, top), in longitude and latitude, or a pair of it and its CRS. Shapes and boxes do not
    say how fine pixels are: the longer side has 1,024 of them.

    >>> as_geoctx(((500000, 4900000, 600000, 5000000), "EPSG:32633"))
    <GeoContext>
    """
    if place is None or isinstance(place, GeoContext):
        return place
    if isinstance(shape := getattr(place, "__geo_interface__", place), Mapping):
        bounds = _bounds_of(shape)
        return GeoContext(geometry=shape, crs="EPSG:4326", bounds=bounds, shape=_shape_of(bounds))
    crs = "EPSG:4326"
    match place:
        case [[_, _, _, _] as box, str(crs)]:
            pass
        case [_, _, _, _] as box:
            pass
        case _ if any(hasattr(place, name) for name in ("bounds", "geometry", "key", "x")):
            return GeoContext.from_scenes(place)
        case _:
            kinds = "a GeoContext, an AOI, DLTile or XYZTile, a GeoJSON geometry, or bounds"
            raise TypeError(f"geoctx must be {kinds}, not {place!r}")
    left, bottom, right, top = map(float, box)
    bounds = left, bottom, right, top
    return GeoContext(crs=crs, bounds=bounds, bounds_crs=crs, shape=_shape_of(bounds))


def _bounds_of(shape: Mapping[str, Any]) -> Bounds:
    positions = list(positions_of(shape))
    if not positions:
        raise ValueError(f"geoctx must be a geometry with coordinates, not {reprlib.repr(dict(shape))}")
    xs, ys = zip(*positions, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _shape_of(bounds: Bounds) -> tuple[int, int]:
    """Return the rows and columns of pixels that are square, `LONGER_SIDE` along the longer side."""
    left, bottom, right, top = bounds
    width, height = right - left, top - bottom
    if not (width > 0 and height > 0):
        raise ValueError(f"geoctx must have an area: its right edge must lie right of the left one, {bounds} has none")
    pixel = max(width, height) / LONGER_SIDE
    return max(1, round(height / pixel)), max(1, round(width / pixel))
