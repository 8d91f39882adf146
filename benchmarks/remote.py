"""Tiles of files behind HTTP: milliseconds, requests and rounds of latency, ours and TiTiler's.

`first` is the first tile of a process that has read nothing before, `restart` that of one whose predecessor has read
the files, `cold` one of files that are open, whose blocks are not kept, `walk` a pan of a map by four connections.
Latencies are of each answer; 50 MB/s come by each connection.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlsplit

from benchmarks.client import fetch_all
from benchmarks.graftile import Graftile
from benchmarks.processes import running
from benchmarks.slow_storage import SlowStorage, serve_slowly
from benchmarks.stack import Stack
from benchmarks.titiler import TiTiler
from benchmarks.walks import Tile, lone_tiles, walk
from benchmarks.workloads import Server, Workload

__all__ = ["HEADS", "RemoteRow", "measure_remote"]

HEADS = ("workload", "latency", "server", "first: ms", "rounds", "requests", "restart: ms", "rounds", "requests",
         "cold: ms", "rounds", "requests", "walk: tiles/s")  # fmt: skip
LATENCIES = (0.02, 0.08)  # seconds
COLD = 2  # tiles
WALK = 36
CONNECTIONS = 4


class _Taken(NamedTuple):
    """What a tile took: milliseconds, rounds of latency and requests."""

    ms: float
    rounds: float
    requests: float


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one server took in one turn."""

    first: _Taken
    restart: _Taken | None
    cold: tuple[_Taken, ...]
    walk: float  # tiles a second


@dataclass(frozen=True, slots=True)
class RemoteRow:
    """What one server took for a workload in all turns."""

    workload: Workload
    latency: float
    server: str
    turns: tuple[_Turn, ...]

    @property
    def cells(self) -> list[str]:
        """The cells of a table: medians, and the least and the most."""
        first = [turn.first for turn in self.turns]
        restart = [turn.restart for turn in self.turns if turn.restart]
        cold = [one for turn in self.turns for one in turn.cold]
        taken = [_range(values) for state in (first, restart, cold) for values in _fields(state)]
        walks = _range([turn.walk for turn in self.turns], 1)
        return [self.workload.label, f"{self.latency * 1000:.0f} ms", self.server, *taken, walks]


def measure_remote(
    stack: Stack, home: Path, folder: Path, workloads: Sequence[Workload], turns: int
) -> Iterator[RemoteRow]:
    """Yield what each server takes, TiTiler and ours in turn."""
    with serve_slowly(SlowStorage(home)) as storage:
        far = _far_copy(home, folder / "far", storage.url)
        servers = TiTiler(far, folder, storage.url), Graftile(far, folder, urlsplit(storage.url).netloc)
        for server in servers:
            server.prepare()
        for workload in workloads:
            for latency in LATENCIES:
                taken: dict[str, list[_Turn]] = {server.name: [] for server in servers}
                for nth in range(turns):
                    for server in servers[:: -1 if nth % 2 else 1]:
                        storage.latency = latency
                        taken[server.name].append(_measure(server, storage, stack, workload, nth))
                        storage.latency = 0.0
                for name, found in taken.items():
                    yield RemoteRow(workload, latency, name, tuple(found))


def _measure(server: Server, storage: SlowStorage, stack: Stack, workload: Workload, nth: int) -> _Turn:
    tile, again, *others = lone_tiles(stack, COLD + 2, seed=nth)
    restart = None
    if isinstance(server, Graftile):
        server.forget_headers()
        with running(server.commands):
            first = _timed(server, storage, workload, tile)
    with running(server.commands):
        if isinstance(server, Graftile):
            restart = _timed(server, storage, workload, again)
        else:
            first = _timed(server, storage, workload, tile)
        cold = tuple(_timed(server, storage, workload, other) for other in others)
        return _Turn(first, restart, cold, _walk(server, workload, walk(stack, WALK, seed=nth)))


def _timed(server: Server, storage: SlowStorage, workload: Workload, tile: Tile) -> _Taken:
    storage.asked.clear()
    [answer] = fetch_all([server.path(workload, tile)], [server.commands[0].port], 1)
    if answer.status != 200:
        raise RuntimeError(f"{server.name} answers {answer.status} for {answer.path}")
    return _Taken(answer.seconds * 1000, storage.rounds, len(storage.asked))


def _walk(server: Server, workload: Workload, tiles: Sequence[Tile]) -> float:
    start = perf_counter()
    ports = [command.port for command in server.commands]
    fetch_all([server.path(workload, tile) for tile in tiles], ports, CONNECTIONS)
    return len(tiles) / (perf_counter() - start)


def _fields(taken: Sequence[_Taken]) -> list[list[float]]:
    return [[one[field] for one in taken] for field in range(len(_Taken._fields))]


def _range(values: Sequence[float], digits: int = 0) -> str:
    """Return the median, and in brackets the least and the most where they differ; nothing of nothing."""
    if not values:
        return ""
    middle, least, most = (f"{value:.{digits}f}" for value in (median(values), min(values), max(values)))
    return middle if least == most else f"{middle} ({least}-{most})"


def _far_copy(home: Path, folder: Path, url: str) -> Path:
    """Write Items and a mosaic of the same stack whose files lie at a URL."""
    shutil.rmtree(folder, ignore_errors=True)
    for document in [*home.glob("items/*.json"), home / "mosaic.json"]:
        target = folder / document.relative_to(home)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(document.read_text().replace(f"{home}/", f"{url}/"))
    for tif in home.glob("*.tif"):
        (folder / tif.name).hardlink_to(tif)  # by its size, the clearest is chosen
    return folder
