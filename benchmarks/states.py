"""Cold, walk and warm: tiles of which no block is decoded, a pan from an empty cache, half of its tiles restyled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter

from benchmarks.agreement import Agreement, compare
from benchmarks.client import Connection, fetch_all
from benchmarks.figures import Case, Figure, sum_up
from benchmarks.processes import running
from benchmarks.stack import SMALL, Stack
from benchmarks.usage import memory, metered, wait_for_quiet
from benchmarks.walks import Tile, lone_tiles, tile_over, walk
from benchmarks.workloads import OF_STACK, Server, Workload

__all__ = [
    "CONNECTIONS",
    "LEAN_CACHE",
    "LEAN_WALK",
    "PRIMER_ZOOM",
    "STATES",
    "Plan",
    "measure",
    "measure_lean",
    "primed",
    "restyled",
    "verify",
]

STATES = ("cold", "walk", "warm")
LEAN_WALK = "walk in 1 GB"
LEAN_CACHE = "160 MiB"  # with which no walk takes more: libraries, kernels, threads and what is computed are the rest
CONNECTIONS = 8
PRIMER_ZOOM = 9  # reads the coarsest overview, of which no other tile has need


@dataclass(frozen=True, slots=True)
class Plan:
    """Amount of measuring: tiles of a walk, lone tiles, the least seconds of the warm state, rounds."""

    stack: Stack
    season: Stack = SMALL
    tiles: int = 120
    lone: int = 24
    warm_seconds: float = 3.0
    rounds: int = 3

    def of(self, workload: Workload) -> Plan:
        """Return the plan of a workload: where its scenes lie, and a sixth of the tiles where each takes seconds."""
        if workload is Workload.MONTHLY:
            return replace(self, stack=self.season, tiles=self.tiles // 6, lone=self.lone // 6)
        return replace(self, stack=self.season) if workload.is_of_season else self


def measure(server: Server, workload: Workload, plan: Plan, nth: int) -> Iterator[Figure]:
    """Yield the figures of one round: cold, walk, warm. The server is started anew for cold and for walk."""
    plan = plan.of(workload)
    with primed(server, plan.stack, [workload]) as pids:
        lone = [server.path(workload, tile) for tile in lone_tiles(plan.stack, plan.lone, nth)]
        yield _run(server, pids, Case(server.name, workload, "cold", nth), lone, connections=1)
    with primed(server, plan.stack, [workload]) as pids:
        tiles = walk(plan.stack, plan.tiles, nth)
        yield _run(server, pids, Case(server.name, workload, "walk", nth), restyled(server, workload, tiles))
        again = restyled(server, workload, tiles[::2], first=1, seconds=plan.warm_seconds)
        yield _run(server, pids, Case(server.name, workload, "warm", nth), again)


def measure_lean(server: Server, workload: Workload, plan: Plan, nth: int) -> Figure:
    """Return the figure of one round of the walk, by a server that is told to take little memory."""
    with primed(server, plan.stack, [workload]) as pids:
        tiles = walk(plan.stack, plan.tiles, nth)
        return _run(server, pids, Case(server.name, workload, LEAN_WALK, nth), restyled(server, workload, tiles))


def verify(
    ours: Server, peers: Mapping[str, Server], plan: Plan, workloads: Iterable[Workload]
) -> dict[tuple[Workload, int], Agreement]:
    """Return how our tiles agree with the peers', by workload and zoom; raises ValueError if they do not."""
    found = {}
    with running([command for server in (ours, *peers.values()) for command in server.commands[:1]]):
        for workload in workloads:
            servers = ours, peers[workload.peer]
            tiles = {tile.z: tile for tile in lone_tiles(plan.of(workload).stack, 36, seed=0)}
            for zoom in sorted(tiles):
                found[workload, zoom] = compare(*(_draw(server, workload, tiles[zoom]) for server in servers))
    if bad := {case: agreement for case, agreement in found.items() if not agreement.good}:
        raise ValueError(f"{ours.name} and its peers draw different things: {bad}")
    return found


@contextmanager
def primed(server: Server, stack: Stack, workloads: Iterable[Workload] = OF_STACK) -> Iterator[list[int]]:
    """Start a server, let each process draw a tile of a workload that reads no block of later ones; yield their ids.

    Processes that share a port are met by as many connections as are measured; those of a port of their own by one.
    """
    tile, each = tile_over(stack, PRIMER_ZOOM), CONNECTIONS if len(server.commands) == 1 else 1
    with running(server.commands) as pids:
        connections = [Connection(command.port) for command in server.commands for _ in range(each)]
        for workload in workloads:
            for connection in connections:
                connection.get(server.path(workload, tile))
        for connection in connections:
            connection.close()
        yield pids


def restyled(
    server: Server, workload: Workload, tiles: Sequence[Tile], first: int = 0, seconds: float = 0.0
) -> Iterator[str]:
    """Yield the paths of tiles in one new style after another, whole passes, until the seconds are over."""
    style, end = first, perf_counter() + seconds
    while style == first or perf_counter() < end:
        yield from (server.path(workload, tile, style) for tile in tiles)
        style += 1


def _draw(server: Server, workload: Workload, tile: Tile) -> bytes:
    connection, path = Connection(server.commands[0].port), server.path(workload, tile)
    status, body = connection.get(path)
    connection.close()
    if status != 200:
        raise ValueError(f"{status} for {path}: {bytes(body[:500])!r}")
    return bytes(body)


def _run(
    server: Server, pids: Sequence[int], case: Case, paths: Iterable[str], connections: int = CONNECTIONS
) -> Figure:
    wait_for_quiet()
    with metered(pids) as usage:
        answers = fetch_all(paths, [command.port for command in server.commands], connections)
    return sum_up(case, answers, usage, memory(pids, peak=True))
