"""A TCP proxy that cuts connections, as bad networks do."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

__all__ = ["CuttingProxy"]


class CuttingProxy:
    """Forwards to a server's URL; `cut` resets what is connected, and each answer after `budget` bytes."""

    def __init__(self, target: str, budget: int | None = None) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname, parts.port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self.budget = budget
        self.connections = 0
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break all connections."""
        for pair in self._pairs:
            _close(*pair)
        self._pairs.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _close(self._listening)
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listening.accept()
                server = socket.create_connection(self._target)
                self._pairs.append((caller, server))
                self.connections += 1
                threading.Thread(target=_forward, args=(caller, server, None), daemon=True).start()
                threading.Thread(target=_forward, args=(server, caller, self.budget), daemon=True).start()


def _forward(source: socket.socket, sink: socket.socket, budget: int | None) -> None:
    with suppress(OSError):
        while data := source.recv(4096 if budget is None else min(4096, budget)):
            sink.sendall(data)
            if budget is not None and not (budget := budget - len(data)):
                break
    _close(source, sink)


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
