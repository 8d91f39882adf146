"""Targets of attacks: a running server, what a caller's tiles take, and how it is attacked beside them."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from threading import Thread
from time import perf_counter, sleep
from typing import Any, Final

import click
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.client import Connection
from benchmarks.figures import quantile, short
from benchmarks.graftile import Graftile
from benchmarks.walks import Tile
from benchmarks.workloads import Workload

__all__ = ["ATTACKER", "CALLER", "Attack", "Target", "beside", "fair", "flood", "listening", "together"]

CALLER, ATTACKER = "127.0.0.2", "127.0.0.3"  # two addresses of this machine, which the server takes for two callers
RETRY_SECONDS: Final = 1.0  # as answers 503 tell


@dataclass(frozen=True, slots=True)
class Attack:
    """What somebody else's figure was without an attack (None: there is none), under it, and may be at most."""

    figure: str
    unit: str
    alone: float | None
    attacked: float
    bound: float

    @property
    def holds(self) -> bool:
        """True if the figure is within its bound."""
        return self.attacked <= self.bound

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The row of a table."""
        alone = "" if self.alone is None else f"{short(self.alone)} {self.unit}"
        verdict = "" if self.holds else " **exceeded**"
        return self.figure, alone, f"{short(self.attacked)} {self.unit}", f"{short(self.bound)} {self.unit}{verdict}"


@dataclass(frozen=True, slots=True)
class Target:
    """A running server, its process, and how many tiles a caller asks for to be sure of a figure."""

    server: Graftile
    pids: Sequence[int]
    tiles: Sequence[Tile]
    count: int
    styles: Iterator[int] = field(default_factory=itertools.count)  # each tile in a new one, which nobody has drawn

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self.server.commands[0].port

    def p95(self, session: str = "") -> float:
        """Return the 95th percentile of the milliseconds of a caller's tiles, one after the other."""
        found = list[float]()
        with closing(Connection(self.port, source=CALLER)) as connection:
            for tile in itertools.islice(itertools.cycle(self.tiles), self.count):
                path = self.server.path(Workload.RGB, tile, next(self.styles))
                path += f"&session_id={session}" if session else ""
                began = perf_counter()
                status, _ = connection.get(path)
                found.append((perf_counter() - began) * 1000)
                if status != 200:
                    raise click.ClickException(f"a tile beside an attack was answered {status}")
        return quantile(found, 0.95)

    def threads(self) -> int:
        """Return how many threads the server has, as its metrics tell."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        families = text_string_to_metric_families(text)
        return int(sum(one.value for family in families for one in family.samples if one.name == "graftile_threads"))

    def inspect(self, graft: Mapping[str, Any], source: str = ATTACKER) -> int:
        """Ask to evaluate a graft; return the status."""
        body = json.dumps({"graft": graft, "typespec": {"type": "Any"}})
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=120, source_address=(source, 0))) as connection:
            connection.request("POST", "/api/inspect", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            return answer.status


def fair(figure: str, alone: float, attacked: float, times: float = 4) -> Attack:
    """Return a figure in milliseconds that may be so many times the one without an attack, and 100 ms."""
    return Attack(figure, "ms", alone, attacked, times * alone + 100)


@contextmanager
def beside(attack: Callable[..., None], *arguments: object) -> Iterator[None]:
    """Attack from a process of its own, so that this one measures the server and not itself."""
    process = multiprocessing.get_context("spawn").Process(target=attack, args=arguments, daemon=True)
    process.start()
    sleep(2)
    try:
        yield
    finally:
        process.terminate()
        process.join()


def flood(port: int, count: int, paths: Sequence[str]) -> None:
    """Have so many requests of one address under way, for ever; one that is refused comes again as it was told."""

    def ask(first: int) -> None:
        connection = Connection(port, source=ATTACKER)
        for path in itertools.islice(itertools.cycle(paths), first, None, count):
            if connection.get(path)[0] == 503:
                sleep(RETRY_SECONDS)

    together(ask, count)


def together(work: Callable[[int], None], count: int) -> None:
    """Work in so many threads, each of which is told its number."""
    lanes = [Thread(target=work, args=(lane,)) for lane in range(count)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()


@contextmanager
def listening(target: Target, session: str, count: int, *, reading: bool) -> Iterator[None]:
    """Follow a session's log over so many connections, which read what comes or do not."""
    tile = target.server.path(Workload.RGB, target.tiles[0])
    path = f"{tile[: tile.index('/', 5)]}/logs?session_id={session}"
    with ExitStack() as connections:
        for _ in range(count):
            connection = Connection(target.port, source=CALLER)
            connections.callback(connection.close)
            if not reading:
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.send(path)
            if reading:
                Thread(target=_drain, args=(connection.socket,), daemon=True).start()
        yield


def _drain(found: socket.socket) -> None:
    try:
        while found.recv(1 << 16):
            pass
    except OSError:
        pass  # closed meanwhile
