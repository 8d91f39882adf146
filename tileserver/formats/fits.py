"""Which types fit which formats: what cannot be saved is refused before it is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from sdk.contract.formats import MEDIA_TYPES
from tileserver.formats.format import BadFormat, Format

__all__ = ["check_fits", "explain_misfit"]

IMAGERY: Final = frozenset({"Image", "ImageCollection"})
SHAPES: Final = frozenset({"Geometry", "GeometryCollection", "Feature", "FeatureCollection"})

HOLDS: Final[Mapping[str, Callable[[str, frozenset[str]], bool]]] = MappingProxyType(
    {
        "geotiff": lambda type, inner: type == "Image",
        "png": lambda type, inner: type == "Image",
        "zarr": lambda type, inner: type in IMAGERY,
        "netcdf": lambda type, inner: type in IMAGERY,
        "geoparquet": lambda type, inner: type in SHAPES,
        "geojson": lambda type, inner: type in SHAPES,
        "csv": lambda type, inner: not inner & IMAGERY,
    }
)
"""Whether a format holds a type, by the type's name and the names of all types in it; the others hold all."""


def check_fits(format: Format, typespec: Mapping[str, Any]) -> None:
    """Raise `BadFormat` if values of a type cannot be saved in a format; of a function, those that it returns.

    >>> from tileserver.formats.format import read_format
    >>> check_fits(read_format("geotiff"), {"type": "Int"})
    Traceback (most recent call last):
    tileserver.formats.format.BadFormat: Int cannot be saved as geotiff: pyarrow, json, msgpack and csv can hold it
    """
    typespec = _result_of(typespec)
    type = _name_of(typespec)
    misfit = explain_misfit(format.name, type, frozenset(_names_in(typespec)))
    if misfit and type != "Any":
        raise BadFormat(misfit)


def explain_misfit(format: str, type: str, inner: frozenset[str]) -> str | None:
    """Return why a type, made of types `inner`, does not fit a format, and which formats do; None if it fits."""
    if _holds(format, type, inner):
        return None
    *others, last = (name for name in MEDIA_TYPES if _holds(name, type, inner))
    return f"{type} cannot be saved as {format}: {', '.join(others)} and {last} can hold it"


def _holds(format: str, type: str, inner: frozenset[str]) -> bool:
    return format not in HOLDS or HOLDS[format](type, inner)


def _result_of(typespec: Mapping[str, Any]) -> Mapping[str, Any]:
    match typespec:
        case {"composite": {"type": "Function", "params": [*_, dict(returned)]}}:
            return _result_of(returned)
    return typespec


def _name_of(typespec: Mapping[str, Any]) -> str:
    match typespec:
        case {"type": str(name)} | {"composite": {"type": str(name)}}:
            return name
    return "Any"


def _names_in(typespec: object) -> Iterator[str]:
    if isinstance(typespec, dict):
        if isinstance(name := typespec.get("type"), str):
            yield name
        for item in typespec.values():
            yield from _names_in(item)
    elif isinstance(typespec, list):
        for item in typespec:
            yield from _names_in(item)
