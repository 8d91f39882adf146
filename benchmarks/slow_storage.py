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
from starlette.responses import FileResponse, Response
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
        first, _, last = request.headers.get("Range", "").removeprefix("bytes=").partition("-")
        if request.method == "GET" and last:
            await asyncio.sleep((int(last) - int(first)) / self.bytes_per_second)
        self.asked.append(Asked(name, start, time.perf_counter()))
        return FileResponse(path)


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
