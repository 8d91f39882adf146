"""Attacks: what bombs, floods, readers who do not read and callers who hang up do to everybody else's tiles."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import socket
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from time import perf_counter, sleep
from typing import Any, Final

import click
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.client import Connection
from benchmarks.figures import quantile, short
from benchmarks.graftile import Graftile
from benchmarks.report import machine, table
from benchmarks.stack import SMALL, build_stack
from benchmarks.states import primed
from benchmarks.usage import cpu_seconds, wait_for_quiet
from benchmarks.walks import Tile, walk
from benchmarks.workloads import Workload

__all__ = ["ATTACKS", "BOMBS", "Attack", "Target", "stress"]

CALLER, ATTACKER = "127.0.0.2", "127.0.0.3"  # two addresses of this machine, which the server takes for two callers
FLOOD: Final = 100  # tiles of one caller at a time
PARALLEL_BOMBS: Final = 20
LISTENERS: Final = 20
ABUSES: Final = 150  # of each kind
HEADS = ("attack", "alone", "attacked", "bound")

_TOWER: Mapping[str, Any] = {
    "f0": {"parameters": ["x"], "y": ["wf.abs", "x"], "returns": "y"},
    **{
        f"f{i}": {"parameters": ["x"], "a": [f"f{i - 1}", "x"], "b": [f"f{i - 1}", "a"], "returns": "b"}
        for i in range(1, 30)
    },
    "one": 1, "r": ["f29", "one"], "returns": "r",
}  # fmt: skip
_MAPS: Mapping[str, Any] = {
    "n": 1000, "l": ["wf.range", "n"],
    "f": {"parameters": ["x"], "m": ["wf.map", "l", "wf.abs"], "returns": "m"},
    "m": ["wf.map", "l", "f"], "returns": "m",
}  # fmt: skip
_TEXTS: Mapping[str, Any] = {
    "t": "x" * 100_000, "n": 50_000, "l": ["wf.range", "n"],
    "f": {"parameters": ["x"], "y": ["wf.add", "t", "t"], "returns": "y"},
    "m": ["wf.map", "l", "f"], "returns": "m",
}  # fmt: skip
BOMBS: Final = {"tower of functions": _TOWER, "maps within maps": _MAPS, "texts": _TEXTS}


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


def bombs(target: Target) -> Iterator[Attack]:
    """Small grafts that would compute for ever: the processor that each buys."""
    for name, graft in BOMBS.items():
        before = cpu_seconds(target.pids)
        status = target.inspect(graft)
        if status not in (400, 413):
            raise click.ClickException(f"the bomb {name!r} was answered {status}")
        yield Attack(f"processor that a bomb buys: {name}", "s", None, cpu_seconds(target.pids) - before, 1.0)


def parallel_bombs(target: Target) -> Iterator[Attack]:
    """Bombs from many connections of one caller, again and again, beside another's tiles and health checks."""
    alone = target.p95()
    with _beside(_bomb, target.port, PARALLEL_BOMBS):
        yield _fair(f"p95 of a tile beside {PARALLEL_BOMBS} bombs at a time", alone, target.p95())


def fairness(target: Target) -> Iterator[Attack]:
    """A standing flood of one caller's heavy tiles, beside another's."""
    paths = [target.server.path(Workload.MEDIAN, tile, style) for style in range(40) for tile in target.tiles]
    alone = target.p95()
    with _beside(_flood, target.port, FLOOD, paths):
        yield _fair(f"p95 of a tile beside another's flood of {FLOOD} medians", alone, target.p95())


def slow_readers(target: Target) -> Iterator[Attack]:
    """A session's log that is never read, and one that many read."""
    alone = target.p95(session="nobody")
    with _listening(target, "stalled", 1, reading=False):
        yield _fair("p95 of a tile whose session's log is not read", alone, target.p95(session="stalled"), times=2)
    with _listening(target, "crowd", LISTENERS, reading=True):
        attacked = target.p95(session="crowd")
    yield _fair(f"p95 of a tile whose session's log has {LISTENERS} readers", alone, attacked, times=2)


def threads(target: Target) -> Iterator[Attack]:
    """Errors, tiles that nobody waits for, and connections that are reset."""
    target.p95()
    before = target.threads()
    with ExitStack() as left:
        for nth in range(ABUSES):
            tile = target.tiles[nth % len(target.tiles)]
            connection = Connection(target.port, source=ATTACKER)
            left.callback(connection.close)
            connection.send(target.server.path(Workload.MEDIAN, tile, nth) + ("&band=none" if nth % 3 == 0 else ""))
            if nth % 3 == 1:
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sleep(1)
    target.p95()
    bound = 2 * (before + 40)  # the event loop's helpers, of which there may be 40, come with load
    yield Attack(f"threads after {ABUSES} errors, drops and resets", "", before, target.threads(), bound)


ATTACKS: Final[Sequence[Callable[[Target], Iterator[Attack]]]] = (
    bombs, parallel_bombs, fairness, slow_readers, threads,
)  # fmt: skip


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), envvar="GRAFTILE_BENCH_DIR", default=".graftile/bench")
@click.option("--quick", is_flag=True, help="A quarter of the tiles.")
def stress(folder: Path, quick: bool) -> None:
    """Figures of callers beside attackers, with and without: at most five minutes, `--quick` one."""
    home = build_stack(SMALL, folder.absolute())
    server = Graftile(home, folder.absolute())
    server.prepare()
    found = list[Attack]()
    with primed(server, SMALL, [Workload.RGB, Workload.MEDIAN]) as pids:
        target = Target(server, pids, walk(SMALL, 60, seed=0), 100 if quick else 400)
        target.p95()
        for attack in ATTACKS:
            wait_for_quiet(patience=5)
            for one in attack(target):
                found.append(one)
                click.echo(" · ".join(one.cells), err=True)
    click.echo(table(HEADS, [one.cells for one in found]))
    click.echo(f"\n{machine()}")
    if not all(one.holds for one in found):
        raise click.ClickException("a bound was exceeded")


def _fair(figure: str, alone: float, attacked: float, times: float = 4) -> Attack:
    return Attack(figure, "ms", alone, attacked, times * alone + 100)


@contextmanager
def _beside(attack: Callable[..., None], *arguments: object) -> Iterator[None]:
    """Attack from a process of its own, so that this one measures the server and not itself."""
    process = multiprocessing.get_context("spawn").Process(target=attack, args=arguments, daemon=True)
    process.start()
    sleep(2)
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _flood(port: int, count: int, paths: Sequence[str]) -> None:
    """Have so many requests of one caller under way, for ever."""

    def ask(first: int) -> None:
        connection = Connection(port, source=ATTACKER)
        for path in itertools.islice(itertools.cycle(paths), first, None, count):
            connection.get(path)

    _together(ask, count)


def _bomb(port: int, count: int) -> None:
    """Send bombs over so many connections, for ever."""
    bodies = [json.dumps({"graft": graft, "typespec": {"type": "Any"}}) for graft in BOMBS.values()]

    def send(first: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=120, source_address=(ATTACKER, 0))
        for body in itertools.islice(itertools.cycle(bodies), first, None):
            connection.request("POST", "/api/inspect", body, {"Content-Type": "application/json"})
            connection.getresponse().read()

    _together(send, count)


def _together(work: Callable[[int], None], count: int) -> None:
    lanes = [Thread(target=work, args=(lane,)) for lane in range(count)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()


@contextmanager
def _listening(target: Target, session: str, count: int, *, reading: bool) -> Iterator[None]:
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
