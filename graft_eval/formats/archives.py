"""Archives: rasters inside of zip files, which GDAL reads as they are."""

from __future__ import annotations

import os
import zipfile
from functools import lru_cache
from typing import Final

from rasterio.errors import RasterioIOError

from graft_eval.formats.kinds import START, Kind, kind_of_start

__all__ = ["Member", "find_member", "members_of"]

ENDING: Final = 22  # bytes, of what ends an archive, before its comment of at most 64 KiB
MAX_LISTED: Final = 8 << 20  # bytes of an archive's list of files
MAX_BYTES: Final = 16 << 30  # of one file, unpacked
MAX_RATIO: Final = 200  # of what a file is to what it is packed: zeros make 1,000

Member = tuple[str, Kind]  # of the archive: its name, and what it is


def find_member(path: str, name: str) -> Member:
    """Return the file of an archive that a name, or none, stands for; raises RasterioIOError where there is none.

    No name stands for the only raster.
    """
    members = members_of(path)
    if name:
        kind = dict(members).get(name)
        if kind is None:
            raise RasterioIOError(f"the archive holds no raster {name}")
        return name, kind
    if len(members) != 1:
        names = ", ".join(member for member, _ in members[:5]) or "none"
        raise RasterioIOError(f"the archive holds {len(members)} rasters, not one: {names}")
    return members[0]


def members_of(path: str) -> tuple[Member, ...]:
    """Return the rasters in an archive that stand for themselves; raises RasterioIOError where it cannot be read."""
    status = os.stat(path)
    return _members(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=256)
def _members(path: str, size: int, mtime: int) -> tuple[Member, ...]:
    _check_list(path, size)
    found = []
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.is_dir() or info.flag_bits & 1 or info.file_size == 0:  # the second are encrypted
                    continue
                with archive.open(info) as file:
                    kind = kind_of_start(file.read(START))
                if kind is None or not kind.alone:
                    continue
                if info.file_size > MAX_BYTES or info.file_size > MAX_RATIO * max(info.compress_size, START):
                    raise RasterioIOError(
                        f"{info.filename} would be {info.file_size:,} bytes, packed in {info.compress_size:,}"
                    )
                found.append((info.filename, kind))
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError) as exc:
        if isinstance(exc, RasterioIOError):
            raise
        raise RasterioIOError(f"it is no zip archive that can be read: {exc}") from exc
    return tuple(found)


def _check_list(path: str, size: int) -> None:
    """Look at how long the list of files says it is, which is read at once."""
    with open(path, "rb") as file:
        file.seek(max(0, size - ENDING - (1 << 16)))
        end = file.read()
    at = end.rfind(b"PK\5\6")
    listed = int.from_bytes(end[at + 12 : at + 16], "little")
    if at < 0 or listed > MAX_LISTED:
        raise RasterioIOError(f"its list of files is not there, or longer than {MAX_LISTED:,} bytes")
