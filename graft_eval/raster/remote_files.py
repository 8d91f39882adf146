"""Remote files: their headers, which are kept, and the bytes of their blocks, which are fetched."""

from __future__ import annotations

import threading
from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from graft_eval.raster.fetching import Fetched, Fetcher, range_threads
from graft_eval.raster.signing import RemoteError

__all__ = ["CHUNK", "FileChanged", "Header", "RemoteFile"]

CHUNK: Final = 32768  # bytes: the header and all directories of most Cloud-Optimized GeoTIFFs
MAX_HEADER: Final = 8 * CHUNK
MAX_GAP: Final = 64  # bytes between ranges that are fetched as one
MAX_RUN: Final = 1 << 20  # bytes of several; larger ones come sooner side by side


class FileChanged(RemoteError):
    """A remote file that is another than when it was opened."""


@dataclass(frozen=True, slots=True)
class Header:
    """What it takes to open a remote file: chunks of it by their start, its size in bytes, and its validator."""

    size: int
    validator: str
    chunks: tuple[tuple[int, bytes], ...]


class RemoteFile:
    """A file behind HTTP; thread safe.

    Every answer is compared with what the header says of the file. A header that was kept is `checked` by the first of
    them; one that is not kept as it is has `grown`.
    """

    def __init__(self, url: str, fetcher: Fetcher, header: Header | None = None) -> None:
        """Ask for the file's beginning unless there is a header. Raises `RemoteError`."""
        self.url = self._target = url
        self._fetcher = fetcher
        self._lock = threading.Lock()
        self.changed = False
        self.checked = self.grown = header is None
        if header is None:
            first = fetcher.fetch(url, 0, CHUNK)
            self._target = first.url
            header = Header(first.size, first.validator, ((0, first.content),))
        self.size, self._validator = header.size, header.validator
        self._chunks = list(header.chunks)

    @property
    def start(self) -> bytes:
        """What the file begins with."""
        return self._chunks[0][1]

    @property
    def header(self) -> Header:
        """The header, as far as it is known by now."""
        with self._lock:
            return Header(self.size, self._validator, tuple(self._chunks))

    def kept(self, start: int, size: int) -> bytes | None:
        """Return bytes that the header has, None if it does not have all of them."""
        with self._lock:
            first, chunk = self._chunks[max(0, bisect_right(self._chunks, start, key=lambda one: one[0]) - 1)]
        end = min(start + size, self.size)
        return chunk[start - first : end - first] if first <= start and end <= first + len(chunk) else None

    def read(self, start: int, size: int) -> bytes:
        """Return bytes from `start` on, fewer at the end of the file. Raises `RemoteError`."""
        if start >= self.size:
            return b""
        known = self.kept(start, size)
        if known is None:
            known = self._fetch(start, size)
            with self._lock:
                if len(known) <= CHUNK and sum(len(chunk) for _, chunk in self._chunks) < MAX_HEADER:
                    insort(self._chunks, (start, known))
                    self.grown = True
        return known

    def read_ranges(self, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return the bytes of ranges (start, size), which are fetched all at once. Raises `RemoteError`."""
        runs = list(_runs(ranges))
        others = [range_threads().submit(self._fetch, start, size) for start, size, _ in runs[1:]]
        contents = [self._fetch(*runs[0][:2]), *(other.result() for other in others)]
        found: dict[tuple[int, int], bytes] = {}
        for (first, _, own), content in zip(runs, contents, strict=True):
            found |= {(start, size): content[start - first : start - first + size] for start, size in own}
        return [found[one] for one in ranges]

    def check(self) -> None:
        """Raise `FileChanged` if the file is another than the header says; asks unless an answer told it."""
        if not self.checked:
            self._fetch(0, 1)
        if self.changed:
            raise FileChanged("it was changed while it was read")

    def _fetch(self, start: int, size: int) -> bytes:
        target = self._target
        try:
            found = self._fetcher.fetch(target, start, size)
        except RemoteError:
            if target == self.url:
                raise
            found = self._fetcher.fetch(self.url, start, size)  # what it redirected to is good for a while
        self._compare(found)
        if len(found.content) != min(size, self.size - start):
            raise RemoteError(f"{len(found.content):,} bytes came, not {size:,}")
        return found.content

    def _compare(self, found: Fetched) -> None:
        self._target = found.url
        if (found.size, found.validator) != (self.size, self._validator):
            self.changed = True
            raise FileChanged("it was changed while it was read")
        self.checked = True


def _runs(ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Yield start and size of what is fetched at once, with the ranges that it holds."""
    run, first, end = list[tuple[int, int]](), 0, 0
    for start, size in sorted(set(ranges)):
        if run and (start > end + MAX_GAP or start + size - first > MAX_RUN):
            yield first, end - first, run
            run = []
        first, end = (first, max(end, start + size)) if run else (start, start + size)
        run.append((start, size))
    if run:
        yield first, end - first, run
