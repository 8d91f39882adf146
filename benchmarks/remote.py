"""Tiles of files behind HTTP: milliseconds, requests and rounds of latency, ours and TiTiler's.

`first` is the first tile of a process that has just started, `cold` one of files that are open, whose blocks are not
kept, `walk` a pan of a map by four connections. Latencies are of each answer; 50 MB/s come by each connection.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
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

HEADS = ("workload", "latency", "server", "first", "rounds", "requests", "cold", "rounds", "requests", "walk")
LATENCIES = (0.02, 0.08)  # seconds
COLD = 4  # tiles
WALK = 24
CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class RemoteRow:
    """What one server took for a workload: milliseconds, rounds of latency and requests; tiles a second of a walk."""

    workload: Workload
    latency: float
    server: str
    first: tuple[float, int, int]
    cold: tuple[float, int, int]
    walk: float

    @property
    def cells(self) -> list[str]:
        """The cells of a table."""
        timed = [text for ms, *counts in (self.first, self.cold) for text in (f"{ms:.0f} ms", *map(str, counts))]
        return [self.workload.label, f"{self.latency * 1000:.0f} ms", self.server, *timed, f"{self.walk:.1f} tiles/s"]


def measure_remote(
    stack: Stack, home: Path, folder: Path, workloads: Sequence[Workload], walks: bool = True
) -> Iterator[RemoteRow]:
    """Yield what each server takes, all of one run."""
    with serve_slowly(SlowStorage(home)) as storage:
        far = _far_copy(home, folder / "far", storage.url)
        servers: tuple[Server, ...] = (
            TiTiler(far, folder, storage.url),
            Graftile(far, folder, urlsplit(storage.url).netloc),
        )
        for server in servers:
            server.prepare()
        for workload in workloads:
            for latency in LATENCIES:
                for server in servers:
                    storage.latency = latency
                    yield _measure(server, storage, stack, workload, walks)
                    storage.latency = 0.0


def _measure(server: Server, storage: SlowStorage, stack: Stack, workload: Workload, walks: bool) -> RemoteRow:
    tiles = lone_tiles(stack, COLD + 1, seed=1)
    with running(server.commands):
        first = _timed(server, storage, workload, tiles[0])
        cold = [_timed(server, storage, workload, tile) for tile in tiles[1:]]
        rate = _walk(server, workload, walk(stack, WALK, seed=2)) if walks else 0.0
    middle = tuple(median(values) for values in zip(*cold, strict=True))
    return RemoteRow(
        workload, storage.latency, server.name, first, (middle[0], round(middle[1]), round(middle[2])), rate
    )


def _timed(server: Server, storage: SlowStorage, workload: Workload, tile: Tile) -> tuple[float, int, int]:
    storage.asked.clear()
    [answer] = fetch_all([server.path(workload, tile)], [server.commands[0].port], 1)
    if answer.status != 200:
        raise RuntimeError(f"{server.name} answers {answer.status} for {answer.path}")
    return answer.seconds * 1000, storage.rounds, len(storage.asked)


def _walk(server: Server, workload: Workload, tiles: Sequence[Tile]) -> float:
    start = perf_counter()
    ports = [command.port for command in server.commands]
    fetch_all([server.path(workload, tile) for tile in tiles], ports, CONNECTIONS)
    return len(tiles) / (perf_counter() - start)


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
