"""Redirects: where a remote file really lies, each place that its server sends to checked."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from cachetools import LRUCache

from graft_eval.formats.kinds import START
from graft_eval.raster.signatures import expiry_note
from graft_eval.raster.signing import RemoteError

if TYPE_CHECKING:
    import httpx2

__all__ = ["Redirects"]

MAX_REDIRECTS: Final = 5
MAX_ADDRESSES: Final = 4096  # addresses
TIMEOUT_SECONDS: Final = 5.0  # until a connection is made, and until the answer begins
RETRIED: Final = frozenset({429, 500, 502, 503, 504})
RETRIES: Final = 2
RETRY_SECONDS: Final = 0.3
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """The final location of a file, and its first bytes."""

    url: str
    start: bytes


class Redirects:
    """Finds where files lie, before GDAL asks for them, which would follow any server anywhere; thread safe.

    Redirects may lead to the same host, and to those of `hosts` (`name` or `name:port`).
    """

    def __init__(self, hosts: Collection[str] = ()) -> None:
        self._hosts = frozenset(hosts)
        self._kept: LRUCache[tuple[str, str], Target] = LRUCache(MAX_ADDRESSES)
        self._lock = threading.Lock()

    def follow(self, url: str, version: str) -> Target:
        """Return where a file lies at last, and its beginning, found once for each version. Raises `RemoteError`."""
        with self._lock:
            known = self._kept.get((url, version))
        if known is None:
            known = self._find(url)
            with self._lock:
                self._kept[url, version] = known
        return known

    def _find(self, url: str) -> Target:
        import httpx2

        target = httpx2.URL(url)
        for _ in range(MAX_REDIRECTS + 1):
            following = _ask(target)
            if isinstance(following, bytes):
                return Target(url if target == httpx2.URL(url) else str(target), following)
            host = _host(following)
            if following.scheme not in DEFAULT_PORTS or (host != _host(target) and host not in self._hosts):
                raise RemoteError(f"it redirects to the host {host}, which is not allowed (asset_hosts)")
            target = following
        raise RemoteError(f"it redirects more than {MAX_REDIRECTS} times")


def _ask(target: httpx2.URL) -> httpx2.URL | bytes:
    """Return where a server sends who asks for a file, or what the file begins with; tried a few times."""
    import httpx2

    for left in range(RETRIES, -1, -1):
        try:
            with _client().stream("GET", target, headers={"Range": f"bytes=0-{START - 1}"}) as answer:
                if answer.next_request is not None:
                    return answer.next_request.url
                if not answer.is_error:
                    return next(answer.iter_bytes(START), b"")  # of a server without ranges, no more is read
                reason = f"the server answers {answer.status_code}{expiry_note(str(target))}"
                again = answer.status_code in RETRIED
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            reason, again = str(error) or type(error).__name__, isinstance(error, httpx2.HTTPError)
        if not (again and left):
            break
        time.sleep(RETRY_SECONDS)
    raise RemoteError(reason)


@lru_cache(maxsize=1)
def _client() -> httpx2.Client:
    import httpx2

    return httpx2.Client(timeout=TIMEOUT_SECONDS)


def _host(url: httpx2.URL) -> str:
    own_port = url.port is None or url.port == DEFAULT_PORTS.get(url.scheme)
    return url.host if own_port else f"{url.host}:{url.port}"
