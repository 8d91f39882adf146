"""Names of formats: what a client may ask for, by name or by media type, and with which options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType, NoneType
from typing import Any, Final

from sdk.contract.formats import MEDIA_TYPES
from tileserver.http.accept import media_ranges
from tileserver.http.errors import BadRequest, shorten

__all__ = ["FORMATS", "BadFormat", "Format", "accepted_format", "read_format"]


class BadFormat(BadRequest):
    """A format that does not exist, or an option that it does not have."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write results, and the options it was asked for with."""

    name: str
    media_type: str
    options: Mapping[str, Any] = field(default_factory=dict)


OPTIONS: Final[Mapping[str, Mapping[str, tuple[str | bool | None, ...]]]] = MappingProxyType(
    {
        "pyarrow": {"compression": ("lz4", "brotli")},
        "json": {},
        "msgpack": {},
        "geojson": {},
        "csv": {},
        "png": {},
        "geotiff": {
            "overviews": (True, False),
            "tiled": (True, False),
            "compression": ("LZW", None, "JPEG"),
            "overview_resampler": (None, "nearest", "average", "bilinear", "cubic", "mode"),  # None: as bands are
        },
        "zarr": {},
        "netcdf": {},
        "geoparquet": {},
    }
)
"""Options of each format and their values, the default first; they are given in any case, or as text."""

FORMATS: Final[Mapping[str, str]] = MappingProxyType({name: MEDIA_TYPES[name] for name in OPTIONS})
"""Media types by the names of formats; the first is the default."""


def read_format(format: str | Mapping[str, object]) -> Format:
    """Return the format that a name or a `{"type": name, option: value}` asks for; names are in any case.

    >>> read_format({"type": "PyArrow", "compression": "LZ4"}).options
    {'compression': 'lz4'}
    """
    if isinstance(format, str):
        return _format(format, {})
    options = dict(format)
    name = options.pop("type", None)
    if not isinstance(name, str):
        raise BadFormat(f"a format must be a name or an object with a type, not {shorten(format)}")
    return _format(name, options)


def accepted_format(accept: str) -> Format:
    """Return the format that the header `Accept` prefers; options come as parameters of a media type.

    >>> accepted_format("application/json;q=0.5, application/vnd.pyarrow; compression=brotli")
    Format(name='pyarrow', media_type='application/vnd.pyarrow', options={'compression': 'brotli'})
    """
    for wanted in media_ranges(accept):
        for name, media_type in FORMATS.items():
            if wanted.quality > 0 and wanted.match(media_type):
                return _format(name, wanted.parameters)
    raise BadFormat(f"Accept must name one of {_listed(FORMATS.values())}, not {shorten(accept)}")


def _format(name: str, asked: Mapping[str, object]) -> Format:
    known = name.strip().lower()
    if known not in FORMATS:
        raise BadFormat(f"the format must be one of {_listed(FORMATS)}, not {shorten(name)}")
    options = {option: values[0] for option, values in OPTIONS[known].items()}
    for option, value in asked.items():
        if option not in options:
            raise BadFormat(f"the format {known} has no option {shorten(option)}; it has {_listed(options) or 'none'}")
        options[option] = _chosen(known, option, value)
    return Format(known, FORMATS[known], options)


def _chosen(name: str, option: str, value: object) -> str | bool | None:
    allowed = OPTIONS[name][option]
    if isinstance(value, (str, bool, NoneType)):
        for one in allowed:
            if str(one).lower() == str(value).lower():
                return one
    raise BadFormat(f"{option} of the format {name} must be one of {_listed(allowed)}, not {shorten(value)}")


def _listed(names: Iterable[object]) -> str:
    return ", ".join(map(str, names))
