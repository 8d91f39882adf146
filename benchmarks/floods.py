"""Floods: bombs, heavy tiles, readers who do not read and callers who hang up, beside everybody else's tiles."""

from __future__ import annotations

import itertools
import json
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from http.client import HTTPConnection
from time import sleep
from typing import Any, Final

import click

from benchmarks.client import Connection
from benchmarks.targets import ATTACKER, Attack, Target, beside, fair, flood, listening, together
from benchmarks.usage import cpu_seconds
from benchmarks.workloads import Workload

__all__ = ["BOMBS", "bombs", "fairness", "parallel_bombs", "slow_readers", "threads"]

FLOOD: Final = 100  # tiles of one caller at a time
PARALLEL_BOMBS: Final = 20
LISTENERS: Final = 20
ABUSES: Final = 150  # of each kind

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
    with beside(_bomb, target.port, PARALLEL_BOMBS):
        yield fair(f"p95 of a tile beside {PARALLEL_BOMBS} bombs at a time", alone, target.p95())


def fairness(target: Target) -> Iterator[Attack]:
    """A standing flood of one caller's heavy tiles, beside another's."""
    paths = [target.server.path(Workload.MEDIAN, tile, style) for style in range(40) for tile in target.tiles]
    alone = target.p95()
    with beside(flood, target.port, FLOOD, paths):
        yield fair(f"p95 of a tile beside another's flood of {FLOOD} medians", alone, target.p95())


def slow_readers(target: Target) -> Iterator[Attack]:
    """A session's log that is never read, and one that many read."""
    alone = target.p95(session="nobody")
    with listening(target, "stalled", 1, reading=False):
        yield fair("p95 of a tile whose session's log is not read", alone, target.p95(session="stalled"), times=2)
    with listening(target, "crowd", LISTENERS, reading=True):
        attacked = target.p95(session="crowd")
    yield fair(f"p95 of a tile whose session's log has {LISTENERS} readers", alone, attacked, times=2)


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


def _bomb(port: int, count: int) -> None:
    """Send bombs over so many connections, for ever."""
    bodies = [json.dumps({"graft": graft, "typespec": {"type": "Any"}}) for graft in BOMBS.values()]

    def send(first: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=120, source_address=(ATTACKER, 0))
        for body in itertools.islice(itertools.cycle(bodies), first, None):
            connection.request("POST", "/api/inspect", body, {"Content-Type": "application/json"})
            connection.getresponse().read()

    together(send, count)
