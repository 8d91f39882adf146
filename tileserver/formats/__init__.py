"""The formats that results are sent in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from graft_eval.scope import Scope
from graft_eval.values.results import to_wire
from sdk.contract import arrow
from tileserver.formats.format import FORMATS, BadFormat, Format, accepted_format, read_format
from tileserver.formats.text import to_json

__all__ = ["FORMATS", "BadFormat", "Format", "accepted_format", "encode", "read_format"]


def encode(value: object, format: Format | str | Mapping[str, object], scope: Scope) -> tuple[bytes, str]:
    """Return the bytes of an evaluated value in a format, and their media type.

    Pixels are computed on the scope's grid. Raises `BadFormat` for a format that does not exist, `GraftError`s for
    values that cannot be sent or computed.
    """
    asked = format if isinstance(format, Format) else read_format(format)
    content = to_wire(value, scope)
    with scope.progress.timed("encode"):
        if asked.name == "json":
            return to_json(content), asked.media_type
        return arrow.write(content, cast(arrow.Compression, asked.options["compression"])), asked.media_type
