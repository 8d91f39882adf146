"""Names of the formats that results come in, and how a request asks for one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["MEDIA_TYPES", "accept_of"]

MEDIA_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pyarrow": "application/vnd.pyarrow",
        "geotiff": "image/tiff",
        "json": "application/json",
        "msgpack": "application/msgpack",
        "geojson": "application/geo+json",
        "csv": "text/csv",
        "png": "image/png",
        "zarr": "application/zip",
        "netcdf": "application/x-netcdf",
        "geoparquet": "application/vnd.apache.parquet",
    }
)


def accept_of(format: str | Mapping[str, object]) -> str:
    """Return the header `Accept` that asks for a format, a name or `{"type": name, option: value}`.

    >>> accept_of("JSON"), accept_of({"type": "pyarrow", "compression": "brotli"})
    ('application/json', 'application/vnd.pyarrow; compression=brotli')
    """
    options = {"type": format} if isinstance(format, str) else dict(format)
    name = str(options.pop("type", None)).lower()
    if name not in MEDIA_TYPES:
        raise ValueError(f"format must be one of {', '.join(MEDIA_TYPES)}, not {format!r}")
    return "; ".join((MEDIA_TYPES[name], *(f"{option}={value}".lower() for option, value in options.items())))
