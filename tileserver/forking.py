"""Forks: processes that serve, and share what the one that watches them has in memory."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from socket import socket
from typing import Final

import uvicorn
from uvicorn._subprocess import subprocess_started
from uvicorn.supervisors import multiprocess

__all__ = ["end_with_parent", "is_safe", "preload", "use_forks"]

PR_SET_PDEATHSIG: Final = 1  # of prctl(2)


def is_safe() -> bool:
    """Return True if a fork of this process would work: on Linux, where no other thread may hold a lock for ever."""
    return sys.platform == "linux" and threading.active_count() == 1


def use_forks() -> None:
    """Have uvicorn start its processes as forks, for which it has no option (Kludex/uvicorn#3031)."""
    multiprocess.Process = _Fork  # type: ignore[misc]


def preload(prepare: Callable[[], None]) -> None:
    """Import the application and call `prepare`; forks share that, as the collector does not touch it any more."""
    import tileserver.app  # noqa: F401

    prepare()
    gc.freeze()


def end_with_parent() -> None:
    """End this process, as SIGTERM does, when the one that watches it has ended, however that came."""
    if (parent := parent_process()) is None:
        return
    if sys.platform == "linux":  # the sentinel is a pipe that forks made later would keep open
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent.pid:
            os.kill(os.getpid(), signal.SIGTERM)
    else:
        threading.Thread(target=_follow, args=(parent.sentinel,), name="graftile-parent", daemon=True).start()


def _follow(sentinel: int) -> None:
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)


class _Fork(multiprocess.Process):
    def __init__(self, config: uvicorn.Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self._server = uvicorn.Server(config)  # now: the thread that answers pings might make a second one
        self.process = get_context("fork").Process(target=self._serve, args=(sockets,))  # type: ignore[assignment]

    def start(self) -> None:
        """Start the process; signals wait meanwhile, as it has the handlers of this one at first."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, multiprocess.SIGNALS)
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self.child_conn.close()  # else the answer to a ping is waited for, a minute, if the process dies meanwhile

    def _serve(self, sockets: list[socket]) -> None:
        for number in multiprocess.SIGNALS:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, multiprocess.SIGNALS)
        subprocess_started(self.config, self.target, sockets, stdin_fileno=None)
