"""The formats that results are sent and saved in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from graft_eval.scope import Scope
from graft_eval.values.image import Imagery
from graft_eval.values.results import to_wire
from graft_eval.values.types import type_of
from sdk.contract import arrow
from tileserver.formats.fits import check_fits, explain_misfit
from tileserver.formats.format import FORMATS, BadFormat, Format, accepted_format, read_format
from tileserver.formats.layout import CannotSave, NotWritten, Origin, RasterLayout
from tileserver.formats.parquet import to_geoparquet
from tileserver.formats.picture import to_png
from tileserver.formats.rasters import WRITERS, open_parts, open_writer
from tileserver.formats.sizes import check_text, numbers_of
from tileserver.formats.tables import to_csv
from tileserver.formats.text import to_json, to_msgpack

__all__ = [
    "FORMATS", "BadFormat", "CannotSave", "Format", "NotWritten", "Origin", "RasterLayout", "accepted_format",
    "check_fits", "encode", "numbers_of", "open_parts", "open_writer", "read_format",
]  # fmt: skip

CONTENT: Final[Mapping[str, Callable[[object], bytes]]] = MappingProxyType(
    {"json": to_json, "msgpack": to_msgpack, "geojson": to_json, "csv": to_csv, "geoparquet": to_geoparquet}
)
"""Encoders of what is sent of values, by the names of formats without options."""


def encode(
    value: object, format: Format | str | Mapping[str, object], scope: Scope, origin: Origin | None = None
) -> tuple[bytes, str]:
    """Return the bytes of an evaluated value in a format, and their media type.

    Pixels are computed on the scope's grid. Raises `BadFormat` for a format that does not exist, `CannotSave` for a
    value that does not fit it, `GraftError`s for values that cannot be sent or computed. Files that have room for it
    tell the computation that is their `origin`.
    """
    asked = format if isinstance(format, Format) else read_format(format)
    type = type_of(value).name
    if misfit := explain_misfit(asked.name, type, frozenset({type})):
        raise CannotSave(misfit)
    return _encode(value, asked, scope, origin), asked.media_type


def _encode(value: Any, format: Format, scope: Scope, origin: Origin | None) -> bytes:
    if format.name in WRITERS:
        return _encode_raster(value, format, scope, origin)
    if format.name == "png":
        return to_png(value, scope)
    if format.name in CONTENT:
        check_text(value, scope.grid, format.name)
    content = to_wire(value, scope)
    with scope.progress.timed("encode"):
        if format.name == "pyarrow":
            return arrow.write(content, format.options["compression"])
        return CONTENT[format.name](content)


def _encode_raster(value: Imagery, format: Format, scope: Scope, origin: Origin | None) -> bytes:
    layout = RasterLayout.of(value, scope.pixel_grid(), origin)
    with tempfile.TemporaryDirectory(prefix="graftile-") as folder:
        path = Path(folder) / "result"
        with open_writer(format, path, layout) as writer:
            for row, col, raster in scope.engine.pieces(layout.planes, layout.grid, scope.progress, scope.limits):
                writer.write(row, col, raster)
        return path.read_bytes()
