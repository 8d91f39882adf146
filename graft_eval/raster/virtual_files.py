"""Virtual files: what GDAL reads by functions of ours, through its interface for file systems that are plugged in.

rasterio's `opener` does so, too, with a file system for each dataset and context variables for its files, which are not
those of the thread that closes them.
"""

from __future__ import annotations

import atexit
import ctypes
import logging
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_size_t, c_uint64, c_void_p
from functools import lru_cache
from itertools import count
from typing import Any, Final

import rasterio
import rasterio._env

from graft_eval.raster.remote_files import CHUNK, RemoteFile

__all__ = ["close_at_exit", "mounted"]

PREFIX: Final = b"/vsigraftile/"  # GDAL keeps this object's address
CACHE: Final = 4 * CHUNK  # bytes that GDAL keeps of an open file, in chunks
MAX_AHEAD: Final = 1 << 20  # bytes, of files that are read from front to back
FAILED: Final = (3, 1)  # CE_Failure, CPLE_AppDefined

log = logging.getLogger(__name__)

_files: Final[dict[str, RemoteFile]] = {}  # by name, while they are opened
_cursors: Final[dict[int, _Cursor]] = {}  # by GDAL's handle
_numbers: Final = count(1)
_datasets: Final[weakref.WeakSet[rasterio.DatasetReader]] = weakref.WeakSet()
_lock: Final = threading.Lock()


class _Cursor:
    """A file that GDAL has opened, and where it is in it; used by one thread at a time."""

    def __init__(self, file: RemoteFile) -> None:
        self.file = file
        self.position = 0
        self._ahead = 0, b""  # where the last bytes read begin, and these

    def seek(self, offset: int, whence: int) -> None:
        self.position = offset + (0, self.position, self.file.size)[whence]

    def read(self, size: int) -> bytes:
        """Return the next bytes; of a file that is read from front to back, more and more are fetched."""
        start, (first, known) = self.position, self._ahead
        if not (first <= start and min(start + size, self.file.size) <= first + len(known)):
            goes_on = known and first <= start <= first + len(known)
            first, known = start, self.file.read(start, max(size, min(2 * len(known), MAX_AHEAD)) if goes_on else size)
            self._ahead = first, known
        piece = known[start - first : start - first + size]
        self.position += len(piece)
        return piece


@contextmanager
def mounted(file: RemoteFile) -> Iterator[str]:
    """Give a file a name by which GDAL can open it, meanwhile."""
    _install()
    name = str(next(_numbers))
    _files[name] = file
    try:
        yield f"{PREFIX.decode()}{name}"
    finally:
        del _files[name]


def close_at_exit(dataset: rasterio.DatasetReader) -> None:
    """Note a dataset of a virtual file: GDAL would close it by our functions when Python is gone."""
    _datasets.add(dataset)


def _close_all() -> None:
    for dataset in list(_datasets):
        dataset.close()


def _open(_: int | None, name: bytes, access: bytes) -> int | None:
    file = _files.get(name.decode())
    if file is None or access.rstrip(b"b") != b"r":
        return None
    handle = next(_numbers)
    _cursors[handle] = _Cursor(file)
    return handle


def _seek(handle: int, offset: int, whence: int) -> int:
    _cursors[handle].seek(offset, whence)
    return 0


def _read(handle: int, target: int, size: int, times: int) -> int:
    content = _cursors[handle].read(size * times)
    ctypes.memmove(target, content, len(content))
    return len(content) // size if size else 0


def _read_ranges(handle: int, number: int, targets: Any, starts: Any, sizes: Any) -> int:
    ranges = list(zip(starts[:number], sizes[:number], strict=True))
    for target, content in zip(targets[:number], _cursors[handle].file.read_ranges(ranges), strict=True):
        ctypes.memmove(target, content, len(content))
    return 0


def _close(handle: int) -> int:
    del _cursors[handle]
    return 0


def _guarded(call: Callable[..., int | None], failed: int | None) -> Callable[..., int | None]:
    """Return a function that tells GDAL what goes wrong, and returns `failed`."""

    def guarded(*arguments: Any) -> int | None:
        try:
            return call(*arguments)
        except Exception as error:
            if not isinstance(error, OSError):
                log.exception("a remote file cannot be read")
            _gdal().CPLError(*FAILED, str(error).replace("%", "%%").encode())
            return failed

    return guarded


# The functions that there are, by their place in VSIFilesystemPluginCallbacksStruct, the same in all GDALs from 3.7 on.
STAT: Final = CFUNCTYPE(c_int, c_void_p, c_char_p, c_void_p, c_int)
OPEN: Final = CFUNCTYPE(c_void_p, c_void_p, c_char_p, c_char_p)
TELL: Final = CFUNCTYPE(c_uint64, c_void_p)
SEEK: Final = CFUNCTYPE(c_int, c_void_p, c_uint64, c_int)
READ: Final = CFUNCTYPE(c_size_t, c_void_p, c_void_p, c_size_t, c_size_t)
READ_RANGES: Final = CFUNCTYPE(c_int, c_void_p, c_int, POINTER(c_void_p), POINTER(c_uint64), POINTER(c_size_t))
OF_FILE: Final = CFUNCTYPE(c_int, c_void_p)


class _Callbacks(ctypes.Structure):
    _fields_ = (
        ("user_data", c_void_p), ("stat", STAT), ("unlink", c_void_p), ("rename", c_void_p), ("mkdir", c_void_p),
        ("rmdir", c_void_p), ("read_dir", c_void_p), ("open", OPEN), ("tell", TELL), ("seek", SEEK), ("read", READ),
        ("read_ranges", READ_RANGES), ("range_status", c_void_p), ("eof", OF_FILE), ("write", c_void_p),
        ("flush", c_void_p), ("truncate", c_void_p), ("close", OF_FILE), ("buffer_size", c_size_t),
        ("cache_size", c_size_t),
    )  # fmt: skip


FUNCTIONS: Final = {
    "stat": STAT(lambda *_: -1),
    "open": OPEN(_guarded(_open, None)),
    "tell": TELL(lambda handle: _cursors[handle].position),
    "seek": SEEK(_guarded(_seek, -1)),
    "read": READ(_guarded(_read, 0)),
    "read_ranges": READ_RANGES(_guarded(_read_ranges, -1)),
    "eof": OF_FILE(lambda handle: int(_cursors[handle].position >= _cursors[handle].file.size)),
    "close": OF_FILE(_guarded(_close, -1)),
}


@lru_cache(maxsize=1)
def _gdal() -> ctypes.CDLL:
    return ctypes.CDLL(rasterio._env.__file__)  # its symbols, and those of the GDAL that it is linked to


def _install() -> None:
    with _lock:
        _install_once()


@lru_cache(maxsize=1)
def _install_once() -> None:
    gdal = _gdal()
    gdal.CPLError.restype = None
    gdal.VSIAllocFilesystemPluginCallbacksStruct.restype = POINTER(_Callbacks)
    gdal.VSIInstallPluginHandler.argtypes = c_char_p, POINTER(_Callbacks)
    callbacks = gdal.VSIAllocFilesystemPluginCallbacksStruct()
    for name, function in FUNCTIONS.items():
        setattr(callbacks[0], name, function)
    callbacks[0].buffer_size, callbacks[0].cache_size = CHUNK, CACHE
    if gdal.VSIInstallPluginHandler(PREFIX, callbacks):
        raise RuntimeError("GDAL takes no file system")
    gdal.VSIFreeFilesystemPluginCallbacksStruct(callbacks)
    atexit.register(_close_all)
