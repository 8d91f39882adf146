"""Blocks of files: decoded once however many wait for them, and kept up to a number of bytes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import rasterio
from cachetools import LRUCache
from numpy.typing import NDArray
from rasterio.enums import ColorInterp
from rasterio.errors import RasterioError
from rasterio.windows import Window

from graft_eval.handles import Handles, prepare_thread
from graft_eval.levels import Level
from graft_eval.scene import Asset
from graft_eval.wanted import ALPHA, MASK

__all__ = ["Block", "BlockRequest", "Blocks", "Unreadable"]

PATIENCE = 0.1  # seconds between looks at whether anybody still waits

Block = Mapping[int, NDArray[np.generic]]  # planes (row, col) of one block by band, from 1


class Unreadable(Exception):
    """A file that cannot be read; the message is the short reason."""


@dataclass(frozen=True, slots=True)
class BlockRequest:
    """Some bands of one block of a level of a file."""

    asset: Asset
    fingerprint: str
    level: Level
    row: int
    col: int
    bands: frozenset[int]

    @property
    def key(self) -> tuple[str, str, int | None, tuple[int, int], int, int]:
        """What the block is kept under, whatever bands of it."""
        return self.asset.href, self.fingerprint, self.level.overview, self.level.block, self.row, self.col


class Blocks:
    """Reads blocks with a pool of threads; thread safe."""

    def __init__(self, cache_bytes: int, threads: int) -> None:
        self._handles = Handles(limit=max(64, 4 * threads))
        self._pool = ThreadPoolExecutor(threads, "graftile-read", prepare_thread)
        self._ahead = 2 * threads
        self._kept: LRUCache[object, Block] = LRUCache(cache_bytes, getsizeof=_size)
        self._coming: dict[object, Future[Block]] = {}
        self._lock = threading.Lock()

    def stream(
        self, requests: Iterable[BlockRequest], check: Callable[[], None]
    ) -> Iterator[tuple[BlockRequest, Block | Unreadable, int]]:
        """Yield each request in order with its block, or why there is none, and the bytes decoded for it.

        A few blocks are read ahead. `check` is called while waiting, and may raise to end it.
        """
        waiting: deque[tuple[BlockRequest, Block | Future[Block], bool]] = deque()
        for request in requests:
            waiting.append((request, *self._find(request)))
            if len(waiting) > self._ahead:
                yield _settle(*waiting.popleft(), check)
        while waiting:
            yield _settle(*waiting.popleft(), check)

    @property
    def bytes_kept(self) -> int:
        """How many bytes of decoded pixels are kept."""
        return int(self._kept.currsize)

    def close(self) -> None:
        """End the threads and close the files."""
        self._pool.shutdown(cancel_futures=True)
        self._handles.close()

    def _find(self, request: BlockRequest) -> tuple[Block | Future[Block], bool]:
        """The block if it is kept, else its decoding, and whether that was started for this request."""
        with self._lock:
            kept = self._kept.get(request.key)
            if kept is not None and request.bands <= kept.keys():
                return kept, False
            flight = request.key, request.bands
            future = self._coming.get(flight)
            if future is not None:
                return future, False
            future = self._coming[flight] = self._pool.submit(self._load, request)
        return future, True

    def _load(self, request: BlockRequest) -> Block:
        flight = request.key, request.bands
        try:
            block = self._decode(request)
        except BaseException:
            with self._lock:
                del self._coming[flight]
            raise
        with self._lock:
            whole = {**self._kept.pop(request.key, {}), **block}
            if _size(whole) <= self._kept.maxsize:
                self._kept[request.key] = whole
            del self._coming[flight]
        return block

    def _decode(self, request: BlockRequest) -> Block:
        asset, level = request.asset, request.level
        try:
            with self._handles.lend(asset.href, request.fingerprint, level.overview) as dataset:
                return _read(dataset, request)
        except (RasterioError, OSError) as error:
            raise Unreadable(f"{_name(asset)} cannot be read: {_reason(error)}") from error


def _read(dataset: rasterio.DatasetReader, request: BlockRequest) -> Block:
    level, bands = request.level, sorted(band for band in request.bands if band > 0)
    if dataset.shape != level.shape or dataset.count < max(bands, default=0):
        raise Unreadable(
            f"{_name(request.asset)} is not what the catalog noted: {dataset.count} bands of {dataset.shape} pixels"
        )
    (height, width), (rows, cols) = level.block, level.shape
    top, left = request.row * height, request.col * width
    window = Window(left, top, min(width, cols - left), min(height, rows - top))
    block: dict[int, NDArray[np.generic]] = dict(zip(bands, dataset.read(bands, window=window), strict=True))
    if ALPHA in request.bands:
        if ColorInterp.alpha not in dataset.colorinterp:
            raise Unreadable(f"{_name(request.asset)} has no alpha band")
        alpha = dataset.read(dataset.colorinterp.index(ColorInterp.alpha) + 1, window=window)
        block[ALPHA] = (alpha != 0).astype(np.uint8)
    if MASK in request.bands:
        block[MASK] = dataset.read_masks(1, window=window)
    return block


def _settle(
    request: BlockRequest, block: Block | Future[Block], started: bool, check: Callable[[], None]
) -> tuple[BlockRequest, Block | Unreadable, int]:
    while isinstance(block, Future):
        try:
            block = block.result(PATIENCE)
        except TimeoutError:
            check()
        except Unreadable as error:
            return request, error, 0
    return request, block, _size(block) if started else 0


def _size(block: Block) -> int:
    return sum(plane.nbytes for plane in block.values())


def _name(asset: Asset) -> str:
    return asset.href.rsplit("/", 1)[-1]


def _reason(error: Exception) -> str:
    """The innermost cause, which is GDAL's own, in one line."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return str(cause).strip().splitlines()[0][:200] if str(cause) else type(cause).__name__
