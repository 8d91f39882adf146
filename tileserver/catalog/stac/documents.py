"""Documents: JSON and lists of Items read from files and allowed hosts, and fingerprints of what lies there."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, NoReturn

from graft_eval.fingerprint import fingerprint_of_file, local_path
from graft_eval.raster.signatures import expiry_note, unsigned
from graft_eval.raster.signing import RemoteError, signer_of
from tileserver.catalog.errors import DocumentError, LocationError, Refused, Unanswered, explain
from tileserver.catalog.ids import suffix_of
from tileserver.catalog.locations import Locations, is_url

if TYPE_CHECKING:
    import httpx2

__all__ = ["ITEM_LIST_SUFFIXES", "Documents", "parse_document"]

LINES_SUFFIXES = {".ndjson", ".jsonl", ".geojsonl"}
PARQUET_SUFFIXES = {".parquet", ".geoparquet"}
ITEM_LIST_SUFFIXES = LINES_SUFFIXES | PARQUET_SUFFIXES
COLLECTIONS_OF_ITEMS = ("FeatureCollection", "ItemCollection")  # the second is what STAC 0.9 calls it
MAX_BYTES = 64 << 20
MAX_REDIRECTS = 5
TIMEOUT_SECONDS = 30.0
DOWNLOAD_SECONDS = 120.0


class Documents:
    """Reads what the locations allow; thread safe, and closed when used as a context manager."""

    def __init__(self, locations: Locations) -> None:
        self.locations = locations

    def __enter__(self) -> Documents:
        return self

    def __exit__(self, *exc: object) -> None:
        if "_client" in vars(self):
            self._client.close()

    @cached_property
    def _client(self) -> httpx2.Client:
        import httpx2  # like its client, for those who need it

        return httpx2.Client(timeout=TIMEOUT_SECONDS)

    def read(self, location: str) -> dict[str, Any]:
        """Return the JSON object at a location; raises `LocationError` and `DocumentError`."""
        checked, content = self._content(location)
        return parse_document(content, checked)

    def read_all(self, location: str) -> tuple[list[dict[str, Any]], list[str]]:
        """Return the objects at a location: one, those of an ItemCollection, of lines of JSON, of STAC GeoParquet.

        Lines that are none are told apart, each with the reason. Raises `LocationError` and `DocumentError`.
        """
        checked, content = self._content(location)
        suffix = suffix_of(checked)
        if suffix in PARQUET_SUFFIXES or content.startswith(b"PAR1"):
            document = _read_parquet(content, checked)
        elif suffix in LINES_SUFFIXES:
            return _parse_lines(content, checked)
        else:
            document = parse_document(content, checked)
        features = document.get("features")
        if document.get("type") not in COLLECTIONS_OF_ITEMS or not isinstance(features, list):
            return [document], []
        return [feature for feature in features if isinstance(feature, dict)], []

    def _content(self, location: str) -> tuple[str, bytes]:
        checked = self.locations.check(location)
        return checked, self._download(checked) if is_url(checked) else _load(checked)

    def fingerprint(self, location: str) -> str:
        """Return the fingerprint of the file at a checked location: of a remote one its ETag, else its date."""
        if local_path(location):
            return fingerprint_of_file(location)
        try:
            url = signer_of(self.locations.access).sign(location)
        except RemoteError as exc:
            raise LocationError(f"{location} cannot be read: {exc}") from exc
        with self._ask("GET", url, {"Range": "bytes=0-0"}, name=location) as response:
            headers = response.headers
        return headers.get("ETag") or f"{headers.get('Content-Range', '')} {headers.get('Last-Modified', '')}"

    def request(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: object = None) -> bytes:
        """Return what an allowed URL, which errors call without its query, answers to a request.

        With a body of JSON if there is one.
        """
        return self._download(self.locations.check(url), method, headers, body, url.partition("?")[0])

    def _download(
        self,
        url: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: object = None,
        name: str = "",
    ) -> bytes:
        content, ends = bytearray(), time.monotonic() + DOWNLOAD_SECONDS
        with self._ask(method, url, headers, body, name) as response:
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MAX_BYTES:
                    raise DocumentError(f"{url} is larger than {MAX_BYTES} bytes")
                if time.monotonic() > ends:
                    raise Unanswered(f"{url} has not come in {DOWNLOAD_SECONDS:g} s")
        return bytes(content)

    @contextmanager
    def _ask(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: object = None, name: str = ""
    ) -> Iterator[httpx2.Response]:
        """Request a URL, which errors call by a name; each place that it redirects to is checked like the first."""
        import httpx2

        name = name or unsigned(url)

        try:
            request = self._client.build_request(method, url, headers=headers, json=body)
            for _ in range(MAX_REDIRECTS + 1):
                response = self._client.send(request, stream=True)
                try:
                    if response.next_request is None:
                        if response.is_error:
                            raise _refused(name, url, response)
                        yield response
                        return
                    request = response.next_request
                    self.locations.check(str(request.url))
                finally:
                    response.close()
        except (httpx2.HTTPError, httpx2.InvalidURL) as exc:
            raise Unanswered(f"{name} cannot be read: {exc or type(exc).__name__}") from exc
        raise LocationError(f"{name} redirects more than {MAX_REDIRECTS} times")


def _refused(name: str, url: str, response: httpx2.Response) -> Refused:
    message = f"{name} answers {response.status_code} {response.reason_phrase}{expiry_note(url)}"
    after = _retry_after(response.headers.get("Retry-After", ""))
    if after is not None and after > 0:
        message += f", and asks to wait for {after:.0f} s"
    return Refused(message, response.status_code, after)


def _retry_after(text: str) -> float | None:
    """Return how many seconds to wait by a header, which has that number or a date."""
    try:
        return float(text) if text.isdigit() else (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):  # it says neither
        return None


def _load(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as exc:
        raise LocationError(f"{path} cannot be read: {exc.strerror}") from exc
    if len(content) > MAX_BYTES:
        raise DocumentError(f"{path} is larger than {MAX_BYTES} bytes")
    return content


def parse_document(content: str | bytes, name: str) -> dict[str, Any]:
    """Return the JSON object that a document is; raises `DocumentError` with its name."""
    try:
        document = json.loads(content, parse_constant=_refuse_constant)
    except RecursionError as exc:
        raise DocumentError(f"{name} is nested too deeply") from exc
    except ValueError as exc:  # bad JSON, and bytes that are no text
        raise DocumentError(f"{name} is no JSON: {exc}") from exc
    if not isinstance(document, dict):
        raise DocumentError(f"{name} holds no JSON object, but a {type(document).__name__}")
    return document


def _parse_lines(content: bytes, name: str) -> tuple[list[dict[str, Any]], list[str]]:
    documents, errors = [], []
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            try:
                documents.append(parse_document(line, f"line {number} of {name}"))
            except DocumentError as exc:
                errors.append(str(exc))
    return documents, errors


def _read_parquet(content: bytes, name: str) -> dict[str, Any]:
    import rustac  # 30 MB of code, for those who need it

    with NamedTemporaryFile(suffix=".parquet") as file:
        file.write(content)
        file.flush()
        try:
            return dict(rustac.read_sync(file.name))
        except Exception as exc:  # its own errors have no common base
            raise DocumentError(f"{name} is no STAC GeoParquet that can be read: {explain(exc)}") from exc


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
