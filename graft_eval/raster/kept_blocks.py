"""Kept blocks: the decoded blocks at hand, up to a number of bytes, and those that other processes have decoded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from cachetools import LRUCache

from graft_eval.progress import Idle
from graft_eval.raster.decoding import Block, BlockKey, BlockRequest
from graft_eval.raster.shared_blocks import MappedBlock, SharedBlocks

__all__ = ["KeptBlocks", "size_of"]


class KeptBlocks:
    """Blocks by their keys; `folder` is where the processes of a server share them.

    Own blocks take up to `cache_bytes`, of which those go first that were not used for longest. Those of others take
    none: they are there as long as their processes keep them. Thread safe are `find`, `share`, `turn` and `inodes`.
    """

    def __init__(self, cache_bytes: int, folder: Path | None = None) -> None:
        self._shared = None if folder is None else SharedBlocks(folder)
        self._own = _Own(cache_bytes, self._shared)
        self._others: dict[BlockKey, MappedBlock] = {}

    @property
    def size(self) -> int:
        """Bytes of own blocks."""
        return int(self._own.currsize)

    @property
    def limit(self) -> int:
        """Bytes that they may take."""
        return int(self._own.maxsize)

    @property
    def is_shared(self) -> bool:
        """True if there are other processes."""
        return self._shared is not None

    def get(self, request: BlockRequest) -> Block | None:
        """Return the block asked for, with all its bands, if it is at hand."""
        key = request.key
        for block in (self._own.get(key), self._others.get(key) if self._others else None):
            if block is not None and request.bands <= block.keys():
                return block
        return None

    def put(self, request: BlockRequest, block: Block) -> None:
        """Have a block at hand, with the planes of it that are."""
        if isinstance(block, MappedBlock) and not block.is_own:
            self._others[request.key] = block
            return
        whole = _joined(self._own.pop(request.key, None), block)
        if size_of(whole) <= self.limit:
            self._own[request.key] = whole
        elif self._shared is not None:
            self._shared.drop(request.key)

    def forget(self, request: BlockRequest) -> None:
        """Drop all blocks of a file that is another by now."""
        for blocks in (self._own, self._others):
            for key in [key for key in blocks if key[:2] == request.key[:2]]:
                del blocks[key]
        if self._shared is not None:
            self._shared.forget(request.key)

    def find(self, request: BlockRequest) -> Block | None:
        """Return the block asked for, with all its bands, if a process has decoded it, and keeps it."""
        return None if self._shared is None else self._shared.find(request.key, request.bands)

    def joined(self, request: BlockRequest, block: Block) -> Block:
        """Return a block with the planes of it that are at hand."""
        return _joined(self._own.get(request.key), block)

    def share(self, request: BlockRequest, block: Block) -> Block:
        """Let other processes have a block; return it as they see it."""
        return block if self._shared is None else self._shared.keep(request.key, block)

    @contextmanager
    def turn(self, request: BlockRequest, idle: Idle = nullcontext) -> Iterator[None]:
        """Wait inside of `idle(False)` while another process decodes a block."""
        if self._shared is None:
            yield
        else:
            with self._shared.turn(request.key, idle):
                yield

    def inodes(self) -> frozenset[int]:
        """Return what tells the blocks that processes keep, for `drop_removed`."""
        return frozenset() if self._shared is None else self._shared.inodes()

    def drop_removed(self, inodes: frozenset[int]) -> None:
        """Drop blocks that other processes no longer keep."""
        self._others = {key: block for key, block in self._others.items() if block.inode in inodes}

    def close(self) -> None:
        """Remove what other processes have of this one."""
        if self._shared is not None:
            self._shared.close()


class _Own(LRUCache[BlockKey, Block]):
    def __init__(self, cache_bytes: int, shared: SharedBlocks | None) -> None:
        super().__init__(cache_bytes, size_of)
        self._shared = shared

    def popitem(self) -> tuple[BlockKey, Block]:
        """Drop the block that was not used for longest."""
        key, block = super().popitem()
        if self._shared is not None:
            self._shared.drop(key)
        return key, block


def size_of(block: Block) -> int:
    """Return the bytes of a block."""
    return sum(plane.nbytes for plane in block.values())


def _joined(known: Block | None, block: Block) -> Block:
    """Return the planes of both; what is new is copied, for planes that are read together keep one another's memory."""
    if known is None or known.keys() <= block.keys():
        return block
    return {**known, **{band: plane.copy() for band, plane in block.items() if band not in known}}
