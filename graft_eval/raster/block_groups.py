"""Groups of blocks: which of those that are asked for are looked for, and read, together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Final, TypeVar

from graft_eval.fingerprint import local_path
from graft_eval.raster.decoding import BlockRequest

__all__ = ["grouped", "is_remote_file", "rectangles"]

MAX_BLOCKS_PER_READ: Final = 16  # of a remote file

T = TypeVar("T")


def is_remote_file(request: BlockRequest) -> bool:
    """Return True if a block is one of another machine's file."""
    return local_path(request.asset.href) is None


def grouped(requests: Iterable[BlockRequest]) -> Iterator[tuple[bool, list[BlockRequest]]]:
    """Yield what is looked for at once: one block of a local file, those of a remote one that follow each other.

    With each comes whether the file is remote.
    """
    for (href, *_), group in groupby(requests, lambda one: (*one.key[:4], one.bands)):
        if local_path(href) is None:
            while several := list(islice(group, MAX_BLOCKS_PER_READ)):
                yield True, several
        else:
            yield from ((False, [request]) for request in group)


def rectangles(requests: Sequence[tuple[BlockRequest, T]]) -> Iterator[list[tuple[BlockRequest, T]]]:
    """Yield blocks of one file in rectangles, of which GDAL fetches each in one round trip."""
    requests = sorted(requests, key=lambda one: (one[0].row, one[0].col))
    rows, cols = {request.row for request, _ in requests}, {request.col for request, _ in requests}
    if requests and len(requests) == (max(rows) - min(rows) + 1) * (max(cols) - min(cols) + 1):
        yield requests
        return
    for _, run in groupby(enumerate(requests), lambda item: (item[1][0].row, item[1][0].col - item[0])):
        yield [one for _, one in run]
