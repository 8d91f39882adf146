"""Servers of one data folder that are killed and started again, and requests that any of them answers."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import psutil

from benchmarks.processes import Command, free_port, wait_for

__all__ = ["Servers"]

AWAY_SECONDS = 300.0  # in which no server answers, before it counts as a failure
STOP_SECONDS = 120.0


class Servers:
    """Servers of a data folder, with one process each for jobs; `killed` counts what was killed."""

    def __init__(self, folder: Path, count: int, environment: dict[str, str], random: random.Random) -> None:
        self.data_dir, self.log = folder / "data", folder / "server.log"
        self.killed = Counter[str]()
        self._random = random
        environment = {
            "GRAFTILE_DATA_DIR": str(self.data_dir), "GRAFTILE_JOB_PROCESSES": "1", "GRAFTILE_THREADS": "1",
            "GRAFTILE_CACHE_BYTES": "20000000", **environment,
        }  # fmt: skip
        serve = [sys.executable, "-m", "tileserver", "serve", "--port"]
        ports = [free_port() for _ in range(count)]
        self._commands = [Command([*serve, str(port)], environment, port, self.log) for port in ports]
        self._processes: list[subprocess.Popen[bytes]] = []

    def add(self, path: Path) -> None:
        """Add imagery to their catalog."""
        command = [sys.executable, "-m", "tileserver", "catalog", "add", str(path)]
        subprocess.run(command, env={**os.environ, **self._commands[0].environment}, check=True, capture_output=True)

    def start(self) -> None:
        """Start all, and wait until they answer."""
        self._processes = [_start(command) for command in self._commands]
        for command, process in zip(self._commands, self._processes, strict=True):
            wait_for(command, process, "/healthz")

    def stop(self) -> None:
        """End all as an operator does."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(STOP_SECONDS)
        self._processes.clear()

    def kill_server(self) -> None:
        """Kill a server, once all are there, and start it again."""
        for command, process in zip(self._commands, self._processes, strict=True):
            wait_for(command, process, "/healthz")
        nth = self._random.randrange(len(self._processes))
        self._processes[nth].kill()
        self._processes[nth].wait()
        self.killed["server"] += 1
        self._processes[nth] = _start(self._commands[nth])

    def kill_worker(self) -> None:
        """Kill a process that computes, if there is one."""
        with suppress(psutil.NoSuchProcess):  # it has just ended
            helpers = [helper for each in self._processes for helper in psutil.Process(each.pid).children()]
            if workers := [worker for helper in helpers for worker in helper.children()]:
                self._random.choice(workers).kill()
                self.killed["worker"] += 1

    def left(self) -> list[int]:
        """Return the processes that are there of any server that ever was."""
        found = list[int]()
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("GRAFTILE_DATA_DIR") == str(self.data_dir):
                    found.append(process.pid)
        return found

    def send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Return the answer of one of them; raises TransportError if it is killed meanwhile."""
        port = self._random.choice(self._commands).port
        return httpx2.request(method, f"http://127.0.0.1:{port}{path}", timeout=30, **options)

    def ask(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Return the answer of any that is there: for requests that change nothing when they are repeated."""
        ends = time.monotonic() + AWAY_SECONDS
        while time.monotonic() < ends:
            with suppress(httpx2.TransportError):
                return self.send(method, path, **options)
            time.sleep(0.05)
        raise RuntimeError(f"no server answers: {self.log.read_text()[-2000:]}")


def _start(command: Command) -> subprocess.Popen[bytes]:
    with command.log.open("ab") as log:
        environment = {**os.environ, **command.environment}
        return subprocess.Popen(command.arguments, env=environment, stdout=log, stderr=log)
