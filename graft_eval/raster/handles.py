"""Open files: pooled, bounded in number, and never used by two threads at once."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from urllib.parse import quote

import rasterio
from cachetools import LRUCache
from rasterio.errors import RasterioIOError

from graft_eval.fingerprint import local_path
from graft_eval.formats.kinds import REMOTE, kind_of_start
from graft_eval.formats.opening import open_apart, open_local
from graft_eval.raster.access import NOWHERE, RemoteAccess
from graft_eval.raster.drivers import restrict_drivers
from graft_eval.raster.open_files import max_vrt_files
from graft_eval.raster.redirects import Redirects
from graft_eval.raster.signing import signer_of

__all__ = ["Handles", "open_dataset", "prepare_thread"]

OPTIONS = {
    "GDAL_CACHEMAX": 64 << 20,  # small, as blocks are kept decoded, each once
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    # When the files of a VRT are opened, which is when they are read: nothing beside them, and not their folder.
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_MAX_DATASET_POOL_SIZE": max_vrt_files(),
}
REMOTE_OPTIONS = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",  # no requests for what may lie beside the file
    "GDAL_INGESTED_BYTES_AT_OPEN": 32768,  # the header and all directories of most Cloud-Optimized GeoTIFFs
    "GDAL_HTTP_CONNECTTIMEOUT": 5,  # seconds, as below; a tile may take 30
    "GDAL_HTTP_TIMEOUT": 20,
    "GDAL_HTTP_LOW_SPEED_TIME": 5,  # in which less than 1 kB/s comes
    "GDAL_HTTP_LOW_SPEED_LIMIT": 1000,
    "GDAL_HTTP_MAX_RETRY": 2,
    "GDAL_HTTP_RETRY_DELAY": 0.3,  # GDAL's own are 30 s
}

MAX_FAILURES = 4096  # files

Key = tuple[str, str, int | None, str]  # href, fingerprint, overview, and the URL as it is signed by now


class Handles:
    """Lends open datasets; up to `limit` of them stay open while nobody uses them."""

    def __init__(self, limit: int, access: RemoteAccess = NOWHERE) -> None:
        self._limit = limit
        self._access = access
        self._idle: deque[tuple[Key, rasterio.DatasetReader]] = deque()  # the last one used at the right
        self._failures: LRUCache[tuple[str, str], int] = LRUCache(MAX_FAILURES)  # the number of the last one
        self._numbers = count(1)
        self._lock = threading.Lock()

    @contextmanager
    def lend(
        self, href: str, fingerprint: str, overview: int | None, roots: Sequence[str] = ()
    ) -> Iterator[rasterio.DatasetReader]:
        """Lend a dataset opened at an overview; one whose reading fails is closed, not kept.

        Raises RasterioIOError or OSError if the file cannot be opened.
        """
        key = href, fingerprint, overview, "" if local_path(href) else signer_of(self._access).sign(href)
        dataset = self._take(key)
        try:
            dataset = dataset or open_dataset(href, overview, self._version(href, fingerprint), self._access, roots)
            yield dataset
        except BaseException:
            with self._lock:
                self._failures[href, fingerprint] = next(self._numbers)
            if dataset is not None:
                dataset.close()
            raise
        self._give_back(key, dataset)

    def close(self) -> None:
        """Close all that is idle."""
        with self._lock:
            idle, self._idle, self._limit = self._idle, deque(), 0
        for _, dataset in idle:
            dataset.close()

    def _version(self, href: str, fingerprint: str) -> str:
        with self._lock:
            return f"{fingerprint}.{self._failures.get((href, fingerprint), 0)}"

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


def open_dataset(
    href: str,
    overview: int | None = None,
    version: str = "",
    access: RemoteAccess = NOWHERE,
    roots: Sequence[str] = (),
) -> rasterio.DatasetReader:
    """Open a file, or one of its overviews, finest 0; raises RasterioIOError or OSError if it cannot be opened.

    GDAL gets what belongs to the file alone: all that it leads to has been looked at, overviews that it names in other
    files are left out, and no other URL can be asked for. The files of a VRT lie in the folders `roots`. A remote file
    may redirect to its own host and to those of `access`. What GDAL knows of one, that it is not there above all, it
    never asks for again; another `version` makes it ask.
    """
    restrict_drivers()
    if path := local_path(href):
        return open_local(path, overview, roots)
    url = signer_of(access).sign(href.partition("#")[0])
    target = _redirects(access.hosts).follow(url, version)
    kind = kind_of_start(target.start)
    if kind is None or not kind.remote:
        raise RasterioIOError(f"it is no {', '.join(REMOTE)}, which are all that is read from other machines")
    address = f"/vsicurl/{target.url}#{quote(version, safe='')}"  # no server is sent what follows the #
    with rasterio.Env(**REMOTE_OPTIONS, CPL_VSIL_CURL_ALLOWED_FILENAME=address):
        return open_apart(address, kind.driver, overview, looks_ahead=True)


@lru_cache(maxsize=16)
def _redirects(hosts: frozenset[str]) -> Redirects:
    return Redirects(hosts)
