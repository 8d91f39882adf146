"""Tiles a second on more and more cores, beside what the model says: wrk asks, from cores of its own."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.client import fetch_all
from benchmarks.cores import HEADS as SERIAL_HEADS
from benchmarks.cores import Serial, decoded, measure_cores, predict
from benchmarks.cores import rows as serial_rows
from benchmarks.figures import short
from benchmarks.graftile import Graftile
from benchmarks.report import findings_table, machine, table
from benchmarks.shares import fetch_by_wrk
from benchmarks.stack import FULL, Stack, build_stack, read_once
from benchmarks.states import PRIMER_ZOOM, primed
from benchmarks.usage import cpu_seconds, loop_milliseconds, metered, serving, settle, wait_for_quiet
from benchmarks.walks import Tile, tile_over, walk
from benchmarks.worker_deaths import check_workers
from benchmarks.workloads import Workload
from tileserver.settings import usual_workers

__all__ = ["HEADS", "Course", "Scaled", "measure_shape", "processors", "rows", "scaling", "shapes"]

HEADS = (
    "workload", "state", "cores", "processes", "predicted /s", "measured /s", "ratio", "CPU ms", "cores in use",
    "event loop in use", "busiest process", "client's cores", "blocks a tile",
)  # fmt: skip
CLIENTS = 2  # wrk processes, with a thread each
PER_CORE = 4  # connections
QUIET_SECONDS = 2.0  # of waiting for quiet: machines with many cores are never wholly quiet


@dataclass(frozen=True, slots=True)
class Scaled:
    """Tiles a second by processes that share cores, and what they were busy with.

    `cpu` are milliseconds of a tile; `used` and `client` are cores, the latter of all that is no server; `loop` is the
    share of the time in which an event loop ran, `busiest` the work of the process that did most over the mean one's;
    `blocks` were decoded for a tile.
    """

    workload: Workload
    state: str
    cores: int
    processes: int
    predicted: float
    rate: float
    cpu: float
    used: float
    loop: float
    busiest: float
    client: float
    blocks: float


@dataclass(frozen=True, slots=True)
class Course:
    """What is asked of every shape: tiles of a walk, and seconds of warm tiles, if the model is right."""

    stack: Stack
    tiles: int
    seconds: float


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), envvar="BENCH_DIR", default=".graftile/bench")
@click.option("--size", default=FULL.size, help="Pixels a side of each scene.")
@click.option("--tiles", default=240, help="Tiles of a walk.")
@click.option("--seconds", default=3.0, help="Length of the warm state, if the model is right.")
@click.option("--workload", "workloads", multiple=True, type=click.Choice([*map(str, Workload)]), help="Only these.")
@click.option("--shape", "chosen", multiple=True, help="Only these CORESxPROCESSES, as 12x3.")
def scaling(
    folder: Path, size: int, tiles: int, seconds: float, workloads: Sequence[str], chosen: Sequence[str]
) -> None:
    """Tiles a second on more and more cores, beside what the serial shares of a tile predict."""
    folder, course, cpus = folder.absolute(), Course(Stack(size=size), tiles, seconds), processors()
    clients = len(cpus) // 4 or 1
    sizes = [(int(cores), int(processes)) for cores, processes in (one.split("x") for one in chosen)]
    sizes = sizes or shapes(max(1, len(cpus) - clients))
    if not all(1 <= processes <= cores <= len(cpus) for cores, processes in sizes):
        raise click.BadParameter(f"a shape is CORESxPROCESSES, a core at least for each, of {len(cpus)}: {chosen}")
    home = build_stack(course.stack, folder)
    read_once(home)
    server = Graftile(home, folder)
    server.prepare()
    os.sched_setaffinity(0, cpus[-clients:])  # of this process, and of wrk, which it starts
    serials, found = list[Serial](), list[Scaled]()
    for workload in map(Workload, workloads or (Workload.RGB, Workload.MEDIAN)):
        serials += measure_cores(server, course.stack, folder, [workload], tiles, cpus[:2])
        for row in serial_rows(serials[-2:]):
            click.echo(" · ".join(row), err=True)
        for cores, processes in sizes:
            pinned = server.another("--workers", f"{processes}", cpus=cpus[:cores])
            for one in measure_shape(pinned, course, serials[-2:], cores, processes):
                found.append(one)
                click.echo(" · ".join(next(rows([one]))), err=True)
    click.echo(table(SERIAL_HEADS, serial_rows(serials)) + "\n\n" + table(HEADS, rows(found)))
    cores, processes = sizes[-1]
    deaths = check_workers(server, course.stack, cpus[:cores], max(2, processes))
    click.echo(f"\n{findings_table(deaths)}\n\n{machine()}")


def shapes(cores: int) -> list[tuple[int, int]]:
    """Return the cores and processes that are measured with so many cores.

    >>> shapes(12)
    [(1, 1), (2, 1), (4, 1), (8, 1), (12, 1), (2, 2), (4, 4), (8, 4), (12, 6), (12, 3), (12, 12)]
    """
    counts = [*(1 << power for power in range(cores.bit_length()) if 1 << power < cores), cores]
    alone = [(count, 1) for count in counts]
    usual = [(count, usual_workers(count)) for count in counts]
    return list(dict.fromkeys([*alone, *usual, (cores, cores // 4 or 1), (cores, cores)]))


def processors() -> list[int]:
    """Return the processors that this process may use: one of each core first, then those that share a core."""
    seen, rank = Counter[str](), dict[int, int]()
    for cpu in sorted(os.sched_getaffinity(0)):
        core = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text()
        rank[cpu] = seen[core]
        seen[core] += 1
    return sorted(rank, key=lambda cpu: (rank[cpu], cpu))


def measure_shape(
    server: Graftile, course: Course, serials: Sequence[Serial], cores: int, processes: int
) -> Iterator[Scaled]:
    """Yield the walk and the warm tiles of a server of so many cores and processes, of the workload of two serials."""
    walked, warm = serials
    workload, ports, connections = walked.workload, [server.commands[0].port], PER_CORE * max(cores, 2)
    tiles = walk(course.stack, course.tiles, seed=0)
    with primed(server, course.stack, [workload]) as pids:
        settle(pids)  # until all of its processes have started
        primer = server.path(workload, tile_over(course.stack, PRIMER_ZOOM))
        fetch_all([primer] * 4 * connections, ports, connections)  # by each of them
        predicted = predict(walked, warm, walked.state, cores, processes)
        before = decoded(server)
        run = _measure(server, pids, _passes(server, workload, tiles, range(1)), connections)
        yield Scaled(workload, walked.state, cores, processes, predicted, *run, (decoded(server) - before) / len(tiles))
        seen = 4 * processes + 1  # passes, by which every process has nearly every block
        fetch_all(_passes(server, workload, tiles, range(1, seen)), ports, connections)
        predicted = predict(walked, warm, warm.state, cores, processes)
        passes = range(seen, seen + max(1, round(predicted * course.seconds / len(tiles))))
        run = _measure(server, pids, _passes(server, workload, tiles, passes), connections)
        yield Scaled(workload, warm.state, cores, processes, predicted, *run, 0.0)


def rows(found: Sequence[Scaled]) -> Iterator[list[str]]:
    """Yield the rows of the table."""
    for one in found:
        rates = [short(one.predicted), short(one.rate), f"{one.rate / one.predicted:.2f}"]
        costs = [f"{value:.2f}" for value in (one.cpu, one.used, one.loop, one.busiest, one.client)]
        blocks = f"{one.blocks:.2f}" if one.blocks else ""
        yield [one.workload.label, one.state, f"{one.cores}", f"{one.processes}", *rates, *costs, blocks]


def _passes(server: Graftile, workload: Workload, tiles: Sequence[Tile], styles: Iterable[int]) -> list[str]:
    return [server.path(workload, tile, style) for style in styles for tile in tiles]


def _measure(
    server: Graftile, pids: Sequence[int], paths: Sequence[str], connections: int
) -> tuple[float, float, float, float, float, float]:
    """Fetch paths by wrk; return what `Scaled` says of it, from the rate on."""
    processes = serving(pids[0])
    wait_for_quiet(QUIET_SECONDS)
    loops, works = sum(map(loop_milliseconds, processes)), [cpu_seconds([pid]) for pid in processes]
    with metered(pids) as usage:
        seconds = fetch_by_wrk(paths, [server.commands[0].port] * CLIENTS, connections)
    loop = (sum(map(loop_milliseconds, processes)) - loops) / 1000 / seconds / len(processes)
    work = [cpu_seconds([pid]) - before for pid, before in zip(processes, works, strict=True)]
    return (
        len(paths) / seconds,
        usage.servers * 1000 / len(paths),
        usage.servers / seconds,
        loop,
        max(work) * len(work) / sum(work),
        usage.others / seconds,
    )
