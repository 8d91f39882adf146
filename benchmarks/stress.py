"""Servers under stress: cancelled tiles, many connections, deep stacks, a start, a health check."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import perf_counter, sleep

from benchmarks.client import Connection, fetch_all
from benchmarks.figures import quantile
from benchmarks.graftile import Graftile
from benchmarks.processes import running
from benchmarks.stack import Stack
from benchmarks.states import CONNECTIONS, Plan, primed, restyled
from benchmarks.usage import metered, settle, wait_for_quiet
from benchmarks.walks import lone_tiles, walk
from benchmarks.workloads import Server, Workload

__all__ = ["Finding", "cancel", "concurrency", "depth", "fresh", "health", "start"]

CANCELLED_TILES, CANCELLED_AFTER_SECONDS = 150, 0.4
WAITING_TILES = 500  # heavy ones, while the health check is asked
HEALTH_SECONDS = 10.0
MANY_CONNECTIONS = 32
FRESH_GRAFTS = 20
GRAFTS = itertools.count(1)  # numbers of new grafts


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure of one server."""

    figure: str
    server: str
    value: float
    unit: str


def cancel(server: Server, stack: Stack) -> Iterator[Finding]:
    """Ask for 150 medians, hang up after 0.4 s, and yield the CPU seconds spent afterwards."""
    with primed(server, stack, [Workload.MEDIAN]) as pids:
        wait_for_quiet()
        with _asked(server, stack, CANCELLED_TILES):
            sleep(CANCELLED_AFTER_SECONDS)
        yield Finding("CPU spent on 150 tiles cancelled after 0.4 s", server.name, settle(pids, patience=120), "s")


def concurrency(
    server: Server, stack: Stack, workload: Workload, rounds: int, seconds: float = 3.0
) -> Iterator[Finding]:
    """Yield the tiles a second of the warm state at 8 and at 32 connections, taken in turns, best of each."""
    tiles, styles, rates = walk(stack, 120, seed=0), itertools.count(1, 1000), dict[int, list[float]]()
    ports = [command.port for command in server.commands]
    with primed(server, stack, [workload]) as pids:
        fetch_all(restyled(server, workload, tiles), ports, CONNECTIONS)
        for _, connections in itertools.product(range(rounds), (CONNECTIONS, MANY_CONNECTIONS)):
            wait_for_quiet()
            with metered(pids) as usage:
                paths = restyled(server, workload, tiles, first=next(styles), seconds=seconds)
                count = len(fetch_all(paths, ports, connections))
            rates.setdefault(connections, []).append(count / usage.wall)
    for connections, found in rates.items():
        yield Finding(f"{workload.label}, warm, {connections} connections", server.name, max(found), "tiles/s")


def depth(server: Graftile, stack: Stack, rounds: int) -> Iterator[Finding]:
    """Yield the milliseconds of a warm tile of the median of 12 and of 60 scenes, one connection, and their ratio."""
    tiles, (port,) = lone_tiles(stack, 12, seed=0), [command.port for command in server.commands]
    times: dict[int, list[float]] = {12: [], 60: []}
    with primed(server, stack, [Workload.MEDIAN]):
        for style in range(rounds + 1):
            asked = {
                12: [server.path(Workload.MEDIAN, tile, style) for tile in tiles],
                60: [server.deep_path(tile, style) for tile in tiles],
            }
            for scenes, paths in asked.items():
                answers = fetch_all(paths, [port], 1)
                if style:  # the first reads the blocks
                    times[scenes] += [answer.seconds * 1000 for answer in answers]
    middle = {scenes: quantile(found, 0.5) for scenes, found in times.items()}
    for scenes, value in middle.items():
        yield Finding(f"median of {scenes}, warm", server.name, value, "ms")
    yield Finding("median of 60 against 12", server.name, middle[60] / middle[12], "times")


def fresh(server: Graftile, plan: Plan, workload: Workload) -> Iterator[Finding]:
    """Yield the milliseconds of the first and of the second tile of new grafts, blocks decoded, and their ratio.

    The two tiles change places from one graft to the next.
    """
    tiles, connection = walk(plan.of(workload).stack, 120, seed=0)[-2:], Connection(server.commands[0].port)
    times: dict[str, list[float]] = {"first": [], "second": []}
    for nth in range(FRESH_GRAFTS + 1):
        name = server.publish(workload, next(GRAFTS))
        for which, tile in zip(times, tiles[:: -1 if nth % 2 else 1], strict=True):
            began = perf_counter()
            connection.get(server.path_of(name, workload, tile))
            if nth:  # the first reads the blocks
                times[which].append((perf_counter() - began) * 1000)
    connection.close()
    middle = {which: quantile(found, 0.5) for which, found in times.items()}
    for which, value in middle.items():
        yield Finding(f"{which} tile of a new graft, {workload.label}", server.name, value, "ms")
    yield Finding(f"first against second, {workload.label}", server.name, middle["first"] / middle["second"], "times")


def start(server: Server, stack: Stack) -> Iterator[Finding]:
    """Yield the seconds from the start of a process to its first tile."""
    command, path = server.commands[0], server.path(Workload.RGB, lone_tiles(stack, 12, seed=0)[0])
    wait_for_quiet()
    began = perf_counter()
    with running([command], path):
        yield Finding("start to the first tile", server.name, perf_counter() - began, "s")


def health(server: Server, stack: Stack) -> Iterator[Finding]:
    """Ask for 500 medians, then for /healthz again and again; yield its 50th and 99th percentile."""
    with primed(server, stack, [Workload.MEDIAN]), _asked(server, stack, WAITING_TILES):
        times, connection = [], Connection(server.commands[0].port)
        end = perf_counter() + HEALTH_SECONDS
        while perf_counter() < end:
            began = perf_counter()
            connection.get("/healthz")
            times.append((perf_counter() - began) * 1000)
            sleep(0.01)
        connection.close()
    for share in (0.5, 0.99):
        figure = f"/healthz with 500 medians waiting, percentile {share:.0%}"
        yield Finding(figure, server.name, quantile(times, share), "ms")


@contextmanager
def _asked(server: Server, stack: Stack, count: int) -> Iterator[None]:
    """Ask for so many medians, each on a connection of its own; hang up when the block ends."""
    tiles = itertools.cycle(walk(stack, 120, seed=0))
    with ExitStack() as open_connections:
        for nth, tile in zip(range(count), tiles, strict=False):
            connection = Connection(server.commands[nth % len(server.commands)].port)
            open_connections.callback(connection.close)
            connection.send(server.path(Workload.MEDIAN, tile, style=nth // 120))
        yield
