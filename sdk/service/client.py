"""HTTP client of a server: timeouts, retries if repeating is safe, and errors with the server's own messages."""

from __future__ import annotations

import json
import math
import os
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, lru_cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import parse_qsl, urlsplit

from sdk.service.config import find_server
from sdk.service.exceptions import (
    ApiError,
    GraftileError,
    IncompatibleServer,
    LimitReached,
    RequestTimeout,
    ResourceExhausted,
    RetryError,
    ServerUnreachable,
    ServiceUnavailable,
    error_of,
)
from sdk.service.files import open_for_bytes

if TYPE_CHECKING:
    import httpx2

__all__ = ["CHANNEL", "CHANNEL_HEADER", "TIME_LIMIT", "VERSION_HEADER", "Client", "client_version", "default_client"]

CHANNEL: Final = "master"  # of the language: grafts of one channel mean the same on every server that speaks it
CONNECT_SECONDS: Final = 5.0
MAX_WAIT_SECONDS: Final = 30.0  # a server that asks for more is not waited for
CHANNEL_HEADER: Final = "Graftile-Channel"  # these two say, in requests and answers, who speaks
VERSION_HEADER: Final = "Graftile-Version"
TIME_LIMIT: Final = "time_limit"  # the server's code for work that took too long, and would again
PROXY_STATUSES: Final = (502, 504)  # a proxy's words, not the server's: whether it did the work is not known

Query = list[tuple[str, str]]


