"""The formats that results are sent and saved in."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from graft_eval.scope import Scope
from graft_eval.values.image import Imagery
from graft_eval.values.results import to_wire
from graft_eval.values.types import describe
from sdk.contract import arrow
from tileserver.formats.format import FORMATS, BadFormat, Format, accepted_format, read_format
from tileserver.formats.layout import CannotSave, Origin, RasterLayout
from tileserver.formats.rasters import WRITERS, open_writer
from tileserver.formats.text import to_json

__all__ = [
    "FORMATS", "BadFormat", "CannotSave", "Format", "Origin", "RasterLayout", "accepted_format", "encode",
    "open_writer", "read_format",
]  # fmt: skip


def encode(
    value: object, format: Format | str | Mapping[str, object], scope: Scope, origin: Origin | None = None
) -> tuple[bytes, str]:
    """Return the bytes of an evaluated value in a format, and their media type.

    Pixels are computed on the scope's grid. Raises `BadFormat` for a format that does not exist, `CannotSave` for a
    value that does not fit it, `GraftError`s for values that cannot be sent or computed. Files that have room for it
    tell the computation that is their `origin`.
    """
    asked = format if isinstance(format, Format) else read_format(format)
    if asked.name in WRITERS:
        return _encode_raster(value, asked, scope, origin), asked.media_type
    content = to_wire(value, scope)
    with scope.progress.timed("encode"):
        if asked.name == "json":
            return to_json(content), asked.media_type
        return arrow.write(content, cast(arrow.Compression, asked.options["compression"])), asked.media_type


def _encode_raster(value: object, format: Format, scope: Scope, origin: Origin | None) -> bytes:
    if not isinstance(value, Imagery):
        raise CannotSave(f"{describe(value)} cannot be saved as {format.name}, which holds imagery alone")
    layout = RasterLayout.of(value, scope.pixel_grid(), origin)
    with tempfile.TemporaryDirectory(prefix="graftile-") as folder:
        path = Path(folder) / "result"
        with open_writer(format, path, layout) as writer:
            for row, col, raster in scope.engine.pieces(layout.planes, layout.grid, scope.progress, scope.limits):
                writer.write(row, col, raster)
        return path.read_bytes()
