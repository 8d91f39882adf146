"""A server of one tile, whatever is asked for, which is slow from zoom 14 on."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image

from benchmarks.processes import Command

__all__ = ["Tiles", "serving_tiles"]

SLOW = "/14/"
SLOW_SECONDS = 0.5


@dataclass
class Tiles:
    """Commands as of a server of the bench, and the paths that were asked for."""

    commands: list[Command]
    asked: list[str] = field(default_factory=list)


def png() -> bytes:
    """Return a tile of 256 pixels."""
    buffer = io.BytesIO()
    Image.new("RGB", (256, 256), "teal").save(buffer, "png")
    return buffer.getvalue()


@contextmanager
def serving_tiles() -> Iterator[Tiles]:
    """Answer every path by a tile, but `/missing` by 404."""
    body = png()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet

        def do_GET(self) -> None:
            tiles.asked.append(self.path)
            if SLOW in self.path:
                time.sleep(SLOW_SECONDS)
            self.send_response(404 if self.path.startswith("/missing") else 200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        tiles = Tiles([Command([], {}, server.server_port, Path())])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tiles
        server.shutdown()
