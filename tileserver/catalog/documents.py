"""Documents: JSON read from files and allowed hosts, and fingerprints of what lies there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import httpx2

from graft_eval.fingerprint import fingerprint_of_file
from tileserver.catalog.errors import DocumentError, LocationError
from tileserver.catalog.locations import Locations, is_url

__all__ = ["Documents"]

MOST_BYTES = 64 << 20
MOST_REDIRECTS = 5
TIMEOUT_SECONDS = 30.0


class Documents:
    """Reads what the locations allow; thread safe, and closed when used as a context manager."""

    def __init__(self, locations: Locations) -> None:
        self.locations = locations
        self._client = httpx2.Client(timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> Documents:
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.close()

    def read(self, location: str) -> dict[str, Any]:
        """Return the JSON object at a location; raises `LocationError` and `DocumentError`."""
        checked = self.locations.check(location)
        content = self._download(checked) if is_url(checked) else self._load(Path(checked))
        try:
            document = json.loads(content, parse_constant=_refuse_constant)
        except RecursionError as exc:
            raise DocumentError(f"{checked} is nested too deeply") from exc
        except ValueError as exc:  # bad JSON, and bytes that are no text
            raise DocumentError(f"{checked} is no JSON: {exc}") from exc
        if not isinstance(document, dict):
            raise DocumentError(f"{checked} holds no JSON object, but a {type(document).__name__}")
        return document

    def fingerprint(self, location: str) -> str:
        """Return what changes when the file at a checked location does: of a remote one its ETag, else its date."""
        if not is_url(location):
            return fingerprint_of_file(location)
        with self._get(location, {"Range": "bytes=0-0"}) as response:
            headers = response.headers
        return headers.get("ETag") or f"{headers.get('Content-Range', '')} {headers.get('Last-Modified', '')}"

    def _load(self, path: Path) -> bytes:
        try:
            if path.stat().st_size > MOST_BYTES:
                raise DocumentError(f"{path} is larger than {MOST_BYTES} bytes")
            return path.read_bytes()
        except OSError as exc:
            raise LocationError(f"{path} cannot be read: {exc.strerror}") from exc

    def _download(self, url: str) -> bytes:
        content = bytearray()
        with self._get(url, {}) as response:
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MOST_BYTES:
                    raise DocumentError(f"{url} is larger than {MOST_BYTES} bytes")
        return bytes(content)

    @contextmanager
    def _get(self, url: str, headers: dict[str, str]) -> Iterator[httpx2.Response]:
        """Request a URL; each place that it redirects to is checked like the first."""
        target = url
        try:
            for _ in range(MOST_REDIRECTS + 1):
                with self._client.stream("GET", target, headers=headers) as response:
                    if response.next_request is None:
                        if response.is_error:
                            raise LocationError(f"{url} answers {response.status_code} {response.reason_phrase}")
                        yield response
                        return
                    target = self.locations.check(str(response.next_request.url))
        except (httpx2.HTTPError, httpx2.InvalidURL) as exc:
            raise LocationError(f"{url} cannot be read: {exc or type(exc).__name__}") from exc
        raise LocationError(f"{url} redirects more than {MOST_REDIRECTS} times")


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
