"""Remote files by URL: each is asked for its header once, or never where that is kept, however many wait for it."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Final

from cachetools import LRUCache

from graft_eval.raster.access import RemoteAccess
from graft_eval.raster.fetching import Fetcher
from graft_eval.raster.headers import Headers
from graft_eval.raster.remote_files import RemoteFile
from graft_eval.raster.signatures import unsigned
from graft_eval.raster.signing import signer_of

__all__ = ["RemoteFiles"]

MAX_FILES: Final = 1024  # four times as many as stay open


class RemoteFiles:
    """The remote files of a process, thread safe."""

    def __init__(self, access: RemoteAccess) -> None:
        self._access = access
        self._fetcher = Fetcher(access.hosts)
        self._headers = Headers(access.headers) if access.headers else None
        self._known: LRUCache[tuple[str, str], Future[RemoteFile]] = LRUCache(MAX_FILES)
        self._lock = threading.Lock()

    def open(self, href: str) -> RemoteFile:
        """Return a file at its URL as that is signed by now, asked for its header. Raises `RemoteError`."""
        return RemoteFile(self._sign(href), self._fetcher)

    def find(self, href: str, fingerprint: str) -> RemoteFile:
        """Return a file, at its URL as that is signed by now; one that failed is asked for again.

        Raises `RemoteError`.
        """
        url = self._sign(href)
        with self._lock:
            known = self._known.get((url, fingerprint))
            coming = known or self._known.setdefault((url, fingerprint), Future())
        if known is None:
            try:
                header = self._headers.load(unsigned(url)) if self._headers else None
                coming.set_result(RemoteFile(url, self._fetcher, header))
            except BaseException as error:
                self._drop((url, fingerprint), coming)
                coming.set_exception(error)
        return coming.result()

    def keep(self, file: RemoteFile) -> None:
        """Keep the header of a file that has just been opened, unless it is kept or nothing tells when it changes."""
        if self._headers and file.grown and (header := file.header).validator:
            file.grown = False
            self._headers.save(unsigned(file.url), header)

    def forget(self, file: RemoteFile, fingerprint: str) -> None:
        """Ask for a file anew when it is needed again."""
        if self._headers:
            self._headers.forget(unsigned(file.url))
        key = file.url, fingerprint
        with self._lock:
            known = self._known.get(key)
        if known is not None and known.done() and not known.exception() and known.result() is file:
            self._drop(key, known)

    def _sign(self, href: str) -> str:
        return signer_of(self._access).sign(href.partition("#")[0])

    def _drop(self, key: tuple[str, str], known: Future[RemoteFile]) -> None:
        with self._lock:
            if self._known.get(key) is known:
                del self._known[key]
