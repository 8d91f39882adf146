"""Shared blocks: what the processes of a server have decoded, as files in memory that each of them maps.

A process writes into a folder of its own and reads all. The system does the rest: a file that is removed lives on for
those who still use it, and locks and maps end with their process, however that ends.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import logging
import mmap
import os
import shutil
import sys
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from hashlib import blake2b
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from graft_eval.progress import Idle
from graft_eval.raster.decoding import Block, BlockKey

__all__ = ["MEMORY", "PREFIX", "MappedBlock", "SharedBlocks", "open_folder", "remove_blocks_of"]

MEMORY: Final = Path("/dev/shm")
PREFIX: Final = "graftile-blocks-"
LOCK: Final = "lock"  # held by those who use a folder
TURNS: Final = 4096  # locks, of which each block has one
TURN_SECONDS: Final = 0.5  # after which a block is decoded twice rather than waited for
POLL_SECONDS: Final = 0.0002, 0.005  # at first, and at most: a tenth of what has been waited
ALIGNED: Final = 64  # bytes
HEAD: Final = 64 << 10  # bytes; more than the planes of any file take

LIBC: Final = ctypes.CDLL(None, use_errno=True)
LOG: Final = logging.getLogger(__name__)


class MappedBlock(dict[int, NDArray[np.generic]]):
    """The planes of a block in a file's memory, which must not be written to; `inode` tells the file from others."""

    def __init__(self, planes: Mapping[int, NDArray[np.generic]], inode: int, is_own: bool) -> None:
        super().__init__(planes)
        self.inode = inode
        self.is_own = is_own