class Client:
    """A connection to a server; threads may share one.

    `url` is the server's address, else `GRAFTILE_URL`, else that of `~/.config/graftile/config.toml`, else
    http://127.0.0.1:8000. `token` is what identifies the caller, else `GRAFTILE_TOKEN`, else, for the server that
    the file names, the file's token, else nothing. `timeout` is the seconds that an answer may take, `attempts` how
    often a request is sent at most. Requests that change nothing, or may be done twice, are repeated after a
    broken connection; all are repeated when the server says that it had no room for them.

    >>> Client("https://maps.example.org/")
    Client('https://maps.example.org')
    """

    def __init__(
        self, url: str | None = None, token: str | None = None, *, timeout: float = 30.0, attempts: int = 4
    ) -> None:
        server = find_server(url, token)
        self.url = server.url
        self.timeout = timeout
        self.attempts = attempts
        self._token = server.token

    def get(self, path: str, query: Query | None = None) -> dict[str, Any]:
        """Return the JSON object at a path."""
        return self._object(self.request("GET", path, query=query))

    def post(self, path: str, body: Mapping[str, Any], *, retries: int | None = None) -> dict[str, Any]:
        """Create something, and return its record; not repeated when the answer is lost.

        With `retries`, it is sent as often again while the server has no room or a limit of the caller is reached.
        """
        attempts = None if retries is None else retries + 1
        return self._object(self.request("POST", path, body=body, repeatable=False, attempts=attempts))

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Store something, and return its record; idempotent."""
        return self._object(self.request("PUT", path, body=body))

    def delete(self, path: str) -> None:
        """Delete what is at a path; not repeated when the answer is lost, as it would not be found again."""
        self.request("DELETE", path, repeatable=False)

    def pages(self, path: str, plural: str, query: Query | None = None) -> Iterator[dict[str, Any]]:
        """Yield the records of a list, fetching page after page as they are asked for."""
        while True:
            page = self.get(path, query)
            yield from page[plural]
            if not page.get("next"):
                return
            query = parse_qsl(urlsplit(page["next"]).query)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = True,
        timeout: float | None = None,
        attempts: int | None = None,
    ) -> httpx2.Response:
        """Send a request and return its answer; at most `attempts` times, if not as often as the client does.

        Raises the `ApiError` of the server's refusal, `ServerUnreachable` if none answers,
        `RequestTimeout` for an answer that takes too long, `RetryError` after several failed attempts or for a limit
        that stays reached, `IncompatibleServer` if the server speaks another channel of the language.
        """
        import httpx2
        import stamina

        request = self._http.build_request(method, path, params=_query(query), json=body, headers=headers)
        if timeout is not None:
            request.extensions["timeout"] = self._timeout(timeout).as_dict()
        failures: list[Exception] = []

        def backoff(failure: Exception) -> bool | float:
            wait = self._wait(failure, repeatable)
            if wait is not False:
                failures.append(failure)
            return wait

        try:
            for attempt in stamina.retry_context(
                backoff,
                attempts=attempts or self.attempts,
                timeout=None,
                wait_initial=0.1,
                wait_max=5.0,
                wait_jitter=0.2,
            ):
                with attempt:
                    return self._checked(self._http.send(request))
        except (ApiError, httpx2.TransportError) as error:
            named = self._named(error)
            if isinstance(named, ResourceExhausted):
                raise LimitReached(named, failures or [named]) from None
            if error in failures and len(failures) > 1:
                raise RetryError(f"gave up after {len(failures)} attempts: {named}", failures) from error
            if named is error:
                raise error.with_traceback(None) from None  # the frames of repeating say nothing to a user
            raise named from error
        raise AssertionError("an attempt returns or raises")

    @contextmanager
    def stream(
        self, path: str, *, query: Query, headers: Mapping[str, str], silence: float
    ) -> Iterator[httpx2.Response]:
        """Open an answer without an end; it counts as broken after `silence` seconds without a byte."""
        import httpx2

        try:
            with self._http.stream(
                "GET", path, params=_query(query), headers=headers, timeout=self._timeout(silence)
            ) as response:
                if response.is_error:
                    response.read()
                yield self._checked(response)
        except httpx2.TransportError as error:
            raise self._named(error) from error

    def download(self, path: str, file: str | os.PathLike[str] | BinaryIO) -> None:
        """Write the bytes at a path of the server to a path of this machine, or to a file that is open for bytes."""
        with (
            self.stream(path, query=[], headers={"Accept": "*/*"}, silence=self.timeout) as response,
            open_for_bytes(file) as target,
        ):
            for chunk in response.iter_bytes():
                target.write(chunk)

    def close(self) -> None:
        """Close the connections."""
        if "_http" in self.__dict__:
            self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.url!r})"

    @cached_property
    def _http(self) -> httpx2.Client:
        import httpx2

        headers = {
            "User-Agent": f"graftile/{client_version()}",
            "Accept": "application/json",
            CHANNEL_HEADER: CHANNEL,
            VERSION_HEADER: client_version(),
        }
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        http = httpx2.Client(base_url=self.url, headers=headers, timeout=self._timeout(self.timeout))
        weakref.finalize(self, http.close)
        return http

    def _timeout(self, seconds: float) -> httpx2.Timeout:
        import httpx2

        return httpx2.Timeout(None if math.isinf(seconds) else seconds, connect=min(seconds, CONNECT_SECONDS))

    def _wait(self, failure: Exception, repeatable: bool) -> bool | float:
        """Return whether to retry after a failure, or the seconds to wait if the server gives them."""
        import httpx2

        if isinstance(failure, (ServiceUnavailable, ResourceExhausted)) and failure.code != TIME_LIMIT:
            wait = failure.retry_after
            return True if wait is None else wait if wait <= MAX_WAIT_SECONDS else False
        if isinstance(failure, ApiError):
            return repeatable and failure.status in PROXY_STATUSES
        # Refused connections are no accident that passes: nobody listens.
        broken = isinstance(failure, httpx2.TransportError)
        return repeatable and broken and not isinstance(failure, (httpx2.ConnectError, httpx2.TimeoutException))

    def _named(self, error: Exception) -> Exception:
        """Return our error for one of the transport, and any other error as it is."""
        import httpx2

        match error:
            case httpx2.ConnectError() if "WRONG_VERSION_NUMBER" in str(error):
                plain = self.url.replace("https://", "http://", 1)
                return ServerUnreachable(f"what answers at {self.url} does not speak TLS: is it {plain}?")
            case httpx2.ConnectError() | httpx2.ConnectTimeout():
                return ServerUnreachable(
                    f"no server answers at {self.url} ({error}): start one with `graftile serve`, "
                    f"or set GRAFTILE_URL to the address of one"
                )
            case httpx2.TimeoutException():
                return RequestTimeout(f"the server at {self.url} did not answer in time ({type(error).__name__})")
            case httpx2.TransportError():
                return ServerUnreachable(f"the connection to {self.url} broke before the answer came: {error}")
        return error

    def _checked(self, response: httpx2.Response) -> httpx2.Response:
        """Return a successful answer of a compatible server, or raise its error."""
        channel = response.headers.get(CHANNEL_HEADER, CHANNEL)
        version = response.headers.get(VERSION_HEADER, client_version())
        if channel != CHANNEL:
            raise IncompatibleServer(
                f"the server at {self.url}, graftile {version}, speaks the channel {channel!r} of the language, and "
                f"this client, graftile {client_version()}, speaks {CHANNEL!r}: install the version that the server has"
            )
        if response.is_success:
            return response
        fields = _json(response) or {"message": f"{response.reason_phrase} ({response.request.url.path})"}
        after = response.headers.get("Retry-After", "")
        error = error_of(response.status_code, fields, float(after) if after.isdecimal() else None)
        if version != client_version():
            error.add_note(f"The server is graftile {version}, and this client {client_version()}.")
        raise error

    def _object(self, response: httpx2.Response) -> dict[str, Any]:
        answer = _json(response)
        if answer is None:
            raise GraftileError(
                f"{self.url} answers {response.request.url.path} with no JSON object: is it a graftile?"
            )
        return answer


def default_client() -> Client:
    """Return the client that is used if none is given: of the server that the environment or the file names."""
    server = find_server()
    return _client(server.url, server.token)


@lru_cache(maxsize=8)
def _client(url: str, token: str | None) -> Client:
    return Client(url, token)


@lru_cache(maxsize=1)
def client_version() -> str:
    """Return the version of the installed package."""
    import importlib.metadata  # slow, and seldom needed

    return importlib.metadata.version("graftile")


def _query(query: Query | None) -> httpx2.QueryParams | None:
    import httpx2

    return httpx2.QueryParams(tuple(query)) if query else None


def _json(response: httpx2.Response) -> dict[str, Any] | None:
    try:
        answer = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None
    return answer if isinstance(answer, dict) else None
