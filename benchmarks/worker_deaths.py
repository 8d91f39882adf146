"""Several processes behind one port: one of them killed under load, and the blocks that they keep."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Timer
from time import perf_counter, sleep

from benchmarks.client import Connection
from benchmarks.cores import metric
from benchmarks.graftile import Graftile
from benchmarks.stack import Stack
from benchmarks.states import primed
from benchmarks.stress import Finding
from benchmarks.usage import own_memory, serving, settle
from benchmarks.walks import walk
from benchmarks.workloads import Workload

__all__ = ["check_workers"]

CONNECTIONS = 32
SECONDS = 8.0
KILLED_AFTER_SECONDS = 2.0
CACHE_BYTES = 64 << 20  # of each process: less than it wants
PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.05


def check_workers(server: Graftile, stack: Stack, cpus: Sequence[int], processes: int) -> Iterator[Finding]:
    """Kill one of some processes while medians are drawn; yield failed requests, seconds without it, and memory."""
    lean = server.under(cache_bytes=f"{CACHE_BYTES * processes}")
    server = lean.another("--workers", f"{processes}", cpus=cpus)
    name = f"{server.name}, {processes} processes"
    with primed(server, stack, [Workload.MEDIAN]) as (parent,):
        settle([parent])  # until all have started
        before = {pid: own_memory([pid]) for pid in serving(parent)}
        answered, failed, away = _draw_while_one_dies(server, stack, parent)
        yield Finding("requests answered while one of the processes is killed", name, answered, "")
        yield Finding("requests that failed", name, failed, "")
        yield Finding("seconds until another process is there", name, away, "s")
        healthy = [_get(server.commands[0].port, "/healthz") for _ in range(CONNECTIONS)]
        yield Finding(f"good answers of /healthz to {CONNECTIONS} connections", name, sum(healthy), "")
        kept, limit = metric(server, "graftile_cache_bytes"), metric(server, "graftile_cache_limit_bytes")
        yield Finding("decoded blocks kept by all, of what they may", name, kept / limit, "")
        grown = max(own_memory([pid]) - before[pid] for pid in serving(parent) if pid in before)
        yield Finding("most that a process has grown, of its share of cache_bytes", name, grown / CACHE_BYTES, "")


def _draw_while_one_dies(server: Graftile, stack: Stack, parent: int) -> tuple[int, int, float]:
    """Draw medians for some seconds; return requests answered, those that failed, and seconds with a process less."""
    tiles, began, away = walk(stack, 240, seed=0), perf_counter(), 0.0
    victim, *others = serving(parent)

    def draw(lane: int) -> tuple[int, int]:
        answered = failed = 0
        connection = Connection(server.commands[0].port)
        while perf_counter() < began + SECONDS:
            nth = answered + failed
            path = server.path(Workload.MEDIAN, tiles[(lane * 7 + nth) % len(tiles)], lane + nth * CONNECTIONS)
            try:
                status, _ = connection.get(path)
            except OSError:
                status = 0
                connection.close()
                connection = Connection(server.commands[0].port)
            answered, failed = answered + (status == 200), failed + (status != 200)
        connection.close()
        return answered, failed

    killer = Timer(KILLED_AFTER_SECONDS, os.kill, (victim, signal.SIGKILL))
    killer.start()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        lanes = [threads.submit(draw, lane) for lane in range(CONNECTIONS)]
        killer.join()
        died = perf_counter()
        while len(found := serving(parent)) <= len(others) or victim in found:
            if perf_counter() > died + PATIENCE_SECONDS:
                raise RuntimeError(f"nobody has taken the place of {victim}, which was killed")
            sleep(POLL_SECONDS)
        away = perf_counter() - died
        counts = [lane.result() for lane in lanes]
    return sum(answered for answered, _ in counts), sum(failed for _, failed in counts), away


def _get(port: int, path: str) -> bool:
    connection = Connection(port)
    status, _ = connection.get(path)
    connection.close()
    return status == 200