class SharedBlocks:
    """The blocks below a folder, for one process of those that share it; thread safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = folder / str(os.getpid())
        self._own.mkdir(mode=0o700, exist_ok=True)
        self._turns = folder / "turns"
        self._turns.mkdir(mode=0o700, exist_ok=True)
        self._numbers = count()
        self._has_failed = False

    def inodes(self) -> frozenset[int]:
        """Return what tells all blocks that processes keep."""
        found = set[int]()
        for folder in self._folders():
            with suppress(FileNotFoundError), os.scandir(folder) as entries:
                found.update(entry.inode() for entry in entries)
        return frozenset(found)

    def find(self, key: BlockKey, bands: frozenset[int]) -> MappedBlock | None:
        """Return a block that has some bands, if a process keeps it, and there is room for one more map."""
        name = _name(key)
        for folder in self._folders():
            with suppress(OSError):
                file = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_CLOEXEC)
                try:
                    block = _mapped(file, folder == str(self._own))
                finally:
                    os.close(file)
                if bands <= block.keys():
                    return block
        return None

    def keep(self, key: BlockKey, block: Block) -> Block:
        """Write a block for all, and return it as it is there; as it was given if there is no room."""
        draft = f"{self._own}/draft-{next(self._numbers)}"
        try:
            file = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                _write(file, block)
                os.rename(draft, f"{self._own}/{_name(key)}")
                return _mapped(file, is_own=True)
            finally:
                os.close(file)
        except OSError as error:
            if not self._has_failed:
                LOG.warning("blocks cannot be shared with the server's other processes: %s", error)
            self._has_failed = True
            for path in (draft, f"{self._own}/{_name(key)}"):
                with suppress(OSError):
                    os.unlink(path)
            return block

    def drop(self, key: BlockKey) -> None:
        """Remove an own block; those who use it keep it until they look."""
        with suppress(FileNotFoundError):
            os.unlink(f"{self._own}/{_name(key)}")

    def forget(self, key: BlockKey) -> None:
        """Remove the blocks of a file, whoever decoded them."""
        start = _name(key)[:16]
        for folder in self._folders():
            for path in Path(folder).glob(f"{start}*"):
                path.unlink(missing_ok=True)

    @contextmanager
    def turn(self, key: BlockKey, idle: Idle = nullcontext) -> Iterator[None]:
        """Wait inside of `idle(False)` while another process decodes a block, but not for long."""
        turn = self._turns / str(crc32(_name(key).encode()) % TURNS)
        file = os.open(turn, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            if not _lock(file):
                with idle(False):
                    began = time.monotonic()
                    while (waited := time.monotonic() - began) < TURN_SECONDS and not _lock(file):
                        time.sleep(min(max(POLL_SECONDS[0], waited / 10), POLL_SECONDS[1]))
            yield
        finally:
            os.close(file)

    def close(self) -> None:
        """Remove what this process has written."""
        shutil.rmtree(self._own, ignore_errors=True)

    def _folders(self) -> list[str]:
        """Return the folders of the processes that there are now."""
        return [f"{self._folder}/{name}" for name in os.listdir(self._folder) if name.isdecimal()]


@contextmanager
def open_folder(size: int, parent: Path = MEMORY) -> Iterator[Path | None]:
    """Yield a folder in memory for blocks of so many bytes, and remove it at the end; None if there is no room.

    What servers have left behind who were killed is removed.
    """
    if sys.platform != "linux" or not os.access(parent, os.W_OK):
        yield None
        return
    for path in parent.glob(f"{PREFIX}*"):  # other users' are none of ours
        _remove_if_abandoned(path)
    room = os.statvfs(parent)
    if (free := room.f_bavail * room.f_frsize) < size:
        LOG.warning(
            "each process decodes blocks for itself: %s has room for %d MiB, not for the %d of cache_bytes",
            parent, free >> 20, size >> 20,
        )  # fmt: skip
        yield None
        return
    temporary = TemporaryDirectory(prefix=PREFIX, dir=parent, ignore_cleanup_errors=True)
    with temporary as name, open(Path(name, LOCK), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(name)


def remove_blocks_of(folder: Path, pid: int) -> None:
    """Remove the blocks of a process that has ended; those who use them keep them until they look."""
    shutil.rmtree(folder / str(pid), ignore_errors=True)


def _remove_if_abandoned(folder: Path) -> None:
    with suppress(OSError):
        if folder.lstat().st_uid != os.getuid():
            return
        with open(folder / LOCK, "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _name(key: BlockKey) -> str:
    """Return the name of a block's file, whose first half is that of the imagery's file."""
    return "".join(blake2b(repr(part).encode(), digest_size=8).hexdigest() for part in (key[:2], key[2:]))


def _write(file: int, block: Block) -> None:
    planes = {band: np.ascontiguousarray(plane) for band, plane in block.items()}
    head = json.dumps([[band, plane.dtype.str, *plane.shape] for band, plane in planes.items()]).encode() + b"\n"
    parts: list[bytes | memoryview] = [head.ljust(_aligned(len(head)))]
    for plane in planes.values():
        parts += [plane.data.cast("B"), bytes(_aligned(plane.nbytes) - plane.nbytes)]
    if os.writev(file, parts) < sum(map(len, parts)):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _mapped(file: int, is_own: bool) -> MappedBlock:
    """Return the planes of a block's file.

    By the system's own `mmap`: Python's keeps a file open for each map. Writing to them ends the process, though NumPy
    would allow it, since kernels are compiled for arrays of which it would.
    """
    status = os.fstat(file)
    address = LIBC.mmap(None, status.st_size, mmap.PROT_READ, mmap.MAP_SHARED | mmap.MAP_POPULATE, file, 0)
    if address == ctypes.c_void_p(-1).value:
        raise OSError(number := ctypes.get_errno(), os.strerror(number))
    memory = (ctypes.c_ubyte * status.st_size).from_address(address)
    weakref.finalize(memory, LIBC.munmap, address, status.st_size).atexit = False
    raw = np.frombuffer(memoryview(memory), np.uint8)
    head = ctypes.string_at(address, min(HEAD, status.st_size)).partition(b"\n")[0]
    at, planes = _aligned(len(head) + 1), dict[int, NDArray[np.generic]]()
    for band, dtype, rows, cols in json.loads(head):
        count = rows * cols * np.dtype(dtype).itemsize
        planes[band] = raw[at : at + count].view(dtype).reshape(rows, cols)
        at += _aligned(count)
    return MappedBlock(planes, status.st_ino, is_own)


def _aligned(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED


LIBC.mmap.restype = ctypes.c_void_p
LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
LIBC.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
