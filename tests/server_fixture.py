"""Servers for tests: any ASGI application, and the real one, on a free port of this machine."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from tileserver.app import create_app
from tileserver.catalog import Catalog
from tileserver.http.connections import Connection
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database

__all__ = ["running", "running_server", "without_request_id"]


@contextmanager
def running_server(data_dir: Path, *, add: Iterable[Path] = (), root_path: str = "", **settings: Any) -> Iterator[str]:
    """Serve what `add`, files and folders, holds, and give the server's URL; `settings` are those of `Settings`."""
    chosen = Settings(data_dir=data_dir, threads=2, cache_bytes=64 << 20, **settings)
    database = open_database(chosen.database)
    create_schema(database)
    report = Catalog(database, chosen).add([str(path) for path in add])
    database.dispose()
    if report.failed:
        raise RuntimeError(f"not everything could be added to the catalog: {report.failed}")
    with running(create_app(chosen), root_path=root_path) as url:
        yield url


@contextmanager
def running(app: ASGIApp, port: int = 0, root_path: str = "") -> Iterator[str]:
    """Serve an application from a thread, and give its URL; stopping cuts off whoever is still connected.

    `root_path` is the prefix that a proxy before it takes off.
    """
    config = uvicorn.Config(
        app,
        http=Connection,
        port=port,
        root_path=root_path,
        log_level="error",
        ws="none",
        lifespan="auto",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="server under test")
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server under test did not start: its log says why")
            time.sleep(0.005)
        host, bound = server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{bound}"
    finally:
        server.should_exit = True
        thread.join()


def without_request_id(text: str) -> str:
    """Return an error's text without what tells one request from another."""
    return re.sub(r'"request_id":"[0-9a-f]+"', '"request_id":"…"', text)
