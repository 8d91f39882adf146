"""Storage behind HTTP that is far away: ranges of files, each answer late, at a bounded speed; all requests noted."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.processes import free_port

__all__ = ["Asked", "SlowStorage", "serve_slowly"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the file, when it came and when its first byte was sent, in seconds."""

    name: str
    start: float
    end: float


@dataclass
class SlowStorage:
    """The files of a folder, `latency` seconds late, at so many `bytes_per_second` a connection."""

    folder: Path
    latency: float = 0.0
    bytes_per_second: float = 50e6
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    @property
    def rounds(self) -> int:
        """How many of the requests followed one another: the answer to one was there before the next was sent."""
        count, free = 0, 0.0
        for one in sorted(self.asked, key=lambda one: one.end):
            if one.start >= free:
                count, free = count + 1, one.end
        return count

    @property
    def app(self) -> Starlette:
        """The application."""
        return Starlette(routes=[Route("/{name}", self._answer, methods=["GET", "HEAD"])])

    async def _answer(self, request: Request) -> Response:
        start, name = time.perf_counter(), request.path_params["name"]
        await asyncio.sleep(self.latency)
        path = self.folder / name
        if not path.is_file():
            self.asked.append(Asked(name, start, time.perf_counter()))
            return Response(status_code=404)
        whole = (status := path.stat()).st_size
        headers = {"Accept-Ranges": "bytes", "ETag": f'"{status.st_mtime_ns}-{whole}"'}
        first, _, last = request.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
        end = min(int(last or whole), whole - 1)
        content = b"" if request.method == "HEAD" else _read(path, int(first), end + 1)
        await asyncio.sleep(len(content) / self.bytes_per_second)
        self.asked.append(Asked(name, start, time.perf_counter()))
        if "Range" not in request.headers or request.method == "HEAD":
            return Response(content, headers=headers | {"Content-Length": f"{whole}"})
        return Response(content, 206, headers | {"Content-Range": f"bytes {first}-{end}/{whole}"})


def _read(path: Path, first: int, end: int) -> bytes:
    with path.open("rb") as file:
        file.seek(first)
        return file.read(end - first)


@contextmanager
def serve_slowly(storage: SlowStorage) -> Iterator[SlowStorage]:
    """Serve on a free port of this machine, at `url`, meanwhile."""
    config = uvicorn.Config(storage.app, port=free_port(), log_level="error", access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    storage.url = f"http://127.0.0.1:{config.port}"
    yield storage
    server.should_exit = True
    thread.join()
