"""Server processes: started, waited for, ended."""

from __future__ import annotations

import os
import random
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.client import Connection

__all__ = ["Command", "free_port", "running", "wait_for"]

START_SECONDS = 180.0  # on a machine that does much else
POLL = 0.005


@dataclass(frozen=True, slots=True)
class Command:
    """Command line of one server process, the port that it listens on, and the file of its output."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    port: int
    log: Path


@contextmanager
def running(commands: Sequence[Command], path: str = "/healthz") -> Iterator[list[int]]:
    """Start processes, wait until each has a good answer on a path, yield their ids, and end them."""
    processes = list[subprocess.Popen[bytes]]()
    try:
        for command in commands:
            with command.log.open("ab") as log:
                environment = {**os.environ, **command.environment}
                processes.append(subprocess.Popen(command.arguments, env=environment, stdout=log, stderr=log))
        for command, process in zip(commands, processes, strict=True):
            wait_for(command, process, path)
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(command: Command, process: subprocess.Popen[bytes], path: str) -> None:
    """Wait for a good answer of a process on a path; raises RuntimeError with the end of the log if none comes."""
    deadline = perf_counter() + START_SECONDS
    while perf_counter() < deadline and process.poll() is None:
        with suppress(OSError):
            connection = Connection(command.port)
            try:
                if connection.get(path)[0] == 200:
                    return
            finally:
                connection.close()
        sleep(POLL)
    said = command.log.read_text(errors="replace")[-2000:]
    raise RuntimeError(f"no good answer to {path} from {' '.join(command.arguments)}: {said}")


def free_port() -> int:
    """Return a TCP port that nobody listens on, and that the system gives to no connection that goes out."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
