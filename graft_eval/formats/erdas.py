"""Erdas Imagine: files that may name others, which hold their pixels or their overviews."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO, Final

from rasterio.errors import RasterioIOError

__all__ = ["check_erdas"]

ENTRY: Final = "<6I64s32s"  # next, previous, parent, child, data, its size; name, type
HEADER_AT: Final = 16  # where the file says where its header is
ROOT_IN_HEADER: Final = 8
ELSEWHERE: Final = ("ExternalRasterDMS", "ImgExternalRaster", "DependentFile")  # names of what leads to other files
MAX_ENTRIES: Final = 10_000


def check_erdas(path: str) -> None:
    """Raise RasterioIOError where a file has its pixels or its overviews in other files, or cannot be walked."""
    with open(path, "rb") as file:
        try:
            (header,) = _read(file, HEADER_AT, "<I")
            (root,) = _read(file, header + ROOT_IN_HEADER, "<I")
            _walk(file, root)
        except struct.error as exc:
            raise RasterioIOError("it is cut short") from exc


def _walk(file: BinaryIO, root: int) -> None:
    waiting, seen = [root], {0}
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        if len(seen) > MAX_ENTRIES:
            raise RasterioIOError(f"it holds more than {MAX_ENTRIES:,} entries")
        following, _, _, child, _, _, *texts = _read(file, at, ENTRY)
        for text in texts:
            if (called := text.partition(b"\0")[0].decode("latin-1")).endswith(ELSEWHERE):
                raise RasterioIOError(f"it leads to other files, by its {called}")
        waiting += [following, child]


def _read(file: BinaryIO, at: int, form: str) -> tuple[Any, ...]:
    file.seek(at)
    return struct.unpack(form, file.read(struct.calcsize(form)))
