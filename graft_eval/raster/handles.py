"""Open files: pooled, bounded in number, and never used by two threads at once."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from typing import NamedTuple

import rasterio
from cachetools import LRUCache
from rasterio.errors import RasterioIOError
from rasterio.io import MemoryFile
from rasterio.transform import from_origin

from graft_eval.crs import transformer
from graft_eval.fingerprint import local_path
from graft_eval.formats.kinds import REMOTE, kind_of_start
from graft_eval.formats.opening import open_apart, open_local
from graft_eval.grid import WEB_MERCATOR
from graft_eval.raster.access import NOWHERE, RemoteAccess
from graft_eval.raster.drivers import restrict_drivers
from graft_eval.raster.open_files import max_vrt_files
from graft_eval.raster.remote_files import FileChanged, RemoteFile
from graft_eval.raster.remote_pool import RemoteFiles
from graft_eval.raster.virtual_files import close_at_exit, mounted

__all__ = ["Handles", "OpenFile", "is_prepared", "open_dataset", "prepare_thread", "start_threads"]

OPTIONS = {
    "GDAL_CACHEMAX": 64 << 20,  # small, as blocks are kept decoded, each once
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    # When the files of a VRT are opened, which is when they are read: nothing beside them, and not their folder.
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_MAX_DATASET_POOL_SIZE": max_vrt_files(),
}

START_SECONDS = 1.0
MAX_TURNS = 4096

UTM = "EPSG:32633"  # any zone: they are found in the same tables

_this_thread = threading.local()

Key = tuple[str, str, int | None, RemoteFile | None]  # href, fingerprint, overview


class OpenFile(NamedTuple):
    """An open dataset, and its file if that is remote."""

    dataset: rasterio.DatasetReader
    remote: RemoteFile | None


class Handles:
    """Lends open datasets; up to `limit` of them stay open while nobody uses them."""

    def __init__(self, limit: int, access: RemoteAccess = NOWHERE) -> None:
        self._limit = limit
        self._files = RemoteFiles(access)
        self._turns: LRUCache[object, threading.Lock] = LRUCache(MAX_TURNS)
        self._idle: deque[tuple[Key, rasterio.DatasetReader]] = deque()  # the last one used at the right
        self._lock = threading.Lock()

    @contextmanager
    def lend(
        self, href: str, fingerprint: str, overview: int | None, roots: Sequence[str] = (), *, is_read: bool = True
    ) -> Iterator[OpenFile]:
        """Lend a file opened at an overview; one whose reading fails is closed, not kept, and what is read is checked.

        Raises RasterioIOError or OSError if the file cannot be opened, `FileChanged` if what was read of a remote one
        may be of two files: it is opened anew the next time.
        """
        file = None if local_path(href) else self._files.find(href, fingerprint)
        key = href, fingerprint, overview, file
        dataset = self._take(key)
        try:
            with self.checking(file, fingerprint, is_read=is_read):
                if dataset is None:
                    dataset = open_remote(file, overview) if file else open_dataset(href, overview, roots=roots)
                yield OpenFile(dataset, file)
        except BaseException:
            if dataset is not None:
                dataset.close()
            raise
        self._give_back(key, dataset)

    @contextmanager
    def lend_in_turn(
        self, href: str, fingerprint: str, overview: int | None, roots: Sequence[str] = ()
    ) -> Iterator[OpenFile]:
        """Lend a file as `lend` does, to one thread after the other, to look up what is read, and checked, afterwards.

        So none is opened anew for that.
        """
        with self._lock:
            turn = self._turns.setdefault((href, fingerprint, overview), threading.Lock())
        with turn, self.lend(href, fingerprint, overview, roots, is_read=False) as file:
            yield file

    @contextmanager
    def checking(self, file: RemoteFile | None, fingerprint: str, *, is_read: bool = True) -> Iterator[None]:
        """Check what is read of a file meanwhile, if it is remote; raises `FileChanged`, and forgets one that fails."""
        try:
            yield
            if file and is_read:
                file.check()
                self._files.keep(file)
        except BaseException as error:
            if file:
                self._files.forget(file, fingerprint)
                if file.changed:
                    raise FileChanged(str(error)) from error
            raise

    def close(self) -> None:
        """Close all that is idle."""
        with self._lock:
            idle, self._idle, self._limit = self._idle, deque(), 0
        for _, dataset in idle:
            dataset.close()

    def _take(self, key: Key) -> rasterio.DatasetReader | None:
        with self._lock:
            for at in range(len(self._idle) - 1, -1, -1):
                if self._idle[at][0] == key:
                    dataset = self._idle[at][1]
                    del self._idle[at]
                    return dataset
        return None

    def _give_back(self, key: Key, dataset: rasterio.DatasetReader) -> None:
        with self._lock:
            self._idle.append((key, dataset))
            surplus = [self._idle.popleft()[1] for _ in range(len(self._idle) - self._limit)]
        for old in surplus:
            old.close()


def prepare_thread() -> None:
    """Set GDAL's options in a thread that will read, for as long as it lives.

    Leaving an environment would set the size of GDAL's cache, which all threads share, back to its default.
    """
    restrict_drivers()
    rasterio.Env(**OPTIONS).__enter__()
    _this_thread.is_prepared = True


def start_threads(pool: ThreadPoolExecutor, count: int) -> None:
    """Start threads of a pool, which `prepare_thread`, before there is work for them.

    What PROJ and GDAL look up in each thread's own database takes the first tile that is drawn there 9 ms.
    """
    everyone = threading.Barrier(count)  # a pool starts a thread as long as none is idle
    for _ in range(count):
        pool.submit(_look_up, everyone)


def _look_up(everyone: threading.Barrier) -> None:
    with suppress(threading.BrokenBarrierError):  # the others are not to come, as the pool has been shut down
        everyone.wait(START_SECONDS)
    transformer(WEB_MERCATOR, UTM).transform(0.0, 0.0)
    with MemoryFile(_small_file()) as memory, memory.open() as dataset:
        dataset.crs  # noqa: B018


@cache
def _small_file() -> bytes:
    place = from_origin(500_000.0, 0.0, 10.0, 10.0)
    with MemoryFile() as memory:
        memory.open(driver="GTiff", width=1, height=1, count=1, dtype="uint8", crs=UTM, transform=place).close()
        return bytes(memory.read())


def is_prepared() -> bool:
    """Return True in a thread that `prepare_thread` was called in."""
    return getattr(_this_thread, "is_prepared", False)


def open_dataset(
    href: str,
    overview: int | None = None,
    version: str = "",
    access: RemoteAccess = NOWHERE,
    roots: Sequence[str] = (),
) -> rasterio.DatasetReader:
    """Open a file, or one of its overviews, finest 0; raises RasterioIOError or OSError if it cannot be opened.

    GDAL gets what belongs to the file alone: all that it leads to has been looked at, overviews that it names in other
    files are left out, and no URL can be asked for. The files of a VRT lie in the folders `roots`. A remote file may
    redirect to its own host and to those of `access`; a `version` of one that has been opened is not asked for again.
    """
    restrict_drivers()
    if path := local_path(href):
        return open_local(path, overview, roots)
    files = _remote_files(access)
    file = files.find(href, version) if version else files.open(href)
    try:
        return open_remote(file, overview)
    except BaseException:
        files.forget(file, version)
        raise


@lru_cache(maxsize=16)
def _remote_files(access: RemoteAccess) -> RemoteFiles:
    return RemoteFiles(access)


def open_remote(file: RemoteFile, overview: int | None = None) -> rasterio.DatasetReader:
    """Open a remote file as `open_dataset` does; GDAL reads all of it by our functions, and asks no server."""
    kind = kind_of_start(file.start)
    if kind is None or not kind.remote:
        raise RasterioIOError(f"it is no {', '.join(REMOTE)}, which are all that is read from other machines")
    with mounted(file) as name, rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"):
        dataset = open_apart(name, kind.driver, overview, looks_ahead=True)
    close_at_exit(dataset)
    return dataset
