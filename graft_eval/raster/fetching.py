"""Fetching: ranges of remote files over HTTP, each place that their servers send to checked."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from graft_eval.raster.signatures import expiry_note
from graft_eval.raster.signing import RemoteError

if TYPE_CHECKING:
    import httpx2

__all__ = ["Fetched", "Fetcher", "prepare_client", "range_threads"]

MAX_REDIRECTS: Final = 5
TIMEOUT_SECONDS: Final = 5.0  # until a connection is made, and until more comes
MAX_SECONDS: Final = 20.0  # of one answer; a tile may take 30
CONNECTIONS: Final = 128
KEPT_SECONDS: Final = 30.0  # that a connection is kept while nobody uses it
RANGE_THREADS: Final = 64  # of reads that want several ranges; they wait for answers
RETRIED: Final = frozenset({429, 500, 502, 503, 504})
RETRIES: Final = 2
RETRY_SECONDS: Final = 0.3
DEFAULT_PORTS: Final = {"http": 80, "https": 443}

CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)$")
_lock: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Fetched:
    """Bytes of a file, and what its server says of all of it.

    `url` is where it lies at last, `size` in bytes; `validator` is its ETag and time of modification, as far as the
    server gives them.
    """

    url: str
    content: bytes
    size: int
    validator: str


class Fetcher:
    """Fetches ranges of files; redirects may lead to the same host, and to those of `hosts` (`name` or `name:port`)."""

    def __init__(self, hosts: Collection[str] = ()) -> None:
        self._hosts = frozenset(hosts)

    def fetch(self, url: str, start: int, size: int) -> Fetched:
        """Return bytes of a file from `start` on, fewer where it ends before. Raises `RemoteError`."""
        import httpx2

        target = httpx2.URL(url)
        for _ in range(MAX_REDIRECTS + 1):
            found = _ask(target, start, size)
            if isinstance(found, Fetched):
                return found
            host = _host(found)
            if found.scheme not in DEFAULT_PORTS or (host != _host(target) and host not in self._hosts):
                raise RemoteError(f"it redirects to the host {host}, which is not allowed (asset_hosts)")
            target = found
        raise RemoteError(f"it redirects more than {MAX_REDIRECTS} times")


@lru_cache(maxsize=1)
def range_threads() -> ThreadPoolExecutor:
    """Return the threads that fetch what one read wants besides its first range."""
    return ThreadPoolExecutor(RANGE_THREADS, "graftile-range")


def _ask(target: httpx2.URL, start: int, size: int) -> httpx2.URL | Fetched:
    """Return where a server sends who asks for bytes of a file, or these; tried a few times."""
    import httpx2

    headers = {"Range": f"bytes={start}-{start + size - 1}", "Accept-Encoding": "identity"}
    for left in range(RETRIES, -1, -1):
        try:
            with _client().stream("GET", target, headers=headers) as answer:
                if answer.next_request is not None:
                    return answer.next_request.url
                if not answer.is_error:
                    return _fetched(answer, start, size)
                reason = f"the server answers {answer.status_code}{expiry_note(str(target))}"
                again = answer.status_code in RETRIED
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            reason, again = str(error) or type(error).__name__, isinstance(error, httpx2.HTTPError)
        if not (again and left):
            break
        time.sleep(RETRY_SECONDS)
    raise RemoteError(reason)


def _fetched(answer: httpx2.Response, start: int, size: int) -> Fetched:
    match = CONTENT_RANGE.match(answer.headers.get("Content-Range", ""))
    if answer.status_code == 206 and match and int(match[1]) == start:
        content = _body(answer, min(size, int(match[2]) + 1 - start))
        whole = int(match[3])
    else:  # of a server without ranges, no more is read
        content = _body(answer, size + 1)
        whole = len(content)
        if start or whole > size:
            raise RemoteError("its server does not send parts of files")
    validator = " ".join(answer.headers.get(name, "") for name in ("ETag", "Last-Modified")).strip()
    return Fetched(str(answer.request.url), content, whole, validator)


def _body(answer: httpx2.Response, size: int) -> bytes:
    """Return up to so many bytes of an answer; one that has no more is read to its end, and its connection kept."""
    pieces, length, end = list[bytes](), 0, time.monotonic() + MAX_SECONDS
    for piece in answer.iter_raw():
        pieces.append(piece)
        length += len(piece)
        if length > size:
            break
        if time.monotonic() > end:
            raise RemoteError(f"its server takes more than {MAX_SECONDS:.0f} seconds for {size:,} bytes")
    content = b"".join(pieces)
    return content if length <= size else content[:size]


def prepare_client() -> None:
    """Make the client, which takes a tenth of a second, before anything is fetched."""
    _client()


def _client() -> httpx2.Client:
    with _lock:
        return _make_client()


@lru_cache(maxsize=1)
def _make_client() -> httpx2.Client:
    import httpx2

    limits = httpx2.Limits(
        max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=KEPT_SECONDS
    )
    return httpx2.Client(timeout=httpx2.Timeout(TIMEOUT_SECONDS, pool=MAX_SECONDS), limits=limits)


def _host(url: httpx2.URL) -> str:
    own_port = url.port is None or url.port == DEFAULT_PORTS.get(url.scheme)
    return url.host if own_port else f"{url.host}:{url.port}"
