"""Remote files by URL: each is asked for its header once, however many wait for it."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Final

from cachetools import LRUCache

from graft_eval.raster.access import RemoteAccess
from graft_eval.raster.fetching import Fetcher
from graft_eval.raster.remote_files import RemoteFile
from graft_eval.raster.signing import signer_of

__all__ = ["RemoteFiles"]

MAX_FILES: Final = 1024  # four times as many as stay open


class RemoteFiles:
    """The remote files of a process, thread safe."""

    def __init__(self, access: RemoteAccess) -> None:
        self._access = access
        self._fetcher = Fetcher(access.hosts)
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
                coming.set_result(RemoteFile(url, self._fetcher))
            except BaseException as error:
                self._drop((url, fingerprint), coming)
                coming.set_exception(error)
        return coming.result()

    def forget(self, file: RemoteFile, fingerprint: str) -> None:
        """Ask for a file anew when it is needed again."""
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
