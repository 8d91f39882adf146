"""Feature info: the values at a pixel as text, JSON or HTML."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from math import isfinite

from wmts.text import clean

__all__ = ["FeatureInfo", "feature_info"]

CRS84 = "urn:ogc:def:crs:OGC:1.3:CRS84"


@dataclass(frozen=True, slots=True)
class FeatureInfo:
    """The values of a layer's bands at a point; None, or a number that is not finite, if there is none."""

    layer: str
    lon: float
    lat: float
    values: Mapping[str, float | None]


def feature_info(info: FeatureInfo, media_type: str) -> bytes:
    """Return the document in one of `INFO_FORMATS`, as UTF-8: JSON is GeoJSON, which QGIS reads as a feature.

    >>> feature_info(FeatureInfo("Snow", 7.5, 46.9, {"depth": 0.5, "age": None}), "text/plain").decode()
    'Snow at 7.5, 46.9\\ndepth: 0.5\\nage: no data\\n'
    """
    return WRITERS[media_type](info).encode()


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def _told(info: FeatureInfo) -> list[tuple[str, str]]:
    """Return each band and its value in words."""
    numbers = {band: _number(value) for band, value in info.values.items()}
    return [(_line(band), "no data" if value is None else repr(value)) for band, value in numbers.items()]


def _line(text: str) -> str:
    """Return `text` in one line of what every document can carry."""
    return " ".join(clean(text).split())


def _write_text(info: FeatureInfo) -> str:
    lines = [f"{_line(info.layer)} at {info.lon!r}, {info.lat!r}"]
    return "\n".join([*lines, *(f"{band}: {value}" for band, value in _told(info)), ""])


def _write_json(info: FeatureInfo) -> str:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [info.lon, info.lat]},
        "properties": {band: _number(value) for band, value in info.values.items()},
    }
    crs = {"type": "name", "properties": {"name": CRS84}}  # QGIS takes it for the layer's where it is not said
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}, allow_nan=False)


def _write_html(info: FeatureInfo) -> str:
    rows = "".join(f"<tr><th>{escape(band)}</th><td>{escape(value)}</td></tr>" for band, value in _told(info))
    title = escape(_line(info.layer))
    place = f"{info.lon!r}, {info.lat!r}"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><table><caption>{title} at {place}</caption>{rows}</table></body></html>\n"
    )


WRITERS: dict[str, Callable[[FeatureInfo], str]] = {
    "text/plain": _write_text,
    "application/json": _write_json,
    "text/html": _write_html,
}
