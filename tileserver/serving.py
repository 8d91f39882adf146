"""Serving: the application under uvicorn, until it is asked to stop."""

from __future__ import annotations

import errno
import faulthandler
import gc
import logging
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import click
import uvicorn
from starlette.applications import Starlette

from tileserver.settings import Settings

__all__ = ["check_address", "serve"]

SHUTDOWN_SECONDS = 5  # for requests that run; open event streams are cut then
BETWEEN_COLLECTIONS = 10_000  # objects; at Python's 700 a graft of 20,000 keys takes twice as long to read
OURS = ("tileserver", "graft_eval", "sdk", "wmts")  # loggers
ADVICE = {
    errno.EADDRINUSE: "stop what listens there, or choose another --port, of which 0 takes a free one",
    errno.EACCES: "ports below 1024 are the administrator's: choose another --port, and a proxy in front",
}
HUNG_SECONDS = 60  # after which a process that does not answer is replaced; it must have started by then
FAILED = 3  # the exit status of a server that could not start


class _Server(uvicorn.Server):
    """A server that says where it answers, once it does."""

    def __init__(self, config: uvicorn.Config, when_ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._when_ready(_url_of(self.servers[0].sockets[0]))


def check_address(settings: Settings) -> None:
    """Raise `click.ClickException` if the address to bind is taken, not this machine's, or not for this user."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, _, _, address in found:
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(address)
    except OSError as exc:
        advice = ADVICE.get(exc.errno or 0, "choose another --host")
        raise click.ClickException(f"{settings.host} port {settings.port}: {exc.strerror}: {advice}") from exc


def serve(settings: Settings, when_ready: Callable[[str], None] = lambda url: None) -> None:
    """Serve until SIGINT or SIGTERM; requests that run then are finished.

    `when_ready` is called once with the server's URL on this machine, and must not block.
    """
    faulthandler.enable()  # a crash in a library leaves the stacks of all threads
    # Nothing that the other commands should wait for:
    from graft_eval.process import prepare_process
    from graft_eval.raster.open_files import max_connections
    from graft_eval.raster.shared_blocks import open_folder
    from tileserver.http.connections import Connection
    from tileserver.supervising import share_of, supervise

    closing = ExitStack()
    blocks = closing.enter_context(open_folder(settings.cache_bytes)) if settings.workers > 1 else None
    config = uvicorn.Config(
        partial(_make_app, share_of(settings), blocks),
        factory=True,
        workers=settings.workers,
        timeout_worker_healthcheck=HUNG_SECONDS,
        host=settings.host,
        port=settings.port,
        http=Connection,
        log_level=settings.log_level,
        access_log=False,  # each request's record goes to its session
        server_header=False,
        proxy_headers=False,  # whoever sends forwarded headers could choose the URLs in answers
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        limit_concurrency=max_connections(),  # beyond: 503, and a line in the log; else none would be accepted
    )
    prepare = partial(prepare_process, _say_compiling)
    if settings.workers > 1:

        def say_ready(bound: socket.socket) -> None:
            logging.getLogger("uvicorn.error").info("Uvicorn running on %s (Press CTRL+C to quit)", _url_of(bound))
            when_ready(_url_of(bound))

        with closing:
            if not supervise(config, prepare, say_ready, blocks):
                sys.exit(FAILED)
        return
    server = _Server(config, when_ready)
    with suppress(KeyboardInterrupt):  # which uvicorn raises again when it has shut down
        prepare()
        server.run()
    if not server.started:
        sys.exit(FAILED)


def _make_app(settings: Settings, blocks: Path | None) -> Starlette:
    """Return the application of a process that serves; what it has in memory once it answers, it keeps."""
    from tileserver.app import create_app
    from tileserver.forking import end_with_parent

    _set_level(settings.log_level.upper())
    if settings.access_log:
        _write_access_log()
    app = create_app(settings, blocks)
    end_with_parent()
    app.router.lifespan_context = partial(_freezing, app.router.lifespan_context)
    return app


@asynccontextmanager
async def _freezing(opened: Any, app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
    async with opened(app) as state:
        gc.freeze()  # else each full collection halts all threads for 0.1 s, to find libraries and tables in use
        gc.set_threshold(BETWEEN_COLLECTIONS)
        yield state


def _set_level(level: str) -> None:
    """Say on stderr what is of a level or more severe: of our own; libraries' from warnings on, as ever."""
    logging.basicConfig(format="%(levelname)s:  %(message)s")
    for name in OURS:
        logging.getLogger(name).setLevel(level)


def _write_access_log() -> None:
    from tileserver.http.access_log import ACCESS

    ACCESS.addHandler(logging.StreamHandler(sys.stdout))
    ACCESS.setLevel(logging.INFO)
    ACCESS.propagate = False


def _say_compiling() -> None:
    click.echo("Compiling kernels, once for this installation …", err=True)


def _url_of(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    address = ip_address(host)
    if address.is_unspecified:
        return f"http://localhost:{port}"
    return f"http://[{host}]:{port}" if address.version == 6 else f"http://{host}:{port}"
