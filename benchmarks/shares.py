"""Share of the machine that the client of the bench takes from the servers that it measures, beside wrk, in C."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.client import fetch_all
from benchmarks.figures import Spread
from benchmarks.stack import Stack
from benchmarks.states import CONNECTIONS, primed
from benchmarks.usage import Usage, metered, wait_for_quiet
from benchmarks.walks import Tile, walk
from benchmarks.workloads import Server, Workload

__all__ = ["CLIENTS", "HEADS", "Share", "fetch_by_wrk", "measure_shares", "rows"]

HEADS = ("workload", "state", "server", "client", "tiles/s", "server ms", "client ms", "client's share")
SCRIPT = Path(__file__).with_name("wrk.lua")
PASSES = 4  # of the warm state, each in a style of its own
CORES = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Share:
    """Tiles of a run, and seconds: of the wall, and of the processor."""

    case: tuple[Workload, str, str, str]  # with state, server, client
    tiles: int
    usage: Usage


def fetch_by_bench(paths: Sequence[str], ports: Sequence[int], connections: int) -> float:
    """Fetch all paths by this process; return the seconds that took; raises ValueError if one is no tile."""
    began = perf_counter()
    if bad := [answer for answer in fetch_all(paths, ports, connections) if answer.status != 200]:
        raise ValueError(f"{bad[0].status} to {len(bad)} of {len(paths)}, as {bad[0].path}")
    return perf_counter() - began


def fetch_by_wrk(paths: Sequence[str], ports: Sequence[int], connections: int) -> float:
    """Fetch all paths by a wrk for each port, which takes its part of them; return the seconds until all had come.

    Raises ValueError if one is no tile.
    """
    began = perf_counter()
    with TemporaryDirectory(prefix="wrk-") as folder, ExitStack() as stack:
        running = []
        for nth, port in enumerate(ports):
            file = Path(folder, str(nth))
            file.write_text("".join(f"{path}\n" for path in paths[nth :: len(ports)]))
            command = ["wrk", "-t1", f"-c{connections // len(ports)}", "-d10m", "--timeout", "2m", "-s", str(SCRIPT)]
            command += [f"http://127.0.0.1:{port}/", "--", str(file)]
            running.append(stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)))
        for process in running:
            assert process.stdout is not None
            if "all\n" not in iter(process.stdout.readline, ""):
                raise ValueError(f"wrk ended with {process.wait()} before all was answered")
            process.send_signal(signal.SIGINT)  # else it waits for its ten minutes
        seconds = perf_counter() - began
        for process in running:
            *_, counts = process.communicate()[0].splitlines()
            if bad := int(counts.split()[1]):
                raise ValueError(f"{bad} of {len(paths)} were no tiles")
    return seconds


CLIENTS = {"bench": fetch_by_bench, "wrk": fetch_by_wrk}


def measure_shares(
    servers: Sequence[Server], stack: Stack, workloads: Iterable[Workload], rounds: int, tiles: int
) -> Iterator[Share]:
    """Yield walks and warm tiles by each client, servers and clients in turns; raises RuntimeError without wrk."""
    if shutil.which("wrk") is None:
        raise RuntimeError("wrk is not installed: apt-get install wrk")
    for nth, workload in product(range(rounds), workloads):
        for server, client in list(product(servers, CLIENTS))[:: -1 if nth % 2 else 1]:
            with primed(server, stack, [workload]) as pids:
                for state, paths in _states(server, workload, walk(stack, tiles, nth)).items():
                    usage = _metered(client, paths, server, pids)
                    yield Share((workload, state, server.name, client), len(paths), usage)


def rows(shares: Sequence[Share]) -> Iterator[list[str]]:
    """Yield the rows of a table: medians of rounds; the client's share is of all cores, all the time."""
    for case in dict.fromkeys(share.case for share in shares):
        found = [share for share in shares if share.case == case]
        rate = Spread.of([share.tiles / share.usage.wall for share in found])
        server = Spread.of([share.usage.servers * 1000 / share.tiles for share in found])
        client = Spread.of([share.usage.client * 1000 / share.tiles for share in found])
        part = Spread.of([share.usage.client / (share.usage.wall * CORES) for share in found])
        yield [
            case[0].label,
            *case[1:],
            f"{rate}",
            f"{server.middle:.2f}",
            f"{client.middle:.2f}",
            f"{part.middle:.1%}",
        ]


def _states(server: Server, workload: Workload, tiles: Sequence[Tile]) -> dict[str, list[str]]:
    styles = [[server.path(workload, tile, style) for tile in tiles] for style in range(PASSES + 1)]
    return {"walk": styles[0], "warm": list(chain.from_iterable(styles[1:]))}


def _metered(client: str, paths: Sequence[str], server: Server, pids: Sequence[int]) -> Usage:
    wait_for_quiet()
    ports = [command.port for command in server.commands]
    before = _waited_for()
    with metered(pids) as usage:
        CLIENTS[client](paths, ports, CONNECTIONS)
    waited = _waited_for() - before
    usage.client += waited
    usage.others = max(0.0, usage.others - waited)
    return usage


def _waited_for() -> float:
    """Return the CPU seconds of this process's children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
