"""TIFF files as their directories and tiles: read from files of GDAL, and laid out as cloud optimized GeoTIFFs are."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

__all__ = ["Directory", "Level", "Tag", "lay_out", "numbers_of", "read_directory"]

SUBFILE, WIDTH, HEIGHT, OFFSETS, COUNTS = 254, 256, 257, 324, 325  # tags
SHORT, LONG, LONG8 = 3, 4, 16  # types, and the letters that `struct` has for those of whole numbers:
LETTERS: Final[Mapping[int, str]] = {SHORT: "H", LONG: "I", LONG8: "Q"}
SIZES: Final[Mapping[int, int]] = {
    1: 1, 2: 1, SHORT: 2, LONG: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, LONG8: 8,
}  # fmt: skip
OF_THE_WHOLE: Final = frozenset({270, 271, 272, 305, 306, 33550, 33922, 34264, 34735, 34736, 34737, 42112})
"""Tags of a file that its overviews do without: texts, dates, places, and what GDAL adds."""

LARGEST: Final = 4_000_000_000  # bytes of a file that is no BigTIFF
# https://gdal.org/en/stable/drivers/raster/cog.html#header-ghost-area
PROMISES: Final = (
    b"LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n"
    b"BLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n "
)
GHOST: Final = b"GDAL_STRUCTURAL_METADATA_SIZE=%06d bytes\n" % len(PROMISES) + PROMISES
AROUND: Final = 4  # bytes before and after each tile: its size, and its last ones again


class Tag(NamedTuple):
    """A tag of a directory: its type, how many values it has, and their bytes."""

    type: int
    number: int
    content: bytes


Directory = Mapping[int, Tag]


@dataclass(frozen=True, slots=True)
class Level:
    """An image of a pyramid: rows and columns, and the sizes and the bytes of its tiles, row by row."""

    shape: tuple[int, int]
    sizes: Sequence[int]
    tiles: Callable[[], Iterable[bytes]]


def read_directory(file: BinaryIO) -> Directory:
    """Return the first directory of a BigTIFF whose bytes are in the order of this machine's, the least one first."""
    order, version, _, _, start = struct.unpack("<2sHHHQ", file.read(16))
    if (order, version) != (b"II", 43):
        raise ValueError(f"a BigTIFF must begin with II and 43, not with {order!r} and {version}")
    file.seek(start)
    (entries,) = struct.unpack("<Q", file.read(8))
    found: dict[int, tuple[int, int, bytes]] = {}
    for _ in range(entries):
        tag, type, count, value = struct.unpack("<HHQ8s", file.read(20))
        found[tag] = type, count, value
    directory = {}
    for tag, (type, count, value) in found.items():
        size = SIZES[type] * count
        if size > len(value):
            file.seek(*struct.unpack("<Q", value))
            value = file.read(size)
        directory[tag] = Tag(type, count, value[:size])
    return directory


def numbers_of(tag: Tag) -> tuple[int, ...]:
    """Return the whole numbers of a tag."""
    return struct.unpack(f"<{tag.number}{LETTERS[tag.type]}", tag.content)


def lay_out(path: Path, directory: Directory, levels: Sequence[Level], check: Callable[[], None]) -> None:
    """Write a cloud optimized GeoTIFF of tiles as they are; `check` is called before each, and may raise.

    `directory` is that of a file with the same pixels at the first of the levels; the others are its overviews.
    """
    around = 2 * AROUND
    data = sum(sum(level.sizes) + around * len(level.sizes) for level in levels)
    is_big = data > LARGEST
    at = len(_head(directory, levels, [[0] * len(level.sizes) for level in levels], is_big))
    offsets: list[list[int]] = []
    for level in reversed(levels):  # those who want an overview read the start of the file alone
        offsets.insert(0, [])
        for size in level.sizes:
            offsets[0].append(at + AROUND)
            at += size + around
    with path.open("wb", buffering=1 << 20) as file:
        file.write(_head(directory, levels, offsets, is_big))
        for level in reversed(levels):
            for tile in level.tiles():
                check()
                file.write(struct.pack("<I", len(tile)))
                file.write(tile)
                file.write(tile[-AROUND:])


def _head(directory: Directory, levels: Sequence[Level], offsets: Sequence[Sequence[int]], is_big: bool) -> bytes:
    """Return all that comes before the tiles, for these offsets of theirs."""
    start = (16 if is_big else 8) + len(GHOST)
    start += start % 2
    head = struct.pack("<2sHHHQ", b"II", 43, 8, 0, start) if is_big else struct.pack("<2sHI", b"II", 42, start)
    head = (head + GHOST).ljust(start, b"\0")
    for at, (level, places) in enumerate(zip(levels, offsets, strict=True)):
        tags = dict(directory)
        if at:
            tags = {tag: value for tag, value in tags.items() if tag not in OF_THE_WHOLE}
            tags[SUBFILE] = _tag(LONG, [1])
        height, width = level.shape
        tags[WIDTH], tags[HEIGHT] = _tag(LONG, [width]), _tag(LONG, [height])
        tags[OFFSETS] = _tag(LONG8 if is_big else LONG, places)
        tags[COUNTS] = _tag(LONG, level.sizes)
        head += _encode(tags, len(head), at == len(levels) - 1, is_big)
    return head


def _encode(directory: Directory, start: int, is_last: bool, is_big: bool) -> bytes:
    """Return a directory that lies at an offset, with its values behind it and then the next one."""
    count, entry, word = ("<Q", "<HHQ8s", "<Q") if is_big else ("<H", "<HHI4s", "<I")
    room = struct.calcsize(word)
    behind = start + struct.calcsize(count) + struct.calcsize(entry) * len(directory) + room
    entries, values = struct.pack(count, len(directory)), b""
    for tag, (type, number, content) in sorted(directory.items()):
        if len(content) > room:
            place = struct.pack(word, behind + len(values))
            values += content + b"\0" * (-len(content) % 8)
        else:
            place = content
        entries += struct.pack(entry, tag, type, number, place)
    return entries + struct.pack(word, 0 if is_last else behind + len(values)) + values


def _tag(type: int, numbers: Sequence[int]) -> Tag:
    return Tag(type, len(numbers), struct.pack(f"<{len(numbers)}{LETTERS[type]}", *numbers))
