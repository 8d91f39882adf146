"""A server of files in ranges that answers late and counts: what stands in for remote storage."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

__all__ = ["Asked", "Ranges", "serve_ranges"]

RANGE = re.compile(r"bytes=(\d+)-(\d*)$")


class Asked(NamedTuple):
    """One request: its method, the file, the first byte sent and how many."""

    method: str
    name: str
    start: int
    size: int


class Ranges:
    """The files of a folder, every answer `latency` seconds late.

    `failing` names files that are answered with a status instead, or, if that is OK, with half of their bytes; `moved`
    those that lie elsewhere. `tags`: files have an ETag. `connections` counts those that were made.
    """

    def __init__(self, folder: Path, latency: float = 0.0, failing: Mapping[str, HTTPStatus] | None = None) -> None:
        self.folder = folder
        self.latency = latency
        self.failing = dict(failing or {})
        self.moved: dict[str, str] = {}
        self.tags = True
        self.asked: list[Asked] = []
        self.connections = 0
        self.url = ""

    def delay(self, method: str) -> None:
        """Wait before a request is answered."""
        time.sleep(self.latency)


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # kept-alive connections may outlive all requests
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, ranges: Ranges, *connection: object) -> None:
        self._ranges = ranges
        ranges.connections += 1
        with suppress(ConnectionError):  # clients hang up as they like
            super().__init__(*connection)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._ranges.delay(self.command)
        self._answer()

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        name = self.path.lstrip("/")
        path, status = self._ranges.folder / name, self._ranges.failing.get(name)
        if not path.is_file() or (status is not None and status != HTTPStatus.OK):
            self._ranges.asked.append(Asked(self.command, name, 0, 0))
            self.send_response(status or HTTPStatus.NOT_FOUND)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if name in self._ranges.moved:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", self._ranges.moved[name])
            self.send_header("Content-Length", "0")
            return self.end_headers()
        whole = path.stat().st_size
        match = RANGE.match(self.headers.get("Range", ""))
        start, stop = (int(match[1]), min(int(match[2] or whole), whole - 1) + 1) if match else (0, whole)
        self._ranges.asked.append(Asked(self.command, name, start, stop - start))
        self.send_response(HTTPStatus.PARTIAL_CONTENT if match else HTTPStatus.OK)
        self.send_header("Content-Length", str(stop - start))
        self.send_header("Accept-Ranges", "bytes")
        if self._ranges.tags:
            self.send_header("ETag", f'"{path.stat().st_mtime_ns}"')
        if match:
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{whole}")
        self.end_headers()
        if self.command == "GET":
            with path.open("rb") as file:
                file.seek(start)
                body = file.read(stop - start)
            self.wfile.write(body if status is None else body[: len(body) // 2])
            self.close_connection = status is not None


@contextmanager
def serve_ranges(ranges: Ranges) -> Iterator[Ranges]:
    """Serve on a free port of this machine, at `url`, meanwhile."""
    with _Server(("127.0.0.1", 0), partial(_Handler, ranges)) as server:
        ranges.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield ranges
        server.shutdown()
        thread.join()
