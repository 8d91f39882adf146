"""Supervising: several processes that serve one address, each with its share of memory and threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from socket import AF_INET, AF_INET6, create_server, socket
from tempfile import TemporaryDirectory
from typing import Final

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from graft_eval.raster.shared_blocks import remove_blocks_of
from tileserver import forking
from tileserver.setting_sources import METRICS_FOLDER
from tileserver.settings import Settings

__all__ = ["share_of", "supervise"]

START_POLL_SECONDS: Final = 0.05


def share_of(settings: Settings) -> Settings:
    """Return the settings of one of the processes: its share of what they have together.

    >>> share = share_of(Settings(workers=4, threads=8, cache_bytes=1 << 30))
    >>> share.threads, share.cache_bytes >> 20
    (2, 256)
    """
    counts = ("threads", "queue", "job_processes")
    amounts = ("cache_bytes", "inspect_bytes")
    rates = ("user_requests_per_second", "address_requests_per_second")
    update: dict[str, float] = {name: ceil(getattr(settings, name) / settings.workers) for name in counts}
    update |= {name: getattr(settings, name) // settings.workers for name in amounts}
    update |= {name: getattr(settings, name) / settings.workers for name in rates}
    return settings.model_copy(update=update)


def supervise(
    config: uvicorn.Config,
    prepare: Callable[[], None],
    when_ready: Callable[[socket], None],
    blocks: Path | None = None,
) -> bool:
    """Serve by `config.workers` processes until SIGINT or SIGTERM; one that dies or hangs is replaced.

    `prepare` is called before, once; `when_ready` with the socket once all processes answer. Returns False if they
    could not start. `blocks` is the folder in which they share decoded blocks.
    """
    with TemporaryDirectory(prefix="graftile-metrics-") as folder:
        os.environ[METRICS_FOLDER] = folder  # which prometheus-client looks for when it is imported
        if forking.is_safe():
            forking.use_forks()
            forking.preload(prepare)
        else:
            preparing = get_context("spawn").Process(target=prepare)
            preparing.start()
            preparing.join()
        address, family = (config.host, config.port), AF_INET6 if ":" in config.host else AF_INET
        bound = create_server(address, family=family, backlog=config.backlog)  # who connects already waits for them
        supervisor = _Supervisor(config, [bound], when_ready, blocks)
        supervisor.run()
    return not supervisor.failed


class _Supervisor(Multiprocess):
    def __init__(
        self,
        config: uvicorn.Config,
        sockets: list[socket],
        when_ready: Callable[[socket], None],
        blocks: Path | None,
    ) -> None:
        super().__init__(config, sockets)
        self._when_ready = when_ready
        self._blocks = blocks

    @property
    def failed(self) -> bool:
        """True if a process could not start."""
        return any(process.exitcode == STARTUP_FAILURE for process in self.processes)

    def init_processes(self) -> None:
        """Start the processes, and tell when all of them answer: in no other thread, as forks may have to be made."""
        super().init_processes()
        while not self.should_exit.wait(START_POLL_SECONDS):
            self.handle_signals()
            self.keep_subprocess_alive()
            if all(process.wait_until_ready(START_POLL_SECONDS, self.should_exit) for process in self.processes):
                self._when_ready(self.sockets[0])
                return

    def keep_subprocess_alive(self) -> None:
        """Replace who has died, of whom no gauges and blocks are left."""
        from prometheus_client.multiprocess import mark_process_dead  # once it has the folder

        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
            if self._blocks is not None and pid is not None:
                remove_blocks_of(self._blocks, pid)
