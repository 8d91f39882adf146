"""Signing: the URLs by which files of buckets, and of hosts that want tokens, can be read for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from cachetools import LRUCache

from graft_eval.raster.access import RemoteAccess
from graft_eval.raster.signatures import unsigned

__all__ = ["BUCKETS", "RemoteError", "Signer", "signer_of"]

BUCKETS: Final = ("s3", "gs", "az")
TIMEOUT_SECONDS: Final = 10.0
BUCKET_SECONDS: Final = 3600.0  # that a URL of a bucket's file is good for
EARLY: Final = 0.2  # of the time that a signature is good for, in which it is made anew
PAUSE_SECONDS: Final = 5.0  # after a signer has failed
MAX_SIGNED: Final = 4096
MAX_TOKEN_BYTES: Final = 1 << 16


class RemoteError(OSError):
    """A remote file that cannot be read; the message is the short reason."""


@dataclass(frozen=True, slots=True)
class _Signature:
    """What makes a URL of a file, and until when it is used, by the monotonic clock."""

    text: str
    until: float


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why there is no signature, and until when that is not tried again."""

    reason: str
    until: float


class Signer:
    """Signs URLs; thread safe. Signatures are kept, and made anew before they expire."""

    def __init__(self, access: RemoteAccess) -> None:
        self._signers = access.signers
        self._kept: LRUCache[str, _Signature | _Failure] = LRUCache(MAX_SIGNED)
        self._lock = threading.Lock()

    def sign(self, href: str) -> str:
        """Return the URL by which a remote file can be read now. Raises `RemoteError`.

        What nobody signs is returned as it is. A URL's own signature gives way to that of a signer.
        """
        parts = urlsplit(href)
        if parts.scheme in BUCKETS:
            return self._keep(href, lambda: _sign_object(href))
        template = next((url for host, url in self._signers if fnmatch(parts.netloc.lower(), host)), None)
        if template is None:
            return href
        names = {"account": parts.netloc.partition(".")[0], "container": parts.path.lstrip("/").partition("/")[0]}
        endpoint = _fill(template, names)
        plain, token = unsigned(href), self._keep(endpoint, lambda: _fetch_token(endpoint))
        return f"{plain}{'&' if urlsplit(plain).query else '?'}{token}"

    def _keep(self, key: str, make: Callable[[], _Signature]) -> str:
        with self._lock:  # once for all who need it
            known = self._kept.get(key)
            if known is None or known.until < time.monotonic():
                try:
                    known = make()
                except RemoteError as error:
                    known = _Failure(str(error), time.monotonic() + PAUSE_SECONDS)
                self._kept[key] = known
        if isinstance(known, _Failure):
            raise RemoteError(known.reason)
        return known.text


@lru_cache(maxsize=16)
def signer_of(access: RemoteAccess) -> Signer:
    """Return the one that signs for all who have the same access."""
    return Signer(access)


def _fill(template: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    return template


def _fetch_token(endpoint: str) -> _Signature:
    """Ask for a token, as the Planetary Computer gives them: `token`, and `msft:expiry`."""
    import httpx2

    try:
        with httpx2.stream("GET", endpoint, timeout=TIMEOUT_SECONDS) as answer:
            answer.raise_for_status()
            content = next(answer.iter_bytes(MAX_TOKEN_BYTES), b"")
        fields = httpx2.Response(200, content=content).json()
        token = str(fields["token"]).lstrip("?")
        expires = datetime.fromisoformat(str(fields["msft:expiry"]))
    except httpx2.HTTPStatusError as exc:
        raise RemoteError(f"its signer {endpoint} answers {exc.response.status_code}") from exc
    except (httpx2.HTTPError, httpx2.InvalidURL) as exc:
        raise RemoteError(f"its signer {endpoint} cannot be asked: {exc or type(exc).__name__}") from exc
    except (KeyError, TypeError, ValueError) as exc:
        raise RemoteError(f"its signer {endpoint} gives no token with an msft:expiry") from exc
    expires = expires if expires.tzinfo else expires.replace(tzinfo=UTC)
    return _lasting(token, (expires - datetime.now(UTC)).total_seconds())


def _sign_object(href: str) -> _Signature:
    """Sign the URL of an object with the credentials of the environment, as the providers' own tools name them."""
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import AzureStore, GCSStore, S3Store

    parts = urlsplit(href)
    try:
        kinds: Mapping[str, type[AzureStore | GCSStore | S3Store]] = {"s3": S3Store, "gs": GCSStore, "az": AzureStore}
        store = kinds[parts.scheme].from_url(f"{parts.scheme}://{parts.netloc}")
        url = obstore.sign(store, "GET", unquote(parts.path.lstrip("/")), timedelta(seconds=BUCKET_SECONDS))
    except (BaseError, OSError, ValueError) as exc:
        reason = " ".join(str(exc).partition("\n\nDebug source")[0].split())[:300]
        raise RemoteError(f"{parts.scheme}://{parts.netloc} cannot be signed for: {reason}") from exc
    return _lasting(url, BUCKET_SECONDS)


def _lasting(text: str, seconds: float) -> _Signature:
    return _Signature(text, time.monotonic() + seconds * (1 - EARLY))
