"""A soak: many mixed tiles, servers that are killed among them, and how memory grows in the longest life."""

from __future__ import annotations

import itertools
import json
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread, Timer
from time import perf_counter
from typing import Final

import click
import numpy as np

import sdk as wf
from benchmarks.client import Connection, fetch_all
from benchmarks.figures import short
from benchmarks.graftile import Graftile
from benchmarks.report import machine, table
from benchmarks.stack import PRODUCT, SMALL, build_stack
from benchmarks.states import CONNECTIONS, primed
from benchmarks.usage import own_memory
from benchmarks.walks import Tile, walk
from benchmarks.workloads import OF_STACK
from sdk.service.client import Client

__all__ = ["mixed", "slope", "soak"]

KILLS: Final = 3
SHORT_LIFE: Final = 0.02  # of all tiles, before each kill
WARMING: Final = 100_000  # tiles of the last life, in which caches fill; of fewer tiles in all half of them
SESSIONS: Final = 5  # of so many tiles one has a session
KILLED_AFTER_SECONDS: Final = 1.0
SAMPLE_SECONDS: Final = 1.0


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), envvar="GRAFTILE_BENCH_DIR", default=".graftile/bench")
@click.option("--tiles", default=200_000, help="Tiles in all.")
def soak(folder: Path, tiles: int) -> None:
    """Draw mixed tiles, kill the server three times among them, and fit a line to its memory once caches are full."""
    home = build_stack(SMALL, folder.absolute())
    server = Graftile(home, folder.absolute())
    server.prepare()
    paths, kept = mixed(server, walk(SMALL, 120, seed=0)), list[str]()
    pictures = dict[str, bytes]()
    lives = [round(tiles * SHORT_LIFE)] * KILLS
    for count in lives:
        with primed(server, SMALL) as pids:
            kept.append(_publish(server))
            _check(server, kept, pictures)
            fetch_all(itertools.islice(paths, count), [server.commands[0].port], CONNECTIONS)
            _kill(server, pids, paths)
    with primed(server, SMALL) as pids:
        _check(server, kept, pictures)
        warming = min(WARMING, tiles // 2)
        told = mixed(server, walk(SMALL, 120, seed=0), sessions=1)  # what the log's pages need in memory is needed soon
        fetch_all(itertools.islice(told, warming), [server.commands[0].port], CONNECTIONS)
        used = _sampled(server, pids, itertools.islice(paths, tiles - sum(lives) - warming))
    grown, error = slope(used)
    seconds = used[-1][0] - used[0][0]
    rows = [
        ("tiles", f"{tiles:,}"),
        ("kills, after each of which all layers were there and drawn alike", str(KILLS)),
        ("memory at the end", f"{used[-1][1] / 1e6:.0f} MB"),
        (f"memory's slope in the last {seconds / 60:.1f} minutes", f"{short(grown)} ± {short(error)} MB an hour"),
    ]
    click.echo(table(("soak", ""), rows))
    click.echo(f"\n{machine()}")


def mixed(server: Graftile, tiles: Sequence[Tile], sessions: int = SESSIONS) -> Iterator[str]:
    """Yield paths without end: all workloads, each tile in a new style, some that are wrong.

    One of so many tiles has a session, of which there is a new one for each thousand tiles.
    """
    for nth in itertools.count():
        tile = tiles[nth % len(tiles)]
        path = server.path(OF_STACK[nth % len(OF_STACK)], tile, nth)
        if nth % 50 == 0:
            yield f"{path}&band=none"
        elif nth % 50 == 25:
            yield f"/xyz/{nth:048x}/0/0/0.png"
        elif nth % sessions == 0:
            yield f"{path}&session_id=soak-{nth // 1000}"
        else:
            yield path


def slope(samples: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the megabytes an hour by which memory grows, and the standard error; of (seconds, bytes).

    >>> slope([(0.0, 0.0), (1800.0, 1e6), (3600.0, 2e6)])[0]
    2.0
    """
    seconds, sizes = np.array(samples).T
    hours, megabytes = seconds / 3600 - seconds[0] / 3600, sizes / 1e6
    (grown, _), covariance = np.polyfit(hours, megabytes, 1, cov="unscaled")
    rest = megabytes - np.polyval(np.polyfit(hours, megabytes, 1), hours)
    deviation = np.sqrt((rest**2).sum() / max(len(rest) - 2, 1))
    return round(float(grown), 6), float(np.sqrt(covariance[0, 0]) * deviation)


def _sampled(server: Graftile, pids: Sequence[int], paths: Iterator[str]) -> list[tuple[float, float]]:
    """Return the memory at each second while tiles are drawn."""
    found, done = list[tuple[float, float]](), Event()

    def sample() -> None:
        while not done.wait(SAMPLE_SECONDS):
            found.append((perf_counter(), own_memory(pids)))

    thread = Thread(target=sample)
    thread.start()
    try:
        fetch_all(paths, [server.commands[0].port], CONNECTIONS)
    finally:
        done.set()
        thread.join()
    return found


def _publish(server: Graftile) -> str:
    """Store a layer, and return its id once the server has said that it has it."""
    client = Client(f"http://127.0.0.1:{server.commands[0].port}")
    return wf.XYZ(wf.ImageCollection.from_id(PRODUCT).pick_bands("red").max(axis="images"), client=client).id


def _check(server: Graftile, layers: Sequence[str], pictures: dict[str, bytes]) -> None:
    """Raise an error if a layer is lost, or drawn otherwise than before."""
    connection, tile = Connection(server.commands[0].port), walk(SMALL, 12, seed=0)[0]
    for layer in layers:
        path = f"/xyz/{layer}/{tile.z}/{tile.x}/{tile.y}.png?scales={json.dumps([0, 3000])}".replace(" ", "")
        status, body = connection.get(path)
        if status != 200 or pictures.setdefault(layer, bytes(body)) != bytes(body):
            raise click.ClickException(f"after a kill the layer {layer} was answered {status}, or is another picture")
    connection.close()


def _kill(server: Graftile, pids: Sequence[int], paths: Iterator[str]) -> None:
    """Kill a server while it draws."""
    (pid,) = pids
    killer = Timer(KILLED_AFTER_SECONDS, os.kill, (pid, signal.SIGKILL))
    killer.start()
    with suppress(OSError):  # of connections that break off
        fetch_all(paths, [server.commands[0].port], CONNECTIONS)
    killer.join()
